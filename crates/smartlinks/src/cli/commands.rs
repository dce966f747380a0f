//! The commands.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::ApiKeysCommand;
use super::keyring::KeyringCommand;

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

/// `auth …`
#[derive(Debug, Subcommand)]
pub(crate) enum AuthCommand {
    /// Print the AliExpress address at which an account is authorised
    #[command(visible_alias = "get_oauth_url")]
    Url {
        #[command(flatten)]
        login: LoginArgs,
    },
    /// Authorise an account now: opens the address and waits for the answer
    Login {
        #[command(flatten)]
        login: LoginArgs,
        /// Print the address only, do not open a browser
        #[arg(long)]
        no_browser: bool,
    },
    /// Trade a code for tokens: the code, the whole address the browser ended on, or - to read it from stdin
    #[command(visible_alias = "handle_callback")]
    Exchange {
        /// Code, address, or -
        #[arg(value_name = "CODE|URL|-", allow_hyphen_values = true)]
        code: String,
    },
    /// Show who is connected and until when (exit code 3 when nobody can be served)
    #[command(visible_alias = "token_status")]
    Status,
    /// Renew the tokens now
    Refresh {
        /// Which connection; the default one when left out
        connection: Option<String>,
    },
    /// End a connection and delete its tokens
    Disconnect {
        /// Which connection; the default one when left out
        connection: Option<String>,
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
    /// Write all connections with their tokens into an archive under a passphrase
    Export(ExportArgs),
    /// Take in an archive of `auth export`, or an existing token file
    Import {
        /// The file, or - for stdin
        #[arg(value_name = "FILE|-")]
        file: PathBuf,
        /// A name for the connection of a token file
        #[arg(long)]
        label: Option<String>,
        /// File whose first line is the passphrase of the archive; else it is asked for, or read from stdin
        #[arg(long, value_name = "FILE|-")]
        passphrase_file: Option<PathBuf>,
        /// Take the file's tokens even where the account is connected with newer ones
        #[arg(long)]
        replace: bool,
    },
}

/// `auth export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// The file to be made; one that is there is not overwritten
    pub(crate) file: PathBuf,
    /// File whose first line is the passphrase; else it is asked for, or read from stdin
    #[arg(long, value_name = "FILE|-")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// Write the tokens readable: whoever gets the file has the accounts
    #[arg(long, conflicts_with = "passphrase_file")]
    pub(crate) without_encryption: bool,
}

/// What a sign-in is for.
#[derive(Debug, Default, Args)]
pub(crate) struct LoginArgs {
    /// Authorise this connection again; the account has to be the same
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
    /// A name for the new connection
    #[arg(long)]
    pub(crate) label: Option<String>,
}

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

/// `operators …`
#[derive(Debug, Subcommand)]
pub(crate) enum OperatorsCommand {
    /// List the operators
    List,
    /// Add an operator, and print the one-time link by which that person chooses a password
    Add {
        /// Name or e-mail address
        name: String,
    },
    /// Print a new one-time link, for somebody who has lost the password or the first link
    Link {
        /// Name or e-mail address
        name: String,
    },
    /// Set a password, read from stdin; all sessions of the operator end
    Password {
        /// Name or e-mail address
        name: String,
    },
    /// Keep an operator from signing in; all sessions end
    Disable {
        /// Name or e-mail address
        name: String,
    },
    /// Let a disabled operator sign in again
    Enable {
        /// Name or e-mail address
        name: String,
    },
    /// Let an operator sign in with the OpenID Connect provider as this subject, in place of any former one; all
    /// sessions end
    LinkOidc {
        /// Name or e-mail address
        name: String,
        /// How the provider names the person (`sub`); after a refused sign-in it stands in `smartlinks audit`
        subject: String,
    },
    /// End all sessions of an operator
    SignOut {
        /// Name or e-mail address
        name: String,
    },
}

