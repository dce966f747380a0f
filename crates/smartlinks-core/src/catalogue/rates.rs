//! What currencies are worth: the table that the operator keeps. None is fetched from anywhere.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{ExchangeRate, Traces};
use utoipa::ToSchema;

use super::checks;
use super::views::wrong;
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::pricing::{Rate, RateSource};
use crate::service::Core;
use crate::traces::OK;

/// The most that one unit may be worth.
const HIGHEST: u32 = 100_000_000;
/// Decimals of a rate.
const DECIMALS: u32 = 12;

/// What one unit of a currency is worth in another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RateView {
    /// The rate, its source and its time.
    #[serde(flatten)]
    pub rate: Rate,
}

impl Core {
    /// All rates that were entered, by their currencies.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn exchange_rates(&self) -> Result<Vec<RateView>> {
        let rates = self.store().prices().exchange_rates().await?;
        rates.into_iter().map(view).collect()
    }

    /// Enters what one unit of `from` is worth in `to`, in the place of what was there.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a currency or a rate that cannot be, [`Error::Storage`].
    pub async fn set_exchange_rate(&self, from: &str, to: &str, rate: &str) -> Result<RateView> {
        let (from, to) = pair(from, to)?;
        let rate = number(rate)?;
        let data = json!({ "from": from, "to": to, "rate": rate.to_string() });
        let subject = format!("{from}/{to}");
        let entry = self.audit_entry("exchange_rate.set", None, Some(&subject), OK, &data);
        let stored = ExchangeRate {
            from,
            to,
            rate: rate.to_string(),
            at: to_millis(self.now()),
        };
        let traces = Traces::none().audit(entry);
        self.store()
            .prices()
            .put_rate(stored.clone(), traces)
            .await?;
        view(stored)
    }

    /// Takes away what was entered for two currencies.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a currency that cannot be or a rate that is not there, [`Error::Storage`].
    pub async fn remove_exchange_rate(&self, from: &str, to: &str) -> Result<()> {
        let (from, to) = pair(from, to)?;
        let subject = format!("{from}/{to}");
        let entry = self.audit_entry(
            "exchange_rate.removed",
            None,
            Some(&subject),
            OK,
            &json!({}),
        );
        let traces = Traces::none().audit(entry);
        match self
            .store()
            .prices()
            .remove_rate(&from, &to, traces)
            .await?
        {
            true => Ok(()),
            false => Err(Error::UnknownRate { from, to }),
        }
    }
}

fn pair(from: &str, to: &str) -> Result<(String, String)> {
    let (from, to) = (checks::currency("from", from)?, checks::currency("to", to)?);
    match from == to {
        true => Err(Error::invalid("to", "is the same currency as `from`")),
        false => Ok((from, to)),
    }
}

/// A rate in plain decimals: exponents and separators of thousands are refused rather than guessed at.
fn number(text: &str) -> Result<Decimal> {
    let number = Decimal::from_str_exact(text.trim()).ok();
    let possible = |number: &Decimal| {
        *number > Decimal::ZERO
            && *number <= Decimal::from(HIGHEST)
            && number.normalize().scale() <= DECIMALS
    };
    number.filter(possible).map(|number| number.normalize()).ok_or_else(|| {
        let shown = crate::text::shortened(text, 40);
        let message = format!(
            "{shown:?} is not a number above 0 and up to {HIGHEST} with a point and up to {DECIMALS} decimals"
        );
        Error::invalid("rate", message)
    })
}

fn view(stored: ExchangeRate) -> Result<RateView> {
    let number = stored.rate.parse();
    let at = from_millis(stored.at);
    let (Ok(rate), Some(at)) = (number, at) else {
        return Err(wrong("exchange_rates", "rate", &stored.from));
    };
    Ok(RateView {
        rate: Rate {
            from: stored.from,
            to: stored.to,
            rate,
            source: RateSource::Operator,
            at,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_plain_positive_numbers() {
        for (text, read) in [("0.92", "0.92"), (" 655.9570 ", "655.957"), ("1", "1")] {
            assert_eq!(
                number(text)
                    .map(|rate| rate.to_string())
                    .unwrap_or_default(),
                read
            );
        }
        for text in [
            "",
            "0",
            "-1",
            "1,5",
            "1e3",
            "1 000",
            "0.0000000000001",
            "100000001",
            "NaN",
        ] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
