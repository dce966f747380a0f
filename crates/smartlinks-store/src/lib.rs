#![doc = include_str!("../README.md")]

mod api_keys;
mod audit;
mod budget_shares;
mod catalogue;
mod connect_links;
mod connections;
mod entropy;
mod error;
mod events;
mod files;
mod gateway_calls;
mod ids;
mod import_jobs;
mod keyring;
mod login_attempts;
mod maintenance;
mod markets;
mod meta;
mod oidc;
mod operators;
mod order_following;
mod order_intents;
mod orders;
mod prices;
mod product_watch;
mod pushes;
mod refresh_journal;
mod seal;
mod sql;
mod store;
mod time;
mod traces;
mod webhooks;

pub use api_keys::{
    API_KEYS_AT_ONCE, ApiKey, ApiKeyId, ApiKeyRepository, CreatedBy, InvalidApiKeyId, NewApiKey,
};
pub use audit::{Actor, ActorKind, AuditEntry, AuditFilter, AuditRepository, NewAudit};
pub use budget_shares::{BudgetClaim, BudgetHeld, BudgetShare, BudgetShareRepository, BudgetWish};
pub use catalogue::{
    Availability, CatalogueChange, CatalogueEntry, CatalogueFilter, CatalogueId, CatalogueProduct,
    CatalogueRepository, CatalogueSku, CatalogueState, ChangeCursor, ChangeId, InvalidCatalogueId,
    InvalidChangeId, ListedProduct, NewCatalogueEntry, PRODUCTS_AT_ONCE, Replacement, SEARCH_WORDS,
};
pub use connect_links::{ConnectLink, ConnectLinkCursor, ConnectLinkRepository, NewConnectLink};
pub use connections::{
    Account, Connection, ConnectionId, ConnectionRepository, DueWarning, Failure, FailureKind,
    InvalidConnectionId, NewConnection, NewPair, Outlook, PreviousPair, ReauthorizationReason,
    Settled, StoredState, TokenMaterial, WarningRepository,
};
pub use entropy::{Entropy, EntropyError, SystemEntropy};
pub use error::{Cause, Inconsistency, StoreError, with_causes};
pub use events::{Event, EventRepository, NewEvent};
pub use gateway_calls::{
    CALL_WENT_WELL, CallsOfMethod, GatewayCallRepository, GatewayCalls, HourOfCalls,
};
pub use import_jobs::{
    ImportJob, ImportJobId, ImportJobRepository, ImportJobState, ImportLine, ImportLineEnd,
    ImportLineState, InvalidImportJobId,
};
pub use keyring::{
    KeyReport, KeyStanding, Keyring, KeyringRepository, Position, Reencrypted, SealedRows,
    sealed_columns,
};
pub use login_attempts::{
    Binding, DESCRIPTION_LENGTH, EndedLogin, Hash, LoginAttempt, LoginAttemptRepository,
    NewLoginAttempt, Outcome,
};
pub use maintenance::{
    CheckOptions, CheckedTable, CopiedTable, DatabaseCheck, DatabaseCopy, Finding, KeyFit,
    Progress, SchemaChange, Stage, Watch, check_database, copy_database, migrate_database,
    moved_to, reopen_database,
};
pub use markets::{MarketRepository, StoredMarket};
pub use meta::MetaRepository;
pub use oidc::{NewOidcAttempt, OidcAttempt, OidcIdentity, OidcRepository};
pub use operators::{
    InvalidOperatorId, LinkUse, NewOperator, NewSession, NewSignInLink, Operator, OperatorId,
    OperatorRepository, PasswordHash, Session, SessionRepository, SignInLink, SignInLinkRepository,
};
pub use order_following::{FollowEnd, FollowedOrder, OrderFollowingRepository};
pub use order_intents::{
    ClaimedIntent, IntentCursor, IntentEnd, IntentId, IntentState, InvalidIntentId, NewIntent,
    OrderIntent, OrderIntentRepository, UnknownIntentState,
};
pub use orders::{KnownOrder, OrderCursor, OrderPage, OrderRepository, STATUSES_AT_ONCE};
pub use prices::{
    ExchangeRate, InvalidRuleId, InvalidRunId, PriceRepository, PriceRun, PriceRunLine, RuleId,
    RunEnd, RunId, StoredRule,
};
pub use product_watch::{
    CheckClaim, CheckEnd, CheckPace, Drift, DriftFilter, DueCheck, ProductWatchRepository,
    SkuRepair, WatchCounts, WatchPolicy, WatchState,
};
pub use pushes::{ClaimedPush, NewPush, PushEnd, PushRepository, PushState};
pub use refresh_journal::{AttemptOutcome, RefreshAttempt, RefreshJournal, Spends};
pub use seal::{
    ArchiveError, KeyError, KeyOrigin, KeyRing, SealError, is_archive, open_archive,
    open_or_create_keys, seal_archive,
};
pub use sql::ErrorWatch;
pub use store::{
    DatabaseUrl, Existing, OpenOptions, PostgresUrl, Store, open, open_existing,
    stored_key_fingerprint,
};
pub use time::Millis;
pub use traces::{Change, Traces};
pub use webhooks::{
    Attempt, ClaimedDelivery, Delivery, DeliveryFilter, DeliveryState, DisabledReason, Disabling,
    Endpoint, EndpointChange, EndpointId, EndpointState, EventFilter, InvalidEndpointId,
    NewEndpoint, Verdict, WebhookRepository,
};
