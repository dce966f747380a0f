use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A count may come as `7.0`. Ids are larger and never taken from a floating point number, which could round them.
const LARGEST_COUNT: f64 = 2_147_483_647.0;

/// What is wrong with a value.
pub(super) type Problem = &'static str;

/// One value that is neither list nor object, where it stands in the body.
#[derive(Clone, Copy)]
pub(super) enum Scalar<'a> {
    Absent,
    Bool(bool),
    Int(i64),
    /// A positive number beyond `i64`; only text can hold it.
    Big(u64),
    Fraction(f64),
    /// Trimmed and never empty.
    Text(&'a str),
}

impl Scalar<'_> {
    pub(super) fn to_int(self) -> Result<i64, Problem> {
        match self {
            Self::Int(number) => Ok(number),
            Self::Text(text) => i64::from_str(text).map_err(|_| "the text is no whole number"),
            #[expect(
                clippy::cast_possible_truncation,
                reason = "only small whole numbers get here, which a float holds exactly"
            )]
            Self::Fraction(number) if number.fract() == 0.0 && number.abs() <= LARGEST_COUNT => {
                Ok(number as i64)
            }
            Self::Fraction(_) => Err("the number is not whole"),
            Self::Big(_) => Err("the number is out of range"),
            Self::Bool(_) => Err("a truth value stands where a number belongs"),
            Self::Absent => Err("a whole number is missing"),
        }
    }

    /// The same for an instant or a duration that must not cost the answer around it: whole numbers in any
    /// notation, and nothing for what is none.
    pub(super) fn to_int_if_any(self) -> Option<i64> {
        let number = self.to_decimal().ok()?;
        number.is_integer().then(|| number.to_i64()).flatten()
    }

    pub(super) fn to_bool(self) -> Result<bool, Problem> {
        match self {
            Self::Bool(value) => Ok(value),
            Self::Int(0) => Ok(false),
            Self::Int(1) => Ok(true),
            Self::Text(text) => truth(text).ok_or("the text is no truth value"),
            _ => Err("a truth value is missing"),
        }
    }

    pub(super) fn to_decimal(self) -> Result<Decimal, Problem> {
        let no_decimal = "the text is no decimal number";
        match self {
            Self::Int(number) => Ok(Decimal::from(number)),
            Self::Big(number) => Ok(Decimal::from(number)),
            // The shortest text of a float is what was written in the answer.
            Self::Fraction(number) => parse_decimal(&number.to_string()).ok_or(no_decimal),
            Self::Text(text) => parse_decimal(
                text.trim_matches(|c: char| matches!(c, '"' | '\'' | '\\') || c.is_whitespace()),
            )
            .ok_or(no_decimal),
            Self::Bool(_) | Self::Absent => Err("a decimal number is missing"),
        }
    }

    /// The same for a share, which may carry its percent sign.
    pub(super) fn to_decimal_if_any(self) -> Option<Decimal> {
        match self {
            Self::Text(text) => Self::Text(text.trim_end_matches('%')).to_decimal().ok(),
            other => other.to_decimal().ok(),
        }
    }

    pub(super) fn to_text(self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(number) => Some(number.to_string()),
            Self::Big(number) => Some(number.to_string()),
            Self::Fraction(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.to_owned()),
        }
    }

    /// The text of an id. A number with a fraction or exponent is refused, since digits could be lost.
    pub(super) fn to_id_text(self) -> Result<String, Problem> {
        match self {
            Self::Absent => Err("an id is missing"),
            Self::Text(text) => Ok(text.to_owned()),
            other => other.to_int().map(|id| id.to_string()),
        }
    }

    /// Nothing when it is absent.
    pub(super) fn optional<T>(
        self,
        read: impl FnOnce(Self) -> Result<T, Problem>,
    ) -> Result<Option<T>, Problem> {
        match self {
            Self::Absent => Ok(None),
            scalar => read(scalar).map(Some),
        }
    }
}

/// A truth value in words.
pub(crate) fn truth(text: &str) -> Option<bool> {
    let is = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match text {
        _ if is(["true", "y", "yes", "1"]) => Some(true),
        _ if is(["false", "n", "no", "0"]) => Some(false),
        _ => None,
    }
}

/// Only what reads as one plain number: `rust_decimal` alone would also take underscores.
fn parse_decimal(text: &str) -> Option<Decimal> {
    if text.contains('_') {
        return None;
    }
    Decimal::from_str(text)
        .or_else(|_| Decimal::from_scientific(text))
        .ok()
}

/// Reads a scalar where it stands; a list or object in its place is an error.
pub(super) fn scalar<'de, D, T, F>(deserializer: D, read: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(Scalar<'_>) -> Result<T, Problem>,
{
    deserializer.deserialize_any(ScalarVisitor { read, strict: true })
}

/// The same, but a list or object in its place is passed over.
pub(super) fn scalar_if_any<'de, D, T, F>(deserializer: D, read: F) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    F: FnOnce(Scalar<'_>) -> Result<T, Problem>,
{
    deserializer.deserialize_any(ScalarVisitor {
        read,
        strict: false,
    })
}

struct ScalarVisitor<F> {
    read: F,
    strict: bool,
}

impl<F> ScalarVisitor<F> {
    fn read<E: de::Error, T>(self, scalar: Scalar<'_>) -> Result<T, E>
    where
        F: FnOnce(Scalar<'_>) -> Result<T, Problem>,
    {
        (self.read)(scalar).map_err(E::custom)
    }
}

impl<'de, T, F: FnOnce(Scalar<'_>) -> Result<T, Problem>> Visitor<'de> for ScalarVisitor<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number or a truth value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<T, E> {
        self.read(Scalar::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<T, E> {
        self.read(Scalar::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<T, E> {
        self.read(i64::try_from(value).map_or(Scalar::Big(value), Scalar::Int))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<T, E> {
        self.read(Scalar::Fraction(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<T, E> {
        let value = value.trim();
        self.read(if value.is_empty() {
            Scalar::Absent
        } else {
            Scalar::Text(value)
        })
    }

    fn visit_unit<E: de::Error>(self) -> Result<T, E> {
        self.read(Scalar::Absent)
    }

    fn visit_none<E: de::Error>(self) -> Result<T, E> {
        self.read(Scalar::Absent)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        if self.strict {
            return Err(de::Error::invalid_type(de::Unexpected::Seq, &self));
        }
        while list.next_element::<de::IgnoredAny>()?.is_some() {}
        self.read(Scalar::Absent)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut object: A) -> Result<T, A::Error> {
        if self.strict {
            return Err(de::Error::invalid_type(de::Unexpected::Map, &self));
        }
        while object
            .next_entry::<de::IgnoredAny, de::IgnoredAny>()?
            .is_some()
        {}
        self.read(Scalar::Absent)
    }
}

/// The text of one element of a list; empty for what is absent.
pub(super) struct ElementText(pub(super) Option<String>);

impl<'de> Deserialize<'de> for ElementText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, |scalar| Ok(Self(scalar.to_text())))
    }
}

/// One whole number of a list.
pub(super) struct ElementInt(pub(super) i64);

impl<'de> Deserialize<'de> for ElementInt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        scalar(deserializer, |scalar| scalar.to_int().map(Self))
    }
}
