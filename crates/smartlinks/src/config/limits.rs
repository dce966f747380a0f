//! The section `[limits]`: how many requests are taken.

use std::num::NonZeroU32;

use smartlinks_server::Limits;

use super::problem::{ConfigError, quoted};
use super::setting::{
    LIMITS_CALLBACK, LIMITS_KEYS, LIMITS_PUSH, LIMITS_SIGN_IN, LIMITS_SIGN_IN_NAME, LIMITS_VENDING,
    Setting,
};
use super::sources::Sources;

pub(super) fn read(sources: &Sources<'_>) -> Result<Limits, ConfigError> {
    Ok(Limits {
        sign_in: number(sources, &LIMITS_SIGN_IN)?,
        callback: number(sources, &LIMITS_CALLBACK)?,
        vending: number(sources, &LIMITS_VENDING)?,
        keys: number(sources, &LIMITS_KEYS)?,
        push: number(sources, &LIMITS_PUSH)?,
    })
}

/// How many passwords may be tried in ten minutes for one name from one network.
pub(super) fn attempts(sources: &Sources<'_>) -> Result<NonZeroU32, ConfigError> {
    number(sources, &LIMITS_SIGN_IN_NAME)
}

fn number(sources: &Sources<'_>, setting: &Setting) -> Result<NonZeroU32, ConfigError> {
    let found = sources.find_or_default(setting)?;
    found.value.trim().parse().map_err(|_| {
        ConfigError::new(
            &found.origin,
            format!("{} is not a number of requests", quoted(&found.value)),
            format!(
                "Write a whole number from 1 on, for example {}.",
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

    fn limits(environment: &Environment) -> Result<Limits, ConfigError> {
        read(&Sources {
            flags: &SettingFlags::default(),
            environment,
            file: None,
        })
    }

    #[test]
    fn the_documented_defaults_are_those_of_the_server() {
        let none: [(&str, &str); 0] = [];
        let environment = Environment::from_iter(none);
        assert_eq!(limits(&environment).unwrap(), Limits::default());
        let attempts = attempts(&Sources {
            flags: &SettingFlags::default(),
            environment: &environment,
            file: None,
        });
        let policy = smartlinks_core::OperatorPolicy::default();
        assert_eq!(attempts.unwrap(), policy.attempts);
    }

    #[test]
    fn a_limit_is_a_number_from_one_on() {
        let environment = Environment::from_iter([("SMARTLINKS_LIMITS_VENDING", "4000000000")]);
        assert_eq!(limits(&environment).unwrap().vending.get(), 4_000_000_000);
        for wrong in ["0", "-1", "many", "1.5", "5000000000"] {
            let environment = Environment::from_iter([("SMARTLINKS_LIMITS_VENDING", wrong)]);
            let error = limits(&environment).unwrap_err();
            assert_eq!(error.place, "SMARTLINKS_LIMITS_VENDING", "{wrong}");
        }
    }
}
