//! `catalogue …` as typed.

use clap::{Args, Subcommand, ValueEnum};
use smartlinks_core::catalogue::{CatalogueQuery, ExportFormat, Selection};

/// `catalogue …`
#[derive(Debug, Subcommand)]
pub(crate) enum CatalogueCommand {
    /// Import products by their number or AliExpress address, or read known ones again
    Import(ImportArgs),
    /// Import many products: by a list or a CSV file, with progress, until it is done or stopped
    #[command(subcommand)]
    Imports(ImportsCommand),
    /// List the imported products, the latest first; with words: search them
    List(ListArgs),
    /// Show one product with its variants
    Show {
        /// prod_…
        id: String,
    },
    /// Show what has happened to a product, the latest first
    History(HistoryArgs),
    /// Show what AliExpress has changed of all products, the latest first, and what was done about it
    Drift(super::watch::DriftArgs),
    /// Choose what takes the place of a variant that is gone; without a product: list those that wait
    Repair(super::watch::RepairArgs),
    /// The watch: how it stands, what it does about changes, and a look at once
    #[command(subcommand)]
    Watch(super::watch::WatchCommand),
    /// Change title, state, labels, rule, codes of variants, and which are sold
    Edit(EditArgs),
    /// Remove a product with its variants and its history
    Remove {
        /// prod_…
        id: String,
    },
    /// Print the catalogue as a file: JSON lines, CSV, or the product import of a shop
    Export(ExportArgs),
    /// How prices come from costs
    #[command(subcommand)]
    Rules(RulesCommand),
    /// What currencies are worth, as you enter it
    #[command(subcommand)]
    Rates(RatesCommand),
    /// Prices that you set by hand, which price rules leave alone
    #[command(subcommand)]
    Price(PriceCommand),
    /// Show what price rules would do; changes no price
    DryRun(DryRunArgs),
    /// Show a dry run again
    Run(RunArgs),
    /// Put every price of a dry run in force, or none when something is not as it was shown
    Apply {
        /// run_…
        id: String,
    },
}

/// `catalogue import …`
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Numbers, or AliExpress addresses
    #[arg(required = true, value_name = "PRODUCT")]
    pub(crate) products: Vec<String>,
    /// A variant to sell; may be repeated, all of them when left out; only with one product
    #[arg(long = "sku", value_name = "SKU")]
    pub(crate) skus: Vec<String>,
    /// A label; may be repeated
    #[arg(long = "label", value_name = "LABEL")]
    pub(crate) labels: Vec<String>,
    /// The price rule of its own, rule_…
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// Whose product it is; the default connection's when left out
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
}

/// Which products.
#[derive(Debug, Args)]
pub(crate) struct WhichArgs {
    /// Words of title, shop or label, a number or address, your own codes
    #[arg(value_name = "WORDS")]
    pub(crate) words: Vec<String>,
    /// listed, held or unpublished
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// With this label
    #[arg(long, value_name = "LABEL")]
    pub(crate) label: Option<String>,
    /// Imported with this connection
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
    /// Of which AliExpress last said this: on_sale, not_found, not_sold_here, not_for_app or offline
    #[arg(long, value_name = "WORD")]
    pub(crate) availability: Option<String>,
    /// With this price rule of their own
    #[arg(long, value_name = "RULE")]
    pub(crate) with_rule: Option<String>,
}

impl WhichArgs {
    fn words(&self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.join(" "))
    }

    pub(crate) fn query(self) -> CatalogueQuery {
        CatalogueQuery {
            words: self.words(),
            state: self.state,
            label: self.label,
            connection: self.connection,
            availability: self.availability,
            rule: self.with_rule,
            ..CatalogueQuery::default()
        }
    }

    pub(crate) fn selection(self, products: Vec<String>) -> Selection {
        Selection {
            words: self.words(),
            products: (!products.is_empty()).then_some(products),
            state: self.state,
            label: self.label,
            connection: self.connection,
            availability: self.availability,
            rule: self.with_rule,
        }
    }
}

/// `catalogue list …`
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) which: WhichArgs,
    /// How many, 1 to 200
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Go on where a page ended: its `next`
    #[arg(long, value_name = "NEXT")]
    pub(crate) after: Option<String>,
}

