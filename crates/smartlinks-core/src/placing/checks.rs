//! Whether an order could be placed now, and what it would cost: asked before anything is sent, and again before it is.

mod line;
mod sums;

use std::collections::HashMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use smartlinks_store::{Connection, Millis};
use utoipa::ToSchema;

use super::address::{self, AddressAdvice};
use super::request::{NewOrder, PAY_CURRENCY};
use super::views::{IntentLine, OrderProblem, Summary};
use crate::clock::to_millis;
use crate::error::Result;
use crate::orders::MoneyView;
use crate::products::FreightOption;
use crate::service::Core;
use line::{Position, Products, instead};
use sums::fee_of;

/// What an order would be, looked at now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderPreview {
    /// Whether it could be placed as it is: nothing stands in its way.
    pub placeable: bool,
    /// Everything that stands in its way.
    pub problems: Vec<OrderProblem>,
    /// What is to be said about the address, field by field.
    pub address: Vec<AddressAdvice>,
    /// What else is to be said and stands in the way of nothing, such as `charges_not_named`.
    pub advice: Vec<OrderProblem>,
    /// The connection that would order.
    pub connection: String,
    /// The lines as they were found.
    pub lines: Vec<PreviewLine>,
    /// Price of all goods, in the pay currency.
    pub goods: Option<MoneyView>,
    /// Price of all deliveries, in the pay currency.
    pub freight: Option<MoneyView>,
    /// Taxes and import charges that AliExpress charges on top of both, in the pay currency; absent when it names them in
    /// another one.
    pub charges: Option<MoneyView>,
    /// What would be paid, in the pay currency; absent while a part of it is unknown.
    pub total: Option<MoneyView>,
    /// The most days that a delivery takes.
    pub max_days: Option<i64>,
    /// What is earned in per cent of `sale_price`, decimal text.
    #[schema(value_type = Option<String>)]
    pub margin: Option<Decimal>,
    /// Stands for what was seen. Given with the order, nothing is ordered once something of it has changed.
    pub preview: String,
}

/// One line of an order as it was found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PreviewLine {
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// Number of the variant, digits.
    pub sku: String,
    /// The variant that was asked for, when a person has chosen `sku` in its place because AliExpress names it no more.
    pub instead_of: Option<String>,
    /// Title. Upstream text: escape it.
    pub title: String,
    /// Colour, size and the like of the variant. Upstream text: escape it.
    pub variant: String,
    /// How many.
    pub quantity: u32,
    /// Price of one.
    pub unit_price: Option<MoneyView>,
    /// Price of all of them: those above the limit of a promotion cost their normal price.
    pub goods: Option<MoneyView>,
    /// Tax and import charges that AliExpress charges on top of it; absent when it names them in another currency than the
    /// pay currency.
    pub charges: Option<MoneyView>,
    /// By how many per cent that is above `expected_price`, decimal text.
    #[schema(value_type = Option<String>)]
    pub drift: Option<Decimal>,
    /// How many are left; absent when AliExpress did not say.
    pub stock: Option<i64>,
    /// The delivery that was chosen, or the cheapest.
    pub delivery: Option<FreightOption>,
    /// The ways to deliver, cheapest first.
    pub delivery_options: Vec<FreightOption>,
    /// Goods, charges and delivery.
    pub total: Option<MoneyView>,
}

/// What of a line is sent.
#[derive(Debug, Clone, Default)]
pub(super) struct FoundLine {
    pub(super) sku_attr: String,
    pub(super) delivery_service: String,
}

/// A checked order, with what it takes to send it.
#[derive(Debug)]
pub(super) struct Checked {
    /// When the first of what was seen was looked at.
    pub(super) at: Millis,
    pub(super) preview: OrderPreview,
    pub(super) lines: Vec<FoundLine>,
    /// Province and city as AliExpress lists them.
    pub(super) province: Option<String>,
    pub(super) city: Option<String>,
}

impl Checked {
    /// What is kept of the order without its people.
    pub(super) fn summary(&self, order: &NewOrder) -> Summary {
        let lines = self.preview.lines.iter().map(|line| IntentLine {
            product_id: line.product_id.clone(),
            sku: line.sku.clone(),
            instead_of: line.instead_of.clone(),
            title: line.title.clone(),
            variant: line.variant.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price.clone(),
            delivery_service: line.delivery.as_ref().map(|option| option.code.clone()),
            freight: line.delivery.as_ref().and_then(fee_of),
        });
        Summary {
            country: order.address.country.clone(),
            pay: order.pay,
            total: self.preview.total.clone(),
            lines: lines.collect(),
        }
    }
}

