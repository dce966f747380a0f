//! Checks of parameters before anything is sent. An error names the builder method at fault.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::RequestError;
use crate::pacific;

/// Blank is the same as not given, because blank is never sent.
pub(crate) fn text(value: Option<&str>) -> Option<String> {
    value
        .map(str::trim)
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
}

/// ISO 3166-1 alpha-2, in capitals. The platform says UK in places where ISO says GB, so any two letters pass.
pub(crate) fn country(
    setter: &'static str,
    value: Option<&str>,
) -> Result<Option<String>, RequestError> {
    letters(setter, value, 2, "must be a country code of two letters")
}

/// ISO 4217, in capitals.
pub(crate) fn currency(
    setter: &'static str,
    value: Option<&str>,
) -> Result<Option<String>, RequestError> {
    letters(setter, value, 3, "must be a currency code of three letters")
}

fn letters(
    setter: &'static str,
    value: Option<&str>,
    length: usize,
    problem: &'static str,
) -> Result<Option<String>, RequestError> {
    let Some(value) = text(value) else {
        return Ok(None);
    };
    if value.len() == length && value.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        Ok(Some(value.to_ascii_uppercase()))
    } else {
        Err(RequestError::new(setter, problem))
    }
}

/// A whole number inside its bounds.
pub(crate) fn int(
    setter: &'static str,
    value: Option<i64>,
    min: Option<i64>,
    max: Option<i64>,
) -> Result<Option<i64>, RequestError> {
    let too_small = value.zip(min).is_some_and(|(value, min)| value < min);
    let too_large = value.zip(max).is_some_and(|(value, max)| value > max);
    match (too_small, too_large, min, max) {
        (true, _, Some(1), None) => Err(RequestError::new(setter, "must be a positive number")),
        (true, _, Some(min), None) => Err(out_of_bounds(setter, &format!("{min} or more"))),
        (true, ..) | (_, true, ..) => {
            let ends = [min, max].map(|end| end.map_or_else(String::new, |end| end.to_string()));
            Err(out_of_bounds(setter, &ends.join(" to ")))
        }
        _ => Ok(value),
    }
}

fn out_of_bounds(setter: &'static str, bounds: &str) -> RequestError {
    RequestError::new(setter, format!("must be {bounds}"))
}

/// An amount or a rate, as the text that is sent.
pub(crate) fn decimal(
    setter: &'static str,
    value: Option<Decimal>,
) -> Result<Option<String>, RequestError> {
    match value {
        Some(value) if value.is_sign_negative() && !value.is_zero() => {
            Err(RequestError::new(setter, "must not be negative"))
        }
        value => Ok(value.map(|value| value.to_string())),
    }
}

/// `yyyy-MM-dd HH:mm:ss` in US Pacific time, which is what the platform counts orders by.
pub(crate) fn pacific_time(value: Timestamp) -> String {
    pacific::to_text(value)
}

/// Positive numbers, separated by commas.
pub(crate) fn ids(
    setter: &'static str,
    values: &[i64],
    most: Option<usize>,
) -> Result<Option<String>, RequestError> {
    if values.iter().any(|value| *value < 1) {
        return Err(RequestError::new(setter, "must be positive numbers"));
    }
    let values: Vec<String> = values.iter().map(i64::to_string).collect();
    joined(setter, values, most)
}

/// Texts, separated by commas. A comma inside one would break the list and is percent-encoded.
pub(crate) fn texts(
    setter: &'static str,
    values: &[String],
    most: Option<usize>,
) -> Result<Option<String>, RequestError> {
    let values = values
        .iter()
        .filter_map(|value| text(Some(value)))
        .map(|value| value.replace(',', "%2C"))
        .collect();
    joined(setter, values, most)
}

fn joined(
    setter: &'static str,
    values: Vec<String>,
    most: Option<usize>,
) -> Result<Option<String>, RequestError> {
    if let Some(most) = most
        && values.len() > most
    {
        return Err(out_of_bounds(setter, &format!("at most {most} values")));
    }
    Ok(Some(values.join(",")).filter(|text| !text.is_empty()))
}

