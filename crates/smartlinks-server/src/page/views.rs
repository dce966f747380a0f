//! View models: plain data that a handler fills, each with its template.
//!
//! Nothing here knows the service. Times are milliseconds since the epoch, amounts are decimal text
//! with a currency beside it, text from AliExpress comes as it is and is escaped by the templates.
//! Every page struct implements [`Template`], so `page.render()` gives the whole document.

mod accounts;
mod affiliate;
mod api_keys;
mod audit;
mod authentication;
mod batch;
mod boxes;
mod budget;
mod catalogue;
mod components;
mod connect;
mod connect_links;
mod connection;
mod deeds;
mod disconnect;
mod docs;
mod drift;
mod events;
mod frame;
mod imports;
mod intents;
mod landed;
mod market;
mod new_order;
mod operators;
mod order;
mod orders;
mod overview;
mod pictures;
mod prices;
mod problem;
mod product;
mod product_history;
mod products;
mod products_nav;
mod reasons;
mod replace_account;
mod sign_in;
mod small;
mod upkeep;
mod upstream;
mod webhooks;

pub use askama::Template;

pub use affiliate::{
    AffiliatePage, CommissionResults, CommissionRow, CommissionStage, CommissionsPage,
    CommissionsQuery, Earning, HotPage, HotQuery, HotResults, HotRow, LinkForm, LinkLine, NoLink,
};
pub use api_keys::{
    ApiKeyForm, ApiKeyRow, ApiKeyState, ApiKeysPage, KeyLife, MadeApiKey, RevokeApiKeyPage,
    ScopeChoice,
};
pub use audit::{AuditFilter, AuditLine, AuditPage};
pub use authentication::{Attempt, AuthError, AuthFailure, AuthOutcome, AuthenticationPage};
pub use batch::{BatchPage, BatchProgress, BatchRow, BatchState};
pub use budget::{CallBudget, CallOutcome, MethodBudget};
pub use catalogue::{
    Availability, CatalogueAsked, CatalogueDeed, CatalogueForm, CatalogueListPage,
    CatalogueProductFacts, CatalogueProductPage, CatalogueRow, CatalogueSku, HandPriceForm,
    PriceRange, RemoveProductPage, Standing,
};
pub use connect::{ConnectDonePage, ConnectPage, ConnectState};
pub use connect_links::{LinkRow, LinkStanding, LinksPage};
pub use connection::{ConnectionFailure, ConnectionState, ConnectionView, StopReason};
pub use disconnect::DisconnectPage;
pub use docs::{DocsAnswer, DocsField, DocsNoun, DocsOperation, DocsPage};
pub use drift::{
    DriftLine, DriftPage, PolicyRow, Proposal, Said, VariantChoice, WaitingVariant, WatchStanding,
};
pub use events::{EventKind, EventLine};
pub use frame::{
    AppKeys, AppView, Frame, MissingSetting, Notice, Tab, Tone, WatchDeed, WebhookDeed,
};
pub use imports::{
    FeedForm, ImportJob, ImportLine, ImportLineState, ImportPage, ImportState, ImportsForm,
    ImportsPage, WrongLine,
};
pub use intents::{
    IntentGoods, IntentNotPlacedPage, IntentPage, IntentRow, IntentState, IntentsPage,
};
pub use landed::{Delivered, NoPrice, SellingView, UsedRate, Way};
pub use market::{MarketStanding, MarketView};
pub use new_order::{
    ADDRESS, AddressHint, HeldBack, NewOrderForm, NewOrderPage, NewOrderRow, OrderTrouble,
    PreviewBox, PreviewRow, RefusedOrder,
};
pub use operators::{
    Invitation, OperatorRow, OperatorState, OperatorsError, OperatorsPage, OwnAccount, SessionRow,
};
pub use order::{OrderDetail, OrderLineView, OrderPage, OrderState, ParcelView, TrackingStep};
pub use orders::{ImportForm, OrderAlert, OrderCount, OrderRow, OrderStage, OrdersPage};
pub use overview::{GatewayHealth, OverviewPage};
pub use pictures::{PicturePage, PictureState};
pub use prices::{
    DryRunForm, PriceRunPage, PricesPage, RateForm, RateRow, RuleContents, RulePage, RuleRow,
    RuleStep, RunFacts, RunLine, RunMoved, RunProblem, RunSelection,
};
pub use problem::{Problem, ProblemKind};
pub use product::{
    FreightOption, FreightState, ImportWish, KeptProduct, ProductDetail, ProductPage, ProductQuery,
    ProductState, SkuProperty, SkuView,
};
pub use product_history::{CoursePoint, CourseView, ProductHistoryPage};
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
