use std::fmt;
use std::time::Duration;

/// How often a call was sent before it failed for good, and how long that took.
///
/// The number stands at the end of an error's text when it is more than one, as ` (3 attempts)`. The time does not, so
/// that the same failure always has the same text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Attempts {
    // Small on purpose: every error carries one.
    made: u16,
    open: bool,
    took_ms: u32,
}

impl Attempts {
    /// `open` says that one of the attempts of a write can have been carried out.
    pub(crate) fn new(made: u32, took: Duration, open: bool) -> Self {
        Self {
            made: u16::try_from(made).unwrap_or(u16::MAX),
            open,
            took_ms: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
        }
    }

    /// How often it was sent. Zero when it was refused before that.
    #[must_use]
    pub fn made(self) -> u32 {
        self.made.into()
    }

    /// From the beginning of the call to its last failure, waits included, in whole milliseconds.
    #[must_use]
    pub fn took(self) -> Duration {
        Duration::from_millis(self.took_ms.into())
    }

    /// Whether it is a write, and one of the attempts can have been carried out.
    pub(crate) fn is_open(self) -> bool {
        self.open
    }
}

impl fmt::Display for Attempts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.made < 2 {
            return Ok(());
        }
        write!(f, " ({} attempts)", self.made)
    }
}
