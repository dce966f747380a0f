//! Checks of parameters before anything is sent. An error names the builder method at fault.

use crate::error::RequestError;

/// A value that has to be given.
pub(super) fn required<'a>(
    parameter: &'static str,
    value: Option<&'a str>,
) -> Result<&'a str, RequestError> {
    present(value).ok_or_else(|| RequestError::new(parameter, "is required"))
}

/// Blank is the same as not given, because blank is never sent.
pub(super) fn present(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

/// ISO 3166-1 alpha-2, in capitals. The platform says UK in places where ISO says GB, so any two letters pass.
pub(super) fn country(
    parameter: &'static str,
    value: Option<&str>,
) -> Result<String, RequestError> {
    letters(parameter, value, 2, "must be a country code of two letters")
}

/// ISO 4217, in capitals.
pub(super) fn currency(
    parameter: &'static str,
    value: Option<&str>,
) -> Result<String, RequestError> {
    letters(
        parameter,
        value,
        3,
        "must be a currency code of three letters",
    )
}

fn letters(
    parameter: &'static str,
    value: Option<&str>,
    length: usize,
    problem: &'static str,
) -> Result<String, RequestError> {
    let value = required(parameter, value)?;
    if value.len() == length && value.bytes().all(|b| b.is_ascii_alphabetic()) {
        Ok(value.to_ascii_uppercase())
    } else {
        Err(RequestError::new(parameter, problem))
    }
}

/// An id: a positive number.
pub(super) fn id(parameter: &'static str, value: i64) -> Result<i64, RequestError> {
    if value > 0 {
        Ok(value)
    } else {
        Err(RequestError::new(parameter, "must be a positive number"))
    }
}

/// A count: 1 or more.
pub(super) fn count(parameter: &'static str, value: u32) -> Result<u32, RequestError> {
    if value > 0 {
        Ok(value)
    } else {
        Err(RequestError::new(parameter, "must be 1 or more"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked_and_put_in_capitals() {
        assert_eq!(country("ship_to", Some(" fr ")).unwrap(), "FR");
        assert_eq!(currency("currency", Some("eur")).unwrap(), "EUR");
        for wrong in [
            None,
            Some(""),
            Some("F"),
            Some("FRA"),
            Some("F1"),
            Some("é"),
        ] {
            assert_eq!(country("ship_to", wrong).unwrap_err().parameter, "ship_to");
        }
        assert!(id("product_id", 0).is_err());
        assert!(count("page", 0).is_err());
    }
}
