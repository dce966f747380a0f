//! The `timestamp` parameter: three documented forms, two hours of tolerance unless the profile differs.

use jiff::Timestamp;
use jiff::civil::DateTime;

use crate::profile::Profile;

/// Offset of the legacy form, GMT+8.
const LEGACY_OFFSET_MS: i64 = 8 * 3_600_000;

/// Seconds since the epoch stay below this, milliseconds are above: 5138 and 1973.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// Whether the text is a point in time within the tolerance.
pub(crate) fn acceptable(text: &str, now_ms: i64, profile: &Profile) -> bool {
    let tolerance_ms = profile.timestamp_tolerance_s.saturating_mul(1000);
    parse(text, profile).is_some_and(|ms| now_ms.abs_diff(ms) <= tolerance_ms.unsigned_abs())
}

/// Milliseconds since the epoch; `2026-01-01T00:00:00Z`; or `2026-01-01 08:00:00` in GMT+8. Seconds are
/// read as such only where the profile says so: else they name a moment in 1970.
fn parse(text: &str, profile: &Profile) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        let seconds = profile.seconds_timestamps && number < FIRST_MILLISECONDS;
        return Some(if seconds { number * 1000 } else { number });
    }
    if text.contains('T') {
        // Without the Z the real gateway has refused it.
        let instant: Timestamp = text.ends_with('Z').then(|| text.parse().ok())??;
        return Some(instant.as_millisecond());
    }
    if !profile.civil_timestamps {
        return None;
    }
    let civil = DateTime::strptime("%Y-%m-%d %H:%M:%S", text).ok()?;
    let utc = civil.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?;
    Some(utc.timestamp().as_millisecond() - LEGACY_OFFSET_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_name_the_same_instant() {
        for text in [
            "1767225600000",
            "2026-01-01T00:00:00Z",
            "2026-01-01 08:00:00",
        ] {
            assert_eq!(
                parse(text, &Profile::default()),
                Some(1_767_225_600_000),
                "{text}"
            );
        }
    }

    #[test]
    fn other_texts_are_malformed() {
        for text in [
            "2026-01-01T00:00:00",
            "2026-01-01T00:00:00+08:00",
            "yesterday",
            "2026-13-01 08:00:00",
            "99999999999999999999999",
            "-5",
        ] {
            assert_eq!(parse(text, &Profile::default()), None, "{text}");
        }
    }

    #[test]
    fn two_hours_either_way_are_accepted() {
        let now = 1_767_225_600_000;
        for (difference, accepted) in [
            (0, true),
            (7_200_000, true),
            (-7_200_000, true),
            (7_200_001, false),
            (-7_200_001, false),
        ] {
            assert_eq!(
                acceptable(&(now + difference).to_string(), now, &Profile::default()),
                accepted,
                "{difference}"
            );
        }
        // Seconds where milliseconds belong are taken for a moment in 1970.
        assert!(!acceptable("1767225600", now, &Profile::default()));
    }

    #[test]
    fn the_profile_may_accept_more_forms_or_fewer() {
        let now = 1_767_225_600_000;
        let lenient = Profile {
            seconds_timestamps: true,
            ..Profile::default()
        };
        assert!(acceptable("1767225600", now, &lenient));
        assert!(acceptable("1767225600000", now, &lenient));
        let strict = Profile {
            civil_timestamps: false,
            timestamp_tolerance_s: 600,
            ..Profile::default()
        };
        assert!(!acceptable("2026-01-01 08:00:00", now, &strict));
        assert!(acceptable("1767226200000", now, &strict));
        assert!(!acceptable("1767226200001", now, &strict));
    }
}
