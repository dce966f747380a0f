//! `affiliate …` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::products::PagingArgs;

/// `affiliate …`
#[derive(Debug, Subcommand)]
pub(crate) enum AffiliateCommand {
    /// Make tracked links of product numbers and AliExpress addresses
    Links(LinksArgs),
    /// List products with a high commission
    Hot(HotArgs),
    /// List the order lines that earned a commission
    Orders(CommissionsArgs),
}

/// `affiliate links …`
#[derive(Debug, Args)]
pub(crate) struct LinksArgs {
    /// Your tracking id, from the affiliate portal
    #[arg(long, value_name = "ID")]
    pub(crate) tracking_id: String,
    /// Product numbers or AliExpress addresses
    #[arg(value_name = "SOURCE", required_unless_present = "file")]
    pub(crate) sources: Vec<String>,
    /// A file with one a line; - reads stdin
    #[arg(long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Links of the programme for hot products, which pays more where the product is in it
    #[arg(long)]
    pub(crate) hot: bool,
}

/// `affiliate hot …`
#[derive(Debug, Args)]
pub(crate) struct HotArgs {
    /// Words; all hot products when left out
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// Only products of this category, by its number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) category: Option<i64>,
    /// Results carry a link for this tracking id
    #[arg(long, value_name = "ID")]
    pub(crate) tracking_id: Option<String>,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
}

/// `affiliate orders …`
#[derive(Debug, Args)]
pub(crate) struct CommissionsArgs {
    /// Start of the span, RFC 3339; 30 days before its end when left out
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<jiff::Timestamp>,
    /// End of the span, RFC 3339, at most 31 days later; now when left out
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<jiff::Timestamp>,
    /// How far the orders have come
    #[arg(long, value_enum, default_value_t)]
    pub(crate) state: CommissionStateArgument,
    /// Page, from 1
    #[arg(long, value_name = "N")]
    pub(crate) page: Option<u32>,
    /// How many on a page, 1 to 50
    #[arg(long, value_name = "N")]
    pub(crate) page_size: Option<u32>,
}

/// How far an order has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CommissionStateArgument {
    /// Paid by the buyer: the commission is an estimate
    #[default]
    Paid,
    /// Received by the buyer
    Received,
    /// The commission is paid out
    Settled,
    /// Refunded or refused
    Invalid,
}
