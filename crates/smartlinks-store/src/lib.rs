#![doc = include_str!("../README.md")]

mod audit;
mod connections;
mod entropy;
mod error;
mod events;
mod files;
mod keyring;
mod login_attempts;
mod meta;
mod orders;
mod seal;
mod sql;
mod store;
mod time;
mod traces;

pub use audit::{Actor, ActorKind, AuditEntry, AuditFilter, AuditRepository, NewAudit};
pub use connections::{
    Account, Connection, ConnectionId, ConnectionRepository, Failure, InvalidConnectionId,
    NewConnection, NewPair, Outlook, PreviousPair, ReauthorizationReason, StoredState,
    TokenMaterial,
};
pub use entropy::{Entropy, EntropyError, SystemEntropy};
pub use error::{Cause, Inconsistency, StoreError};
pub use events::{Event, EventRepository, NewEvent};
pub use keyring::{
    KeyReport, KeyStanding, Keyring, KeyringRepository, Position, Reencrypted, SealedRows,
    sealed_columns,
};
pub use login_attempts::{
    Binding, DESCRIPTION_LENGTH, Hash, LoginAttempt, LoginAttemptRepository, NewLoginAttempt,
    Outcome,
};
pub use meta::MetaRepository;
pub use orders::{KnownOrder, OrderCursor, OrderPage, OrderRepository, STATUSES_AT_ONCE};
pub use seal::{
    ArchiveError, KeyError, KeyOrigin, KeyRing, SealError, is_archive, open_archive,
    open_or_create_keys, seal_archive,
};
pub use sql::ErrorWatch;
pub use store::{DatabaseUrl, OpenOptions, PostgresUrl, Store, open, stored_key_fingerprint};
pub use time::Millis;
pub use traces::{Change, Traces};
