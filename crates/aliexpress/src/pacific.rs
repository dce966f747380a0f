//! US Pacific time, in which the platform writes and reads times without an offset.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const FORM: &str = "%Y-%m-%d %H:%M:%S";

/// The rule since 2007, written out so that no time zone database is needed.
static ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::posix("PST8PDT,M3.2.0,M11.1.0").unwrap_or(TimeZone::UTC));

/// `yyyy-MM-dd HH:mm:ss`.
pub(crate) fn to_text(moment: Timestamp) -> String {
    ZONE.to_datetime(moment).strftime(FORM).to_string()
}

/// The moment of a text in that form.
pub(crate) fn from_text(text: &str) -> Option<Timestamp> {
    let local = local(text)?;
    ZONE.to_ambiguous_timestamp(local).compatible().ok()
}

/// A text in that form without any zone.
pub(crate) fn local(text: &str) -> Option<DateTime> {
    DateTime::strptime(FORM, text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summer_and_winter_are_told_apart() {
        for (text, moment) in [
            ("2026-01-02 03:04:05", "2026-01-02T11:04:05Z"),
            ("2026-07-02 03:04:05", "2026-07-02T10:04:05Z"),
        ] {
            let moment: Timestamp = moment.parse().unwrap();
            assert_eq!(from_text(text), Some(moment));
            assert_eq!(to_text(moment), text);
        }
        assert_eq!(from_text("2026-01-02T03:04:05"), None);
    }
}
