//! An existing token file, read whatever its number forms.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use smartlinks_store::Millis;

use crate::clock::from_millis;
use crate::error::{Error, Result};

/// An existing token file, as read.
#[derive(Deserialize)]
pub struct ImportedToken {
    pub(super) access_token: String,
    #[serde(default)]
    pub(super) refresh_token: Option<String>,
    #[serde(default, deserialize_with = "number")]
    pub(super) expires_in: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub(super) refresh_expires_in: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub(super) expire_time: Option<i64>,
    #[serde(default, deserialize_with = "number")]
    pub(super) refresh_token_valid_time: Option<i64>,
    #[serde(default, deserialize_with = "digits")]
    pub(super) user_id: Option<String>,
    #[serde(default, deserialize_with = "digits")]
    pub(super) seller_id: Option<String>,
    #[serde(default)]
    pub(super) user_nick: Option<String>,
    #[serde(default)]
    pub(super) account_platform: Option<String>,
    #[serde(default, deserialize_with = "moment")]
    saved_at: Option<i64>,
}

impl std::fmt::Debug for ImportedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ImportedToken")
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

impl ImportedToken {
    /// Reads the text of a token file.
    ///
    /// # Errors
    /// [`Error::Invalid`] says what is missing; never repeats the content.
    pub fn parse(text: &str) -> Result<Self> {
        let token: Self = serde_json::from_str(text).map_err(|error| {
            // The message of the parser may hold a piece of the content; the place is enough.
            Error::invalid(
                "file",
                format!(
                    "not a token file: {} at line {}, column {}",
                    match error.classify() {
                        serde_json::error::Category::Eof => "it ends early",
                        serde_json::error::Category::Syntax => "not JSON",
                        _ => "a field is missing or of the wrong kind (access_token is needed)",
                    },
                    error.line(),
                    error.column()
                ),
            )
        })?;
        if token.access_token.trim().is_empty() {
            return Err(Error::invalid("file", "access_token is empty"));
        }
        if token.account_id().is_none() {
            return Err(Error::invalid(
                "file",
                "names no account: user_id or seller_id is needed",
            ));
        }
        Ok(token)
    }

    pub(super) fn account_id(&self) -> Option<&String> {
        [&self.user_id, &self.seller_id]
            .into_iter()
            .flatten()
            .find(|id| !id.is_empty())
    }

    /// A deadline: the absolute one, else the relative one counted from `saved_at`, else unknown.
    pub(super) fn deadline(&self, absolute: Option<i64>, relative: Option<i64>) -> Option<Millis> {
        let counted = || self.saved_at?.checked_add(relative?.checked_mul(1000)?);
        let known = absolute.filter(|at| *at > 0).or_else(counted).map(Millis);
        known.filter(|at| at.0 > 0 && from_millis(*at).is_some())
    }
}

impl ImportedToken {
    /// When it was saved, if it says so. RFC 3339, UTC.
    #[must_use]
    pub fn saved_at(&self) -> Option<Timestamp> {
        self.saved_at.map(Millis).and_then(from_millis)
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Ok(match Option::<NumberOrText>::deserialize(deserializer)? {
        Some(NumberOrText::Number(number)) => Some(number),
        Some(NumberOrText::Fraction(fraction)) => whole(fraction),
        Some(NumberOrText::Text(text)) => text.trim().parse().ok(),
        None => None,
    })
}

fn digits<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<NumberOrText>::deserialize(deserializer)? {
        Some(NumberOrText::Number(number)) => Some(number.to_string()),
        Some(NumberOrText::Text(text)) => Some(text.trim().to_owned()),
        Some(NumberOrText::Fraction(_)) | None => None,
    })
}

/// `saved_at` as RFC 3339, or as seconds or milliseconds since the epoch, in milliseconds.
fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let from_number = |number: i64| {
        if number < 100_000_000_000 {
            number.saturating_mul(1000)
        } else {
            number
        }
    };
    Ok(match Option::<NumberOrText>::deserialize(deserializer)? {
        Some(NumberOrText::Number(number)) => Some(from_number(number)),
        Some(NumberOrText::Fraction(fraction)) => whole(fraction).map(from_number),
        Some(NumberOrText::Text(text)) => text
            .trim()
            .parse::<Timestamp>()
            .ok()
            .map(|at| at.as_millisecond()),
        None => None,
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText {
    Number(i64),
    Fraction(f64),
    Text(String),
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "checked to lie inside what an i64 holds"
)]
fn whole(fraction: f64) -> Option<i64> {
    (fraction.abs() < 9e15).then_some(fraction as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_old_files_whatever_their_number_forms() {
        let token = ImportedToken::parse(
            r#"{"access_token":"a","refresh_token":"r","expires_in":"10","refresh_expires_in":20,
                "user_id":42,"saved_at":1700000000.5}"#,
        )
        .unwrap();
        assert_eq!(token.account_id().unwrap(), "42");
        assert_eq!(
            token.deadline(token.expire_time, token.expires_in),
            Some(Millis(1_700_000_010_000))
        );
    }

    #[test]
    fn a_relative_life_without_a_start_is_unknown() {
        let token =
            ImportedToken::parse(r#"{"access_token":"a","expires_in":10,"user_id":"1"}"#).unwrap();
        assert_eq!(token.deadline(token.expire_time, token.expires_in), None);
    }

    #[test]
    fn says_what_is_wrong_without_repeating_the_content() {
        for text in [
            "",
            "{",
            "[]",
            r#"{"access_token":""}"#,
            r#"{"access_token":"50000secret"}"#,
            "50000secret",
        ] {
            let message = ImportedToken::parse(text).unwrap_err().to_string();
            assert!(message.starts_with("file: "), "{message}");
            assert!(!message.contains("50000secret"), "{message}");
        }
    }
}
