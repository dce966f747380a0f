#![doc = include_str!("../README.md")]

mod accounts;
mod catalogue;
mod clock;
mod config;
mod control;
mod error;
mod faults;
mod gateway;
mod issue;
mod item_page;
mod journal;
mod json;
mod language;
mod methods;
mod money;
mod oauth;
mod orders;
mod pages;
mod papers;
mod pictures;
mod profile;
mod push;
mod reports;
mod sandbox;
mod state;
mod tokens;
mod web;

pub use clock::SandboxClock;
pub use config::{CheckTimestamp, SandboxConfig};
pub use error::SandboxError;
pub use push::{PushFuture, PushRequest, PushSender};
pub use sandbox::Sandbox;
