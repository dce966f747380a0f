//! The catalogue: products that the merchant has imported, what they sell for, and how they leave for a shop.
//!
//! A product is imported once for each connection and read again by importing it again. Whoever changes one has to
//! have seen what is stored (its version): two at the same time cannot undo each other unseen. What AliExpress changes
//! of a product stands in its history, with its title, state, market and prices; who changed labels, rule, codes, and
//! what is sold stands in the audit log.

mod checks;
mod course;
mod drift;
mod editing;
mod export;
mod hand_prices;
mod history;
mod importing;
mod imports;
mod landed;
mod listing;
mod merging;
mod pricer;
mod proposal;
mod rates;
mod repairs;
mod rules;
mod runs;
mod search_text;
mod views;
mod watch;

pub use course::{CostCourse, CostPoint};
pub use drift::{
    DriftPage, DriftQuery, DriftView, WatchAction, WatchChange, WatchKind, WatchPolicyView,
    WatchView,
};
pub use editing::{CatalogueEdit, SkuEdit};
pub use export::{CatalogueExport, ExportFormat};
pub use hand_prices::{HandPrice, SkuPriceView};
pub use history::{CatalogueChangePage, CatalogueChangeView};
pub use importing::CatalogueImport;
pub use imports::{
    IMPORT_LIMIT, ImportJobPage, ImportJobView, ImportLinePage, ImportLineView, ImportProblem,
    ImportRest, ImportStarted, ImportWork, ImportsRequest,
};
pub(crate) use imports::{Place, delimiter};
pub use landed::{DeliveredQuote, LandedCosts, LandedOption, Selling};
pub use listing::CatalogueQuery;
pub use pricer::{PricingProblem, RuleRef};
pub use rates::RateView;
pub(crate) use repairs::{Held, OrderStanding};
pub use repairs::{ProposalView, RepairPage, RepairView, SkuDifference};
pub use rules::{RuleDraft, RuleView};
pub use runs::{
    PriceRunLineView, PriceRunOutcome, PriceRunRequest, PriceRunSummary, PriceRunView,
    RunDifference, RunPage, Selection,
};
pub use views::{
    CatalogueDetail, CatalogueFacts, CataloguePage, CatalogueSkuView, CatalogueSummary, MoneyRange,
    ProductWatchView, ReplacementView, StateCount,
};
pub use watch::{WATCH_SHARE_PERCENT, WatchRhythm, WatchWork};
