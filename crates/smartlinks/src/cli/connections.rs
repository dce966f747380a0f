//! `connections …` as typed.

use clap::Subcommand;

/// `connections …`
#[derive(Debug, Subcommand)]
pub(crate) enum ConnectionsCommand {
    /// List the connections
    List,
    /// Show one
    Show {
        /// conn_…
        id: String,
    },
    /// Give one a name, or take it away
    Label {
        /// conn_…
        id: String,
        /// The name; none takes it away
        label: Option<String>,
    },
    /// Choose the connection that commands without an id mean
    Default {
        /// conn_…
        id: String,
    },
    /// Make a link that a merchant elsewhere connects an account with: 30 minutes, one use
    Link {
        /// Sign this connection in again; left out, the link connects a further account
        #[arg(long, value_name = "ID")]
        connection: Option<String>,
        /// A name for the connection; the merchant sees it
        #[arg(long)]
        label: Option<String>,
    },
    /// List the links of the last 30 days and how they ended
    Links {
        /// How many, 1 to 200
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// Go on where a page ended: its `next`
        #[arg(long, value_name = "NEXT")]
        after: Option<String>,
    },
    /// Take a link back that nobody has used
    RevokeLink {
        /// link_…
        id: String,
    },
}
