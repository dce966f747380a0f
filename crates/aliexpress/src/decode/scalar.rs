use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A count may come as `7.0`. Ids are larger and never taken from a floating point number, which could round them.
const LARGEST_COUNT: f64 = 2_147_483_647.0;

/// One value that is neither list nor object.
pub(super) enum Scalar {
    Absent,
    Bool(bool),
    Int(i64),
    /// A positive number beyond `i64`; only text can hold it.
    Big(u64),
    Fraction(f64),
    Text(String),
}

impl Scalar {
    pub(super) fn to_int(&self) -> Result<i64, String> {
        match self {
            Self::Int(number) => Ok(*number),
            Self::Text(text) => {
                i64::from_str(text).map_err(|_| "the text is no whole number".to_owned())
            }
            #[expect(
                clippy::cast_possible_truncation,
                reason = "only small whole numbers get here, which a float holds exactly"
            )]
            Self::Fraction(number) if number.fract() == 0.0 && number.abs() <= LARGEST_COUNT => {
                Ok(*number as i64)
            }
            Self::Fraction(_) => Err("the number is not whole".to_owned()),
            Self::Big(_) => Err("the number is out of range".to_owned()),
            Self::Bool(_) => Err("a truth value stands where a number belongs".to_owned()),
            Self::Absent => Err("a whole number is missing".to_owned()),
        }
    }

    /// The same for an instant or a duration that must not cost the answer around it: whole numbers in any
    /// notation, and nothing for what is none.
    pub(super) fn to_int_if_any(&self) -> Option<i64> {
        let number = self.to_decimal().ok()?;
        number.is_integer().then(|| number.to_i64()).flatten()
    }

    pub(super) fn to_bool(&self) -> Result<bool, String> {
        match self {
            Self::Bool(value) => Ok(*value),
            Self::Int(0) => Ok(false),
            Self::Int(1) => Ok(true),
            Self::Text(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "y" | "yes" | "1" => Ok(true),
                "false" | "n" | "no" | "0" => Ok(false),
                _ => Err("the text is no truth value".to_owned()),
            },
            _ => Err("a truth value is missing".to_owned()),
        }
    }

    pub(super) fn to_decimal(&self) -> Result<Decimal, String> {
        let no_decimal = || "the text is no decimal number".to_owned();
        match self {
            Self::Int(number) => Ok(Decimal::from(*number)),
            Self::Big(number) => Ok(Decimal::from(*number)),
            // The shortest text of a float is what was written in the answer.
            Self::Fraction(number) => parse_decimal(&number.to_string()).ok_or_else(no_decimal),
            Self::Text(text) => parse_decimal(
                text.trim_matches(|c: char| matches!(c, '"' | '\'' | '\\') || c.is_whitespace()),
            )
            .ok_or_else(no_decimal),
            Self::Bool(_) | Self::Absent => Err("a decimal number is missing".to_owned()),
        }
    }

    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Absent => None,
            Self::Bool(value) => Some(value.to_string()),
            Self::Int(number) => Some(number.to_string()),
            Self::Big(number) => Some(number.to_string()),
            Self::Fraction(number) => Some(number.to_string()),
            Self::Text(text) => Some(text),
        }
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

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

/// A scalar; a list or object in its place is passed over.
pub(super) struct ScalarIfAny(pub(super) Scalar);

impl<'de> Deserialize<'de> for ScalarIfAny {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> Visitor<'de> for AnyVisitor {
    type Value = ScalarIfAny;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<ScalarIfAny, E> {
        ScalarVisitor.visit_bool(value).map(ScalarIfAny)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<ScalarIfAny, E> {
        ScalarVisitor.visit_i64(value).map(ScalarIfAny)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<ScalarIfAny, E> {
        ScalarVisitor.visit_u64(value).map(ScalarIfAny)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<ScalarIfAny, E> {
        ScalarVisitor.visit_f64(value).map(ScalarIfAny)
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<ScalarIfAny, E> {
        ScalarVisitor.visit_str(value).map(ScalarIfAny)
    }

    fn visit_unit<E: de::Error>(self) -> Result<ScalarIfAny, E> {
        Ok(ScalarIfAny(Scalar::Absent))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<ScalarIfAny, A::Error> {
        while list.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(ScalarIfAny(Scalar::Absent))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut object: A) -> Result<ScalarIfAny, A::Error> {
        while object
            .next_entry::<de::IgnoredAny, de::IgnoredAny>()?
            .is_some()
        {}
        Ok(ScalarIfAny(Scalar::Absent))
    }
}

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, a number or a truth value")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Scalar, E> {
        Ok(Scalar::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Scalar, E> {
        Ok(Scalar::Int(value))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Scalar, E> {
        Ok(i64::try_from(value).map_or(Scalar::Big(value), Scalar::Int))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Scalar, E> {
        Ok(Scalar::Fraction(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Scalar, E> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(Scalar::Absent);
        }
        Ok(Scalar::Text(value.to_owned()))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Absent)
    }

    fn visit_none<E: de::Error>(self) -> Result<Scalar, E> {
        Ok(Scalar::Absent)
    }
}
