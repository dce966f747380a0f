#![doc = include_str!("../README.md")]

pub mod app;
#[cfg(feature = "browser")]
pub mod browser;
pub mod database;
pub mod door;
pub mod forms;
pub mod http;
pub mod push;
pub mod server;
pub mod torture;

/// A variable of the process environment, where it is set to something.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the test kit reads the process environment"
)]
fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
