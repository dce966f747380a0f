use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::Error;

/// Is told how every attempt of every call ended: for metrics, and to see how far the machine's clock is off.
///
/// It runs between the answer and its user, so it has to be quick.
pub trait Observer: Send + Sync + 'static {
    /// An attempt has ended.
    fn attempted(&self, attempt: &Attempt<'_>);
}

/// One sending of one call, and how it ended. Holds neither parameters nor the answer.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The method, such as `aliexpress.ds.product.get`, or the path, such as `/auth/token/refresh`. As the caller gave
    /// it: [`catalogue::find`](crate::catalogue::find) tells whether the SDK knows it.
    pub api: &'a str,
    /// Why it failed; none when it went well.
    pub error: Option<&'a Error>,
    /// When it was sent, by the client's clock.
    pub sent_at: Timestamp,
    /// From sending to the decoded answer.
    pub took: Duration,
    /// What time it was for the gateway, to the second; none without an answer.
    pub server_date: Option<Timestamp>,
}

impl Attempt<'_> {
    /// How far the client's clock is ahead of the gateway's; negative when it is behind. Right to about a second and
    /// half the time that the call took.
    #[must_use]
    pub fn clock_ahead(&self) -> Option<SignedDuration> {
        let half = SignedDuration::try_from(self.took / 2).unwrap_or_default();
        let ours = self.sent_at.checked_add(half).ok()?;
        // The header leaves the fraction of the second out.
        let theirs = self
            .server_date?
            .checked_add(SignedDuration::from_millis(500))
            .ok()?;
        Some(ours.duration_since(theirs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_compared_in_the_middle_of_the_call() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let attempt = |server_date| Attempt {
            api: "a",
            error: None,
            sent_at: at(1_000),
            took: Duration::from_secs(3),
            server_date,
        };
        let ahead = |date| attempt(Some(at(date))).clock_ahead();
        assert_eq!(ahead(1_001), Some(SignedDuration::ZERO));
        assert_eq!(ahead(901), Some(SignedDuration::from_secs(100)));
        assert_eq!(ahead(1_101), Some(SignedDuration::from_secs(-100)));
        assert_eq!(attempt(None).clock_ahead(), None);
    }
}
