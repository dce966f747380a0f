//! Rules about the repository that no compiler checks. Each module is one rule and says why it exists.

#![expect(
    clippy::expect_used,
    reason = "a guard that cannot read the repository has failed"
)]

mod arrows;
mod audit;
mod generated;
mod house;
mod licences;
mod security_doc;
mod size;
mod workspace;
