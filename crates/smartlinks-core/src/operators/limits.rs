//! How often somebody may try to sign in: by the name that is tried, and by the address that tries.
//!
//! Counted in this process. With several instances each counts for itself, which multiplies the limit by their
//! number and still leaves guessing hopeless.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use aliexpress::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use smartlinks_store::PasswordHash;
use tokio::sync::{OnceCell, Semaphore};

use super::OperatorPolicy;
use crate::connect::sha256;
use crate::error::{Error, Result};

/// Argon2id takes 19 MiB and a core for a while; more at once would starve everything else.
const HASHES_AT_ONCE: usize = 2;

/// So many at once, and then one each time this has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// How many at once.
    pub burst: NonZeroU32,
    /// After which time one more is allowed.
    pub every: Duration,
}

impl Limit {
    /// `burst` at once, then one `every` so often.
    #[must_use]
    pub const fn new(burst: NonZeroU32, every: Duration) -> Self {
        Self { burst, every }
    }

    /// A time of zero would be no limit; it counts as a nanosecond.
    fn quota(self) -> Quota {
        Quota::with_period(self.every.max(Duration::from_nanos(1)))
            .unwrap_or(Quota::per_second(NonZeroU32::MIN))
            .allow_burst(self.burst)
    }
}

/// How often somebody may try to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignInLimits {
    /// For one name, whoever tries.
    pub by_name: Limit,
    /// From one address (IPv6: one /64), whatever the name.
    pub by_address: Limit,
}

impl Default for SignInLimits {
    fn default() -> Self {
        const TEN: NonZeroU32 = NonZeroU32::new(10).unwrap();
        const THIRTY: NonZeroU32 = NonZeroU32::new(30).unwrap();
        Self {
            by_name: Limit::new(TEN, Duration::from_secs(60)),
            by_address: Limit::new(THIRTY, Duration::from_secs(20)),
        }
    }
}

/// The service's clock, for the limiters.
#[derive(Clone)]
struct OurClock(Arc<dyn Clock>);

impl governor::clock::Clock for OurClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let milliseconds = u64::try_from(self.0.now().as_millisecond()).unwrap_or(0);
        Duration::from_millis(milliseconds)
    }
}

type Keyed<K> = RateLimiter<K, HashMapStateStore<K>, OurClock, NoOpMiddleware<Duration>>;

/// What signing in needs besides the database.
pub(crate) struct Desk {
    pub(super) policy: OperatorPolicy,
    by_name: Keyed<[u8; 32]>,
    by_address: Keyed<Option<IpAddr>>,
    clock: OurClock,
    /// Lets only so many passwords be hashed at once.
    pub(super) hashing: Semaphore,
    /// Verified against where there is no such operator, so that both take the same time.
    pub(super) nobody: OnceCell<PasswordHash>,
}

impl Desk {
    pub(crate) fn new(policy: OperatorPolicy, clock: Arc<dyn Clock>) -> Self {
        let clock = OurClock(clock);
        let limits = policy.limits;
        Self {
            by_name: RateLimiter::hashmap_with_clock(limits.by_name.quota(), clock.clone()),
            by_address: RateLimiter::hashmap_with_clock(limits.by_address.quota(), clock.clone()),
            policy,
            clock,
            hashing: Semaphore::new(HASHES_AT_ONCE),
            nobody: OnceCell::new(),
        }
    }

    /// Counts an attempt.
    pub(super) fn admit(&self, name: &str, address: Option<IpAddr>) -> Result<()> {
        self.waited(self.by_address.check_key(&address.map(network)))?;
        self.admit_name(name)
    }

    /// Counts an attempt where the address is known to be an operator's.
    pub(super) fn admit_name(&self, name: &str) -> Result<()> {
        let key = sha256(name.trim().to_lowercase().as_bytes());
        self.waited(self.by_name.check_key(&key))
    }

    fn waited(&self, checked: std::result::Result<(), governor::NotUntil<Duration>>) -> Result<()> {
        checked.map_err(|refused| {
            let now = governor::clock::Clock::now(&self.clock);
            let wait = refused.wait_time_from(now);
            Error::TooManyAttempts {
                seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
            }
        })
    }

    /// Forgets those who have not tried for a while.
    pub(crate) fn forget_old(&self) {
        self.by_name.retain_recent();
        self.by_address.retain_recent();
    }
}

/// What one visitor can hardly change: the address, or of IPv6 the part that a network is given.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            std::net::Ipv6Addr::from([a, b, c, d, 0, 0, 0, 0]).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_network_of_ipv6_counts_as_one() {
        let one: IpAddr = "2001:db8:1:2:3::4".parse().unwrap();
        let other: IpAddr = "2001:db8:1:2:ffff::1".parse().unwrap();
        let elsewhere: IpAddr = "2001:db8:1:3::1".parse().unwrap();
        assert_eq!(network(one), network(other));
        assert_ne!(network(one), network(elsewhere));
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(network(mapped), "192.0.2.1".parse::<IpAddr>().unwrap());
    }
}
