#![doc = include_str!("../README.md")]

mod accounts;
mod affiliate_links;
mod catalogue;
mod click_page;
mod clock;
mod commissions;
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
mod platform_time;
mod profile;
mod reports;
mod sandbox;
mod state;
mod store_page;
mod tokens;
mod web;

pub use clock::SandboxClock;
pub use config::{CheckTimestamp, SandboxConfig};
pub use error::SandboxError;
pub use sandbox::Sandbox;
