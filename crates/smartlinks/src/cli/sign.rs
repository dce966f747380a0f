//! `sign …` as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
