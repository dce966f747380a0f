//! Where a value comes from: flag, else variable, else file.

use std::path::Path;

use super::file::ConfigFile;
use super::problem::{ConfigError, Origin};
use super::setting::Setting;
use crate::cli::SettingFlags;
use crate::environment::Environment;

/// The three places that are asked, in this order.
#[derive(Clone, Copy)]
pub(crate) struct Sources<'a> {
    pub(crate) flags: &'a SettingFlags,
    pub(crate) environment: &'a Environment,
    pub(crate) file: Option<&'a ConfigFile>,
}

/// A value that was found, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) value: String,
    pub(crate) origin: Origin,
}

/// A secret that was found. No `Debug`.
pub(crate) struct FoundSecret {
    /// The value, or why the file that should hold it cannot be read.
    pub(crate) value: Result<String, String>,
    pub(crate) origin: Origin,
}

impl FoundSecret {
    /// The value, where nothing goes on without it.
    pub(crate) fn into_value(self) -> Result<String, ConfigError> {
        let fix = "Name a file that the user who runs smartlinks can read and that holds nothing but the value.";
        self.value
            .map_err(|problem| ConfigError::new(&self.origin, problem, fix))
    }
}

impl Sources<'_> {
    /// The value of a setting.
    pub(crate) fn find(&self, setting: &Setting) -> Result<Option<Found>, ConfigError> {
        Ok(self.find_all(setting)?.into_iter().next())
    }

    /// The value of a setting, else its default.
    pub(crate) fn find_or_default(&self, setting: &Setting) -> Result<Found, ConfigError> {
        Ok(self.find(setting)?.unwrap_or_else(|| Found {
            value: setting.default.to_owned(),
            origin: Origin::Default(setting.flag.unwrap_or(setting.variable)),
        }))
    }

    /// All values of a setting that may be given several times; in a variable they are separated by blanks or commas.
    pub(crate) fn find_list(&self, setting: &Setting) -> Result<Vec<Found>, ConfigError> {
        let found = self.find_all(setting)?;
        let split = |found: Found| {
            let words = found
                .value
                .split([' ', ','])
                .filter(|word| !word.is_empty());
            words
                .map(|word| Found {
                    value: word.to_owned(),
                    origin: found.origin.clone(),
                })
                .collect::<Vec<_>>()
        };
        Ok(found.into_iter().flat_map(split).collect())
    }

    /// Whether the setting was given, and where.
    pub(crate) fn origin(&self, setting: &Setting) -> Result<Option<Origin>, ConfigError> {
        Ok(self.find(setting)?.map(|found| found.origin))
    }

    fn find_all(&self, setting: &Setting) -> Result<Vec<Found>, ConfigError> {
        if let (Some(name), Some(values)) = (
            setting.dashed(),
            self.flags.values(setting.flag.unwrap_or_default()),
        ) {
            return Ok(values
                .into_iter()
                .map(|value| Found {
                    value,
                    origin: Origin::Flag(name.clone()),
                })
                .collect());
        }
        if let Some(value) = self.environment.filled(setting.variable) {
            let origin = Origin::Variable(setting.variable.to_owned());
            return Ok(vec![Found {
                value: value.to_owned(),
                origin,
            }]);
        }
        let Some(file) = self.file else {
            return Ok(Vec::new());
        };
        let values = file.values(setting.key)?.unwrap_or_default();
        let origin = Origin::File(setting.key.to_owned(), file.path().display().to_string());
        Ok(values
            .into_iter()
            .map(|value| Found {
                value,
                origin: origin.clone(),
            })
            .collect())
    }

    /// A secret: as value or from the file that `<VARIABLE>_FILE` names, never both.
    pub(crate) fn find_secret(
        &self,
        setting: &Setting,
    ) -> Result<Option<FoundSecret>, ConfigError> {
        let (variable, key) = (setting.variable, setting.key);
        let file_variable = setting.file_variable().unwrap_or_default();
        let value = self.environment.get(variable).map(str::to_owned);
        let path = self.environment.filled(&file_variable).map(str::to_owned);
        let in_environment = either(
            value,
            path,
            Origin::Variable(variable.to_owned()),
            Origin::Variable(file_variable),
        )?;
        // An empty variable, as compose files leave them, does not hide what the file says.
        let filled =
            |found: &FoundSecret| found.value.as_ref().is_ok_and(|value| !value.is_empty());
        if in_environment
            .as_ref()
            .is_some_and(|found| found.value.is_err() || filled(found))
        {
            return Ok(in_environment);
        }
        let Some(file) = self.file else {
            return Ok(in_environment);
        };
        let place = |key: &str| Origin::File(key.to_owned(), file.path().display().to_string());
        // A list, where several are possible, is a text with one a line.
        let one = |key: &str| Ok(file.values(key)?.map(|values| values.join("\n")));
        let file_key = setting.file_key().unwrap_or_default();
        let in_file = either(one(key)?, one(&file_key)?, place(key), place(&file_key))?;
        Ok(in_file.or(in_environment))
    }
}