fn problem(line: usize, field: &str, code: &str, detail: String, fix: &str) -> OrderProblem {
    OrderProblem {
        line: Some(line),
        field: field.to_owned(),
        code: code.to_owned(),
        detail,
        fix: fix.to_owned(),
    }
}

fn in_pay_currency(amount: Decimal) -> MoneyView {
    MoneyView {
        amount,
        currency: PAY_CURRENCY.to_owned(),
    }
}

impl Core {
    /// Looks at what an order would be: whether the goods are there, delivered and addressed as AliExpress wants it, what
    /// they cost, and whether the guard lets it pass. Changes nothing.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for what cannot be meant; else as [`Core::vend`]. What stands in the way of the order is no
    /// failure: it is in the answer.
    pub async fn preview_order(&self, order: &NewOrder) -> Result<OrderPreview> {
        order.check_form()?;
        let connection = self.record_or_default(order.connection.as_deref()).await?;
        Ok(self.check_order(order, &connection).await?.preview)
    }

    /// The same with what it takes to send it.
    pub(super) async fn check_order(
        &self,
        order: &NewOrder,
        connection: &Connection,
    ) -> Result<Checked> {
        let (id, at) = (connection.id.to_string(), to_millis(self.now()));
        // A connection that cannot order says so before anything else is looked at.
        self.vend(Some(&id), std::time::Duration::from_secs(1))
            .await?;
        let mut checked = self.checked_address(order, &id, at).await?;
        let mut products = Products::default();
        let mut taken: HashMap<String, i64> = HashMap::new();
        for (number, line) in (1..).zip(&order.lines) {
            let looked = self.looked_up(order, line, connection, &mut products);
            let (product, standing) = match looked.await? {
                (Ok(product), standing) => (product, standing.as_ref()),
                (Err((code, detail)), _) => {
                    let (code, detail) = (code.as_str(), detail.clone());
                    let fix = "Choose another product, or another country.";
                    checked.cannot(line, problem(number, "product_id", code, detail, fix));
                    continue;
                }
            };
            let (line, instead_of) = instead(line, product, standing);
            let wanted = taken.entry(line.sku.clone()).or_default();
            *wanted += i64::from(line.quantity);
            let at = Position {
                number,
                wanted: *wanted,
                standing,
                instead_of: instead_of.as_deref(),
            };
            self.check_line(order, &line, product, at, &mut checked)
                .await?;
        }
        checked.add_up(order);
        Ok(checked)
    }

    /// The address held against what AliExpress lists of its country; nothing else is looked at yet.
    async fn checked_address(
        &self,
        order: &NewOrder,
        connection: &str,
        at: Millis,
    ) -> Result<Checked> {
        let country = &order.address.country;
        let places = self.country_places(country, connection).await?;
        let places: Vec<_> = places.iter().map(|list| &**list).collect();
        let advice = address::advice(&order.address, &places);
        let (province, city) = address::listed(&order.address, &places);
        let mut preview = empty_preview(connection);
        preview.problems = advice
            .iter()
            .filter(|it| it.blocking)
            .map(address_problem)
            .collect();
        preview.address = advice;
        Ok(Checked {
            at,
            preview,
            lines: Vec::new(),
            province,
            city,
        })
    }
}

fn empty_preview(connection: &str) -> OrderPreview {
    OrderPreview {
        placeable: false,
        problems: Vec::new(),
        address: Vec::new(),
        advice: Vec::new(),
        connection: connection.to_owned(),
        lines: Vec::new(),
        goods: None,
        freight: None,
        charges: None,
        total: None,
        max_days: None,
        margin: None,
        preview: String::new(),
    }
}

fn address_problem(advice: &AddressAdvice) -> OrderProblem {
    OrderProblem {
        line: None,
        field: format!("address.{}", advice.field),
        code: format!("address_{}", advice.code),
        detail: format!("{} {}", advice.field, advice.message),
        fix: match &advice.proposed {
            Some(proposed) => format!("Correct it; {proposed} would be accepted."),
            None => "Correct it.".to_owned(),
        },
    }
}