/// `catalogue history …`
#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// prod_…
    pub(crate) id: String,
    /// How many, 1 to 200
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Go on where a page ended: its `next`
    #[arg(long, value_name = "NEXT")]
    pub(crate) after: Option<String>,
}

/// `catalogue edit …`
#[derive(Debug, Args)]
pub(crate) struct EditArgs {
    /// prod_…
    pub(crate) id: String,
    /// Another title
    #[arg(long, value_name = "TEXT")]
    pub(crate) title: Option<String>,
    /// listed, held or unpublished
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// Another label in the place of those it has; may be repeated
    #[arg(long = "label", value_name = "LABEL")]
    pub(crate) labels: Vec<String>,
    /// Take all labels away
    #[arg(long, conflicts_with = "labels")]
    pub(crate) no_labels: bool,
    /// Another price rule; an empty one for the default rule
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// Your own code of a variant; may be repeated, an empty one takes it away
    #[arg(long = "code", value_name = "SKU=CODE")]
    pub(crate) codes: Vec<String>,
    /// Sell a variant; may be repeated
    #[arg(long = "sell", value_name = "SKU")]
    pub(crate) sell: Vec<String>,
    /// Sell a variant no more; may be repeated
    #[arg(long = "no-sell", value_name = "SKU")]
    pub(crate) no_sell: Vec<String>,
}

/// `catalogue export …`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// What kind of file
    #[arg(long, value_enum)]
    pub(crate) format: FormatArgument,
    #[command(flatten)]
    pub(crate) which: WhichArgs,
    /// For a shop: only variants with a price in this currency; the market's when left out
    #[arg(long, value_name = "CODE")]
    pub(crate) price_currency: Option<String>,
}

/// What kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatArgument {
    /// One product a line, as JSON
    Jsonl,
    /// One variant a line
    Csv,
    /// The product import of Shopify
    Shopify,
    /// The product import of WooCommerce
    Woocommerce,
}

impl From<FormatArgument> for ExportFormat {
    fn from(format: FormatArgument) -> Self {
        match format {
            FormatArgument::Jsonl => Self::Jsonl,
            FormatArgument::Csv => Self::Csv,
            FormatArgument::Shopify => Self::Shopify,
            FormatArgument::Woocommerce => Self::Woocommerce,
        }
    }
}

/// `catalogue rules …`
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the price rules
    List,
    /// Make a price rule
    Create(NewRuleArgs),
    /// Change a price rule: its name, or all of its contents; prices stay until a dry run is applied
    Update(RuleUpdateArgs),
    /// Use a rule for products without one of their own
    Default {
        /// rule_…; leave it out to have no such rule
        id: Option<String>,
    },
    /// Delete a rule that no product has as its own
    Delete {
        /// rule_…
        id: String,
    },
}

/// `catalogue rules create …`
#[derive(Debug, Args)]
pub(crate) struct NewRuleArgs {
    /// What you call it
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) contents: RuleArgs,
}

/// `catalogue rules update …`
#[derive(Debug, Args)]
pub(crate) struct RuleUpdateArgs {
    /// rule_…
    pub(crate) id: String,
    /// Another name
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) contents: RuleArgs,
}

/// How prices come from costs.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    /// Currency of the prices, ISO 4217
    #[arg(long, value_name = "CODE")]
    pub(crate) price_currency: Option<String>,
    /// Added in per cent of the cost, as in 40
    #[arg(long, value_name = "NUMBER", conflicts_with = "steps")]
    pub(crate) percent: Option<String>,
    /// Added on top, as in 2.50
    #[arg(long, value_name = "AMOUNT", conflicts_with = "steps")]
    pub(crate) plus: Option<String>,
    /// Added to costs up to an amount: UP_TO:PERCENT or UP_TO:PERCENT:PLUS, as in 10:100:1.50; repeated with rising
    /// amounts, and `rest` in the last
    #[arg(long = "step", value_name = "STEP")]
    pub(crate) steps: Vec<String>,
    /// The least that a sale earns before freight and tax
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) min_profit: Option<String>,
    /// The least that a sale earns before freight and tax, in per cent of its price
    #[arg(long, value_name = "NUMBER")]
    pub(crate) min_margin: Option<String>,
    /// The distance between two prices, as in 1 or 0.05
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) every: Option<String>,
    /// What prices end with above a multiple of it, as in 0.99
    #[arg(long, value_name = "AMOUNT", requires = "every")]
    pub(crate) ending: Option<String>,
}

