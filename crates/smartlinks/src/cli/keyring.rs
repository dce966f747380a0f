//! `keyring …`

use clap::{Args, Subcommand};

/// `keyring …`
#[derive(Debug, Subcommand)]
pub(crate) enum KeyringCommand {
    /// List the keys, which one seals, and how much each of them still seals. Never shows a key
    List,
    /// Add a fresh key, and let it seal as soon as every running instance has it
    Rotate {
        /// Say what would be done, and do nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Let a key of the key file seal from now on, in all instances
    Activate {
        /// Its id; see `keyring list`
        key: String,
        /// Even though running instances do not have it: those cannot read what others seal until they get it
        #[arg(long)]
        even_without: bool,
    },
    /// Seal everything anew that is not sealed with the active key, while everything runs; can be ended and begun again
    Reencrypt(ReencryptArgs),
    /// Take a key that nothing needs any more out of the key file
    Retire {
        /// Its id; see `keyring list`
        key: String,
        /// Say whether it could be done, and do nothing
        #[arg(long)]
        dry_run: bool,
        /// Even though running instances do not have the key that seals: what they renew meanwhile can be lost
        #[arg(long)]
        even_without: bool,
    },
}

/// `keyring reencrypt`
#[derive(Debug, Args)]
pub(crate) struct ReencryptArgs {
    /// Say how much would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Afterwards take the keys that nothing needs any more out of the key file
    #[arg(long)]
    pub(crate) retire: bool,
    /// Even though running instances do not have the key that seals: they cannot read what is moved until they get it
    #[arg(long)]
    pub(crate) even_without: bool,
    /// How many rows at a time
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) batch: u32,
    /// How long to leave the database to others between two batches, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub(crate) pause: u64,
}
