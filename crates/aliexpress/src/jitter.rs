use std::time::Duration;

use rand::TryRng as _;
use rand::rngs::SysRng;

/// Where waits get their randomness, so that many callers who failed together do not come back together. Passed in, so
/// that tests know every wait.
pub trait Jitter: Send + Sync + 'static {
    /// A length from zero to `longest`, each as likely as the other.
    fn up_to(&self, longest: Duration) -> Duration;
}

/// Randomness of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomJitter;

impl Jitter for RandomJitter {
    fn up_to(&self, longest: Duration) -> Duration {
        // Without randomness the longest wait is the careful one.
        SysRng
            .try_next_u64()
            .map_or(longest, |random| share(longest, random))
    }
}

/// `longest` times `random` / 2^64, in nanoseconds.
fn share(longest: Duration, random: u64) -> Duration {
    let nanos = u64::try_from(longest.as_nanos()).unwrap_or(u64::MAX);
    let product = u128::from(nanos) * u128::from(random);
    Duration::from_nanos(u64::try_from(product >> 64).unwrap_or(nanos))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_whole_range_is_reached() {
        let second = Duration::from_secs(1);
        assert_eq!(share(second, 0), Duration::ZERO);
        assert_eq!(share(second, 1 << 63), second / 2);
        assert_eq!(share(second, u64::MAX), second - Duration::from_nanos(1));
        assert_eq!(
            share(Duration::MAX, u64::MAX).as_nanos(),
            u128::from(u64::MAX - 1)
        );
        assert_eq!(share(Duration::ZERO, u64::MAX), Duration::ZERO);
    }

    proptest! {
        #[test]
        fn never_longer_than_asked(nanos: u64) {
            let longest = Duration::from_nanos(nanos);
            prop_assert!(RandomJitter.up_to(longest) <= longest);
        }
    }

    #[test]
    fn two_waits_are_hardly_ever_the_same() {
        let hour = Duration::from_secs(3600);
        let waits: std::collections::BTreeSet<_> =
            (0..20).map(|_| RandomJitter.up_to(hour)).collect();
        assert!(waits.len() > 10, "{waits:?}");
    }
}
