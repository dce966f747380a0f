//! What somebody wants ordered, and whether it can be meant.

use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smartlinks_store::Hash;
use utoipa::ToSchema;

use crate::connect::sha256;
use crate::error::{Error, Result};
use crate::text::shortened;

/// The one currency that AliExpress documents for paying an order.
pub const PAY_CURRENCY: &str = "USD";
/// The most lines of one order.
const MOST_LINES: usize = 20;
/// The most pieces of one line.
const MOST_PIECES: u32 = 9999;
/// The most characters of one part of an address, and of a message to the seller.
const LONGEST_TEXT: usize = 256;

/// An amount as a caller gives it: decimal text, never a JSON number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyInput {
    /// Whole units, decimal text.
    #[serde(with = "rust_decimal::serde::str")]
    #[schema(value_type = String)]
    pub amount: Decimal,
    /// ISO 4217.
    pub currency: String,
}

/// An order to be previewed or placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrder {
    /// Which connection orders; the default one when left out.
    #[serde(default)]
    pub connection: Option<String>,
    /// Who gets the goods, and where.
    pub address: OrderAddress,
    /// What is ordered, 1 to 20 lines.
    pub lines: Vec<NewOrderLine>,
    /// Whether AliExpress is asked to pay at once, which account and app must be allowed to. Otherwise the order waits to
    /// be paid on its page.
    #[serde(default)]
    pub pay: bool,
    /// What the order may not exceed. Nothing is ordered when it does.
    #[serde(default)]
    pub guard: OrderGuard,
    /// What the goods were sold for, in the pay currency (USD): for the minimum margin.
    #[serde(default)]
    pub sale_price: Option<MoneyInput>,
    /// The `preview` of the preview that was looked at: nothing is ordered when something of it has changed since.
    #[serde(default)]
    pub preview: Option<String>,
}

/// One product of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrderLine {
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// Number of the variant, digits.
    pub sku: String,
    /// How many, 1 to 9999.
    pub quantity: u32,
    /// `code` of a freight option; the cheapest one when left out.
    #[serde(default)]
    pub delivery_service: Option<String>,
    /// A message to the seller.
    #[serde(default)]
    pub memo: Option<String>,
    /// What one piece was thought to cost, in the pay currency (USD): for the price drift.
    #[serde(default)]
    pub expected_price: Option<MoneyInput>,
}

/// What an order may not exceed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderGuard {
    /// The most that goods and freight may cost, in the pay currency (USD).
    #[serde(default)]
    pub max_total: Option<MoneyInput>,
    /// By how many per cent a piece may cost more than its `expected_price`, decimal text.
    #[serde(default, with = "rust_decimal::serde::str_option")]
    #[schema(value_type = Option<String>)]
    pub max_unit_price_drift: Option<Decimal>,
    /// The most days that the delivery may take.
    #[serde(default)]
    pub max_delivery_days: Option<u32>,
    /// The least that is earned, in per cent of `sale_price`, decimal text.
    #[serde(default, with = "rust_decimal::serde::str_option")]
    #[schema(value_type = Option<String>)]
    pub min_margin: Option<Decimal>,
}

/// Where to deliver. `Debug` shows the country only.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrderAddress {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Province or region, as AliExpress lists it.
    pub province: String,
    /// City, as AliExpress lists it.
    pub city: String,
    /// Street and number.
    pub address: String,
    /// Flat, floor.
    pub address2: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Recipient.
    pub contact_person: String,
    /// Recipient, full name; `contact_person` when left out.
    pub full_name: Option<String>,
    /// Mobile number, digits.
    pub mobile_no: Option<String>,
    /// Dialling code, such as `+33`.
    pub phone_country: Option<String>,
    /// Brazilian tax number.
    pub cpf: Option<String>,
    /// Chilean tax number.
    pub rut_no: Option<String>,
    /// Tax number.
    pub tax_number: Option<String>,
    /// Value added tax number.
    pub vat_no: Option<String>,
    /// Company for taxes.
    pub tax_company: Option<String>,
    /// Passport or tax number (MX, IL, AR and others).
    pub passport_no: Option<String>,
    /// When the passport expires.
    pub passport_no_date: Option<String>,
    /// Who issued the passport.
    pub passport_organization: Option<String>,
    /// Number of a foreigner (KR); IL and AR repeat the tax number here.
    pub foreigner_passport_no: Option<String>,
    /// Whether the recipient is a foreigner.
    pub is_foreigner: Option<bool>,
    /// Saudi national address.
    pub nat_addr: Option<String>,
}

impl fmt::Debug for OrderAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OrderAddress")
            .field("country", &self.country)
            .finish_non_exhaustive()
    }
}

