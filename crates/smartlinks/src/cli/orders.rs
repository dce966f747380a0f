//! `orders …` as typed.

use clap::Subcommand;

/// `orders …`
#[derive(Debug, Subcommand)]
pub(crate) enum OrdersCommand {
    /// Add an order by its AliExpress number
    Import {
        /// The number
        order: String,
        /// Whose order it is; the default connection's when left out
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
    },
    /// List the known orders, last added first
    List {
        /// How many, 1 to 200
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Go on where a page ended: its `next`
        #[arg(long, value_name = "NEXT")]
        after: Option<String>,
    },
    /// Show one order as it stands now
    Show {
        /// The number
        order: String,
    },
    /// Show where the parcels of an order are
    Track {
        /// The number
        order: String,
    },
}
