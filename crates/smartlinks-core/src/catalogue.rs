//! The catalogue: products that the merchant has imported, what they sell for, and how they leave for a shop.
//!
//! A product is imported once for each connection and read again by importing it again. Whoever changes one has to
//! have seen what is stored (its version): two at the same time cannot undo each other unseen. Everything that
//! happens to a product stands in its history.

mod checks;
mod editing;
mod export;
mod history;
mod importing;
mod imports;
mod listing;
mod merging;
mod pricer;
mod rates;
mod rules;
mod runs;
mod search_text;
mod views;

pub use editing::{CatalogueEdit, SkuEdit};
pub use export::{CatalogueExport, ExportFormat};
pub use history::{CatalogueChangePage, CatalogueChangeView};
pub use importing::CatalogueImport;
pub use imports::{
    ImportJobPage, ImportJobView, ImportLinePage, ImportLineView, ImportProblem, ImportRest,
    ImportStarted, ImportWork, ImportsRequest,
};
pub(crate) use imports::{Place, delimiter};
pub use listing::CatalogueQuery;
pub use pricer::{PricingProblem, RuleRef};
pub use rates::RateView;
pub use rules::{RuleDraft, RuleView};
pub use runs::{
    PriceRunLineView, PriceRunOutcome, PriceRunRequest, PriceRunSummary, PriceRunView,
    RunDifference, RunPage, Selection,
};
pub use views::{
    CatalogueDetail, CatalogueFacts, CataloguePage, CatalogueSkuView, CatalogueSummary, MoneyRange,
    ReplacementView, StateCount,
};
