//! How all connections stand together, counted anew for each who asks while that is cheap.
//!
//! Beyond [`MANY`] connections a count takes longer than a page or a scrape should wait for: at a million, through an
//! index that holds nothing but state and deadline, SQLite takes 50 ms and PostgreSQL 200 to 300 ms on two busy cores
//! (2 s while its vacuum is behind). Numbers that every change keeps up to date would be there at once, but would make all
//! refreshes wait for one row. So a count of many is kept for [`KEPT`] and then repeated in the background, once for
//! all who ask, and shown with its age. One older than [`OLDEST`] is shown to nobody: then whoever asks waits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use smartlinks_store::{Outlook, with_causes};

use crate::clock::to_millis;
use crate::error::Result;
use crate::service::Core;

/// From how many connections on a count is kept. So many are counted within 15 ms.
const MANY: i64 = 50_000;
/// How long a count of many is shown before the next one begins.
const KEPT: SignedDuration = SignedDuration::from_secs(10);
/// The oldest count that is shown.
const OLDEST: SignedDuration = SignedDuration::from_secs(60);

/// How all connections stood at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenOutlook {
    /// How they stood.
    pub outlook: Outlook,
    /// When they were counted.
    pub at: Timestamp,
}

/// The last count, and whether the next is under way.
#[derive(Debug, Default)]
pub(crate) struct LastOutlook {
    seen: Mutex<Option<SeenOutlook>>,
    counting: AtomicBool,
    /// One counts, the others wait for the same count.
    turn: tokio::sync::Mutex<()>,
}

/// What is done with the last count.
#[derive(Debug, PartialEq, Eq)]
enum Use {
    /// It is shown.
    Show,
    /// It is shown, and the next begins.
    ShowAndCount,
    /// It is not shown.
    Count,
}

impl SeenOutlook {
    fn used_at(&self, now: Timestamp) -> Use {
        let age = now.duration_since(self.at);
        // A clock that was put back says nothing about the age.
        if self.outlook.all() < MANY || age.is_negative() || age > OLDEST {
            Use::Count
        } else if age > KEPT {
            Use::ShowAndCount
        } else {
            Use::Show
        }
    }
}

impl LastOutlook {
    fn seen(&self) -> Option<SeenOutlook> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, seen: SeenOutlook) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }
}

impl Core {
    /// How all connections stand together, and what lies ahead of them. Where there are very many, as they stood at most
    /// a minute ago.
    ///
    /// # Errors
    /// [`crate::Error::Storage`].
    pub async fn outlook(&self) -> Result<SeenOutlook> {
        let last = &self.inner.outlook;
        if let Some(seen) = last.seen() {
            match seen.used_at(self.now()) {
                Use::Show => return Ok(seen),
                Use::ShowAndCount => {
                    self.count_in_background();
                    return Ok(seen);
                }
                Use::Count => {}
            }
        }
        let _turn = last.turn.lock().await;
        match last.seen() {
            // Another who asked has counted meanwhile.
            Some(seen) if seen.used_at(self.now()) != Use::Count => Ok(seen),
            _ => self.count().await,
        }
    }

    async fn count(&self) -> Result<SeenOutlook> {
        let at = self.now();
        let outlook = self.store().connections().outlook(to_millis(at)).await?;
        let seen = SeenOutlook { outlook, at };
        self.inner.outlook.keep(seen);
        Ok(seen)
    }

    fn count_in_background(&self) {
        if self.inner.outlook.counting.swap(true, Ordering::AcqRel) {
            return;
        }
        let core = self.clone();
        self.inner.tracker.spawn(async move {
            // The old count goes on being shown until it is too old; then whoever asks hears of the failure.
            if let Err(error) = core.count().await {
                tracing::warn!(error = %with_causes(&error), "the connections could not be counted");
            }
            core.inner.outlook.counting.store(false, Ordering::Release);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(active: i64) -> SeenOutlook {
        SeenOutlook {
            outlook: Outlook {
                active,
                ..Outlook::default()
            },
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn few_are_counted_each_time_and_many_now_and_then() {
        let after = |active, seconds| {
            let now = Timestamp::from_second(seconds).unwrap();
            seen(active).used_at(now)
        };
        assert_eq!(after(MANY - 1, 0), Use::Count);
        for (seconds, wanted) in [
            (-1, Use::Count),
            (0, Use::Show),
            (10, Use::Show),
            (11, Use::ShowAndCount),
            (60, Use::ShowAndCount),
            (61, Use::Count),
        ] {
            assert_eq!(after(MANY, seconds), wanted, "{seconds}");
        }
    }
}
