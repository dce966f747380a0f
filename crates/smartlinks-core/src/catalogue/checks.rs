//! What callers give, looked at before anything is asked or stored.

use smartlinks_store::{CatalogueId, RuleId, StoredRule};

use crate::error::{Error, Result};
use crate::products::{Sought, sought};
use crate::service::Core;
use crate::text::shortened;

const TITLE_LENGTH: usize = 300;
const LABEL_LENGTH: usize = 40;
const MOST_LABELS: usize = 20;
const CODE_LENGTH: usize = 64;

/// The product number in a bare number or an address.
pub(super) fn product_number(text: &str) -> Result<String> {
    let digits = text.trim();
    let is_number = |text: &str| {
        (5..=19).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse::<i64>().is_ok_and(|number| number > 0)
    };
    if is_number(digits) {
        return Ok(digits.to_owned());
    }
    let shown = shortened(digits, 80);
    let message = match sought(digits) {
        Sought::Product(number) if is_number(&number) => return Ok(number),
        Sought::ShortLink => format!(
            "{shown:?} only sends on to a product, and we do not follow it; open it in a browser and take the address \
             that it leads to"
        ),
        Sought::OtherPage => format!("{shown:?} is a page of AliExpress, not one of an item"),
        _ => {
            format!("{shown:?} is neither an AliExpress product number nor the address of an item")
        }
    };
    Err(Error::invalid("product", message))
}

pub(super) fn catalogue_id(text: &str) -> Result<CatalogueId> {
    text.parse()
        .map_err(|_| Error::UnknownProduct(shortened(text, 64)))
}

pub(super) fn rule_id(text: &str) -> Result<RuleId> {
    text.parse()
        .map_err(|_| Error::UnknownRule(shortened(text, 64)))
}

pub(super) fn title(text: &str) -> Result<String> {
    line("title", text, TITLE_LENGTH)
}

/// Labels in the order in which they were given, each once.
pub(super) fn labels(given: &[String]) -> Result<Vec<String>> {
    let mut labels: Vec<String> = Vec::new();
    for label in given {
        let label = line("labels", label, LABEL_LENGTH)?;
        if label.contains(',') {
            let message = format!("{label:?} has a comma, which stands between labels in files");
            return Err(Error::invalid("labels", message));
        }
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
    if labels.len() > MOST_LABELS {
        let message = format!(
            "{} labels; a product has at most {MOST_LABELS}",
            labels.len()
        );
        return Err(Error::invalid("labels", message));
    }
    Ok(labels)
}

/// A code of the merchant's own; none for an empty text.
pub(super) fn own_code(text: &str) -> Result<Option<String>> {
    match text.trim() {
        "" => Ok(None),
        code if is_like_ours(code) => {
            let message = "begins with `ae-` and a number, as the codes do that files for shops give to variants without one";
            Err(Error::invalid("own_code", message))
        }
        code => line("own_code", code, CODE_LENGTH).map(Some),
    }
}

/// Shops look at codes without regard to case.
fn is_like_ours(code: &str) -> bool {
    let rest = code.to_ascii_lowercase();
    let rest = rest.strip_prefix("ae-");
    rest.is_some_and(|rest| rest.starts_with(|character: char| character.is_ascii_digit()))
}

/// A name in one line of 1 to so many characters.
pub(super) fn line(field: &'static str, text: &str, length: usize) -> Result<String> {
    let text = text.trim();
    let problem = if text.is_empty() {
        "is empty".to_owned()
    } else if text.chars().count() > length {
        format!("is longer than {length} characters")
    } else if text.chars().any(char::is_control) {
        "holds a line break or another control character".to_owned()
    } else {
        return Ok(text.to_owned());
    };
    Err(Error::invalid(field, problem))
}

/// An ISO 4217 code.
pub(super) fn currency(field: &'static str, text: &str) -> Result<String> {
    let code = text.trim().to_ascii_uppercase();
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(code);
    }
    let message = format!(
        "{:?} is not an ISO 4217 code such as EUR",
        shortened(text, 20)
    );
    Err(Error::invalid(field, message))
}

impl Core {
    /// The rule that is meant, looked up.
    pub(super) async fn stored_rule(&self, id: &str) -> Result<StoredRule> {
        let id = rule_id(id)?;
        let found = self.store().prices().price_rule(&id).await?;
        found.ok_or_else(|| Error::UnknownRule(id.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_is_named_by_number_or_address() {
        for text in [
            " 1005006000000001 ",
            "https://www.aliexpress.com/item/1005006000000001.html",
        ] {
            assert_eq!(product_number(text).unwrap_or_default(), "1005006000000001");
        }
        for text in [
            "",
            "12",
            "-1005006000000001",
            "99999999999999999999",
            "9999999999999999999",
            "https://example.com/item/1005006000000001.html",
            "https://a.aliexpress.com/_mNabcde",
        ] {
            assert!(product_number(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_code_is_not_one_of_ours() {
        for code in ["LMP-01", "ae-lamp", "AE", "-1", "1005006000000001-12"] {
            assert_eq!(own_code(code).unwrap_or_default().as_deref(), Some(code));
        }
        assert_eq!(own_code(" ").unwrap_or_default(), None);
        for code in ["ae-1005006000000001-0123abcd-12", "AE-1"] {
            assert!(own_code(code).is_err(), "{code}");
        }
    }

    #[test]
    fn labels_are_lines_without_commas_and_stand_once() {
        let given = |labels: &[&str]| {
            labels
                .iter()
                .map(|label| (*label).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            labels(&given(&["a", " b ", "a"])).unwrap_or_default(),
            ["a", "b"]
        );
        for wrong in [vec!["a,b"], vec![""], vec!["a\nb"], vec![&*"x".repeat(41)]] {
            assert!(labels(&given(&wrong)).is_err(), "{wrong:?}");
        }
    }
}
