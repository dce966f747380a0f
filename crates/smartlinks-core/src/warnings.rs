//! The warning ladder: a person is told 14, 7, 3 and 1 days before an account has to sign in again, once each, and
//! once more when the deadline has passed.
//!
//! The moment of the next step stands in a column, so a look costs what is due; whoever moves it on tells the step,
//! in the same transaction.

use std::time::Duration;

use serde_json::json;
use smartlinks_store::{
    DueWarning, Millis, NewEvent, ReauthorizationReason, Settled, StoredState, with_causes,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::{from_millis, to_millis};
use crate::connections::{DAY, warning_step_days, warning_steps};
use crate::error::Result;
use crate::events::EventKind;
use crate::service::Core;

/// How many are looked at in one go.
const AT_ONCE: u32 = 100;
/// At the deadline itself the refresher asks the gateway once more, and tells what it finds. Milliseconds.
const GRACE: i64 = 10 * 60_000;
/// When somebody is refreshing at that moment.
const LATER: i64 = 60_000;
const LONGEST_REST: Duration = Duration::from_secs(30);

impl Core {
    /// Tells every warning that is due now; gives how many were told.
    ///
    /// # Errors
    /// [`crate::Error::Storage`]; what was told before stays told.
    pub async fn tell_due_warnings(&self) -> Result<usize> {
        let mut told = 0;
        loop {
            let now = to_millis(self.now());
            let due = self.store().warnings().due_warnings(now, AT_ONCE).await?;
            let full = due.len() == AT_ONCE as usize;
            for warning in due {
                told += usize::from(self.tell(&warning, now).await?);
            }
            if !full {
                break;
            }
        }
        if told > 0 {
            self.announce().await;
        }
        Ok(told)
    }

    /// Tells what is due until it is told to stop. `clock_moved` wakes it when somebody moves the clock (the
    /// sandbox); a sign-in needs no waking, since its first step lies days ahead.
    pub async fn run_warner(&self, stop: CancellationToken, mut clock_moved: watch::Receiver<i64>) {
        loop {
            if let Err(error) = self.tell_due_warnings().await {
                tracing::error!(error = %with_causes(&error), "warnings before sign-in deadlines could not be told");
            }
            let rest = match self.store().warnings().next_warning_due().await {
                Ok(Some(due)) => {
                    let ahead = u64::try_from(due.since(to_millis(self.now()))).unwrap_or(0);
                    Duration::from_millis(ahead).clamp(Duration::from_secs(1), LONGEST_REST)
                }
                _ => LONGEST_REST,
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(rest) => {}
                Ok(()) = clock_moved.changed() => {}
            }
        }
    }

    /// Settles one due warning; whether it was told here.
    async fn tell(&self, warning: &DueWarning, now: Millis) -> Result<bool> {
        let settled = self.settled(warning, now);
        let tells = settled.told.is_some();
        let conditional = settled.unless_settled_elsewhere;
        let warnings = self.store().warnings();
        if warnings.settle_warning(warning, settled, now).await? {
            return Ok(tells);
        }
        if conditional {
            // Either it was settled, and this changes nothing, or somebody is refreshing: then we look once more.
            let later = Settled {
                told: None,
                unless_settled_elsewhere: false,
                next: Some(now.plus(LATER)),
            };
            warnings.settle_warning(warning, later, now).await?;
        }
        Ok(false)
    }

    /// What is to become of a due warning.
    fn settled(&self, warning: &DueWarning, now: Millis) -> Settled {
        let record = &warning.connection;
        let nothing = |next| Settled {
            told: None,
            unless_settled_elsewhere: false,
            next,
        };
        let Some(deadline) = record.sign_in_again_by else {
            return nothing(None);
        };
        // Whoever found out that a new sign-in is needed has told it.
        if record.state == StoredState::ReauthorizationRequired || warning.warned_step == Some(0) {
            return nothing(None);
        }
        let past = deadline.plus(GRACE);
        if past <= now {
            return Settled {
                told: Some((0, self.deadline_passed(warning))),
                unless_settled_elsewhere: true,
                next: None,
            };
        }
        let next = warning_steps(record)
            .map(|days| deadline.plus(-days * DAY))
            .find(|moment| *moment > now)
            .unwrap_or(past);
        let step = warning_step_days(record, now).filter(|_| deadline > now);
        match step.filter(|step| warning.warned_step.is_none_or(|told| *step < told)) {
            Some(step) => Settled {
                told: Some((step, self.expiring(warning, deadline, step))),
                ..nothing(Some(next))
            },
            None => nothing(Some(next)),
        }
    }

    fn expiring(&self, warning: &DueWarning, deadline: Millis, step: i64) -> NewEvent {
        let data = json!({ "days": step, "sign_in_again_by": from_millis(deadline) });
        let kind = EventKind::ConnectionExpiring;
        self.event(kind, Some(&warning.connection.id), None, &data)
    }

    fn deadline_passed(&self, warning: &DueWarning) -> NewEvent {
        let reason = ReauthorizationReason::SignInDeadlinePassed;
        let data = json!({ "reason": reason.as_str() });
        let kind = EventKind::ConnectionReauthorizationRequired;
        self.event(kind, Some(&warning.connection.id), None, &data)
    }
}
