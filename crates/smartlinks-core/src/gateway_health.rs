//! How the gateway has answered lately, as this process has seen it.

use std::sync::{Arc, Mutex, PoisonError};

use aliexpress::{Attempt, Error as GatewayError, Observer};
use jiff::{SignedDuration, Timestamp};

use crate::call_budget::CallCounts;
use crate::metrics::Metrics;

/// What was seen of the gateway since this process started.
#[derive(Debug, Clone, Default)]
pub struct GatewayHealth {
    /// Calls made.
    pub calls: i64,
    /// Calls that did not get a usable answer: gateway down, slow, busy or unreadable.
    pub failed: i64,
    /// When the first call was made.
    pub since: Option<Timestamp>,
    /// When the gateway last gave an answer that could be read, a refusal included.
    pub last_answer: Option<Timestamp>,
    /// The code of the last call's failure; `None` when it went well.
    pub trouble: Option<String>,
    /// Whether the gateway has accepted our signature: the keys are right.
    pub keys_accepted: bool,
    /// The code with which the gateway refused our key or signature, if it did so last.
    pub keys_refused: Option<String>,
    /// How far this machine's clock was ahead of the gateway's at its last answer; negative when it was behind.
    pub clock_ahead: Option<SignedDuration>,
}

/// Codes that say that key or secret are wrong.
const KEY_TROUBLE: [&str; 5] = [
    "InvalidAppKey",
    "InvalidAppkey",
    "IncompleteSignature",
    "InvalidSignature",
    "isv.appkey-not-exists",
];

#[derive(Debug, Default)]
pub(crate) struct Watch(Mutex<GatewayHealth>);

impl Watch {
    pub(crate) fn seen(&self) -> GatewayHealth {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes how far the clock was off.
    fn note_clock(&self, ahead: SignedDuration) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clock_ahead = Some(ahead);
    }

    /// Notes how a call ended.
    pub(crate) fn note<T>(&self, result: &Result<T, GatewayError>, now: Timestamp) {
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        health.calls += 1;
        health.since.get_or_insert(now);
        let Err(error) = result else {
            health.last_answer = Some(now);
            health.trouble = None;
            health.keys_accepted = true;
            health.keys_refused = None;
            return;
        };
        match error {
            // Nothing was sent.
            GatewayError::Request(_) | GatewayError::Token(_) | GatewayError::Held(_) => {
                health.calls -= 1;
            }
            GatewayError::Gateway(answer) => {
                health.last_answer = Some(now);
                if KEY_TROUBLE.contains(&answer.code.as_str()) {
                    health.keys_refused = Some(answer.code.clone());
                    health.keys_accepted = false;
                } else {
                    health.keys_accepted = true;
                    health.keys_refused = None;
                }
                health.trouble = is_trouble(error).then(|| error.code().to_owned());
            }
            GatewayError::Business(_) => {
                health.last_answer = Some(now);
                health.trouble = None;
            }
            _ => health.trouble = Some(error.code().to_owned()),
        }
        if is_trouble(error) {
            health.failed += 1;
        }
    }
}

/// Sees every attempt of every call.
pub(crate) struct Eye {
    pub(crate) watch: Arc<Watch>,
    pub(crate) calls: Arc<CallCounts>,
    pub(crate) metrics: Metrics,
}

impl Observer for Eye {
    fn attempted(&self, attempt: &Attempt<'_>) {
        if let Some(ahead) = attempt.clock_ahead() {
            self.watch.note_clock(ahead);
        }
        self.calls.note(attempt);
        self.metrics.gateway_call(attempt);
    }
}

/// Whether a failure is the gateway's, not the question's.
fn is_trouble(error: &GatewayError) -> bool {
    use aliexpress::Class;
    match error {
        GatewayError::Request(_)
        | GatewayError::Token(_)
        | GatewayError::Held(_)
        | GatewayError::Business(_) => false,
        GatewayError::Gateway(_) => {
            matches!(error.advice().class, Class::Retry | Class::Wait { .. })
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use aliexpress::{GatewayError as Refusal, Held, HeldReason};

    use super::*;

    #[test]
    fn a_call_that_was_held_back_is_no_call() {
        let watch = Watch::default();
        let ban = GatewayError::from(Refusal::new("AppApiCallLimit", ""));
        let held = GatewayError::from(Held::new("a.method", HeldReason::MethodBan, 9));
        for error in [ban, held.clone(), held] {
            watch.note::<()>(&Err(error), Timestamp::UNIX_EPOCH);
        }
        let seen = watch.seen();
        assert_eq!((seen.calls, seen.failed), (1, 1));
        assert_eq!(seen.trouble.as_deref(), Some("AppApiCallLimit"));
    }
}
