//! Times, amounts and numbers as the page's language writes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::page::i18n::{Key, Locale, Texts, ToArg};

pub mod places;

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// A date within this distance is understood without its year.
const YEAR_IS_PLAIN: i64 = 300 * DAY;

/// Between the digits of a French number.
const NARROW_SPACE: char = '\u{202f}';
/// Between a French amount and its currency.
const NO_BREAK_SPACE: char = '\u{a0}';

/// Writes values for one language at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Formats {
    texts: Texts,
    now_ms: i64,
}

impl Formats {
    /// For a language; `now_ms` is what relative times count from.
    #[must_use]
    pub const fn new(locale: Locale, now_ms: i64) -> Self {
        Self {
            texts: Texts::of(locale),
            now_ms,
        }
    }

    /// For example `in 29 days`, `3 hours ago`. Rounded so that a deadline is never shown later than it
    /// is.
    #[must_use]
    pub fn relative(self, at_ms: i64) -> String {
        let left = at_ms.saturating_sub(self.now_ms);
        let (size, ahead) = (left.saturating_abs(), left > 0);
        let (future, past, unit) = match size {
            _ if size < MINUTE => {
                return self.texts.get(if ahead {
                    Key::TimeWithinMinute
                } else {
                    Key::TimeJustNow
                });
            }
            _ if size < 2 * HOUR => (Key::TimeInMinutes, Key::TimeMinutesAgo, MINUTE),
            _ if size < 2 * DAY => (Key::TimeInHours, Key::TimeHoursAgo, HOUR),
            _ => (Key::TimeInDays, Key::TimeDaysAgo, DAY),
        };
        self.texts.with(
            if ahead { future } else { past },
            [("count", (size / unit).to_arg())],
        )
    }

    /// For example `22 January 2027, 14:05 UTC`.
    #[must_use]
    pub fn absolute(self, at_ms: i64) -> String {
        let Some((date, time)) = parts(at_ms) else {
            return String::new();
        };
        self.texts.with(
            Key::TimeAbsolute,
            [
                ("date", self.date(date, true).to_arg()),
                (
                    "time",
                    format!("{:02}:{:02}", time.hour(), time.minute()).to_arg(),
                ),
            ],
        )
    }

    /// For example `22 January`, with the year where it would not be understood without it. UTC.
    #[must_use]
    pub fn day(self, at_ms: i64) -> String {
        let plain = (at_ms - self.now_ms).abs() < YEAR_IS_PLAIN;
        parts(at_ms)
            .map(|(date, _)| self.date(date, !plain))
            .unwrap_or_default()
    }

    fn date(self, date: jiff::civil::Date, with_year: bool) -> String {
        let month = self.texts.get(month_key(date.month()));
        let day = match (date.day(), self.texts.locale()) {
            (1, Locale::Fr) => "1er".to_owned(),
            (day, _) => day.to_string(),
        };
        if with_year {
            format!("{day} {month} {}", date.year())
        } else {
            format!("{day} {month}")
        }
    }

    /// For `<time datetime>`: RFC 3339, UTC, whole seconds.
    #[must_use]
    pub fn iso(self, at_ms: i64) -> String {
        Timestamp::from_second(at_ms.div_euclid(SECOND))
            .map(|at| at.to_string())
            .unwrap_or_default()
    }

    /// Decimal text and currency, for example `€1,299.00` or `1 299,00 €`. Exact: digits are grouped,
    /// never rounded. What is not decimal text is shown as it is.
    #[must_use]
    pub fn money(self, amount: &str, currency: &str) -> String {
        let locale = self.texts.locale();
        let number = if is_decimal(amount) {
            decimal(amount, currency, locale)
        } else {
            amount.to_owned()
        };
        let sign = match (currency, locale) {
            ("EUR", _) => "€",
            ("GBP", _) => "£",
            ("USD", Locale::En) => "US$",
            ("USD", Locale::Fr) => "$US",
            (code, _) => code,
        };
        let is_code = sign == currency;
        match locale {
            Locale::Fr => format!("{number}{NO_BREAK_SPACE}{sign}"),
            Locale::En if is_code => format!("{sign}{NO_BREAK_SPACE}{number}"),
            Locale::En => format!("{sign}{number}"),
        }
    }

    /// A whole number with its digits grouped.
    #[must_use]
    pub fn number(self, number: i64) -> String {
        group_digits(&number.to_string(), self.texts.locale())
    }
}

fn parts(at_ms: i64) -> Option<(jiff::civil::Date, jiff::civil::Time)> {
    let at = TimeZone::UTC.to_datetime(Timestamp::from_millisecond(at_ms).ok()?);
    Some((at.date(), at.time()))
}

const fn month_key(month: i8) -> Key {
    match month {
        1 => Key::Month1,
        2 => Key::Month2,
        3 => Key::Month3,
        4 => Key::Month4,
        5 => Key::Month5,
        6 => Key::Month6,
        7 => Key::Month7,
        8 => Key::Month8,
        9 => Key::Month9,
        10 => Key::Month10,
        11 => Key::Month11,
        _ => Key::Month12,
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

/// Currencies without a smaller unit.
const WITHOUT_CENTS: [&str; 7] = ["CLP", "JPY", "KRW", "UGX", "VND", "XAF", "XOF"];

fn decimal(amount: &str, currency: &str, locale: Locale) -> String {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let part = if WITHOUT_CENTS.contains(&currency) {
        part.trim_end_matches('0').to_owned()
    } else {
        format!("{part:0<2}")
    };
    let whole = group_digits(whole, locale);
    let point = if locale == Locale::Fr { ',' } else { '.' };
    if part.is_empty() {
        whole
    } else {
        format!("{whole}{point}{part}")
    }
}

/// Puts the language's separator between groups of three digits.
pub(crate) fn group_digits(number: &str, locale: Locale) -> String {
    let (sign, digits) = number
        .strip_prefix('-')
        .map_or(("", number), |digits| ("-", digits));
    let separator = if locale == Locale::Fr {
        NARROW_SPACE
    } else {
        ','
    };
    let mut grouped = String::with_capacity(number.len() + 4);
    grouped.push_str(sign);
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.chars().count() - index;
        if index > 0 && left.is_multiple_of(3) {
            grouped.push(separator);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests;
