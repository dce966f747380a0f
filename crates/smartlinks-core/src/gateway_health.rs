//! How the gateway has answered lately, as this process has seen it.

use std::sync::{Arc, Mutex, PoisonError};

use aliexpress::{Attempt, Error as GatewayError, Observer};
use jiff::{SignedDuration, Timestamp};

use crate::call_budget::CallCounts;
use crate::doctor::gateway::answer::Answer;
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
    /// What the last call has told about us.
    pub(crate) last: Option<Answer>,
}

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
        let error = result.as_ref().err();
        // Nothing was sent.
        if let Some(GatewayError::Request(_) | GatewayError::Token(_) | GatewayError::Held(_)) =
            error
        {
            return;
        }
        let trouble = error.filter(|error| is_trouble(error));
        let answer = match Answer::of(result) {
            // A refusal of the question itself: key and signature are looked at before.
            Answer::Other(_) if trouble.is_none() => Answer::Accepted,
            answer => answer,
        };
        let mut health = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        health.calls += 1;
        health.failed += i64::from(trouble.is_some());
        health.since.get_or_insert(now);
        health.trouble = trouble.map(|error| error.code().to_owned());
        if let None | Some(GatewayError::Gateway(_) | GatewayError::Business(_)) = error {
            health.last_answer = Some(now);
        }
        match &answer {
            Answer::WrongKey(code) | Answer::WrongSecret(code) => {
                health.keys_accepted = false;
                health.keys_refused = Some(code.clone());
            }
            told if told.accepts_us() => {
                health.keys_accepted = true;
                health.keys_refused = None;
            }
            _ => {}
        }
        health.last = Some(answer);
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
