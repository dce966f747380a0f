//! Switches for what is undocumented or differs between apps.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::config::CheckTimestamp;

/// How long tokens live, in seconds. Counted on the virtual clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Lifetimes {
    pub(crate) access_s: i64,
    pub(crate) refresh_s: i64,
}

impl Lifetimes {
    /// A launched dropshipping app: 30 and 60 days.
    pub(crate) const ONLINE: Self = Self {
        access_s: 2_592_000,
        refresh_s: 5_184_000,
    };
    /// An app in status Test: one and two days.
    pub(crate) const TEST: Self = Self {
        access_s: 86_400,
        refresh_s: 172_800,
    };
}

/// When lists lose their wrapper and the answer its method key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Simplify {
    /// `simplify=true` works together with `format=json` only.
    WithFormatJson,
    /// `simplify=true` is enough.
    Alone,
    /// Never.
    Ignored,
}

/// How numbers are written in answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Numbers {
    Number,
    String,
}

/// Whether a parameter with an empty value belongs to the signed text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EmptyParams {
    Either,
    Signed,
    Skipped,
}

/// Whether automatic payment succeeds for accounts that may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum AutoPay {
    Works,
    Fails,
}

/// Where the rows of `aliexpress.ds.image.searchV2` stand and how their fields are called: three sources,
/// three forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ImageSearchForm {
    /// `data.products` of the guide page.
    Guide,
    /// `data.data`, seen by a client.
    DataData,
    /// `data` itself, as the reference table has it.
    Table,
}

/// All switches; `GET /_sandbox/profile` shows them, `POST` changes any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    pub(crate) lifetimes: Lifetimes,
    pub(crate) rotate_refresh_token: bool,
    pub(crate) old_access_valid: bool,
    pub(crate) old_refresh_valid: bool,
    pub(crate) simplify: Simplify,
    pub(crate) numbers: Numbers,
    pub(crate) empty_params: EmptyParams,
    pub(crate) check_timestamp: CheckTimestamp,
    pub(crate) code_life_s: i64,
    pub(crate) omit: Vec<String>,
    pub(crate) deny_redirects_with_error: bool,
    pub(crate) auto_pay: AutoPay,
    pub(crate) image_search_form: ImageSearchForm,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            lifetimes: Lifetimes::ONLINE,
            rotate_refresh_token: true,
            old_access_valid: true,
            old_refresh_valid: false,
            simplify: Simplify::WithFormatJson,
            numbers: Numbers::Number,
            empty_params: EmptyParams::Either,
            check_timestamp: CheckTimestamp::Real,
            code_life_s: 180,
            omit: Vec::new(),
            deny_redirects_with_error: false,
            auto_pay: AutoPay::Works,
            image_search_form: ImageSearchForm::Guide,
        }
    }
}

/// Longest lifetime that can be set: 100 years, far from where milliseconds would overflow.
const LONGEST_S: i64 = 100 * 365 * 86_400;

const ACCEPTED: &str = "lifetimes (\"online\", \"test\" or {\"access_s\",\"refresh_s\"}), rotate_refresh_token, \
     old_access_valid, old_refresh_valid, deny_redirects_with_error (true or false), \
     simplify (\"with_format_json\", \"alone\", \"ignored\"), numbers (\"number\", \"string\"), \
     empty_params (\"either\", \"signed\", \"skipped\"), check_timestamp (\"real\", \"virtual\"), \
     code_life_s (seconds), omit (list of field names), auto_pay (\"works\", \"fails\"), \
     image_search_form (\"guide\", \"data_data\", \"table\")";

impl Profile {
    /// The profile with the given switches changed.
    ///
    /// # Errors
    /// Says which switch is wrong and what it accepts; nothing is changed then.
    pub(crate) fn changed(&self, changes: &Map<String, Value>) -> Result<Self, String> {
        let mut profile = self.clone();
        for (name, value) in changes {
            profile
                .set(name, value)
                .map_err(|problem| format!("{name}: {problem}. Accepted: {ACCEPTED}"))?;
        }
        Ok(profile)
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<(), String> {
        match name {
            "lifetimes" => self.lifetimes = lifetimes(value)?,
            "rotate_refresh_token" => self.rotate_refresh_token = typed(value)?,
            "old_access_valid" => self.old_access_valid = typed(value)?,
            "old_refresh_valid" => self.old_refresh_valid = typed(value)?,
            "simplify" => self.simplify = typed(value)?,
            "numbers" => self.numbers = typed(value)?,
            "empty_params" => self.empty_params = typed(value)?,
            "check_timestamp" => self.check_timestamp = typed(value)?,
            "code_life_s" => self.code_life_s = seconds(value)?,
            "omit" => self.omit = typed(value)?,
            "deny_redirects_with_error" => self.deny_redirects_with_error = typed(value)?,
            "auto_pay" => self.auto_pay = typed(value)?,
            "image_search_form" => self.image_search_form = typed(value)?,
            _ => return Err("there is no such switch".to_owned()),
        }
        Ok(())
    }
}

fn typed<T: serde::de::DeserializeOwned>(value: &Value) -> Result<T, String> {
    T::deserialize(value).map_err(|error| error.to_string())
}

fn seconds(value: &Value) -> Result<i64, String> {
    value
        .as_i64()
        .filter(|seconds| (0..=LONGEST_S).contains(seconds))
        .ok_or_else(|| format!("{value} is no number of seconds from 0 to {LONGEST_S}"))
}

fn lifetimes(value: &Value) -> Result<Lifetimes, String> {
    match value {
        Value::String(name) if name == "online" => Ok(Lifetimes::ONLINE),
        Value::String(name) if name == "test" => Ok(Lifetimes::TEST),
        Value::Object(fields) => Ok(Lifetimes {
            access_s: seconds(fields.get("access_s").unwrap_or(&Value::Null))?,
            refresh_s: seconds(fields.get("refresh_s").unwrap_or(&Value::Null))?,
        }),
        _ => Err(format!("{value} names no lifetimes")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changed(changes: &Value) -> Result<Profile, String> {
        Profile::default().changed(changes.as_object().unwrap())
    }

    #[test]
    fn switches_are_changed_one_by_one() {
        let profile = changed(&json!({"lifetimes": "test", "numbers": "string"})).unwrap();
        assert_eq!(profile.lifetimes, Lifetimes::TEST);
        assert_eq!(profile.numbers, Numbers::String);
        assert!(profile.rotate_refresh_token);
    }

    #[test]
    fn wrong_switches_are_named() {
        for (changes, word) in [
            (json!({"lifetime": "test"}), "no such switch"),
            (json!({"lifetimes": "forever"}), "forever"),
            (json!({"lifetimes": {"access_s": -1, "refresh_s": 2}}), "-1"),
            (json!({"simplify": true}), "simplify"),
            (json!({"code_life_s": "180"}), "180"),
        ] {
            assert!(changed(&changes).unwrap_err().contains(word), "{changes}");
        }
    }
}
