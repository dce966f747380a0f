//! `orders …` as typed.

use std::path::PathBuf;

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
        /// Only orders in this state of AliExpress's, for example WAIT_SELLER_SEND_GOODS
        #[arg(long)]
        status: Option<String>,
        /// Only orders that somebody should look at: unpaid_deadline, not_shipped or no_movement
        #[arg(long)]
        alert: Option<String>,
        /// Only the orders of this number: AliExpress's, ours, or a parcel's
        #[arg(long)]
        number: Option<String>,
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
    /// Look at what an order would be: goods, stock, delivery, address, total and guard; orders nothing
    ///
    /// The order is JSON in the form of the HTTP API (`smartlinks openapi`, NewOrder). Exit code 1 when something stands
    /// in its way.
    Preview {
        /// A file with the order; - reads stdin
        file: PathBuf,
    },
    /// Place an order, once for each key
    ///
    /// The same key and the same order give the same record and send nothing again. Exit code 4 while it is open whether
    /// an order exists: follow it with `orders intent`, and do not order again under another key.
    Place {
        /// A file with the order; - reads stdin
        file: PathBuf,
        /// Made up by you, new for each order
        #[arg(long)]
        key: String,
    },
    /// Place many orders from a CSV file, each line once
    ///
    /// The file is looked at as a whole first: what cannot be read is told by line and column, exit code 2, and nothing is
    /// ordered. Running it again orders nothing twice, also when lines of the file were mended, moved or added and when
    /// another file has ordered them: a line whose variant was ordered for its recipient is gone over, and said. That is
    /// how a batch goes on that was broken off. Exit code 1 when a line was not ordered, or was ordered otherwise than it
    /// stands there.
    Batch {
        /// The file: a header, and one order of one product in each line; - reads stdin
        ///
        /// Columns that are needed: product (number or address), sku, quantity, country, contact_person, address, city,
        /// province. As each country wants them: address2, zip, phone_country, mobile_no, full_name, tax_number, cpf,
        /// rut_no, vat_no, tax_company, passport_no, passport_no_date, passport_organization, foreigner_passport_no,
        /// nat_addr. The order: delivery (code of a freight option), memo, pay (yes or no, the default). Its limits, in
        /// USD, per cent and days: max_total, max_drift above expected_price, max_days, min_margin of sale_price.
        file: PathBuf,
        /// A name; under a new one, what was ordered before is ordered again
        #[arg(long)]
        name: Option<String>,
        /// Which connection orders; the default one when left out
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
        /// Go on when a line cannot be ordered
        #[arg(long)]
        go_on: bool,
        /// Only look at the file
        #[arg(long)]
        look: bool,
    },
    /// List the orders that somebody wanted placed, and what became of them
    Intents {
        /// Only placing, placed, created_unpaid, refused, unknown or awaiting_person
        #[arg(long)]
        state: Option<String>,
        /// How many, 1 to 200
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Go on where a page ended: its `next`
        #[arg(long, value_name = "NEXT")]
        after: Option<String>,
    },
    /// Show one of them
    Intent {
        /// Its id: intent_…
        intent: String,
    },
    /// Find out now what became of orders whose outcome is open; a running server does so by itself
    Resolve,
    /// Say what became of an order that waits for a person (awaiting_person)
    #[command(group(clap::ArgGroup::new("truth").required(true)))]
    Decide {
        /// Its id: intent_…
        intent: String,
        /// It exists, under this AliExpress number; once for each store
        #[arg(long, value_name = "NUMBER", group = "truth")]
        exists: Vec<String>,
        /// There is none
        #[arg(long, group = "truth")]
        does_not_exist: bool,
    },
}
