//! The configuration file: TOML, one key a setting; a key in a section is `section.key`.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::problem::ConfigError;
use super::setting::ALL;

/// A configuration file that was read.
#[derive(Debug, Default)]
pub(crate) struct ConfigFile {
    path: PathBuf,
    table: Table,
}

impl ConfigFile {
    /// Reads a file that somebody named: it has to be there.
    pub(crate) fn read(path: &Path, named_by: &str) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::new(
                named_by,
                format!("{} cannot be read ({error})", path.display()),
                "Name an existing TOML file, or leave it out.",
            )
        })?;
        Self::parse(path, &text)
    }

    /// Reads the file at the default place, where there is one.
    pub(crate) fn read_default(path: &Path) -> Result<Option<Self>, ConfigError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(path, &text).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(ConfigError::new(
                path.display(),
                format!("cannot be read ({error})"),
                "Make it readable for the user that runs smartlinks, or name another file with --config.",
            )),
        }
    }

    fn parse(path: &Path, text: &str) -> Result<Self, ConfigError> {
        let table: Table = text.parse().map_err(|error: toml::de::Error| {
            // The parser's own picture of the place repeats the line, which may hold a secret.
            let line = error.span().map_or(1, |span| {
                text[..span.start.min(text.len())].lines().count().max(1)
            });
            ConfigError::new(
                path.display(),
                format!("line {line} is not TOML: {}", error.message()),
                "Write one `key = \"value\"` a line; `smartlinks --help` names the settings.",
            )
        })?;
        let file = Self {
            path: path.to_owned(),
            table: without_sections(table),
        };
        file.check_keys()?;
        Ok(file)
    }

    /// A misspelt key would be passed over in silence, so it is refused.
    fn check_keys(&self) -> Result<(), ConfigError> {
        let known = |key: &str| {
            ALL.iter()
                .any(|setting| setting.key == key || setting.file_key().as_deref() == Some(key))
        };
        match self.table.keys().find(|key| !known(key)) {
            None => Ok(()),
            Some(key) => Err(ConfigError::new(
                format!("`{key}` in {}", self.path.display()),
                "there is no such setting",
                format!(
                    "Remove it, or write one of: {}.",
                    ALL.map(|setting| setting.key).join(", ")
                ),
            )),
        }
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it holds a secret itself (and not only where one lies).
    pub(crate) fn holds_secret(&self) -> bool {
        ALL.iter()
            .any(|setting| setting.secret && self.table.contains_key(setting.key))
    }

    /// The values of a key: several for a list, one for a text, number or switch.
    pub(crate) fn values(&self, key: &str) -> Result<Option<Vec<String>>, ConfigError> {
        let wrong = || {
            ConfigError::new(
                format!("`{key}` in {}", self.path.display()),
                "is neither text, nor a number, nor true or false",
                format!("Write `{key} = \"…\"`."),
            )
        };
        let one = |value: &Value| match value {
            Value::String(text) => Ok(text.clone()),
            Value::Integer(number) => Ok(number.to_string()),
            Value::Boolean(switch) => Ok(if *switch { "on" } else { "off" }.to_owned()),
            _ => Err(wrong()),
        };
        match self.table.get(key) {
            None => Ok(None),
            Some(Value::Array(values)) => {
                values.iter().map(one).collect::<Result<_, _>>().map(Some)
            }
            Some(value) => Ok(Some(vec![one(value)?])),
        }
    }
}

/// `[limits]` and under it `push = 5` as `limits.push = 5`.
fn without_sections(table: Table) -> Table {
    let mut flat = Table::new();
    for (key, value) in table {
        match value {
            Value::Table(section) => {
                flat.extend(
                    section
                        .into_iter()
                        .map(|(inner, value)| (format!("{key}.{inner}"), value)),
                );
            }
            value => {
                flat.insert(key, value);
            }
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_all_kinds_are_read() {
        let file = ConfigFile::parse(
            Path::new("c.toml"),
            "listen = \"127.0.0.1:1\"\nsandbox = true\nreturn_origins = [\"https://a\", \"https://b\"]\napp_key = 500100",
        )
        .unwrap();
        assert_eq!(file.values("sandbox").unwrap().unwrap(), ["on"]);
        assert_eq!(
            file.values("return_origins").unwrap().unwrap(),
            ["https://a", "https://b"]
        );
        assert_eq!(file.values("app_key").unwrap().unwrap(), ["500100"]);
        assert_eq!(file.values("gateway_url").unwrap(), None);
    }

    #[test]
    fn a_section_is_a_part_of_its_keys() {
        let file = ConfigFile::parse(Path::new("c.toml"), "[limits]\nvending = 5").unwrap();
        assert_eq!(file.values("limits.vending").unwrap().unwrap(), ["5"]);
        let misspelt = ConfigFile::parse(Path::new("c.toml"), "[limits]\nvendin = 5").unwrap_err();
        assert_eq!(misspelt.place, "`limits.vendin` in c.toml");
    }

    #[test]
    fn mistakes_name_the_place_and_never_repeat_the_line() {
        let misspelt = ConfigFile::parse(Path::new("c.toml"), "lisen = \"x\"").unwrap_err();
        assert_eq!(misspelt.place, "`lisen` in c.toml");
        let broken =
            ConfigFile::parse(Path::new("c.toml"), "listen = \"x\"\napp_secret = \"canary")
                .unwrap_err();
        assert!(
            broken.problem.starts_with("line 2 is not TOML"),
            "{broken:?}"
        );
        assert!(!format!("{broken:?}").contains("canary"), "{broken:?}");
    }
}
