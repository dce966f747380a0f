//! The platform's own time zone, US Pacific. Its rule is spelled out so that no time-zone database is needed.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// How affiliate interfaces write and read a moment.
const WRITTEN: &str = "%Y-%m-%d %H:%M:%S";

fn zone() -> TimeZone {
    TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").unwrap_or(TimeZone::UTC)
}

/// A moment (milliseconds since the epoch) in platform time; empty outside the years that can be written.
pub(crate) fn text(ms: i64, format: &str) -> String {
    Timestamp::from_millisecond(ms)
        .map(|instant| {
            instant
                .to_zoned_datetime(zone())
                .strftime(format)
                .to_string()
        })
        .unwrap_or_default()
}

/// `yyyy-MM-dd HH:mm:ss` in platform time.
pub(crate) fn written(ms: i64) -> String {
    text(ms, WRITTEN)
}

/// The moment that `yyyy-MM-dd HH:mm:ss` names in platform time, in milliseconds since the epoch. Of an
/// hour that comes twice the first one, and a moment that the clocks leave out counts as an hour later.
pub(crate) fn read(text: &str) -> Option<i64> {
    let time = DateTime::strptime(WRITTEN, text).ok()?;
    let instant = zone().to_timestamp(time).ok()?;
    Some(instant.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platform_time_follows_summer_and_winter() {
        let form = "%Y-%m-%dT%H:%M:%S%:z[America/Los_Angeles]";
        assert_eq!(
            text(1_767_704_470_000, form),
            "2026-01-06T05:01:10-08:00[America/Los_Angeles]"
        );
        assert_eq!(written(1_783_000_000_000), "2026-07-02 06:46:40");
    }

    #[test]
    fn what_is_written_is_read_back() {
        for ms in [1_767_704_470_000, 1_783_000_000_000] {
            assert_eq!(read(&written(ms)), Some(ms));
        }
        // Left out in spring; twice in autumn.
        assert_eq!(read("2026-03-08 02:30:00"), read("2026-03-08 03:30:00"));
        assert_eq!(
            read("2026-11-01 01:30:00").map(|ms| ms + 2 * 3_600_000),
            read("2026-11-01 02:30:00")
        );
        assert_eq!(read("2026-01-06T05:01:10"), None);
    }
}
