//! The sandbox's own clock: real time plus an offset that can be moved forward.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

/// Where real time comes from: milliseconds since the epoch.
pub(crate) type TimeBase = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Virtual time: the passed base plus an offset. Clones share one offset.
#[derive(Clone)]
pub struct SandboxClock {
    base: TimeBase,
    offset_ms: Arc<watch::Sender<i64>>,
}

impl SandboxClock {
    /// A clock over `base` (real time in milliseconds since the epoch) that starts `offset_ms`
    /// milliseconds ahead of it.
    #[must_use]
    pub fn new(base: Arc<dyn Fn() -> i64 + Send + Sync>, offset_ms: i64) -> Self {
        Self {
            base,
            offset_ms: Arc::new(watch::Sender::new(offset_ms)),
        }
    }

    /// Virtual time, in milliseconds since the epoch.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.real_ms().saturating_add(self.offset_ms())
    }

    /// How far virtual time is ahead of real time, in milliseconds.
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        *self.offset_ms.borrow()
    }

    /// Moves virtual time by `seconds` and wakes every subscriber.
    ///
    /// A clock moved here rather than through `POST /_sandbox/clock` is written to the state folder
    /// together with the next change only.
    pub fn advance(&self, seconds: i64) {
        let step = seconds.saturating_mul(1000);
        self.offset_ms
            .send_modify(|offset| *offset = offset.saturating_add(step));
    }

    /// A receiver that is notified, with the new offset in milliseconds, each time the clock is moved.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.offset_ms.subscribe()
    }

    pub(crate) fn real_ms(&self) -> i64 {
        (self.base)()
    }

    pub(crate) fn set_offset_ms(&self, offset_ms: i64) {
        self.offset_ms.send_replace(offset_ms);
    }
}

impl fmt::Debug for SandboxClock {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SandboxClock")
            .field("offset_ms", &self.offset_ms())
            .finish_non_exhaustive()
    }
}
