//! Reads the gateway's JSON the way it really comes: numbers as text and text as numbers, booleans as words, empty
//! fields for absent ones. Everything goes straight from the bytes into the target type.
//!
//! Ids never pass through a floating point number.

mod embedded;
mod list;
mod object;
mod scalar;

use jiff::Timestamp;
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::de::{Deserialize, Deserializer};

pub(crate) use embedded::embedded_list;
pub(crate) use list::{List, list_named_as_field};
pub(crate) use object::object;
pub(crate) use scalar::truth;
use scalar::{ElementInt, ElementText, Problem, Scalar, scalar, scalar_if_any};

use crate::pacific;

/// A whole number, as number or numeric text. Empty text and null are absent.
pub(crate) fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    scalar(deserializer, |scalar| scalar.optional(Scalar::to_int))
}

/// A whole number for display: text that is no number is absent rather than an error.
pub(crate) fn loose_int<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    scalar(deserializer, |scalar| Ok(scalar.to_int().ok()))
}

/// A whole number beside something that must not be lost: whatever cannot be read is unknown.
pub(crate) fn int_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    scalar_if_any(deserializer, |scalar| Ok(scalar.to_int_if_any()))
}

/// Text beside something that must not be lost: a list or object is unknown.
pub(crate) fn text_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    scalar_if_any(deserializer, |scalar| Ok(scalar.to_text()))
}

/// A truth value beside something that must not be lost: whatever cannot be read is unknown.
pub(crate) fn bool_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    scalar_if_any(deserializer, |scalar| Ok(scalar.to_bool().ok()))
}

/// A whole number that has to be there.
pub(crate) fn required_int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    scalar(deserializer, |scalar| scalar.to_int())
}

/// Text; a number or boolean becomes its text. Empty text and null are absent.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    scalar(deserializer, |scalar| Ok(scalar.to_text()))
}

/// Text that may be empty.
pub(crate) fn text_or_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    Ok(text(deserializer)?.unwrap_or_default())
}

/// An id that is kept as text. A number with a fraction or exponent is refused, since digits could be lost.
pub(crate) fn id_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    scalar(deserializer, |scalar| scalar.to_id_text())
}

/// A truth value, as boolean, as `true`/`false`/`Y`/`N` text, or as 1/0.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    scalar(deserializer, |scalar| scalar.optional(Scalar::to_bool))
}

/// A decimal amount, as text or number. Stray quotes around it are dropped.
pub(crate) fn decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    scalar(deserializer, |scalar| scalar.optional(Scalar::to_decimal))
}

/// A decimal for display, with or without a percent sign: text that is no number is absent rather than an error.
pub(crate) fn loose_decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    scalar(deserializer, |scalar| Ok(scalar.to_decimal_if_any()))
}

/// A decimal amount that has to be there.
pub(crate) fn required_decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Decimal, D::Error> {
    scalar(deserializer, |scalar| scalar.to_decimal())
}

/// A list in any of its forms; see [`List`].
pub(crate) fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    List::deserialize(deserializer).map(|list| list.0)
}

/// A list whose absence is told from its emptiness.
pub(crate) fn optional_list<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    list(deserializer).map(Some)
}

/// A list with up to two objects around it.
pub(crate) fn nested_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    list::within(2, deserializer)
}

/// A row that has its time.
pub(crate) trait Dated {
    /// When it was.
    fn when(&self) -> Timestamp;
}

/// A list in any of its forms, put in order: the newest first.
pub(crate) fn newest_first<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Dated,
{
    let mut rows: Vec<T> = list(deserializer)?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.when()));
    Ok(rows)
}

/// A list of texts; numbers become their text, and what is empty is left out.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let elements: Vec<ElementText> = list(deserializer)?;
    Ok(elements
        .into_iter()
        .filter_map(|element| element.0)
        .collect())
}

/// Texts that come joined by `;` in one text; a list of them is taken too.
pub(crate) fn semicolon_texts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    let joined = texts(deserializer)?;
    let parts = joined.iter().flat_map(|text| text.split(';'));
    Ok(parts
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect())
}

/// A list of whole numbers, as numbers or text.
pub(crate) fn ints<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let elements: Vec<ElementInt> = list(deserializer)?;
    Ok(elements.into_iter().map(|element| element.0).collect())
}

/// A time in US Pacific, or RFC 3339 text as we write it ourselves; what is neither is unknown.
pub(crate) fn pacific_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    text_as(deserializer, |text| {
        pacific::from_text(text).or_else(|| text.parse().ok())
    })
}

/// A time with its offset, and perhaps a zone in brackets; what is none is unknown.
pub(crate) fn zoned_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    text_as(deserializer, |text| {
        let moment = text.split_once('[').map_or(text, |(moment, _)| moment);
        moment.parse().ok()
    })
}

/// A time without any zone; what is none is unknown.
pub(crate) fn local_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime>, D::Error> {
    text_as(deserializer, |text| {
        pacific::local(text).or_else(|| text.parse().ok())
    })
}

/// What text means; nothing for whatever else stands there.
fn text_as<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<Option<T>, D::Error> {
    scalar_if_any(deserializer, |scalar| match scalar {
        Scalar::Text(text) => Ok(read(text)),
        _ => Ok(None),
    })
}

/// An instant: milliseconds since the epoch, or RFC 3339 text as we write it ourselves.
pub(crate) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    scalar(deserializer, to_instant)
}

/// An instant that may be absent.
pub(crate) fn optional_instant<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    scalar(deserializer, |scalar| scalar.optional(to_instant))
}

fn to_instant(scalar: Scalar<'_>) -> Result<Timestamp, Problem> {
    if let Ok(milliseconds) = scalar.to_int() {
        return Timestamp::from_millisecond(milliseconds)
            .map_err(|_| "the number is no instant in milliseconds");
    }
    match scalar {
        Scalar::Text(text) => text.parse().map_err(|_| "the text is no instant"),
        _ => Err("an instant is missing"),
    }
}

/// JSON that comes as text in some answers and as an object in others: always its text.
pub(crate) fn json_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    Ok(match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text).filter(|text| !text.trim().is_empty()),
        other => Some(other.to_string()),
    })
}
