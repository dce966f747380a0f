//! One line of an order: whether its goods are there and delivered, and what they cost.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use aliexpress::Class;
use rust_decimal::Decimal;
use smartlinks_store::Connection;

use super::sums::fee_of;
use super::{Checked, FoundLine, PreviewLine, in_pay_currency, problem};
use crate::catalogue::{Held, OrderStanding};
use crate::error::{Error, Result};
use crate::orders::MoneyView;
use crate::placing::guard;
use crate::placing::request::{NewOrder, NewOrderLine, PAY_CURRENCY};
use crate::placing::views::OrderProblem;
use crate::products::{
    FreightOption, FreightQuery, ProductQuery, ProductView, SkuView, above_limit, charges_on,
    goods_price, names_no_charges,
};
use crate::service::Core;
use crate::text::shortened;

/// A product as the destination sees it, or what AliExpress says instead: a code and its meaning.
type Found = std::result::Result<ProductView, (String, String)>;

/// The products of an order by their numbers, and how each stands in the catalogue.
pub(super) type Products = HashMap<String, (Found, Option<OrderStanding>)>;

/// Which line it is, and how many of its variant are wanted up to it.
#[derive(Clone, Copy)]
pub(super) struct Position<'o> {
    pub(super) number: usize,
    pub(super) wanted: i64,
    /// How its product stands in the catalogue.
    pub(super) standing: Option<&'o OrderStanding>,
    /// The variant that was asked for, when this one takes its place.
    pub(super) instead_of: Option<&'o str>,
}

impl Core {
    /// The product of a line, asked for once for all of its lines.
    pub(super) async fn looked_up<'p>(
        &self,
        order: &NewOrder,
        line: &NewOrderLine,
        connection: &Connection,
        products: &'p mut Products,
    ) -> Result<&'p (Found, Option<OrderStanding>)> {
        match products.entry(line.product_id.clone()) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let id = connection.id.as_str();
                let found = self.ordered_product(order, line, id).await?;
                let standing = self.order_standing(&connection.id, &line.product_id);
                Ok(unknown.insert((found, standing.await?)))
            }
        }
    }

    /// A product as the destination sees it in the pay currency; or what AliExpress says instead.
    async fn ordered_product(
        &self,
        order: &NewOrder,
        line: &NewOrderLine,
        connection: &str,
    ) -> Result<Found> {
        let query = market_of(order, connection);
        match self.product(&line.product_id, &query).await {
            Ok(product) => Ok(Ok(product)),
            Err(error) => match answer_of_the_method(&error) {
                Some((code, meaning)) => Ok(Err((code.to_owned(), meaning))),
                None => Err(error),
            },
        }
    }

    /// Looks at a line of a product that is there, and puts what was found to the rest.
    pub(super) async fn check_line(
        &self,
        order: &NewOrder,
        line: &NewOrderLine,
        product: &ProductView,
        at: Position<'_>,
        checked: &mut Checked,
    ) -> Result<()> {
        if let Some(held) = at.standing.and_then(OrderStanding::held) {
            let Held { code, detail, fix } = held;
            let problem = problem(at.number, "product_id", code, detail, &fix);
            checked.preview.problems.push(problem);
        }
        let Some(sku) = product.skus.iter().find(|sku| sku.id == line.sku) else {
            let held = at.standing.and_then(|it| it.gone(&line.sku));
            let Held { code, detail, fix } = held.unwrap_or_else(|| Held {
                code: "sku_gone",
                detail: format!(
                    "product {} has no variant {} any more",
                    product.id, line.sku
                ),
                fix: "Look at the product again and choose one of its variants.".to_owned(),
            });
            checked.cannot(line, problem(at.number, "sku", code, detail, &fix));
            return Ok(());
        };
        let options = self
            .delivery_options(order, line, product, at.number, checked)
            .await?;
        checked.take(line, product, sku, options, at);
        Ok(())
    }

    async fn delivery_options(
        &self,
        order: &NewOrder,
        line: &NewOrderLine,
        product: &ProductView,
        number: usize,
        checked: &mut Checked,
    ) -> Result<Vec<FreightOption>> {
        let query = FreightQuery {
            sku: Some(line.sku.clone()),
            quantity: Some(line.quantity),
            market: market_of(order, &checked.preview.connection),
        };
        match self.freight_for(product, &query).await {
            Ok(quote) => Ok(quote.options),
            Err(error) => match answer_of_the_method(&error) {
                Some((code, meaning)) => {
                    let fix = "Choose another product, or another country.";
                    let problem = problem(number, "lines", code, meaning, fix);
                    checked.preview.problems.push(problem);
                    Ok(Vec::new())
                }
                None => Err(error),
            },
        }
    }
}

