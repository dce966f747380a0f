//! `auth …` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
