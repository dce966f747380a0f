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
use serde::de::{Deserialize, Deserializer, Error as _};

pub(crate) use embedded::embedded_list;
pub(crate) use list::List;
pub(crate) use object::object;
use scalar::{Scalar, ScalarIfAny};

use crate::pacific;

/// A whole number, as number or numeric text. Empty text and null are absent.
pub(crate) fn int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Absent => Ok(None),
        scalar => scalar.to_int().map(Some).map_err(D::Error::custom),
    }
}

/// A whole number for display: text that is no number is absent rather than an error.
pub(crate) fn loose_int<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.to_int().ok())
}

/// A whole number beside something that must not be lost: whatever cannot be read is unknown.
pub(crate) fn int_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<i64>, D::Error> {
    Ok(ScalarIfAny::deserialize(deserializer)?.0.to_int_if_any())
}

/// Text beside something that must not be lost: a list or object is unknown.
pub(crate) fn text_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(ScalarIfAny::deserialize(deserializer)?.0.into_text())
}

/// A whole number that has to be there.
pub(crate) fn required_int<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Scalar::deserialize(deserializer)?
        .to_int()
        .map_err(D::Error::custom)
}

/// Text; a number or boolean becomes its text. Empty text and null are absent.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.into_text())
}

/// Text that may be empty.
pub(crate) fn text_or_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<String, D::Error> {
    Ok(Scalar::deserialize(deserializer)?
        .into_text()
        .unwrap_or_default())
}

/// An id that is kept as text. A number with a fraction or exponent is refused, since digits could be lost.
pub(crate) fn id_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Absent => Err(D::Error::custom("an id is missing")),
        Scalar::Text(text) => Ok(text),
        other => other
            .to_int()
            .map(|id| id.to_string())
            .map_err(D::Error::custom),
    }
}

/// Like [`id_text`], but the id may be absent.
pub(crate) fn optional_id_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Absent => Ok(None),
        Scalar::Text(text) => Ok(Some(text)),
        other => other
            .to_int()
            .map(|id| Some(id.to_string()))
            .map_err(D::Error::custom),
    }
}

/// A truth value, as boolean, as `true`/`false`/`Y`/`N` text, or as 1/0.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Absent => Ok(None),
        scalar => scalar.to_bool().map(Some).map_err(D::Error::custom),
    }
}

/// A decimal amount, as text or number. Stray quotes around it are dropped.
pub(crate) fn decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Absent => Ok(None),
        scalar => scalar.to_decimal().map(Some).map_err(D::Error::custom),
    }
}

/// A decimal for display: text that is no number is absent rather than an error.
pub(crate) fn loose_decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Decimal>, D::Error> {
    Ok(Scalar::deserialize(deserializer)?.to_decimal().ok())
}

/// A decimal amount that has to be there.
pub(crate) fn required_decimal<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Decimal, D::Error> {
    Scalar::deserialize(deserializer)?
        .to_decimal()
        .map_err(D::Error::custom)
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

/// A list of texts; numbers become their text, and what is empty is left out.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let scalars: Vec<Scalar> = list(deserializer)?;
    Ok(scalars.into_iter().filter_map(Scalar::into_text).collect())
}

/// A list of whole numbers, as numbers or text.
pub(crate) fn ints<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let scalars: Vec<Scalar> = list(deserializer)?;
    scalars
        .iter()
        .map(|scalar| scalar.to_int().map_err(D::Error::custom))
        .collect()
}

/// A time in US Pacific, or RFC 3339 text as we write it ourselves; what is neither is unknown.
pub(crate) fn pacific_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text = text_if_any(deserializer)?.unwrap_or_default();
    Ok(pacific::from_text(&text).or_else(|| text.parse().ok()))
}

/// A time with its offset, and perhaps a zone in brackets; what is none is unknown.
pub(crate) fn zoned_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    let text = text_if_any(deserializer)?.unwrap_or_default();
    let moment = text
        .split_once('[')
        .map_or(text.as_str(), |(moment, _)| moment);
    Ok(moment.parse().ok())
}

/// A time without any zone; what is none is unknown.
pub(crate) fn local_time<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<DateTime>, D::Error> {
    let text = text_if_any(deserializer)?.unwrap_or_default();
    Ok(pacific::local(&text).or_else(|| text.parse().ok()))
}

/// An instant: milliseconds since the epoch, or RFC 3339 text as we write it ourselves.
pub(crate) fn instant<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    to_instant(Scalar::deserialize(deserializer)?).map_err(D::Error::custom)
}

/// An instant that may be absent.
pub(crate) fn optional_instant<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Absent => Ok(None),
        scalar => to_instant(scalar).map(Some).map_err(D::Error::custom),
    }
}

fn to_instant(scalar: Scalar) -> Result<Timestamp, String> {
    if let Ok(milliseconds) = scalar.to_int() {
        return Timestamp::from_millisecond(milliseconds)
            .map_err(|_| format!("{milliseconds} is no instant in milliseconds"));
    }
    match scalar {
        Scalar::Text(text) => text
            .parse()
            .map_err(|_| "the text is no instant".to_owned()),
        _ => Err("an instant is missing".to_owned()),
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
