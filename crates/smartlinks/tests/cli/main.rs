//! The program as a person runs it: a process with a home of its own and nothing else in its environment.
//! What needs a gateway talks to a sandbox that runs beside it.

#![expect(
    clippy::unwrap_used,
    reason = "a test ends at the first thing that goes wrong"
)]

mod api_keys;
mod app_secrets;
mod audit;
mod auth;
mod catalogue;
mod configuration;
mod custody;
mod database;
mod doctor;
mod export;
mod keyring;
mod links;
mod login;
mod oidc;
mod operators;
mod otlp;
mod output;
mod serve;
mod sign;
mod support;
mod three_ways;
mod trade;
mod watch;
mod webhooks;
