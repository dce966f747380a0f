//! The bans that the gateway has spoken, and whom they stop.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::clock::Moment;
use crate::errors::Class;
use crate::{AccessToken, Error, HeldReason};

/// Tells accounts apart without keeping a token.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct AccountMark([u8; 32]);

impl AccountMark {
    pub(crate) fn of(token: &AccessToken) -> Self {
        Self(Sha256::digest(token.expose()).into())
    }
}

impl fmt::Debug for AccountMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountMark")
    }
}

/// Whom a ban stops.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Scope {
    Method(String),
    Account(AccountMark),
    App,
}

impl Scope {
    /// Whom the ban in `error` stops, and for how long; `None` when it is no ban.
    fn of(error: &Error, api: &str, account: Option<AccountMark>) -> Option<(Self, Duration)> {
        let (Error::Gateway(answer), Class::Wait { seconds }) = (error, error.advice().class)
        else {
            return None;
        };
        let scope = match (answer.entry().code, account) {
            ("AppCallLimit", _) => Self::App,
            ("SellerCallLimit", Some(account)) => Self::Account(account),
            _ => Self::Method(api.to_owned()),
        };
        Some((scope, Duration::from_secs(seconds)))
    }

    fn reason(&self) -> HeldReason {
        match self {
            Self::Method(_) => HeldReason::MethodBan,
            Self::Account(_) => HeldReason::AccountBan,
            Self::App => HeldReason::AppBan,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Ban {
    since: Moment,
    length: Duration,
    /// Tells this ban from a later one of the same scope.
    number: u64,
}

impl Ban {
    /// Over as soon as clock or timer says so: the clock knows that the machine slept, the timer that somebody set the
    /// clock back. Being wrong here costs one refused call.
    fn left(&self, now: Moment) -> Duration {
        let (by_clock, by_timer) = self.since.until(now);
        self.length.saturating_sub(by_clock.max(by_timer))
    }
}

/// A ban that is in the way of a call.
#[derive(Debug)]
pub(super) struct InTheWay {
    pub(super) left: Duration,
    pub(super) reason: HeldReason,
    scope: Scope,
    number: u64,
}

/// All bans of one app that are not over.
#[derive(Debug, Default)]
pub(super) struct Bans(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    bans: HashMap<Scope, Ban>,
    numbers: u64,
}

impl Bans {
    /// Takes note of a ban. A shorter one never shortens a longer one.
    pub(super) fn note(&self, api: &str, account: Option<AccountMark>, error: &Error, now: Moment) {
        let Some((scope, length)) = Scope::of(error, api, account) else {
            return;
        };
        let mut known = self.lock();
        known.bans.retain(|_, ban| !ban.left(now).is_zero());
        known.numbers += 1;
        let ban = Ban {
            since: now,
            length,
            number: known.numbers,
        };
        let present = known.bans.entry(scope).or_insert(ban);
        if present.left(now) <= length {
            *present = ban;
        }
    }

    /// The longest ban that stops a call of `api` for `account`.
    pub(super) fn in_the_way(
        &self,
        api: &str,
        account: Option<AccountMark>,
        now: Moment,
    ) -> Option<InTheWay> {
        let known = self.lock();
        if known.bans.is_empty() {
            return None;
        }
        [
            Some(Scope::App),
            account.map(Scope::Account),
            Some(Scope::Method(api.to_owned())),
        ]
        .into_iter()
        .flatten()
        .filter_map(|scope| {
            let ban = known.bans.get(&scope)?;
            Some(InTheWay {
                left: ban.left(now),
                reason: scope.reason(),
                number: ban.number,
                scope,
            })
        })
        .filter(|ban| !ban.left.is_zero())
        .max_by_key(|ban| ban.left)
    }

    /// The end of this ban was waited for. It is over for everybody, even when the clock stands still.
    pub(super) fn waited_for(&self, ban: &InTheWay) {
        let mut known = self.lock();
        let same = known
            .bans
            .get(&ban.scope)
            .is_some_and(|present| present.number == ban.number);
        if same {
            known.bans.remove(&ban.scope);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::*;
    use crate::GatewayError;

    const SEARCH: &str = "aliexpress.ds.text.search";
    const PRODUCT: &str = "aliexpress.ds.product.get";

    fn at(clock: i64, timer: u64) -> Moment {
        Moment {
            clock: Timestamp::UNIX_EPOCH + SignedDuration::from_secs(1_000_000 + clock),
            timer: Duration::from_secs(timer),
        }
    }

    fn refusal(code: &str, seconds: u64) -> Error {
        GatewayError::new(code, format!("this ban will last {seconds} seconds")).into()
    }

    fn left(
        bans: &Bans,
        api: &str,
        account: Option<&str>,
        now: Moment,
    ) -> Option<(u64, HeldReason)> {
        let account = account.map(|token| AccountMark::of(&AccessToken::new(token)));
        let ban = bans.in_the_way(api, account, now)?;
        Some((ban.left.as_secs(), ban.reason))
    }

    #[test]
    fn each_ban_stops_whom_it_names() {
        let bans = Bans::default();
        let start = at(0, 0);
        bans.note(SEARCH, None, &refusal("ApiCallLimit", 1), start);
        assert_eq!(
            left(&bans, SEARCH, None, start),
            Some((1, HeldReason::MethodBan))
        );
        assert_eq!(left(&bans, PRODUCT, None, start), None);

        let anna = AccountMark::of(&AccessToken::new("anna"));
        bans.note(PRODUCT, Some(anna), &refusal("SellerCallLimit", 30), start);
        assert_eq!(
            left(&bans, SEARCH, Some("anna"), start),
            Some((30, HeldReason::AccountBan))
        );
        assert_eq!(left(&bans, PRODUCT, Some("ben"), start), None);

        bans.note(PRODUCT, Some(anna), &refusal("AppCallLimit", 60), start);
        assert_eq!(
            left(&bans, "/auth/token/refresh", None, start),
            Some((60, HeldReason::AppBan))
        );
        bans.note("7", None, &refusal("7", 90), start);
        assert_eq!(
            left(&bans, "7", None, start),
            Some((90, HeldReason::MethodBan))
        );
    }

    #[test]
    fn what_is_no_ban_stops_nobody() {
        let bans = Bans::default();
        for code in ["IllegalAccessToken", "InternalError", "NeverSeen"] {
            bans.note(SEARCH, None, &refusal(code, 9), at(0, 0));
        }
        assert_eq!(left(&bans, SEARCH, None, at(0, 0)), None);
    }

    #[test]
    fn clock_or_timer_ends_it_and_going_back_does_not_lengthen_it() {
        let bans = Bans::default();
        bans.note(SEARCH, None, &refusal("AppApiCallLimit", 100), at(0, 0));
        let seconds =
            |clock, timer| left(&bans, SEARCH, None, at(clock, timer)).map(|(left, _)| left);
        assert_eq!(seconds(40, 0), Some(60));
        assert_eq!(seconds(0, 40), Some(60));
        assert_eq!(seconds(-90_000, 40), Some(60));
        assert_eq!(seconds(-90_000, 0), Some(100));
        assert_eq!(seconds(-90_000, 100), None);
        assert_eq!(seconds(100, 0), None);
    }

    #[test]
    fn the_longer_ban_stays_and_a_wait_ends_only_its_own() {
        let bans = Bans::default();
        bans.note(SEARCH, None, &refusal("ApiCallLimit", 100), at(0, 0));
        bans.note(SEARCH, None, &refusal("ApiCallLimit", 5), at(10, 10));
        assert_eq!(
            left(&bans, SEARCH, None, at(10, 10)).map(|(left, _)| left),
            Some(90)
        );
        let waited = bans.in_the_way(SEARCH, None, at(10, 10)).unwrap();
        bans.note(SEARCH, None, &refusal("ApiCallLimit", 200), at(20, 20));
        bans.waited_for(&waited);
        assert_eq!(
            left(&bans, SEARCH, None, at(20, 20)).map(|(left, _)| left),
            Some(200)
        );
        let waited = bans.in_the_way(SEARCH, None, at(20, 20)).unwrap();
        bans.waited_for(&waited);
        assert_eq!(
            left(&bans, SEARCH, None, at(20, 20)),
            None,
            "the clock stood still"
        );
    }

    #[test]
    fn bans_that_are_over_take_no_room() {
        let bans = Bans::default();
        for second in 0..1000 {
            let api = format!("method.{second}");
            bans.note(&api, None, &refusal("ApiCallLimit", 2), at(second, 0));
        }
        assert!(bans.lock().bans.len() <= 2);
    }
}
