//! How often something may be asked for: one bucket for each address or key, on the service's clock.

use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use smartlinks_core::Core;

/// From how many buckets on those that have filled up again are thrown away for the first time.
const TIDY_FROM: usize = 1024;

/// Requests a minute that are taken, each number at once or spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins from one address.
    pub sign_in: NonZeroU32,
    /// Callbacks of AliExpress and connect links from one address.
    pub callback: NonZeroU32,
    /// Access tokens handed out to one key, or to one address without a key.
    pub vending: NonZeroU32,
    /// Keys made or revoked by one caller, and wrong keys from one address.
    pub keys: NonZeroU32,
    /// Pushes from one address that AliExpress has not signed.
    pub push: NonZeroU32,
}

const fn number(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in: number(10),
            callback: number(60),
            vending: number(1200),
            keys: number(60),
            push: number(6000),
        }
    }
}

impl Limits {
    /// So high that nobody reaches them: for measuring, and for tests of something else.
    #[must_use]
    pub const fn out_of_reach() -> Self {
        Self {
            sign_in: NonZeroU32::MAX,
            callback: NonZeroU32::MAX,
            vending: NonZeroU32::MAX,
            keys: NonZeroU32::MAX,
            push: NonZeroU32::MAX,
        }
    }
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    SignIn,
    Callback,
    Vending,
    Keys,
    Push,
}

/// Whose bucket is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Caller {
    /// A network address, or for IPv6 the network that one subscriber has.
    Address(IpAddr),
    /// An API key or an operator, by its id.
    Known(String),
    /// Nobody can tell: requests that came through no socket.
    Unknown,
}

impl Caller {
    /// Whoever uses an address. A subscriber has 2^64 IPv6 addresses to choose from, so they count as one.
    pub(crate) fn at(address: Option<IpAddr>) -> Self {
        match address.map(|address| address.to_canonical()) {
            None => Self::Unknown,
            Some(IpAddr::V6(address)) => {
                let network = address.to_bits() >> 64 << 64;
                Self::Address(Ipv6Addr::from_bits(network).into())
            }
            Some(address) => Self::Address(address),
        }
    }
}

/// The buckets of all limits.
pub(crate) struct Limiter {
    sign_in: Buckets,
    callback: Buckets,
    vending: Buckets,
    keys: Buckets,
    push: Buckets,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, core: &Core) -> Self {
        let buckets = |a_minute| Buckets::new(a_minute, Ticks::new(core.clone()));
        Self {
            sign_in: buckets(limits.sign_in),
            callback: buckets(limits.callback),
            vending: buckets(limits.vending),
            keys: buckets(limits.keys),
            push: buckets(limits.push),
        }
    }

    /// Takes one from a caller's bucket.
    ///
    /// # Errors
    /// The seconds after which there will be one again.
    pub(crate) fn take(&self, limit: Limit, caller: &Caller) -> Result<(), u64> {
        let buckets = match limit {
            Limit::SignIn => &self.sign_in,
            Limit::Callback => &self.callback,
            Limit::Vending => &self.vending,
            Limit::Keys => &self.keys,
            Limit::Push => &self.push,
        };
        buckets.take(caller)
    }
}

type Governor = RateLimiter<Caller, HashMapStateStore<Caller>, Ticks, NoOpMiddleware<Duration>>;

struct Buckets {
    governor: Governor,
    /// The number of buckets at which the next tidying pays.
    tidy_at: AtomicUsize,
}

impl Buckets {
    fn new(a_minute: NonZeroU32, ticks: Ticks) -> Self {
        Self {
            governor: RateLimiter::hashmap_with_clock(Quota::per_minute(a_minute), ticks),
            tidy_at: AtomicUsize::new(TIDY_FROM),
        }
    }

    fn take(&self, caller: &Caller) -> Result<(), u64> {
        if self.governor.len() >= self.tidy_at.load(Ordering::Relaxed) {
            self.governor.retain_recent();
            // Twice what is left, so that a crowd does not make each request look at everybody's bucket.
            let next = (2 * self.governor.len()).max(TIDY_FROM);
            self.tidy_at.store(next, Ordering::Relaxed);
        }
        self.governor.check_key(caller).map_err(|until| {
            let wait = until.wait_time_from(self.governor.clock().now());
            wait.as_millis()
                .div_ceil(1000)
                .max(1)
                .try_into()
                .unwrap_or(60)
        })
    }
}

/// The service's clock as one that never goes back: when somebody turns the machine's clock back an hour, no bucket
/// stays empty for an hour.
struct Ticks {
    core: Core,
    passed: Mutex<Passed>,
}

struct Passed {
    /// What the clock showed last, in milliseconds since the epoch.
    seen: i64,
    since_start: Duration,
}

impl Ticks {
    fn new(core: Core) -> Self {
        let passed = Mutex::new(Passed {
            seen: core.now().as_millisecond(),
            since_start: Duration::ZERO,
        });
        Self { core, passed }
    }
}

impl Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let shown = self.core.now().as_millisecond();
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = u64::try_from(shown.saturating_sub(passed.seen)).unwrap_or(0);
        passed.seen = shown;
        passed.since_start = passed
            .since_start
            .saturating_add(Duration::from_millis(ahead));
        passed.since_start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subscriber_is_one_caller() {
        let at = |text: &str| Caller::at(Some(text.parse().unwrap()));
        assert_eq!(
            at("2001:db8:1:2::1"),
            at("2001:db8:1:2:ffff:ffff:ffff:ffff")
        );
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_eq!(at("::ffff:192.0.2.1"), at("192.0.2.1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
        assert_eq!(Caller::at(None), Caller::Unknown);
    }
}
