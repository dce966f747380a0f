//! Connections: one account's authorisation held by us, its two clocks and its token pair.

mod id;
mod records;
mod repository;

pub(crate) mod due;
pub(crate) mod lifecycle;
pub(crate) mod outlook;
pub(crate) mod pairs;
pub(crate) mod reading;
pub(crate) mod refresh;
mod storage;
mod succession;
mod warnings;

pub use id::{ConnectionId, InvalidConnectionId};
pub use outlook::Outlook;
pub(crate) use records::UnknownWord;
pub use records::{
    Account, Connection, Failure, FailureKind, NewConnection, NewPair, PreviousPair,
    ReauthorizationReason, StoredState, TokenMaterial,
};
pub use repository::ConnectionRepository;
pub use warnings::{DueWarning, Settled, WarningRepository};

/// The table that holds connections; part of what sealed data is bound to.
pub(crate) const TABLE: &str = "connections";
