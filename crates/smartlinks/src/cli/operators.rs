//! `operators …` as typed.

use clap::Subcommand;

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
