//! Values as pushes spell them: numbers and numeric text, seconds and milliseconds, `"null"` for nothing.

use jiff::Timestamp;
use serde_json::Value;

/// Instants below this count seconds, from here on milliseconds: in seconds it is the year 5138, in milliseconds 1973.
const FIRST_MILLISECOND: i64 = 100_000_000_000;

/// Beyond this a floating point number may have lost digits.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// An id: a whole number or its text. Never taken from a floating point number, which could have lost digits.
pub(super) fn id(value: &Value) -> Result<i64, &'static str> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .ok_or("the number is not whole or out of range"),
        Value::String(text) => text.trim().parse().map_err(|_| "the text is no number"),
        Value::Null => Err("it is missing"),
        _ => Err("it is neither number nor text"),
    }
}

/// A count or an instant, which may be written `53.0`.
pub(super) fn whole(value: &Value) -> Option<i64> {
    if let Ok(number) = id(value) {
        return Some(number);
    }
    let number = match value {
        Value::String(text) => text.trim().parse().ok()?,
        other => other.as_f64()?,
    };
    // The text of a whole float is that of an integer, so no conversion can round.
    (number.abs() < LARGEST_EXACT)
        .then(|| number.to_string().parse().ok())
        .flatten()
}

/// Seconds or milliseconds since the epoch, told apart by their size; RFC 3339 text is taken too.
pub(super) fn instant(value: &Value) -> Option<Timestamp> {
    let Some(number) = whole(value) else {
        return value.as_str()?.trim().parse().ok();
    };
    if number.abs() < FIRST_MILLISECOND {
        Timestamp::from_second(number).ok()
    } else {
        Timestamp::from_millisecond(number).ok()
    }
}

/// Text or a number; empty text and the text `null` mean nothing.
pub(super) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty() && !text.eq_ignore_ascii_case("null")).then_some(text)
}