impl OrderAddress {
    /// The texts by the names that AliExpress has for them; those that are empty are left out.
    pub(super) fn fields(&self) -> Vec<(&'static str, &str)> {
        let full_name = self.full_name.as_deref().unwrap_or(&self.contact_person);
        let all = [
            ("country", Some(self.country.as_str())),
            ("province", Some(&self.province)),
            ("city", Some(&self.city)),
            ("address", Some(&self.address)),
            ("address2", self.address2.as_deref()),
            ("zip", self.zip.as_deref()),
            ("contact_person", Some(&self.contact_person)),
            ("full_name", Some(full_name)),
            ("mobile_no", self.mobile_no.as_deref()),
            ("phone_country", self.phone_country.as_deref()),
            ("cpf", self.cpf.as_deref()),
            ("rut_no", self.rut_no.as_deref()),
            ("tax_number", self.tax_number.as_deref()),
            ("vat_no", self.vat_no.as_deref()),
            ("tax_company", self.tax_company.as_deref()),
            ("passport_no", self.passport_no.as_deref()),
            ("passport_no_date", self.passport_no_date.as_deref()),
            (
                "passport_organization",
                self.passport_organization.as_deref(),
            ),
            (
                "foreigner_passport_no",
                self.foreigner_passport_no.as_deref(),
            ),
            ("nat_addr", self.nat_addr.as_deref()),
        ];
        all.into_iter()
            .filter_map(|(name, text)| Some((name, text?.trim())))
            .filter(|(_, text)| !text.is_empty())
            .collect()
    }
}

impl NewOrder {
    /// Refuses what cannot be meant, naming it.
    pub(super) fn check_form(&self) -> Result<()> {
        let letters = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| byte.is_ascii_uppercase())
        };
        if !letters(&self.address.country, 2) {
            return Err(Error::invalid(
                "address.country",
                "expected a code of two capital letters, such as FR",
            ));
        }
        for (name, text) in self.address.fields() {
            if text.chars().count() > LONGEST_TEXT || text.chars().any(char::is_control) {
                let message = format!(
                    "{name} has more than {LONGEST_TEXT} characters, or one that cannot be printed"
                );
                return Err(Error::invalid("address", message));
            }
        }
        if self.lines.is_empty() || self.lines.len() > MOST_LINES {
            return Err(Error::invalid("lines", "expected 1 to 20 lines"));
        }
        for (number, line) in (1..).zip(&self.lines) {
            line.check_form(number)?;
        }
        let amount = |field, money: &Option<MoneyInput>| match money {
            Some(money) => check_amount(field, money),
            None => Ok(()),
        };
        amount("guard.max_total", &self.guard.max_total)?;
        amount("sale_price", &self.sale_price)?;
        self.check_guard()
    }

    fn check_guard(&self) -> Result<()> {
        let negative = |value: &Option<Decimal>| value.is_some_and(|value| value < Decimal::ZERO);
        if negative(&self.guard.max_unit_price_drift) {
            return Err(Error::invalid(
                "guard.max_unit_price_drift",
                "expected 0 or more per cent",
            ));
        }
        let without = |line: &NewOrderLine| line.expected_price.is_none();
        if self.guard.max_unit_price_drift.is_some() && self.lines.iter().any(without) {
            return Err(Error::invalid(
                "guard.max_unit_price_drift",
                "each line needs an expected_price to be compared with",
            ));
        }
        if negative(&self.guard.min_margin) || self.guard.min_margin >= Some(Decimal::ONE_HUNDRED) {
            return Err(Error::invalid(
                "guard.min_margin",
                "expected 0 per cent or more, and less than 100",
            ));
        }
        let sold = self.sale_price.as_ref();
        if self.guard.min_margin.is_some() && sold.is_none_or(|price| price.amount.is_zero()) {
            return Err(Error::invalid(
                "sale_price",
                "the minimum margin needs what the goods were sold for",
            ));
        }
        Ok(())
    }

    /// What tells this order from another one. Which preview was looked at is no part of it: who repeats an order after
    /// another look means the same order.
    pub(super) fn hash(&self) -> Result<Hash> {
        let order = Self {
            preview: None,
            ..self.clone()
        };
        let text =
            serde_json::to_vec(&order).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(sha256(&text))
    }

    /// What tells what is ordered on an account from something else. How it is guarded and what it was thought to cost
    /// make no other order of it.
    pub(super) fn hash_of_goods(&self, account: &str) -> Result<Hash> {
        let mut bare = Self {
            connection: None,
            guard: OrderGuard::default(),
            sale_price: None,
            preview: None,
            ..self.clone()
        };
        for line in &mut bare.lines {
            line.expected_price = None;
        }
        let text = serde_json::to_vec(&(account, bare));
        Ok(sha256(
            &text.map_err(|error| Error::Internal(error.to_string()))?,
        ))
    }
}

impl NewOrderLine {
    fn check_form(&self, number: usize) -> Result<()> {
        let wrong =
            |field, what: &str| Err(Error::invalid(field, format!("line {number}: {what}")));
        if self.product_number().is_none() {
            let given = shortened(&self.product_id, 30);
            return wrong("product_id", &format!("{given:?} is no product number"));
        }
        if digits(&self.sku).is_none() {
            let given = shortened(&self.sku, 30);
            return wrong("sku", &format!("{given:?} is no number of a variant"));
        }
        if !(1..=MOST_PIECES).contains(&self.quantity) {
            return wrong("quantity", "expected 1 to 9999");
        }
        let memo = self.memo.as_deref().unwrap_or_default();
        if memo.chars().count() > LONGEST_TEXT || memo.chars().any(char::is_control) {
            return wrong(
                "memo",
                "expected 256 characters at most, and none that cannot be printed",
            );
        }
        if let Some(price) = &self.expected_price {
            check_amount("expected_price", price)?;
        }
        Ok(())
    }