/// Texts as a JSON list.
pub(crate) fn text_array(values: &[String]) -> Option<String> {
    let values: Vec<Value> = values
        .iter()
        .filter_map(|value| text(Some(value)))
        .map(Value::from)
        .collect();
    (!values.is_empty()).then(|| Value::Array(values).to_string())
}

/// Names and texts as a JSON object.
pub(crate) fn text_map(values: &BTreeMap<String, String>) -> Option<Value> {
    let object: serde_json::Map<String, Value> = values
        .iter()
        .map(|(name, value)| (name.clone(), Value::from(value.clone())))
        .collect();
    (!object.is_empty()).then_some(Value::Object(object))
}

/// The objects of a list without empty ones; an error inside one names its place.
pub(crate) fn rows<T>(
    setter: &'static str,
    rows: &[T],
    to_json: impl Fn(&T) -> Result<Value, RequestError>,
) -> Result<Option<Value>, RequestError> {
    let rows: Vec<Value> = rows
        .iter()
        .enumerate()
        .map(|(index, row)| {
            to_json(row).map_err(|error| error.inside(&format!("{setter}[{index}]")))
        })
        .filter(|row| !matches!(row, Ok(Value::Object(fields)) if fields.is_empty()))
        .collect::<Result<_, _>>()?;
    Ok((!rows.is_empty()).then_some(Value::Array(rows)))
}

/// At least one of these has to be given.
pub(crate) fn one_of(given: &[(&'static str, bool)]) -> Result<(), RequestError> {
    if given.iter().any(|(_, given)| *given) {
        return Ok(());
    }
    match given {
        [(only, _)] => Err(RequestError::new(*only, "is required")),
        [(first, _), rest @ ..] => {
            let others: Vec<&str> = rest.iter().map(|(name, _)| *name).collect();
            let problem = format!("is required unless {} is given", others.join(" or "));
            Err(RequestError::new(*first, problem))
        }
        [] => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked_and_put_in_capitals() {
        assert_eq!(country("ship_to", Some(" fr ")).unwrap().unwrap(), "FR");
        assert_eq!(currency("currency", Some("eur")).unwrap().unwrap(), "EUR");
        assert_eq!(country("ship_to", Some(" ")).unwrap(), None);
        for wrong in ["F", "FRA", "F1", "é"] {
            let error = country("ship_to", Some(wrong)).unwrap_err();
            assert_eq!(error.parameter, "ship_to");
        }
    }

    #[test]
    fn numbers_keep_their_bounds_and_say_them() {
        let problem = |value, min, max| {
            int("page", Some(value), min, max)
                .map_or_else(|error| error.problem.to_string(), |_| String::new())
        };
        assert_eq!(problem(0, Some(1), None), "must be a positive number");
        assert_eq!(problem(51, Some(1), Some(50)), "must be 1 to 50");
        assert_eq!(problem(50, Some(1), Some(50)), "");
        assert_eq!(int("page", None, Some(1), None).unwrap(), None);
    }

    #[test]
    fn lists_are_joined_bounded_and_safe_from_commas() {
        assert_eq!(ids("ids", &[1, 2], Some(2)).unwrap().unwrap(), "1,2");
        assert!(ids("ids", &[1, 2, 3], Some(2)).is_err());
        assert!(ids("ids", &[0], None).is_err());
        assert_eq!(ids("ids", &[], None).unwrap(), None);
        let urls = ["https://a/x,y".to_owned(), " ".to_owned(), "b".to_owned()];
        assert_eq!(
            texts("urls", &urls, None).unwrap().unwrap(),
            "https://a/x%2Cy,b"
        );
    }

    #[test]
    fn one_of_several_is_enough() {
        assert!(one_of(&[("a", false), ("b", true)]).is_ok());
        let error = one_of(&[("keyword", false), ("category", false)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "`keyword` is required unless category is given"
        );
    }
}
