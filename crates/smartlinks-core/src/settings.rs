//! What calls mean when they do not say it: destination, currency, language.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Error, Result};

/// Destination, currency and language of product questions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Market {
    /// ISO 3166-1 alpha-2 country the goods go to.
    pub ship_to: String,
    /// ISO 4217 currency of prices.
    pub currency: String,
    /// `fr` or `en`: language of titles and delivery texts.
    pub language: String,
}

impl Default for Market {
    fn default() -> Self {
        Self {
            ship_to: "FR".into(),
            currency: "EUR".into(),
            language: "fr".into(),
        }
    }
}

impl Market {
    /// This market with what a caller says instead, checked.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter and the form that is accepted.
    pub fn with(
        &self,
        ship_to: Option<&str>,
        currency: Option<&str>,
        language: Option<&str>,
    ) -> Result<Self> {
        Ok(Self {
            ship_to: letters("ship_to", ship_to, &self.ship_to, 2)?,
            currency: letters("currency", currency, &self.currency, 3)?,
            language: match language.map(str::trim).filter(|text| !text.is_empty()) {
                None => self.language.clone(),
                Some("fr") => "fr".into(),
                Some("en") => "en".into(),
                Some(other) => {
                    return Err(Error::invalid(
                        "language",
                        format!(
                            "{:?} is not known; fr and en are",
                            crate::text::shortened(other, 20)
                        ),
                    ));
                }
            },
        })
    }

    /// The locale in the form that most gateway methods want, for example `fr_FR`.
    #[must_use]
    pub fn locale(&self) -> &'static str {
        if self.language == "fr" {
            "fr_FR"
        } else {
            "en_US"
        }
    }
}

fn letters(
    field: &'static str,
    given: Option<&str>,
    default: &str,
    length: usize,
) -> Result<String> {
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(default.to_owned());
    };
    if text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(text.to_ascii_uppercase());
    }
    Err(Error::invalid(
        field,
        format!(
            "{:?} is not a code of {length} letters",
            crate::text::shortened(text, 20)
        ),
    ))
}
