//! View models: plain data that a handler fills, each with its template.
//!
//! Nothing here knows the service. Times are milliseconds since the epoch, amounts are decimal text
//! with a currency beside it, text from AliExpress comes as it is and is escaped by the templates.
//! Every page struct implements [`Template`], so `page.render()` gives the whole document.

mod api_keys;
mod audit;
mod authentication;
mod batch;
mod boxes;
mod budget;
mod components;
mod connect;
mod connect_links;
mod connection;
mod deeds;
mod disconnect;
mod docs;
mod events;
mod frame;
mod intents;
mod new_order;
mod operators;
mod order;
mod orders;
mod overview;
mod problem;
mod product;
mod products;
mod replace_account;
mod sign_in;
mod small;
mod upkeep;
mod upstream;
mod webhooks;

pub use askama::Template;

pub use api_keys::{
    ApiKeyForm, ApiKeyRow, ApiKeyState, ApiKeysPage, KeyLife, MadeApiKey, RevokeApiKeyPage,
    ScopeChoice,
};
pub use audit::{AuditFilter, AuditLine, AuditPage};
pub use authentication::{Attempt, AuthError, AuthFailure, AuthOutcome, AuthenticationPage};
pub use batch::{BatchPage, BatchProgress, BatchRow, BatchState};
pub use budget::{CallBudget, CallOutcome, MethodBudget};
pub use connect::{ConnectDonePage, ConnectPage, ConnectState};
pub use connect_links::{LinkRow, LinkStanding, LinksPage};
pub use connection::{ConnectionFailure, ConnectionState, ConnectionView, StopReason};
pub use disconnect::DisconnectPage;
pub use docs::{DocsAnswer, DocsField, DocsNoun, DocsOperation, DocsPage};
pub use events::{EventKind, EventLine};
pub use frame::{AppKeys, AppView, Frame, MissingSetting, Notice, Tab, Tone, WebhookDeed};
pub use intents::{
    IntentGoods, IntentNotPlacedPage, IntentPage, IntentRow, IntentState, IntentsPage,
};
pub use new_order::{
    ADDRESS, AddressHint, HeldBack, NewOrderForm, NewOrderPage, NewOrderRow, OrderTrouble,
    PreviewBox, PreviewRow,
};
pub use operators::{
    Invitation, OperatorRow, OperatorState, OperatorsError, OperatorsPage, OwnAccount, SessionRow,
};
pub use order::{OrderDetail, OrderLineView, OrderPage, OrderState, ParcelView, TrackingStep};
pub use orders::{ImportForm, OrderAlert, OrderCount, OrderRow, OrderStage, OrdersPage};
pub use overview::{GatewayHealth, OverviewPage};
pub use problem::{Problem, ProblemKind};
pub use product::{
    FreightOption, FreightState, ProductDetail, ProductPage, ProductQuery, ProductState,
    SkuProperty, SkuView,
};
pub use products::{
    CategoryChoice, FeedChoice, Price, ProductCard, ProductResults, ProductSort, ProductsPage,
    ProductsState, SearchQuery,
};
pub use replace_account::ReplaceAccountPage;
pub use sign_in::{LinkError, LinkState, Provider, SignInError, SignInLinkPage, SignInPage};
pub use small::{CallbackPage, ErrorPage};
pub use upkeep::{Concern, HourOfDay, Upkeep};
pub use upstream::safe_href;
pub use webhooks::{
    AttemptLine, DeliveryLine, Endpoint, WebhookForm, WebhookPage, WebhookSecretPage, WebhooksPage,
};
