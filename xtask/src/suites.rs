//! The suites of tests, and what each needs from the machine.

use anyhow::{Result, bail};

/// What `--only` chooses. Without it everything runs, in one call of cargo so that nothing is built twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Everything.
    All,
    /// The product's crates: unit, integration and documentation tests, both databases.
    Rust,
    /// The tests that start the real binary and drive it through a browser.
    Browser,
    /// Rules about the repository itself.
    Guards,
    /// Documentation tests of every crate.
    Doc,
}

impl Suite {
    /// The suite of this name.
    pub(crate) fn named(name: &str) -> Result<Self> {
        Ok(match name {
            "all" => Self::All,
            "rust" => Self::Rust,
            "browser" => Self::Browser,
            "guards" => Self::Guards,
            "doc" => Self::Doc,
            other => bail!("there is no suite `{other}`: choose rust, browser, guards or doc"),
        })
    }

    /// The name that chooses it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Rust => "rust",
            Self::Browser => "browser",
            Self::Guards => "guards",
            Self::Doc => "doc",
        }
    }

    /// What cargo is told to test.
    pub(crate) fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::All => &["--workspace"],
            Self::Rust => &["--workspace", "--exclude", "testkit", "--exclude", "xtask"],
            Self::Browser => &["--package", "testkit"],
            Self::Guards => &["--package", "xtask"],
            Self::Doc => &["--workspace", "--doc"],
        }
    }

    /// Whether its tests talk to PostgreSQL.
    pub(crate) fn needs_postgres(self) -> bool {
        matches!(self, Self::All | Self::Rust | Self::Browser)
    }

    /// Whether its tests drive a browser, and with it the binary as it is shipped.
    pub(crate) fn needs_browser(self) -> bool {
        matches!(self, Self::All | Self::Browser)
    }
}