/// The value, or the content of the file, or nothing; both at once is a contradiction.
fn either(
    value: Option<String>,
    path: Option<String>,
    value_origin: Origin,
    path_origin: Origin,
) -> Result<Option<FoundSecret>, ConfigError> {
    match (value, path) {
        (Some(value), Some(_)) if !value.is_empty() => Err(ConfigError::new(
            format!("{value_origin} and {path_origin}"),
            "both are set, so it is not clear which one counts",
            format!("Keep one: the value in {value_origin}, or the file in {path_origin}."),
        )),
        (_, Some(path)) => Ok(Some(FoundSecret {
            value: read_secret(&path),
            origin: path_origin,
        })),
        (Some(value), None) => Ok(Some(FoundSecret {
            value: Ok(value),
            origin: value_origin,
        })),
        (None, None) => Ok(None),
    }
}

/// The content of a secret's file without the line end that editors put there.
fn read_secret(path: &str) -> Result<String, String> {
    let mut text = std::fs::read_to_string(Path::new(path))
        .map_err(|error| format!("the file {path} cannot be read ({error})"))?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::setting::{APP_SECRET, LISTEN, RETURN_ORIGIN};

    fn sources<'a>(flags: &'a SettingFlags, environment: &'a Environment) -> Sources<'a> {
        Sources {
            flags,
            environment,
            file: None,
        }
    }

    #[test]
    fn a_flag_wins_over_a_variable() {
        let flags = SettingFlags {
            listen: Some("127.0.0.1:1".into()),
            ..SettingFlags::default()
        };
        let environment = Environment::from_iter([("SMARTLINKS_LISTEN", "127.0.0.1:2")]);
        let found = sources(&flags, &environment)
            .find(&LISTEN)
            .unwrap()
            .unwrap();
        assert_eq!(
            (found.value.as_str(), found.origin),
            ("127.0.0.1:1", Origin::Flag("--listen".into()))
        );
        let found = sources(&SettingFlags::default(), &environment)
            .find(&LISTEN)
            .unwrap()
            .unwrap();
        assert_eq!(found.origin, Origin::Variable("SMARTLINKS_LISTEN".into()));
    }

    #[test]
    fn a_list_in_a_variable_is_split() {
        let environment =
            Environment::from_iter([("SMARTLINKS_RETURN_ORIGIN", "https://a, https://b")]);
        let flags = SettingFlags::default();
        let found = sources(&flags, &environment)
            .find_list(&RETURN_ORIGIN)
            .unwrap();
        assert_eq!(
            found
                .iter()
                .map(|found| found.value.as_str())
                .collect::<Vec<_>>(),
            ["https://a", "https://b"]
        );
    }

    #[test]
    fn a_secret_and_its_file_together_are_refused_without_showing_it() {
        let environment = Environment::from_iter([
            ("ALIEXPRESS_APP_SECRET", "canary"),
            ("ALIEXPRESS_APP_SECRET_FILE", "/x"),
        ]);
        let flags = SettingFlags::default();
        let Err(error) = sources(&flags, &environment).find_secret(&APP_SECRET) else {
            panic!("accepted")
        };
        assert_eq!(
            error.place,
            "ALIEXPRESS_APP_SECRET and ALIEXPRESS_APP_SECRET_FILE"
        );
        assert!(!format!("{error:?}").contains("canary"));
    }

    #[test]
    fn the_line_end_of_a_secret_file_is_dropped_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("smartlinks-secret-{}", std::process::id()));
        std::fs::write(&folder, " a b \r\n").unwrap();
        let text = read_secret(&folder.display().to_string()).unwrap();
        std::fs::remove_file(&folder).unwrap();
        assert_eq!(text, " a b ");
    }
}