/// `webhooks …`
#[derive(Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// List the endpoints
    List,
    /// Show one
    Show {
        /// wh_…
        id: String,
    },
    /// Make an endpoint; its secret is shown this once
    Create {
        /// The https address that is to be posted to
        url: String,
        /// What to write beside it
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// A kind of event it is told of, as in connection.expiring; may be repeated, every kind when left out
        #[arg(long = "event", value_name = "KIND")]
        events: Vec<String>,
    },
    /// Change address, description or kinds of events
    Update {
        /// wh_…
        id: String,
        /// Another https address
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// Another description; an empty one takes it away
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// A kind of event it is told of; may be repeated, `*` is every kind
        #[arg(long = "event", value_name = "KIND")]
        events: Vec<String>,
    },
    /// Delete an endpoint and everything that was on its way to it
    Delete {
        /// wh_…
        id: String,
    },
    /// Give an endpoint a new secret, shown this once; the former one counts for another day, in which there is no
    /// other rotation
    RotateSecret {
        /// wh_…
        id: String,
    },
    /// Tell an endpoint what happens from now on
    Enable {
        /// wh_…
        id: String,
    },
    /// Tell an endpoint nothing more
    Disable {
        /// wh_…
        id: String,
    },
    /// Queue a test event for an endpoint; a running server sends it
    Test {
        /// wh_…
        id: String,
    },
    /// List what was sent to an endpoint, and what waits
    Deliveries {
        /// wh_…
        id: String,
        /// Only pending, delivered, failed or given_up
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// How many, 1 to 200
        #[arg(long, value_name = "N")]
        limit: Option<u32>,
        /// The next page, as the last one named it
        #[arg(long, value_name = "NUMBER")]
        before: Option<i64>,
    },
    /// Show one delivery with its attempts
    Delivery {
        /// msg_…
        id: String,
    },
    /// Queue a delivery once more; a running server sends it
    Resend {
        /// msg_…
        id: String,
    },
}

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

/// `db …`
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Bring the schema up to date (a start does so by itself)
    Migrate,
    /// Look whether the database is sound and everything sealed in it opens (exit code 1 when not); changes nothing
    Check {
        /// Open only so many rows of each table, chosen at random; all when left out
        #[arg(long, value_name = "N")]
        sample: Option<u32>,
    },
    /// Move everything from SQLite to an empty PostgreSQL database, and compare; there is no way back but a backup
    Copy(CopyArgs),
    /// Use the SQLite database again that was copied away, in place of its copy
    Reopen {
        /// Do not ask
        #[arg(long)]
        yes: bool,
    },
}

/// `db copy …`
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct CopyArgs {
    /// The empty database; whoever can list processes sees a password in it, so better use --to-file
    #[arg(long, value_name = "postgres://…")]
    pub(crate) to: Option<String>,
    /// File that holds the address of the empty database, or - to read it from stdin
    #[arg(long, value_name = "FILE|-")]
    pub(crate) to_file: Option<PathBuf>,
}

/// `audit …`
#[derive(Debug, Args)]
pub(crate) struct AuditArgs {
    /// From this day or moment on: 2026-11-01, 2026-11-01T08:00:00Z; or 90m, 24h, 7d before now
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<String>,
    /// This action only, for example connection.disconnected
    #[arg(long)]
    pub(crate) action: Option<String>,
    /// About this connection only
    #[arg(long, value_name = "ID")]
    pub(crate) connection: Option<String>,
    /// By this kind of actor only: operator, api_key, command_line, merchant, system
    #[arg(long, value_name = "KIND")]
    pub(crate) actor: Option<String>,
    /// How many, 1 to 200
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Go on where a page ended: its `next`
    #[arg(long, value_name = "NEXT")]
    pub(crate) after: Option<String>,
}

/// `sign …`
#[derive(Debug, Subcommand)]
pub(crate) enum SignCommand {
    /// Show how a request is signed and, given a signature, which mistake would produce it
    Explain(ExplainArgs),
}

/// `sign explain …`
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Parameters as name=value; or one whole address, form body or curl line; or - to read such a paste from stdin
    #[arg(required = true, value_name = "NAME=VALUE|PASTE|-")]
    pub(crate) request: Vec<String>,
    /// Path of a system call, for example /auth/token/create; business calls have none
    #[arg(long, value_name = "PATH")]
    pub(crate) path: Option<String>,
    /// The signature to explain; the request's own `sign` when left out
    #[arg(long, value_name = "HEX")]
    pub(crate) sign: Option<String>,
    /// File that holds the app secret, or - to read it from stdin; else ALIEXPRESS_APP_SECRET counts
    #[arg(long, value_name = "FILE|-")]
    pub(crate) secret_file: Option<PathBuf>,
}

/// Splits `name=value`.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("expected name=value".to_owned()),
    }
}
