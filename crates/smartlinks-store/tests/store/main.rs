//! Tests of the store from outside: one suite on both databases, and what only files can be asked.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot go on stops there"
)]
#![expect(clippy::print_stdout, reason = "says which tests were not run")]

mod causes;
mod conformance;
mod durable;
mod key_files;
mod killed;
mod maintenance;
mod schema;
mod sqlite_files;
mod support;
