//! Work that stands in the database with the moment from which on it is due: a worker looks, does what is due, and rests
//! until the next of it is.

use std::time::Duration;

use smartlinks_store::{Millis, StoreError, with_causes};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::clock::to_millis;
use crate::error::Result;
use crate::service::Core;

/// The rest when the database cannot be asked.
const FAILED_REST: Duration = Duration::from_secs(5);

/// What one look has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// Something was done, and there may be more of it.
    Done,
    /// Something is due and could not be done: held elsewhere, or failing. Looking again at once helps nobody.
    InVain,
    /// Nothing is due.
    Idle,
}

impl Look {
    /// What has come of work of which so many pieces were done.
    pub(crate) const fn done(pieces: usize) -> Self {
        match pieces {
            0 => Self::Idle,
            _ => Self::Done,
        }
    }
}

/// One kind of work that falls due.
pub(crate) struct DueWork<'a> {
    /// What it is about, for the log.
    pub(crate) what: &'static str,
    /// The rest after something was done.
    pub(crate) breath: Duration,
    /// The rest when something is due that was not found: as short as this, and no shorter.
    pub(crate) shortest: Duration,
    /// Rung when work has come up that no moment tells of.
    pub(crate) bell: Option<&'a Notify>,
}

impl DueWork<'_> {
    /// Work that goes on without a breath while there is any.
    pub(crate) const fn on(what: &'static str) -> Self {
        Self {
            what,
            breath: Duration::ZERO,
            shortest: Duration::from_millis(50),
            bell: None,
        }
    }

    async fn rung(&self) {
        match self.bell {
            Some(bell) => bell.notified().await,
            None => std::future::pending().await,
        }
    }
}

impl Core {
    /// Works on what falls due until it is told to stop: `look` does what is due now, `next` says when the next of it
    /// is. `clock_moved` wakes it when somebody moves the clock (the sandbox); in production it never does.
    pub(crate) async fn work_when_due<L, N>(
        &self,
        work: DueWork<'_>,
        look: impl Fn() -> L,
        next: impl Fn() -> N,
        stop: &CancellationToken,
        mut clock_moved: watch::Receiver<i64>,
    ) where
        L: Future<Output = Result<Look>>,
        N: Future<Output = Result<Option<Millis>, StoreError>>,
    {
        let mut in_vain = 0_u32;
        loop {
            let looked = look().await;
            in_vain = match looked {
                Ok(Look::InVain) => in_vain.saturating_add(1),
                _ => 0,
            };
            let rest = match looked {
                Ok(Look::Done) => work.breath,
                Ok(Look::InVain) => self.pause_after(in_vain),
                Ok(Look::Idle) => self.until_due(&work, next().await),
                Err(error) => {
                    tracing::error!(error = %with_causes(&error), "{} could not be worked on", work.what);
                    FAILED_REST
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
                () = work.rung() => {}
                Ok(()) = clock_moved.changed() => {}
            }
        }
    }

    /// A growing pause, from one second to the longest rest.
    fn pause_after(&self, in_vain: u32) -> Duration {
        let seconds = 1_u64 << in_vain.saturating_sub(1).min(6);
        Duration::from_secs(seconds).min(self.refresh_policy().longest_rest)
    }

    /// The rest until something is due.
    fn until_due(&self, work: &DueWork<'_>, next: Result<Option<Millis>, StoreError>) -> Duration {
        let longest = self.refresh_policy().longest_rest;
        match next {
            Ok(Some(due)) => {
                let ahead = due.since(to_millis(self.now()));
                let ahead = Duration::from_millis(u64::try_from(ahead).unwrap_or_default());
                ahead.max(work.shortest).min(longest)
            }
            Ok(None) => longest,
            Err(error) => {
                tracing::error!(error = %with_causes(&error), "when {} are due next is not known", work.what);
                FAILED_REST.min(longest)
            }
        }
    }
}
