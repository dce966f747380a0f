#![doc = include_str!("../README.md")]
#![warn(missing_docs)]

mod activity;
mod affiliate;
mod api_keys;
mod app;
mod audit;
mod broker;
mod budget_shares;
mod call_budget;
mod calls;
pub mod catalogue;
mod changes;
mod clock;
mod connect;
mod connections;
mod counted;
pub mod doctor;
mod error;
mod events;
mod export;
mod gateway_health;
mod json;
mod keyring;
mod limits;
mod markets;
pub mod metrics;
mod operators;
mod orders;
mod outlook;
mod placing;
pub mod pricing;
mod products;
mod pushes;
mod refresh;
mod refresh_schedule;
mod refresh_steps;
mod return_to;
mod scope;
mod service;
mod settings;
mod single_flight;
mod snapshot;
mod text;
mod token_file;
mod traces;
mod warnings;
pub mod webhooks;
mod workers;

pub use aliexpress;
pub use smartlinks_store as store;

pub use activity::Hour;
pub use affiliate::{
    CommissionLine, CommissionPage, CommissionQuery, CommissionState, HotQuery, NewLinks,
    PromotionLinkView, PromotionLinks, PromotionProblem,
};
pub use api_keys::{
    API_KEY_MARK, ApiKeyHolder, ApiKeyState, ApiKeyText, ApiKeyView, CreateApiKey, CreatedApiKey,
    Grantable, KeyRefusal,
};
pub use app::{App, AppSetup, ConfigProblem};
pub use audit::{AuditActor, AuditPage, AuditQuery, AuditView};
pub use broker::Vended;
pub use budget_shares::{BudgetAppetite, BudgetLeases};
pub use call_budget::{CallBudget, CallHour, MethodBudget, OUTCOMES, OutcomeCalls};
pub use calls::readable_methods;
pub use clock::{from_millis, to_millis};
pub use connect::{
    AttemptView, BeginLogin, Browser, CallbackParams, Completed, ConnectLinkPage, ConnectLinkState,
    ConnectLinkView, CreatedLink, Ending, LinkOffer, LinkRefusal, LoginResult, LoginStarted,
    NewLink, Pasted, Refusal, RefusalKind, Requester, pasted,
};
pub use connections::{
    AccountView, ConnectionState, ConnectionView, Status, StatusProblem, state_at, usable_at,
};
pub use error::{Error, Result, Retry};
pub use events::{EventKind, EventView};
pub use export::{Export, Imported};
pub use gateway_health::GatewayHealth;
pub use json::object;
pub use keyring::Laggards;
pub use limits::{Buckets, Caller};
pub use markets::{MarketChange, OwnMarket};
pub use operators::{
    ActiveSession, Identity, IdentityProvider, Invited, IssuedLink, LinkPurpose, LinkedOperator,
    OidcCallback, OidcRefusal, OidcRefusalKind, OidcTicket, OperatorPolicy, OperatorState,
    OperatorView, Password, SessionView, SignedIn, Visitor,
};
#[cfg(feature = "oidc")]
pub use operators::{OidcProvider, OidcSettings};
pub use orders::{
    FollowPolicy, MoneyView, ORDER_ALERTS, OrderLineView, OrderListing, OrderPage, OrderSummary,
    OrderView, ParcelItemView, ParcelView, StaleReason, TrackingNodeView, TrackingView,
};
pub use outlook::SeenOutlook;
pub use placing::{
    AddressAdvice, BatchLineView, Decision, IntentLine, IntentListing, MoneyInput, NewOrder,
    NewOrderLine, ORDER_FILE_LIMIT, OrderAddress, OrderBatch, OrderBatchView, OrderGuard,
    OrderIntentPage, OrderIntentView, OrderPolicy, OrderPreview, OrderProblem, OrderStep,
    OrderSteps, PAY_CURRENCY, PayLink, Placing, PreviewLine, written_number,
};
pub use products::{
    CategoryView, FeedQuery, FeedView, FreightOption, FreightQuery, FreightQuote, PICTURE_LIMIT,
    ProductQuery, ProductView, SearchHit, SearchPage, SearchQuery, SkuPropertyView, SkuView, Sort,
    Sought, sought,
};
pub use pushes::{PushRefusal, PushTaken, PushWork};
pub use refresh::DueWork;
pub use refresh_steps::{RefreshStep, RefreshSteps};
pub use return_to::{ReturnTo, ReturnToProblem};
pub use scope::{Scope, Scopes, UnknownScope};
pub use service::{Core, CoreOptions, RefreshPolicy};
pub use settings::Market;
pub use text::shortened;
pub use token_file::ImportedToken;
