//! The commands.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::affiliate::AffiliateCommand;
use super::api_keys::ApiKeysCommand;
use super::audit::AuditArgs;
use super::auth::AuthCommand;
use super::catalogue::CatalogueCommand;
use super::connections::ConnectionsCommand;
use super::db::DbCommand;
use super::keyring::KeyringCommand;
use super::operators::OperatorsCommand;
use super::orders::OrdersCommand;
use super::products::ProductsCommand;
use super::sign::SignCommand;
use super::webhooks::WebhooksCommand;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start page and API (with --sandbox: and the sandbox)
    Serve,
    /// Start the sandbox alone: an offline gateway that behaves like AliExpress's, for tests in any language
    Sandbox(SandboxArgs),
    /// Connect an account, look at its tokens, renew and end them
    #[command(subcommand)]
    Auth(AuthCommand),
    /// The connected accounts
    #[command(subcommand)]
    Connections(ConnectionsCommand),
    /// Find products and what it costs to deliver them
    #[command(subcommand)]
    Products(ProductsCommand),
    /// The products that you have imported, what they sell for, and files of them for shops
    #[command(subcommand)]
    Catalogue(Box<CatalogueCommand>),
    /// Earn by recommending: tracked links, hot products, commissions
    #[command(subcommand)]
    Affiliate(AffiliateCommand),
    /// Follow orders that were placed at AliExpress
    #[command(subcommand)]
    Orders(OrdersCommand),
    /// The people who run the page
    #[command(subcommand)]
    Operators(OperatorsCommand),
    /// The keys with which your software uses the HTTP API
    #[command(subcommand)]
    ApiKeys(ApiKeysCommand),
    /// Tell your own software what happens
    ///
    /// How to receive messages and check their signatures, and every kind of event: docs/webhooks.md.
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Call a read method of the gateway and print its answer
    Call(CallArgs),
    /// The keys that seal stored tokens
    #[command(subcommand)]
    Keyring(KeyringCommand),
    /// Signatures
    #[command(subcommand)]
    Sign(SignCommand),
    /// Look after the database: its schema, its soundness, its move to PostgreSQL
    #[command(subcommand)]
    Db(DbCommand),
    /// Show who did what, when, from where, and how it ended, newest first
    Audit(AuditArgs),
    /// Look at everything that has to be right, and say what is not and how to mend it (exit code 1 when something is
    /// wrong); the report holds no secret and can be pasted
    Doctor,
    /// Print the OpenAPI document of the HTTP API
    Openapi,
    /// Print the completion script of a shell
    Completions {
        /// For which shell
        shell: Shell,
    },
    /// Print the manual page (`smartlinks man | man -l -`), or write one for every command
    Man {
        /// The folder for smartlinks.1 and a page for every command; it is made where it is missing
        #[arg(long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

/// Start parameters of the stand-alone sandbox. It takes no variables: it is another program than the service.
#[derive(Debug, Args)]
pub(crate) struct SandboxArgs {
    /// The app key that requests must carry
    #[arg(long, value_name = "DIGITS", default_value = "500100")]
    pub(crate) app_key: String,
    /// The app secret that requests must be signed with; made up, so no secret
    #[arg(long, value_name = "TEXT", default_value = "sandbox-secret")]
    pub(crate) app_secret: String,
    /// The registered callback; with it a redirect_uri has to equal it to the letter
    #[arg(long, value_name = "URL")]
    pub(crate) callback_url: Option<String>,
    /// Where push messages about orders are sent; without it none are made
    #[arg(long, value_name = "URL")]
    pub(crate) push_url: Option<String>,
    /// How many products the catalogue holds
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) products: u32,
    /// What titles, prices and stock are computed from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Folder in which its state survives a restart; without it everything ends with the process
    #[arg(long, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
}

/// `call …`
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// For example aliexpress.ds.category.get
    #[arg(required_unless_present = "list")]
    pub(crate) method: Option<String>,
    /// Parameters, name=value
    #[arg(value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) params: Vec<(String, String)>,
    /// Which connection calls; the default one when left out
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
    /// Print the methods that can be called, and call nothing
    #[arg(long, conflicts_with_all = ["method", "params"])]
    pub(crate) list: bool,
    /// Print what the method does and what it takes, and call nothing
    #[arg(long, conflicts_with = "params")]
    pub(crate) describe: bool,
}

/// Splits `name=value`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected name=value".to_owned()),
    }
}
