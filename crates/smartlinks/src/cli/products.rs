//! `products …` as typed.

use clap::{Args, Subcommand, ValueEnum};

/// `products …`
#[derive(Debug, Subcommand)]
pub(crate) enum ProductsCommand {
    /// Search by words
    Search(SearchArgs),
    /// Show one product, by its number or its AliExpress address
    Show(ProductShowArgs),
}

/// `products search …`
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words
    #[arg(required = true)]
    pub(crate) words: Vec<String>,
    /// Page, from 1
    #[arg(long, value_name = "N")]
    pub(crate) page: Option<u32>,
    /// How many on a page, 1 to 50
    #[arg(long, value_name = "N")]
    pub(crate) page_size: Option<u32>,
    /// Order of the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) sort: SortArgument,
    /// Which connection asks; the default one when left out
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
}

/// Order of search results.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum SortArgument {
    /// Most ordered first
    #[default]
    Orders,
    /// Cheapest first
    PriceUp,
    /// Dearest first
    PriceDown,
}

/// `products show …`
#[derive(Debug, Args)]
pub(crate) struct ProductShowArgs {
    /// Number, or AliExpress address
    pub(crate) product: String,
    /// Ask what it costs to deliver it too
    #[arg(long)]
    pub(crate) freight: bool,
    /// Variant for the freight; the first one in stock when left out
    #[arg(long, value_name = "SKU", requires = "freight")]
    pub(crate) sku: Option<String>,
    /// How many, for the freight
    #[arg(long, value_name = "N", requires = "freight")]
    pub(crate) quantity: Option<u32>,
    /// Which connection asks; the default one when left out
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
}
