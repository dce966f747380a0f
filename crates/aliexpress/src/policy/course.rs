//! How one call goes on: what its last failure allows.

use std::time::Duration;

use super::{Nature, Patience, Policy, Urgency};
use crate::clock::Moment;
use crate::errors::{Class, Effect};
use crate::{Attempts, Error, Jitter};

/// What comes after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// The failure is the answer.
    GiveUp,
    /// Send again after this wait. A ban is waited for where all sendings pass, not here: then it is zero.
    Repeat(Duration),
    /// Send again with a fresh access token, if there is one.
    Refresh,
}

/// The attempts of one call.
#[derive(Debug)]
pub(crate) struct Course {
    policy: Policy,
    patience: Patience,
    nature: Nature,
    began: Moment,
    /// When it was sent first.
    first: Option<Moment>,
    made: u32,
    /// How many of them were refused for their signature, and are sent again under another app secret.
    unsigned: u32,
    refreshed: bool,
    /// Whether one of the attempts can have been carried out.
    open: bool,
}

impl Course {
    pub(crate) fn new(policy: Policy, urgency: Urgency, nature: Nature, now: Moment) -> Self {
        Self {
            policy,
            patience: policy.patience(urgency),
            nature,
            began: now,
            first: None,
            made: 0,
            unsigned: 0,
            refreshed: false,
            open: false,
        }
    }

    /// How long it may wait for bans and budget at this point.
    pub(crate) fn hold(&self, now: Moment) -> Duration {
        let spent = self.began.until(now).1;
        let left = self.patience.in_all.saturating_sub(spent);
        self.patience.held.min(left)
    }

    /// Whether it may be sent now. Only a clock that jumped while it waited can say no.
    pub(crate) fn may_send(&self, now: Moment) -> bool {
        !self.open || self.inside_window(now, Duration::ZERO)
    }

    /// It goes out now.
    pub(crate) fn sent(&mut self, now: Moment) {
        self.first.get_or_insert(now);
        self.made += 1;
    }

    /// The attempt that was sent last had the wrong signature and takes place again under another one.
    pub(crate) fn signs_again(&mut self) {
        self.unsigned += 1;
    }

    /// How often it was sent so far.
    pub(crate) fn attempts(&self, now: Moment) -> Attempts {
        Attempts::new(self.made, self.began.until(now).1, self.open)
    }

    /// Decides what follows on the failure of the attempt that was sent last.
    pub(crate) fn failed(&mut self, error: &Error, now: Moment, jitter: &dyn Jitter) -> Next {
        let effect = error.entry().effect;
        let changes = self.nature != Nature::Read;
        self.open |= changes && effect == Effect::Unknown;
        if self.nature == Nature::Token || self.made - self.unsigned >= self.policy.attempts {
            return Next::GiveUp;
        }
        let next = match (error.advice().class, error) {
            (Class::Retry, _) => {
                let longest = self.policy.backoff_after(self.made);
                Next::Repeat(jitter.up_to(longest).min(longest))
            }
            (Class::Wait { seconds }, Error::Gateway(_)) if effect == Effect::None => {
                let ban = Duration::from_secs(seconds);
                if ban > self.hold(now) {
                    return Next::GiveUp;
                }
                Next::Repeat(Duration::ZERO)
            }
            (Class::Refresh, _) if effect == Effect::None && !self.refreshed => {
                self.refreshed = true;
                Next::Refresh
            }
            _ => return Next::GiveUp,
        };
        let pause = match next {
            Next::Repeat(pause) => pause,
            _ => Duration::ZERO,
        };
        let spent = self.began.until(now).1.saturating_add(pause);
        let in_time = spent <= self.patience.in_all;
        let harmless = !self.open || self.inside_window(now, pause);
        if in_time && harmless {
            next
        } else {
            Next::GiveUp
        }
    }

    /// Whether the idempotency key still counts after `pause`. The later of clock and timer decides.
    fn inside_window(&self, now: Moment, pause: Duration) -> bool {
        let (Nature::KeyedWrite { window }, Some(first)) = (self.nature, self.first) else {
            return false;
        };
        let (by_clock, by_timer) = first.until(now);
        by_clock.max(by_timer).saturating_add(pause) < window
    }
}
