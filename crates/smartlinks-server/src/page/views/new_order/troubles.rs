//! What stands in the way of an order, and what is to be said about its address: where, in which words, and where it can
//! be mended.

use super::ADDRESS;
use crate::page::i18n::Key;
use crate::page::views::Frame;

/// Something that stands in the way of the order.
#[derive(Debug, Clone, Default)]
pub struct OrderTrouble {
    /// The line, from 1; none when it is about the whole order.
    pub line: Option<usize>,
    /// The field of the request, such as `address.city`.
    pub field: String,
    /// Stable word, such as `out_of_stock`.
    pub code: String,
    /// What was found.
    pub found: String,
    /// What is accepted.
    pub limit: String,
    /// The precise reason, in English.
    pub detail: String,
}

/// A word about a part of the address.
#[derive(Debug, Clone)]
pub struct AddressHint {
    /// The part.
    pub field: String,
    /// Stable word, such as `spelling`.
    pub code: String,
    /// What would be accepted instead.
    pub proposed: Option<String>,
    /// Nothing is ordered before it is mended.
    pub blocking: bool,
}

impl OrderTrouble {
    /// Where it can be mended: the id of the field.
    pub(super) fn anchor(&self) -> String {
        let line = self.line.unwrap_or(1);
        match self.field.as_str() {
            "sku" => format!("sku-{line}"),
            "quantity" => format!("quantity-{line}"),
            "delivery_service" => format!("delivery-{line}"),
            "expected_price" => format!("expected-{line}"),
            "memo" => format!("memo-{line}"),
            "guard.max_total" => "max_total".to_owned(),
            "guard.max_unit_price_drift" => "max_drift".to_owned(),
            "guard.max_delivery_days" => "max_days".to_owned(),
            "guard.min_margin" => "min_margin".to_owned(),
            "sale_price" => "sale_price".to_owned(),
            "connection" => "connection".to_owned(),
            "address.country" => "country".to_owned(),
            field => match field.strip_prefix("address.") {
                Some(part) => part.to_owned(),
                None => format!("product-{line}"),
            },
        }
    }

    pub(super) fn key(&self) -> Option<Key> {
        Some(match self.code.as_str() {
            "product" => Key::TroubleProduct,
            "short_link" => Key::TroubleShortLink,
            "sku" => Key::TroubleSku,
            "quantity" => Key::TroubleQuantity,
            "number" => Key::TroubleNumber,
            "days" => Key::TroubleDays,
            "no_lines" => Key::TroubleNoLines,
            "drift_without_price" => Key::TroubleDriftWithoutPrice,
            "margin_without_price" => Key::TroubleMarginWithoutPrice,
            "margin_range" => Key::TroubleMarginRange,
            "sku_gone" => Key::TroubleSkuGone,
            "sku_held" => Key::TroubleSkuHeld,
            "product_held" => Key::TroubleProductHeld,
            "promotion_limit" => Key::TroublePromotionLimit,
            "charges_unknown" => Key::TroubleChargesUnknown,
            "out_of_stock" => Key::TroubleOutOfStock,
            "price_unknown" => Key::TroublePriceUnknown,
            "delivery_not_offered" => Key::TroubleDeliveryNotOffered,
            "freight_unknown" => Key::TroubleFreightUnknown,
            "no_delivery" => Key::TroubleNoDelivery,
            "guard_max_total" => Key::TroubleMaxTotal,
            "guard_price_drift" => Key::TroubleDrift,
            "guard_delivery_days" => Key::TroubleDeliveryDays,
            "guard_min_margin" => Key::TroubleMinMargin,
            "product_not_found" => Key::TroubleProductGone,
            "not_sold_to_country" => Key::TroubleNotSold,
            "gateway_refused" if self.field == "lines" => Key::TroubleDeliveryRefused,
            "gateway_refused" => Key::TroubleProductRefused,
            code => return address_key(code.strip_prefix("address_")?),
        })
    }

    pub(super) fn words(&self, frame: &Frame) -> String {
        match self.key() {
            Some(key) => frame.t2(
                key,
                "found",
                self.found.as_str(),
                "limit",
                self.limit.as_str(),
            ),
            None => String::new(),
        }
    }

    /// Where it is, in words.
    pub(super) fn place(&self, frame: &Frame) -> String {
        let part = self.field.strip_prefix("address.").unwrap_or_default();
        let label = ADDRESS.iter().find(|(name, _)| *name == part);
        match (self.line, label) {
            (Some(line), _) => frame.t1(Key::OrderLineNumber, "number", line),
            (None, Some((_, key))) => frame.t(*key),
            (None, None) if part == "country" => frame.t(Key::ShipTo),
            (None, None) if self.field.starts_with("guard.") => frame.t(Key::GuardTitle),
            (None, None) => frame.t(Key::NewOrderTitle),
        }
    }

    pub(super) fn is_of(&self, line: usize, field: &str) -> bool {
        self.line == Some(line) && self.field == field
    }
}

fn address_key(code: &str) -> Option<Key> {
    Some(match code {
        "missing" => Key::AdviceMissing,
        "length" => Key::AdviceLength,
        "first_and_last_name" => Key::AdviceTwoNames,
        "digits" => Key::AdviceDigits,
        "tax_number" => Key::AdviceTaxNumber,
        "start" => Key::AdviceStart,
        "not_other" => Key::AdviceNotOther,
        "latin_letters" => Key::AdviceLatin,
        "province_unlisted" => Key::AdviceProvince,
        "city_unlisted" => Key::AdviceCity,
        "spelling" => Key::AdviceSpelling,
        _ => return None,
    })
}

impl AddressHint {
    pub(super) fn words(&self, frame: &Frame) -> String {
        address_key(&self.code).map_or_else(|| self.code.clone(), |key| frame.t(key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the use cases say of an order, read in their sources: behind the field that it is about, or as `code`.
    fn codes() -> Vec<&'static str> {
        let sources = [
            include_str!("../../../../../smartlinks-core/src/placing/checks.rs"),
            include_str!("../../../../../smartlinks-core/src/placing/checks/line.rs"),
            include_str!("../../../../../smartlinks-core/src/placing/checks/sums.rs"),
            include_str!("../../../../../smartlinks-core/src/placing/guard.rs"),
            include_str!("../../../../../smartlinks-core/src/catalogue/repairs.rs"),
        ];
        let mut codes = Vec::new();
        for source in sources {
            let source = source.split("#[cfg(test)]").next().unwrap_or_default();
            let parts: Vec<&str> = source.split('"').collect();
            for (at, code) in parts.iter().enumerate().skip(1).step_by(2) {
                let before = parts[at - 1];
                let is_word = code.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'_'));
                if is_word && (before.trim() == "," || before.ends_with("code: ")) {
                    codes.push(*code);
                }
            }
        }
        codes
    }

    #[test]
    fn every_code_of_the_checks_has_words() {
        let codes = codes();
        assert!(codes.len() > 12, "{codes:?}");
        let of_the_gateway = [
            "product_not_found",
            "not_sold_to_country",
            "gateway_refused",
            "no_delivery",
        ];
        // It is a word of advice, which stops nothing.
        let codes = codes
            .into_iter()
            .filter(|code| *code != "charges_not_named");
        for code in codes.chain(of_the_gateway) {
            let trouble = OrderTrouble {
                code: code.to_owned(),
                ..OrderTrouble::default()
            };
            assert!(trouble.key().is_some(), "{code}");
        }
    }
}
