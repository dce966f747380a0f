//! What makes prices: rules, exchange rates as they were entered, and runs, which say what would become of prices
//! before it does.

mod id;
mod rules;
mod runs;

use async_trait::async_trait;

pub use id::{InvalidRuleId, InvalidRunId, RuleId, RunId};

use crate::catalogue::{CatalogueId, ChangeId};
use crate::{Change, Millis, StoreError, Traces};

/// A price rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRule {
    /// Its id.
    pub id: RuleId,
    /// What people call it; no other rule is called so.
    pub name: String,
    /// The rule itself, as JSON.
    pub rule_json: String,
    /// Counts its changes from 1.
    pub version: i64,
    /// It is for products without a rule of their own.
    pub is_default: bool,
    /// When it was made.
    pub created_at: Millis,
    /// When it was last changed.
    pub updated_at: Millis,
}

/// What one unit of a currency is worth in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRate {
    /// ISO 4217.
    pub from: String,
    /// ISO 4217.
    pub to: String,
    /// Units of `to` for one of `from`, decimal text.
    pub rate: String,
    /// When it was entered.
    pub at: Millis,
}

/// What rules would do to prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRun {
    /// Its id.
    pub id: RunId,
    /// What was asked for and what came of it, as JSON.
    pub summary_json: String,
    /// The rule that the products get with it.
    pub rule: Option<RuleId>,
    /// When it was made.
    pub created_at: Millis,
    /// When it was applied.
    pub applied_at: Option<Millis>,
}

/// What becomes of one variant's price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceRunLine {
    /// Counts from 1 within the run.
    pub number: i64,
    /// The product.
    pub product: CatalogueId,
    /// The variant.
    pub sku_id: String,
    /// Its cost as it was, with its currency.
    pub cost: Option<(String, String)>,
    /// Its price as it was, with its currency.
    pub before: Option<(String, String)>,
    /// Its price as it would be, with its currency; none when it keeps what it has.
    pub price: Option<(String, String)>,
    /// How it came about, as JSON.
    pub line_json: String,
}

/// How applying a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunEnd {
    /// Every price that it showed is in force.
    Applied,
    /// It was applied before.
    AppliedBefore,
    /// A cost or a price is not what it showed any more, or a variant is gone: nothing was changed.
    Moved,
    /// There is no such run.
    Unknown,
}

/// What makes prices.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait PriceRepository: Send + Sync {
    /// Stores a new rule.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another one has its name.
    async fn add_rule(&self, rule: StoredRule, traces: Traces) -> Result<(), StoreError>;

    /// Changes name and contents of a rule whose version is one below; whether it did.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when another one has its name.
    async fn change_rule(&self, rule: StoredRule, traces: Traces) -> Result<bool, StoreError>;

    /// Makes a rule the default one, or takes that away from all of them; whether the rule is there.
    async fn choose_default_rule(
        &self,
        id: Option<&RuleId>,
        change: Change,
    ) -> Result<bool, StoreError>;

    /// Deletes a rule that no product has; whether it did.
    async fn remove_rule(&self, id: &RuleId, traces: Traces) -> Result<bool, StoreError>;

    /// One rule.
    async fn price_rule(&self, id: &RuleId) -> Result<Option<StoredRule>, StoreError>;

    /// All rules, in the order in which they were made.
    async fn price_rules(&self) -> Result<Vec<StoredRule>, StoreError>;

    /// How many products have a rule as their own.
    async fn products_with_rule(&self, id: &RuleId) -> Result<i64, StoreError>;

    /// Stores what a currency is worth in another, in the place of what was there.
    async fn put_rate(&self, rate: ExchangeRate, traces: Traces) -> Result<(), StoreError>;

    /// Deletes it; whether it was there.
    async fn remove_rate(&self, from: &str, to: &str, traces: Traces) -> Result<bool, StoreError>;

    /// All of them, by their currencies.
    async fn exchange_rates(&self) -> Result<Vec<ExchangeRate>, StoreError>;

    /// Stores a run with its lines, and the products that get its rule, each once.
    async fn add_price_run(
        &self,
        run: PriceRun,
        lines: Vec<PriceRunLine>,
        products: Vec<CatalogueId>,
    ) -> Result<(), StoreError>;

    /// One run.
    async fn price_run(&self, id: &RunId) -> Result<Option<PriceRun>, StoreError>;

    /// Up to `limit` lines of a run after a number, in their order.
    async fn price_run_lines(
        &self,
        id: &RunId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<PriceRunLine>, StoreError>;

    /// Puts every price of a run in force and gives its products its rule, or changes nothing. `changes` are the names
    /// of the entries in the history, one for each line with a price.
    async fn apply_price_run(
        &self,
        id: &RunId,
        changes: Vec<ChangeId>,
        change: Change,
    ) -> Result<RunEnd, StoreError>;

    /// Deletes runs that were made before a moment; gives how many.
    async fn prune_price_runs(&self, before: Millis) -> Result<u64, StoreError>;
}
