use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

/// Where the SDK learns the time. Passed in, so that expiry and signing can be tested with a clock that stands still.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's own clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's time"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// How the SDK waits, and how it measures what was waited. Passed in, so that waits take no time in a test.
///
/// It is no [`Clock`]: that one says what time it is, may be set by a person, and may stand still in a test; a timer
/// only goes forward.
#[async_trait]
pub trait Timer: Send + Sync + 'static {
    /// Returns when `length` has passed. Not earlier: the calls per second that a method allows depend on it.
    async fn sleep(&self, length: Duration);

    /// How long the timer has been running, from a moment of its own choice.
    fn running(&self) -> Duration;
}

/// Waits with tokio. Its sleeps need a tokio runtime with time enabled, as the reqwest transport does.
#[derive(Debug, Clone, Copy)]
pub struct TokioTimer {
    started: tokio::time::Instant,
}

impl Default for TokioTimer {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that starts measuring; it says how long, never what time"
    )]
    fn default() -> Self {
        Self {
            started: tokio::time::Instant::now(),
        }
    }
}

#[async_trait]
impl Timer for TokioTimer {
    async fn sleep(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }

    fn running(&self) -> Duration {
        self.started.elapsed()
    }
}

/// One moment on both: the clock's, which a person can set, and the timer's, which only goes forward.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) clock: Timestamp,
    pub(crate) timer: Duration,
}

impl Moment {
    pub(crate) fn of(clock: &dyn Clock, timer: &dyn Timer) -> Self {
        Self {
            clock: clock.now(),
            timer: timer.running(),
        }
    }

    /// How long ago this was, by the clock and by the timer. Zero when one of them went back.
    pub(crate) fn until(self, now: Self) -> (Duration, Duration) {
        let by_clock = now.clock.duration_since(self.clock);
        (
            Duration::try_from(by_clock).unwrap_or_default(),
            now.timer.saturating_sub(self.timer),
        )
    }
}
