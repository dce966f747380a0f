//! View models: plain data that a handler fills, each with its template.
//!
//! Nothing here knows the service. Times are milliseconds since the epoch, amounts are decimal text
//! with a currency beside it, text from AliExpress comes as it is and is escaped by the templates.
//! Every page struct implements [`Template`], so `page.render()` gives the whole document.

mod audit;
mod authentication;
mod boxes;
mod components;
mod connection;
mod disconnect;
mod events;
mod frame;
mod order;
mod orders;
mod overview;
mod problem;
mod product;
mod products;
mod small;
mod upkeep;
mod upstream;

pub use askama::Template;

pub use audit::{AuditFilter, AuditLine, AuditPage};
pub use authentication::{Attempt, AuthError, AuthFailure, AuthOutcome, AuthenticationPage};
pub use connection::{ConnectionFailure, ConnectionState, ConnectionView, StopReason};
pub use disconnect::DisconnectPage;
pub use events::{EventKind, EventLine};
pub use frame::{AppKeys, AppView, Frame, MissingSetting, Notice, Tab, Tone};
pub use order::{OrderDetail, OrderLineView, OrderPage, OrderState, ParcelView, TrackingStep};
pub use orders::{ImportForm, OrderCount, OrderRow, OrderStage, OrdersPage};
pub use overview::{GatewayHealth, OverviewPage};
pub use problem::{Problem, ProblemKind};
pub use product::{
    FreightOption, FreightState, ProductDetail, ProductPage, ProductQuery, ProductState,
    SkuProperty, SkuView,
};
pub use products::{
    Price, ProductCard, ProductResults, ProductSort, ProductsPage, ProductsState, SearchQuery,
};
pub use small::{CallbackPage, ErrorPage, SignInError, SignInPage};
pub use upkeep::{Concern, HourOfDay, Upkeep};
pub use upstream::safe_href;
