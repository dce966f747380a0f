//! How often something may be asked for: one bucket for each caller, on the service's clock.
//!
//! Counted in this process. With several instances each counts for itself, which multiplies a limit by their number
//! and still leaves guessing hopeless.

use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::service::Core;

/// From how many buckets on those that have filled up again are thrown away for the first time.
const TIDY_FROM: usize = 1024;

/// Whose bucket is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Caller {
    /// A network address, or for IPv6 the network that one subscriber has.
    Address(IpAddr),
    /// An API key or an operator, by its id.
    Known(String),
    /// Nobody can tell: requests that came through no socket.
    Unknown,
}

impl Caller {
    /// Whoever uses an address. A subscriber has 2^64 IPv6 addresses to choose from, so they count as one.
    #[must_use]
    pub fn at(address: Option<IpAddr>) -> Self {
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

type Governor<K> = RateLimiter<K, HashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>;

/// The buckets of one limit.
pub struct Buckets<K: Hash + Eq + Clone> {
    governor: Governor<K>,
    /// The number of buckets at which the next tidying pays.
    tidy_at: AtomicUsize,
}

impl<K: Hash + Eq + Clone> fmt::Debug for Buckets<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Buckets").finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// So many within a time, each number at once or spread.
    #[must_use]
    pub fn new(number: NonZeroU32, within: Duration, clock: Arc<dyn aliexpress::Clock>) -> Self {
        // A time of zero would be no limit; it counts as a nanosecond for each.
        let each = (within / number.get()).max(Duration::from_nanos(1));
        let quota = Quota::with_period(each)
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(number);
        Self {
            governor: RateLimiter::hashmap_with_clock(quota, Ticks::new(clock)),
            tidy_at: AtomicUsize::new(TIDY_FROM),
        }
    }

    /// Takes one from a caller's bucket.
    ///
    /// # Errors
    /// The seconds after which there will be one again.
    pub fn take(&self, caller: &K) -> Result<(), u64> {
        if self.governor.len() >= self.tidy_at.load(Ordering::Relaxed) {
            self.governor.retain_recent();
            // Twice what is left, so that a crowd does not make each request look at everybody's bucket.
            let next = (2 * self.governor.len()).max(TIDY_FROM);
            self.tidy_at.store(next, Ordering::Relaxed);
        }
        self.governor.check_key(caller).map_err(|until| {
            let wait = until.wait_time_from(self.governor.clock().now());
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            seconds.try_into().unwrap_or(60)
        })
    }
}

impl Core {
    /// Buckets on the service's clock: so many within a minute, each number at once or spread.
    #[must_use]
    pub fn buckets_a_minute<K: Hash + Eq + Clone>(&self, number: NonZeroU32) -> Buckets<K> {
        Buckets::new(number, Duration::from_secs(60), self.clock())
    }
}

/// The service's clock as one that never goes back: when somebody turns the machine's clock back an hour, no bucket
/// stays empty for an hour.
struct Ticks {
    clock: Arc<dyn aliexpress::Clock>,
    passed: Mutex<Passed>,
}

struct Passed {
    /// What the clock showed last, in milliseconds since the epoch.
    seen: i64,
    since_start: Duration,
}

impl Ticks {
    fn new(clock: Arc<dyn aliexpress::Clock>) -> Self {
        let passed = Mutex::new(Passed {
            seen: clock.now().as_millisecond(),
            since_start: Duration::ZERO,
        });
        Self { clock, passed }
    }
}

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let shown = self.clock.now().as_millisecond();
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
