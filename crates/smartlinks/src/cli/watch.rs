//! `catalogue drift`, `catalogue repair` and `catalogue watch` as typed.

use clap::{Args, Subcommand};

/// `catalogue drift …`
#[derive(Debug, Args)]
pub(crate) struct DriftArgs {
    /// Only cost, stock, sku_gone, sku_back, sku_added or availability
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// Only that about which this was done: record, notify, hold or unpublish
    #[arg(long, value_name = "WORD")]
    pub(crate) outcome: Option<String>,
    /// How many, 1 to 200
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Go on where a page ended: its `next`
    #[arg(long, value_name = "NEXT")]
    pub(crate) after: Option<String>,
}

/// `catalogue repair …`
#[derive(Debug, Args)]
pub(crate) struct RepairArgs {
    /// prod_…; leave it out to list the variants that wait
    #[arg(value_name = "PRODUCT", requires = "sku")]
    pub(crate) id: Option<String>,
    /// The variant that is gone
    #[arg(value_name = "SKU", requires = "with")]
    pub(crate) sku: Option<String>,
    /// The variant that takes its place, such as the one that is proposed
    #[arg(long, value_name = "SKU", requires = "sku")]
    pub(crate) with: Option<String>,
    /// Of the list: how many, 1 to 200
    #[arg(long, value_name = "N", conflicts_with = "id")]
    pub(crate) limit: Option<u32>,
    /// Of the list: go on where a page ended, its `next`
    #[arg(long, value_name = "NEXT", conflicts_with = "id")]
    pub(crate) after: Option<String>,
}

/// `catalogue watch …`
#[derive(Debug, Subcommand)]
pub(crate) enum WatchCommand {
    /// Show how the watch stands, and what it does about each kind of change
    Show,
    /// Choose what is done about a kind of change
    Set(WatchSetArgs),
    /// Ask AliExpress about a product now
    Check {
        /// prod_…
        id: String,
    },
}

/// `catalogue watch set …`
#[derive(Debug, Args)]
pub(crate) struct WatchSetArgs {
    /// cost_up, cost_down, sold_out, stock, sku_gone, sku_back, sku_added, unavailable or on_sale
    pub(crate) kind: String,
    /// record (in the history alone), notify (an event too), hold (the product waits for a person) or unpublish
    pub(crate) action: String,
    /// Of costs: a smaller change, in per cent, is only recorded
    #[arg(long, value_name = "NUMBER")]
    pub(crate) above: Option<String>,
}