/// The line as it is ordered: of a variant that is gone, with what a person has chosen in its place, and then also what
/// was asked for.
pub(super) fn instead<'l>(
    line: &'l NewOrderLine,
    product: &ProductView,
    standing: Option<&OrderStanding>,
) -> (Cow<'l, NewOrderLine>, Option<String>) {
    let there = |sku: &str| product.skus.iter().any(|one| one.id == sku);
    let chosen = standing
        .filter(|_| !there(&line.sku))
        .and_then(|standing| standing.instead_of(&line.sku));
    match chosen {
        Some(chosen) if there(chosen) => {
            let mut other = line.clone();
            other.sku = chosen.to_owned();
            (Cow::Owned(other), Some(line.sku.clone()))
        }
        _ => (Cow::Borrowed(line), None),
    }
}

fn market_of(order: &NewOrder, connection: &str) -> ProductQuery {
    ProductQuery {
        ship_to: Some(order.address.country.clone()),
        currency: Some(PAY_CURRENCY.to_owned()),
        language: None,
        connection: Some(connection.to_owned()),
    }
}

/// What AliExpress says about a product or its delivery, told apart from trouble on the way.
fn answer_of_the_method(error: &Error) -> Option<(&str, String)> {
    let Error::Gateway(gateway) = error else {
        return None;
    };
    let lasting = gateway.advice().class == Class::Fix;
    let business = matches!(**gateway, aliexpress::Error::Business(_));
    (lasting && business).then(|| (error.code(), gateway.advice().meaning.to_owned()))
}

/// Its properties in one line.
fn variant_of(sku: &SkuView) -> String {
    let values = sku
        .properties
        .iter()
        .map(|property| property.value.as_str());
    values.collect::<Vec<_>>().join(", ")
}

/// What comes on top, as it is paid; none while a part of it is in another currency.
fn paid(charges: Vec<MoneyView>) -> Option<Decimal> {
    charges.into_iter().try_fold(Decimal::ZERO, |sum, one| {
        let amount = (one.currency == PAY_CURRENCY).then_some(one.amount)?;
        sum.checked_add(amount)
    })
}

/// Neither in the price nor named: AliExpress takes nothing, and somebody else may.
fn charges_not_named() -> OrderProblem {
    OrderProblem {
        line: None,
        field: "address.country".to_owned(),
        code: "charges_not_named".to_owned(),
        detail: "AliExpress names no taxes and charges for this destination; customs may ask for some on delivery"
            .to_owned(),
        fix: "Tell the recipient, or count them in what the goods are sold for.".to_owned(),
    }
}

impl Checked {
    /// A line of which nothing more can be said.
    pub(super) fn cannot(&mut self, line: &NewOrderLine, problem: OrderProblem) {
        self.preview.problems.push(problem);
        self.lines.push(FoundLine::default());
        self.preview.lines.push(PreviewLine {
            product_id: line.product_id.clone(),
            sku: line.sku.clone(),
            quantity: line.quantity,
            ..PreviewLine::default()
        });
    }

    fn take(
        &mut self,
        line: &NewOrderLine,
        product: &ProductView,
        sku: &SkuView,
        options: Vec<FreightOption>,
        at: Position<'_>,
    ) {
        let price = self.price(sku, at);
        let delivery = self.delivery(line, &options, at.number);
        self.lines.push(FoundLine {
            sku_attr: sku.attr.clone(),
            delivery_service: delivery
                .as_ref()
                .map(|it| it.code.clone())
                .unwrap_or_default(),
        });
        let above = self.above_limit(line, sku, at);
        if names_no_charges(sku) && self.preview.advice.is_empty() {
            self.preview.advice.push(charges_not_named());
        }
        let goods = price.and_then(|price| goods_price(sku, price, line.quantity, above));
        let charges = price
            .zip(goods)
            .and_then(|(price, goods)| charges_on(sku, price, line.quantity, goods))
            .and_then(paid);
        let fee = delivery.as_ref().and_then(fee_of).map(|fee| fee.amount);
        let total = goods
            .zip(charges)
            .zip(fee)
            .and_then(|((goods, charges), fee)| goods.checked_add(charges)?.checked_add(fee));
        self.preview.lines.push(PreviewLine {
            product_id: product.id.clone(),
            sku: sku.id.clone(),
            instead_of: at.instead_of.map(str::to_owned),
            title: product.title.clone(),
            variant: variant_of(sku),
            quantity: line.quantity,
            unit_price: price.map(in_pay_currency),
            goods: goods.map(in_pay_currency),
            charges: charges.map(in_pay_currency),
            drift: drift_of(line, goods),
            stock: sku.stock,
            delivery,
            delivery_options: options,
            total: total.map(in_pay_currency),
        });
    }