/// `catalogue price …`
#[derive(Debug, Subcommand)]
pub(crate) enum PriceCommand {
    /// List the prices of a product that were set by hand, and what sales earn by them
    List {
        /// prod_…
        id: String,
    },
    /// Set the price of a variant by hand
    Set {
        /// prod_…
        id: String,
        /// Number of the variant
        sku: String,
        /// As in 12.90
        amount: String,
        /// ISO 4217: that of the rule, or of the product's other prices
        #[arg(value_name = "CURRENCY")]
        code: String,
    },
    /// Leave the price of a variant to the rules again; it stays until a dry run is applied
    Reset {
        /// prod_…
        id: String,
        /// Number of the variant
        sku: String,
    },
}

/// `catalogue rates …`
#[derive(Debug, Subcommand)]
pub(crate) enum RatesCommand {
    /// List what was entered
    List,
    /// Enter what one unit of a currency is worth in another
    Set {
        /// The currency of the cost, ISO 4217
        from: String,
        /// The currency of the price, ISO 4217
        to: String,
        /// As in 0.92
        rate: String,
    },
    /// Take away what was entered
    Remove {
        /// ISO 4217
        from: String,
        /// ISO 4217
        to: String,
    },
}

/// `catalogue dry-run …`
#[derive(Debug, Args)]
pub(crate) struct DryRunArgs {
    /// The rule to use, which the products get as their own when the run is applied; each product's own, or the default
    /// one, when left out
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// A product, prod_…; may be repeated, and then there are no conditions
    #[arg(long = "product", value_name = "ID")]
    pub(crate) products: Vec<String>,
    #[command(flatten)]
    pub(crate) which: WhichArgs,
}

/// `catalogue run …`
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// run_…
    pub(crate) id: String,
    /// How many lines, 1 to 1000
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Go on where a page ended: its `next`
    #[arg(long, value_name = "NUMBER")]
    pub(crate) after: Option<i64>,
}

/// `catalogue imports …`
#[derive(Debug, Subcommand)]
pub(crate) enum ImportsCommand {
    /// Start an import of many products; a running server works on it
    Start(StartImportArgs),
    /// List the imports, the latest first
    List {
        /// How many, 1 to 200
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Go on where a page ended: its `next`
        #[arg(long, value_name = "NEXT")]
        after: Option<String>,
    },
    /// Show how far an import has come
    Show {
        /// imp_…
        id: String,
    },
    /// Show the products of an import, with what came of each
    Lines(ImportLinesArgs),
    /// Stop an import; what was imported stays
    Cancel {
        /// imp_…
        id: String,
    },
    /// Let an import go on that was stopped, or try again what failed
    Resume {
        /// imp_…
        id: String,
    },
}

/// `catalogue imports start …`
#[derive(Debug, Args)]
pub(crate) struct StartImportArgs {
    /// Numbers, or AliExpress addresses
    #[arg(value_name = "PRODUCT", conflicts_with = "csv")]
    pub(crate) products: Vec<String>,
    /// A CSV file with a header: product, and if wanted skus, labels and rule
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<std::path::PathBuf>,
    /// A feed of AliExpress, by its name; its products in the place of a list or a file
    #[arg(long, value_name = "NAME", conflicts_with_all = ["products", "csv"])]
    pub(crate) feed: Option<String>,
    /// How many products of the feed at most
    #[arg(long, value_name = "N", requires = "feed")]
    pub(crate) most: Option<u32>,
    /// A label of all of them; may be repeated
    #[arg(long = "label", value_name = "LABEL")]
    pub(crate) labels: Vec<String>,
    /// The price rule of those whose line names none
    #[arg(long, value_name = "RULE")]
    pub(crate) rule: Option<String>,
    /// Whose products they are; the default connection's when left out
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
}

/// `catalogue imports lines …`
#[derive(Debug, Args)]
pub(crate) struct ImportLinesArgs {
    /// imp_…
    pub(crate) id: String,
    /// Only waiting, imported or failed
    #[arg(long, value_name = "STATE")]
    pub(crate) state: Option<String>,
    /// How many, 1 to 1000
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Go on where a page ended: its `next`
    #[arg(long, value_name = "NUMBER")]
    pub(crate) after: Option<i64>,
}
