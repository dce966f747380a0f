//! Exact amounts: whole minor units, never fractions.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::language::Language;

/// A currency with the made-up rate of the sandbox.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Currency {
    pub(crate) code: &'static str,
    /// Ten-thousandths of the currency for one US dollar.
    rate: i64,
    /// Digits after the decimal sign.
    decimals: u32,
    pub(crate) symbol: &'static str,
    pub(crate) symbol_last: bool,
}

const fn currency(
    code: &'static str,
    rate: i64,
    decimals: u32,
    symbol: &'static str,
    symbol_last: bool,
) -> Currency {
    Currency {
        code,
        rate,
        decimals,
        symbol,
        symbol_last,
    }
}

static CURRENCIES: [Currency; 24] = [
    currency("USD", 10_000, 2, "US $", false),
    currency("EUR", 9_200, 2, "€", true),
    currency("GBP", 7_900, 2, "£", false),
    currency("CNY", 72_000, 2, "CN¥", false),
    currency("XAF", 6_035_000, 0, "FCFA", true),
    currency("XOF", 6_035_000, 0, "FCFA", true),
    currency("CAD", 13_600, 2, "C$", false),
    currency("AUD", 15_100, 2, "AU$", false),
    currency("BRL", 54_500, 2, "R$", false),
    currency("MXN", 183_000, 2, "MXN$", false),
    currency("JPY", 1_512_000, 0, "￥", false),
    currency("KRW", 13_600_000, 0, "₩", false),
    currency("CHF", 8_900, 2, "CHF", false),
    currency("SAR", 37_500, 2, "SR", false),
    currency("UAH", 412_000, 2, "₴", true),
    currency("TRY", 325_000, 2, "TL", true),
    currency("RUB", 925_000, 2, "руб.", true),
    currency("INR", 834_000, 2, "₹", false),
    currency("IDR", 159_000_000, 2, "Rp", false),
    currency("SEK", 105_000, 2, "kr", true),
    currency("ILS", 37_000, 2, "₪", false),
    currency("THB", 360_000, 2, "฿", false),
    currency("CLP", 9_500_000, 0, "CLP$", false),
    currency("VND", 250_000_000, 0, "₫", true),
];

/// The platform's default currency.
pub(crate) fn dollar() -> &'static Currency {
    &CURRENCIES[0]
}

/// The sellers' currency.
pub(crate) fn yuan() -> &'static Currency {
    &CURRENCIES[3]
}

/// Finds a currency by its ISO 4217 code.
pub(crate) fn find(code: &str) -> Option<&'static Currency> {
    CURRENCIES.iter().find(|currency| currency.code == code)
}

impl Currency {
    /// Units for one US dollar.
    pub(crate) fn per_dollar(&self) -> Decimal {
        Decimal::new(self.rate, 4)
    }

    /// What `usd_cents` cost in this currency, raised to `per_mille` thousandths, rounded half up.
    pub(crate) fn of_cents(&'static self, usd_cents: i64, per_mille: i64) -> Money {
        let scale = 10_i128.pow(self.decimals);
        let product = i128::from(usd_cents) * i128::from(self.rate) * i128::from(per_mille) * scale;
        let divisor: i128 = 100 * 10_000 * 1000;
        let minor = (product + divisor / 2).div_euclid(divisor);
        Money {
            minor: i64::try_from(minor).unwrap_or(i64::MAX),
            currency: self,
        }
    }
}

/// An amount in a known currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    pub(crate) minor: i64,
    pub(crate) currency: &'static Currency,
}

impl Money {
    /// Whole units, and the digits after the decimal sign (empty for a currency without).
    pub(crate) fn parts(self) -> (String, String) {
        let scale = 10_i64.pow(self.currency.decimals);
        let whole = (self.minor / scale).to_string();
        if self.currency.decimals == 0 {
            return (whole, String::new());
        }
        let width = self.currency.decimals as usize;
        (whole, format!("{:0width$}", self.minor.rem_euclid(scale)))
    }

    /// Decimal text in major units, such as `7.25`.
    pub(crate) fn text(self) -> String {
        match self.parts() {
            (whole, fraction) if fraction.is_empty() => whole,
            (whole, fraction) => format!("{whole}.{fraction}"),
        }
    }

    /// Text as a shop window in that language shows it, such as `7,25€`.
    pub(crate) fn localised(self, language: Language) -> String {
        let (whole, fraction) = self.parts();
        let (thousands, decimal) = language.number_signs();
        let mut number = grouped(&whole, thousands);
        if !fraction.is_empty() {
            number.push_str(decimal);
            number.push_str(&fraction);
        }
        if self.currency.symbol_last {
            format!("{number}{}", self.currency.symbol)
        } else {
            format!("{}{number}", self.currency.symbol)
        }
    }
}

/// Digits with a sign between groups of three.
pub(crate) fn grouped(digits: &str, sign: &str) -> String {
    let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push_str(sign);
        }
        text.push(digit);
    }
    text
}

/// An amount as it is kept: with the currency's code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptMoney {
    pub(crate) minor: i64,
    pub(crate) currency: String,
}

impl KeptMoney {
    /// Decimal text in major units. An unknown currency counts as one with two decimals.
    pub(crate) fn text(&self) -> String {
        let currency = find(&self.currency).unwrap_or_else(dollar);
        Money {
            minor: self.minor,
            currency,
        }
        .text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_once_and_half_up() {
        assert_eq!(dollar().of_cents(725, 1000).text(), "7.25");
        assert_eq!(dollar().of_cents(5, 1000).text(), "0.05");
        assert_eq!(find("EUR").unwrap().of_cents(725, 1200).text(), "8.00");
        assert_eq!(find("XAF").unwrap().of_cents(725, 1000).text(), "4375");
        assert_eq!(find("JPY").unwrap().of_cents(1, 1000).text(), "2");
    }

    #[test]
    fn shop_window_text_follows_the_language() {
        let price = find("EUR").unwrap().of_cents(134_219_565, 1000);
        assert_eq!(price.localised(Language::French), "1 234 820,00€");
        assert_eq!(price.localised(Language::English), "1,234,820.00€");
        assert_eq!(
            dollar().of_cents(199, 1000).localised(Language::English),
            "US $1.99"
        );
    }
}