    /// What one costs in the pay currency, when there are enough of them.
    fn price(&mut self, sku: &SkuView, at: Position<'_>) -> Option<Decimal> {
        if sku.stock.is_some_and(|stock| stock < at.wanted) {
            let left = sku.stock.unwrap_or_default();
            let detail = format!(
                "{} are wanted of variant {}, {left} are left",
                at.wanted, sku.id
            );
            let fix = "Order fewer, or choose another variant.";
            let problem = problem(at.number, "quantity", "out_of_stock", detail, fix);
            self.preview.problems.push(problem);
        }
        let price = sku
            .price
            .filter(|_| sku.currency.as_deref() == Some(PAY_CURRENCY));
        if price.is_none() {
            let given = sku.currency.as_deref().unwrap_or("no currency");
            let detail = format!("AliExpress gave no price in {PAY_CURRENCY}, but in {given}");
            let fix = "Try again later; without it the total is not known.";
            let problem = problem(at.number, "sku", "price_unknown", detail, fix);
            self.preview.problems.push(problem);
        }
        price
    }

    /// How many of the line stand above the limit of a promotion.
    fn above_limit(&mut self, line: &NewOrderLine, sku: &SkuView, at: Position<'_>) -> u32 {
        let above = above_limit(sku, line.quantity, at.wanted);
        if above > 0 && (sku.promotion_limit_is_hard || sku.original_price.is_none()) {
            let most = sku.promotion_limit.unwrap_or_default();
            let detail = format!(
                "{} are wanted of variant {}, at most {most} are sold while it is on offer",
                at.wanted, sku.id
            );
            let fix = "Order fewer, or choose another variant.";
            let problem = problem(at.number, "quantity", "promotion_limit", detail, fix);
            self.preview.problems.push(problem);
        }
        above
    }

    /// The option that was asked for, or the cheapest one.
    fn delivery(
        &mut self,
        line: &NewOrderLine,
        options: &[FreightOption],
        number: usize,
    ) -> Option<FreightOption> {
        let found = match &line.delivery_service {
            Some(wanted) => options.iter().find(|option| option.code == *wanted),
            None => options.iter().find(|option| fee_of(option).is_some()),
        };
        if found.is_none() && !options.is_empty() {
            let wanted = line
                .delivery_service
                .as_deref()
                .unwrap_or("any with a known fee");
            let detail = format!(
                "delivery {:?} is not offered for this destination and quantity",
                shortened(wanted, 60)
            );
            let fix = "Choose one of the delivery options of the preview.";
            let problem = problem(
                number,
                "delivery_service",
                "delivery_not_offered",
                detail,
                fix,
            );
            self.preview.problems.push(problem);
        } else if found.is_some_and(|option| fee_of(option).is_none()) {
            let detail = "AliExpress does not say what this delivery costs".to_owned();
            let fix = "Choose another of the delivery options.";
            let problem = problem(number, "delivery_service", "freight_unknown", detail, fix);
            self.preview.problems.push(problem);
        } else if options.is_empty()
            && self
                .preview
                .problems
                .iter()
                .all(|it| it.line != Some(number))
        {
            let detail = "nothing is delivered to this destination".to_owned();
            let fix = "Choose another product, or another country.";
            self.preview
                .problems
                .push(problem(number, "lines", "no_delivery", detail, fix));
        }
        found.cloned()
    }
}

/// By how many per cent a piece costs more than was expected: on the whole, so the normal price of those above a limit
/// counts as a rise.
fn drift_of(line: &NewOrderLine, goods: Option<Decimal>) -> Option<Decimal> {
    let expected = line.expected_price.as_ref()?.amount;
    let piece = goods?.checked_div(line.quantity.into())?;
    let drift = guard::drift(piece, expected)?;
    Some(drift.round_dp(2).normalize())
}
