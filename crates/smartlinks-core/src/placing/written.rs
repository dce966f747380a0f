//! Numbers as people write them, in forms and files.

use rust_decimal::Decimal;

use crate::error::Result;
use crate::service::{Core, random_hex};

/// A number with a point or a comma before its decimals. None for anything that can be read in two ways, such as
/// `1,234`, and for anything else.
#[must_use]
pub fn written_number(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (whole, decimals) = match text.split_once(['.', ',']) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (text, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || decimals.is_some_and(|decimals| !digits(decimals)) {
        return None;
    }
    // After a comma three digits may be thousands.
    if text.contains(',') && decimals.is_some_and(|decimals| decimals.len() > 2) {
        return None;
    }
    text.replace(',', ".").parse().ok()
}

impl Core {
    /// A new key for an order that a person enters by hand: it stands in the form, so that the form orders once however
    /// often it is sent.
    ///
    /// # Errors
    /// [`crate::Error::Internal`] when the operating system gives no randomness.
    pub fn new_order_key(&self) -> Result<String> {
        Ok(format!("page-{}", random_hex::<16>(self.entropy())?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_read_in_two_ways_is_not_read() {
        for (text, number) in [
            ("12", Some("12")),
            (" 12.50 ", Some("12.50")),
            ("12,5", Some("12.5")),
            ("0,99", Some("0.99")),
            ("1.234", Some("1.234")),
            ("1,234", None),
            ("1.234,50", None),
            ("1 234", None),
            ("-1", None),
            ("+1", None),
            ("1e3", None),
            (".5", None),
            ("5.", None),
            ("$5", None),
            ("", None),
            ("99999999999999999999999999999999", None),
        ] {
            let read = written_number(text).map(|number| number.to_string());
            assert_eq!(read.as_deref(), number, "{text:?}");
        }
    }
}
