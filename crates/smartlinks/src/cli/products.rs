//! `products …` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `products …`
#[derive(Debug, Subcommand)]
pub(crate) enum ProductsCommand {
    /// Search by words
    Search(SearchArgs),
    /// Show one product, by its number or its AliExpress address
    Show(ProductShowArgs),
    /// Find products that look like a picture (JPEG, PNG, WebP or GIF)
    ByPicture(ByPictureArgs),
    /// List AliExpress's ready-made selections
    Feeds {
        /// Which connection asks; the default one when left out
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
    },
    /// Show the products of a selection
    Feed(FeedArgs),
    /// List the categories that narrow searches and selections
    Categories {
        /// Which connection asks; the default one when left out
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
    },
    /// Destination, currency and language of products, as they are remembered
    #[command(subcommand)]
    Market(MarketCommand),
}

/// `products market …`
#[derive(Debug, Subcommand)]
pub(crate) enum MarketCommand {
    /// Show them
    Show,
    /// Remember --ship-to, --currency and --language, those that are given
    Set,
    /// Go back to the configured ones
    Forget,
}

/// `products by-picture …`
#[derive(Debug, Args)]
pub(crate) struct ByPictureArgs {
    /// The picture; - reads it from stdin
    pub(crate) file: PathBuf,
    /// Which connection asks; the default one when left out
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
}

/// `products feed …`
#[derive(Debug, Args)]
pub(crate) struct FeedArgs {
    /// Its name, as `products feeds` lists it
    pub(crate) name: String,
    /// Only products of this category, by its number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) category: Option<i64>,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
    /// Which connection asks; the default one when left out
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
}

/// Which page of a list, and in which order.
#[derive(Debug, Args)]
pub(crate) struct PagingArgs {
    /// Page, from 1
    #[arg(long, value_name = "N")]
    pub(crate) page: Option<u32>,
    /// How many on a page, 1 to 50
    #[arg(long, value_name = "N")]
    pub(crate) page_size: Option<u32>,
    /// Order of the results
    #[arg(long, value_enum, default_value_t)]
    pub(crate) sort: SortArgument,
}

/// `products search …`
#[derive(Debug, Args)]
pub(crate) struct SearchArgs {
    /// Words
    #[arg(required = true)]
    pub(crate) words: Vec<String>,
    /// Only products of this category, by its number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) category: Option<i64>,
    /// Only products that are sent to the destination free of charge
    #[arg(long)]
    pub(crate) free_shipping: bool,
    #[command(flatten)]
    pub(crate) paging: PagingArgs,
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
    /// Ask what it costs to deliver it too, and what that comes to
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
