//! The sections `[watch]` and `[follow]`: how often AliExpress is asked about imported products, and when somebody is
//! told of an order that stands still.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use smartlinks_core::FollowPolicy;
use smartlinks_core::catalogue::WatchRhythm;

use super::problem::{ConfigError, quoted};
use super::setting::{
    FOLLOW_NO_MOVEMENT_DAYS, FOLLOW_NOT_SHIPPED_DAYS, FOLLOW_UNPAID_HOURS, Setting,
    WATCH_EVERY_HOURS,
};
use super::sources::Sources;

/// From an hour to a month.
const HOURS: RangeInclusive<u32> = 1..=720;
/// From a day to a year.
const DAYS: RangeInclusive<u32> = 1..=365;

pub(super) fn watch(sources: &Sources<'_>) -> Result<WatchRhythm, ConfigError> {
    let hours = whole(sources, &WATCH_EVERY_HOURS, "hours", HOURS)?;
    Ok(WatchRhythm {
        every_hours: NonZeroU32::MIN.saturating_add(hours - 1),
    })
}

pub(super) fn follow(sources: &Sources<'_>) -> Result<FollowPolicy, ConfigError> {
    let hours = |number: u32| Duration::from_secs(u64::from(number) * 3600);
    let days = |setting| {
        whole(sources, setting, "days", DAYS)
            .map(|days| Duration::from_secs(u64::from(days) * 86_400))
    };
    Ok(FollowPolicy {
        unpaid_before: hours(whole(sources, &FOLLOW_UNPAID_HOURS, "hours", HOURS)?),
        not_shipped_after: days(&FOLLOW_NOT_SHIPPED_DAYS)?,
        no_movement_after: days(&FOLLOW_NO_MOVEMENT_DAYS)?,
    })
}

fn whole(
    sources: &Sources<'_>,
    setting: &Setting,
    unit: &str,
    possible: RangeInclusive<u32>,
) -> Result<u32, ConfigError> {
    let found = sources.find_or_default(setting)?;
    let number = found.value.trim().parse().ok();
    number
        .filter(|number| possible.contains(number))
        .ok_or_else(|| {
            let (least, most) = possible.into_inner();
            ConfigError::new(
                &found.origin,
                format!(
                    "{} is not a number of {unit} that can be",
                    quoted(&found.value)
                ),
                format!(
                    "Write a whole number from {least} to {most}, for example {}.",
                    setting.default
                ),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::SettingFlags;
    use crate::environment::Environment;

    fn with<T>(
        variables: &[(&str, &str)],
        read: impl Fn(&Sources<'_>) -> Result<T, ConfigError>,
    ) -> Result<T, ConfigError> {
        read(&Sources {
            flags: &SettingFlags::default(),
            environment: &Environment::from_iter(variables.iter().copied()),
            file: None,
        })
    }

    #[test]
    fn the_documented_defaults_are_those_of_the_service() {
        assert_eq!(with(&[], watch).unwrap(), WatchRhythm::default());
        assert_eq!(with(&[], follow).unwrap(), FollowPolicy::default());
    }

    #[test]
    fn hours_and_days_are_whole_numbers_within_reason() {
        let often = with(&[("SMARTLINKS_WATCH_EVERY_HOURS", " 2 ")], watch).unwrap();
        assert_eq!(often.every_hours.get(), 2);
        let patient = with(
            &[
                ("SMARTLINKS_FOLLOW_UNPAID_HOURS", "6"),
                ("SMARTLINKS_FOLLOW_NOT_SHIPPED_DAYS", "3"),
                ("SMARTLINKS_FOLLOW_NO_MOVEMENT_DAYS", "365"),
            ],
            follow,
        );
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let expected = FollowPolicy {
            unpaid_before: hours(6),
            not_shipped_after: hours(3 * 24),
            no_movement_after: hours(365 * 24),
        };
        assert_eq!(patient.unwrap(), expected);
        for wrong in ["0", "-1", "721", "1.5", "often", "5000000000"] {
            let variable = ("SMARTLINKS_WATCH_EVERY_HOURS", wrong);
            let error = with(&[variable], watch).unwrap_err();
            assert_eq!(error.place, variable.0, "{wrong}");
            assert!(error.fix.contains("from 1 to 720"), "{}", error.fix);
        }
        for days in [
            "SMARTLINKS_FOLLOW_NOT_SHIPPED_DAYS",
            "SMARTLINKS_FOLLOW_NO_MOVEMENT_DAYS",
        ] {
            assert_eq!(with(&[(days, "366")], follow).unwrap_err().place, days);
        }
    }
}