    pub(super) fn product_number(&self) -> Option<i64> {
        digits(&self.product_id)
    }
}

/// A number as AliExpress writes it: in another form it would be taken for another one than that of the product.
fn digits(text: &str) -> Option<i64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    text.parse().ok().filter(|_| plain)
}

fn check_amount(field: &'static str, money: &MoneyInput) -> Result<()> {
    if money.currency != PAY_CURRENCY {
        let given = shortened(&money.currency, 10);
        let message = format!(
            "expected an amount in {PAY_CURRENCY}, the currency that orders are paid in, not {given:?}"
        );
        return Err(Error::invalid(field, message));
    }
    if money.amount < Decimal::ZERO || money.amount > Decimal::from(1_000_000_000) {
        return Err(Error::invalid(field, "expected 0 to 1000000000"));
    }
    Ok(())
}

/// A key that its caller has made up: 1 to 128 printable characters without blanks.
pub(super) fn check_key(key: &str) -> Result<&str> {
    if (1..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(key);
    }
    Err(Error::invalid(
        "Idempotency-Key",
        "expected 1 to 128 printable ASCII characters without blanks, new for each order",
    ))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn order() -> NewOrder {
        serde_json::from_value(serde_json::json!({
            "address": {
                "country": "FR", "province": "Bretagne", "city": "Rennes", "address": "1 rue de l'Exemple",
                "zip": "35000", "contact_person": "Test Buyer", "mobile_no": "600000000",
            },
            "lines": [{ "product_id": "1005006000000001", "sku": "12000001", "quantity": 2 }],
        }))
        .unwrap()
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        assert!(order().check_form().is_ok());
        let usd = |amount: i64| MoneyInput {
            amount: amount.into(),
            currency: "USD".to_owned(),
        };
        type Spoil = Box<dyn Fn(&mut NewOrder)>;
        let cases: Vec<(&str, Spoil)> = vec![
            (
                "address.country",
                Box::new(|it| it.address.country = "fr".into()),
            ),
            ("address", Box::new(|it| it.address.city = "a\nb".into())),
            ("lines", Box::new(|it| it.lines.clear())),
            (
                "product_id",
                Box::new(|it| it.lines[0].product_id = "12x".into()),
            ),
            (
                "product_id",
                Box::new(|it| it.lines[0].product_id = "+1005006000000001".into()),
            ),
            ("sku", Box::new(|it| it.lines[0].sku = "-1".into())),
            ("sku", Box::new(|it| it.lines[0].sku = "0012000001".into())),
            ("sku", Box::new(|it| it.lines[0].sku = String::new())),
            (
                "memo",
                Box::new(|it| it.lines[0].memo = Some("a\nb".into())),
            ),
            ("quantity", Box::new(|it| it.lines[0].quantity = 0)),
            (
                "memo",
                Box::new(|it| it.lines[0].memo = Some("x".repeat(257))),
            ),
            (
                "guard.max_total",
                Box::new(move |it| {
                    it.guard.max_total = Some(MoneyInput {
                        currency: "EUR".into(),
                        ..usd(1)
                    });
                }),
            ),
            (
                "guard.max_unit_price_drift",
                Box::new(|it| it.guard.max_unit_price_drift = Some(Decimal::ONE)),
            ),
            (
                "guard.min_margin",
                Box::new(|it| it.guard.min_margin = Some(Decimal::ONE_HUNDRED)),
            ),
            (
                "sale_price",
                Box::new(|it| it.guard.min_margin = Some(Decimal::TEN)),
            ),
        ];
        for (wanted, spoil) in cases {
            let mut order = order();
            spoil(&mut order);
            match order.check_form() {
                Err(Error::Invalid { field, .. }) => assert_eq!(field, wanted),
                other => panic!("{wanted}: {other:?}"),
            }
        }
    }

    #[test]
    fn an_amount_is_never_a_json_number() {
        for amount in ["1.5", "1"] {
            let text = format!(r#"{{"amount":{amount},"currency":"USD"}}"#);
            assert!(serde_json::from_str::<MoneyInput>(&text).is_err());
        }
        let text = r#"{"amount":"1.50","currency":"USD"}"#;
        let money: MoneyInput = serde_json::from_str(text).unwrap();
        assert_eq!(money.amount.to_string(), "1.50");
    }

    #[test]
    fn a_key_is_short_and_printable() {
        assert!(check_key("ORDER-1").is_ok());
        for key in ["", "a b", "é", &"x".repeat(129)] {
            assert!(check_key(key).is_err(), "{key}");
        }
    }

    #[test]
    fn nothing_that_names_people_is_shown() {
        let shown = format!("{:?}", order());
        assert!(
            !shown.contains("Buyer") && !shown.contains("Rennes"),
            "{shown}"
        );
        assert!(shown.contains("FR"));
    }
}
