//! The `timestamp` parameter: three documented forms, two hours of tolerance.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// Allowed difference to the clock that the profile names.
const TOLERANCE_MS: i64 = 7_200_000;

/// Offset of the legacy form, GMT+8.
const LEGACY_OFFSET_MS: i64 = 8 * 3_600_000;

/// Whether the text is a point in time within the tolerance.
pub(crate) fn acceptable(text: &str, now_ms: i64) -> bool {
    parse(text).is_some_and(|ms| now_ms.abs_diff(ms) <= TOLERANCE_MS.unsigned_abs())
}

/// Milliseconds since the epoch; `2026-01-01T00:00:00Z`; or `2026-01-01 08:00:00` in GMT+8.
fn parse(text: &str) -> Option<i64> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    if text.contains('T') {
        // Without the Z the real gateway has refused it.
        let instant: Timestamp = text.ends_with('Z').then(|| text.parse().ok())??;
        return Some(instant.as_millisecond());
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
            assert_eq!(parse(text), Some(1_767_225_600_000), "{text}");
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
            assert_eq!(parse(text), None, "{text}");
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
                acceptable(&(now + difference).to_string(), now),
                accepted,
                "{difference}"
            );
        }
        // Seconds where milliseconds belong are taken for a moment in 1970.
        assert!(!acceptable("1767225600", now));
    }
}
