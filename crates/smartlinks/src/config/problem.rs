//! A setting that cannot be used: which, what was found, and how to mend it. Never the value of a secret.

use std::fmt;

use crate::failure::Failure;

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A flag, with its dashes.
    Flag(String),
    /// A variable.
    Variable(String),
    /// A key of the configuration file, with the file.
    File(String, String),
    /// Nobody said anything.
    Default(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File(key, file) => write!(f, "`{key}` in {file}"),
            Self::Default(name) => write!(f, "{name} (default)"),
        }
    }
}

/// A setting that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ConfigError {
    /// The variable, flag or key.
    pub(crate) place: String,
    /// What was found.
    pub(crate) problem: String,
    /// How to mend it.
    pub(crate) fix: String,
}

impl ConfigError {
    pub(crate) fn new(
        place: impl fmt::Display,
        problem: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            place: place.to_string(),
            problem: problem.into(),
            fix: fix.into(),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(
            "configuration",
            format!("{}: {}", error.place, error.problem),
        )
        .hint(error.fix)
    }
}

/// A value as found, short enough to repeat.
pub(crate) fn quoted(value: &str) -> String {
    format!("{:?}", smartlinks_core::shortened(value, 80))
}
