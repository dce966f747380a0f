//! The SDK as its users see it: fixtures are raw bytes, the transport is either canned or a real socket.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests may fail loudly"
)]

mod answers;
mod certificates;
mod explain;
mod forms;
mod fuzzing;
mod harness;
mod log;
mod methods;
mod mistakes;
mod oauth;
mod orders;
mod paging;
mod paste;
mod policy;
mod push;
mod readme;
mod refusals;
mod requests;
mod robustness;
mod samples;
mod secrets;
mod shape;
mod support;
mod table;
mod transport;
mod vectors;
