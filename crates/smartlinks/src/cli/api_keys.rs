//! `api-keys …` as typed.

use clap::Subcommand;
use smartlinks_core::Scope;

/// `api-keys …`
#[derive(Debug, Subcommand)]
pub(crate) enum ApiKeysCommand {
    /// Make a key and print it; it cannot be shown again
    Create {
        /// What uses it, for example shop
        name: String,
        /// What it may do: read, token, call, order or admin; several times for several
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<Scope>,
        /// When it ends by itself: 12h, 90d, 8w, 1y, or a moment (RFC 3339); without it, it does not
        #[arg(long, value_name = "TIME")]
        expires: Option<String>,
    },
    /// List the keys, those that have ended too
    List,
    /// End a key: within a second it opens nothing any more
    Revoke {
        /// key_…
        id: String,
    },
}
