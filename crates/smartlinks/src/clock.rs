//! Clocks besides the machine's own.

use aliexpress::{Clock, SystemClock};
use aliexpress_sandbox::SandboxClock;
use jiff::{SignedDuration, Timestamp};

/// The machine's time in milliseconds since the epoch: what the sandbox's clock counts from.
pub(crate) fn machine_ms() -> i64 {
    SystemClock.now().as_millisecond()
}

/// The sandbox's clock, for the service beside it: the two never disagree on what time it is.
pub(crate) struct SharedClock(pub(crate) SandboxClock);

impl Clock for SharedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.now_ms()).unwrap_or(Timestamp::MAX)
    }
}

/// The machine's clock, moved by what a sandbox has noted: for commands beside a running `serve --sandbox`.
pub(crate) struct MovedClock {
    /// Milliseconds ahead of the machine's clock.
    pub(crate) offset_ms: i64,
}

impl Clock for MovedClock {
    fn now(&self) -> Timestamp {
        let moved = SystemClock
            .now()
            .checked_add(SignedDuration::from_millis(self.offset_ms));
        moved.unwrap_or(Timestamp::MAX)
    }
}
