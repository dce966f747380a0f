//! Whether an order could be placed now, and what it would cost: asked before anything is sent, and again before it is.

use std::borrow::Cow;
use std::collections::HashMap;

use aliexpress::Class;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{Connection, Millis};
use utoipa::ToSchema;

use super::address::{self, AddressAdvice};
use super::guard;
use super::request::{NewOrder, NewOrderLine, PAY_CURRENCY};
use super::views::{IntentLine, OrderProblem, Summary};
use crate::catalogue::{Held, OrderStanding};
use crate::clock::to_millis;
use crate::connect::sha256;
use crate::error::{Error, Result};
use crate::orders::MoneyView;
use crate::products::{
    FreightOption, FreightQuery, ProductQuery, ProductView, SkuView, above_limit, charges_on,
    goods_price, names_no_charges,
};
use crate::service::Core;
use crate::text::shortened;

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

/// The fee where it is one in the pay currency.
fn fee_of(option: &FreightOption) -> Option<MoneyView> {
    let fee = option.fee?;
    let known = fee.is_zero() || option.currency.as_deref() == Some(PAY_CURRENCY);
    known.then(|| in_pay_currency(fee))
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

impl Core {
    /// Looks at what an order would be: whether the goods are there, delivered and addressed as AliExpress wants it, what
    /// they cost, and whether the guard lets it pass. Changes nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what cannot be meant; else as [`Core::vend`]. What stands in the way of the order is no
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
        let places = self.country_places(&order.address.country, &id).await?;
        let places: Vec<_> = places.iter().map(|list| &**list).collect();
        let advice = address::advice(&order.address, &places);
        let (province, city) = address::listed(&order.address, &places);
        let mut checked = Checked {
            at,
            preview: self.empty_preview(&id),
            lines: Vec::new(),
            province,
            city,
        };
        checked.preview.problems = advice
            .iter()
            .filter(|it| it.blocking)
            .map(address_problem)
            .collect();
        checked.preview.address = advice;
        let mut products = HashMap::new();
        let mut standings = HashMap::new();
        let mut taken: HashMap<String, i64> = HashMap::new();
        for (number, line) in (1..).zip(&order.lines) {
            if !products.contains_key(&line.product_id) {
                let found = self.ordered_product(order, line, &id).await?;
                products.insert(line.product_id.clone(), found);
                let standing = self.order_standing(&connection.id, &line.product_id);
                standings.insert(line.product_id.clone(), standing.await?);
            }
            let standing = standings.get(&line.product_id).and_then(Option::as_ref);
            match products.get(&line.product_id) {
                Some(Ok(product)) => {
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
                Some(Err((code, detail))) => checked.cannot(
                    line,
                    problem(
                        number,
                        "product_id",
                        code,
                        detail.clone(),
                        "Choose another product, or another country.",
                    ),
                ),
                None => {}
            }
        }
        checked.add_up(order);
        Ok(checked)
    }

    fn empty_preview(&self, connection: &str) -> OrderPreview {
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

    /// A product as the destination sees it in the pay currency; or what AliExpress says instead.
    async fn ordered_product(
        &self,
        order: &NewOrder,
        line: &NewOrderLine,
        connection: &str,
    ) -> Result<Result<ProductView, (String, String)>> {
        let query = market_of(order, connection);
        match self.product(&line.product_id, &query).await {
            Ok(product) => Ok(Ok(product)),
            Err(error) => match answer_of_the_method(&error) {
                Some((code, meaning)) => Ok(Err((code.to_owned(), meaning))),
                None => Err(error),
            },
        }
    }

    async fn check_line(
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
        let query = FreightQuery {
            sku: Some(line.sku.clone()),
            quantity: Some(line.quantity),
            market: market_of(order, &checked.preview.connection),
        };
        let options = match self.freight_for(product, &query).await {
            Ok(quote) => quote.options,
            Err(error) => match answer_of_the_method(&error) {
                Some((code, meaning)) => {
                    let fix = "Choose another product, or another country.";
                    let problem = problem(at.number, "lines", code, meaning, fix);
                    checked.preview.problems.push(problem);
                    Vec::new()
                }
                None => return Err(error),
            },
        };
        checked.take(line, product, sku, options, at);
        Ok(())
    }
}

/// Which line it is, and how many of its variant are wanted up to it.
#[derive(Clone, Copy)]
struct Position<'o> {
    number: usize,
    wanted: i64,
    /// How its product stands in the catalogue.
    standing: Option<&'o OrderStanding>,
    /// The variant that was asked for, when this one takes its place.
    instead_of: Option<&'o str>,
}

/// The line as it is ordered: of a variant that is gone, with what a person has chosen in its place, and then also what
/// was asked for.
fn instead<'l>(
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
    fn cannot(&mut self, line: &NewOrderLine, problem: OrderProblem) {
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
        if sku.stock.is_some_and(|stock| stock < at.wanted) {
            let left = sku.stock.unwrap_or_default();
            let detail = format!(
                "{} are wanted of variant {}, {left} are left",
                at.wanted, sku.id
            );
            let fix = "Order fewer, or choose another variant.";
            self.preview
                .problems
                .push(problem(at.number, "quantity", "out_of_stock", detail, fix));
        }
        let price = sku
            .price
            .filter(|_| sku.currency.as_deref() == Some(PAY_CURRENCY));
        if price.is_none() {
            let given = sku.currency.as_deref().unwrap_or("no currency");
            let detail = format!("AliExpress gave no price in {PAY_CURRENCY}, but in {given}");
            let fix = "Try again later; without it the total is not known.";
            self.preview
                .problems
                .push(problem(at.number, "sku", "price_unknown", detail, fix));
        }
        let delivery = self.delivery(line, &options, at.number);
        self.lines.push(FoundLine {
            sku_attr: sku.attr.clone(),
            delivery_service: delivery
                .as_ref()
                .map(|it| it.code.clone())
                .unwrap_or_default(),
        });
        let expected = line.expected_price.as_ref().map(|money| money.amount);
        let above = above_limit(sku, line.quantity, at.wanted);
        if above > 0 && (sku.promotion_limit_is_hard || sku.original_price.is_none()) {
            let most = sku.promotion_limit.unwrap_or_default();
            let detail = format!(
                "{} are wanted of variant {}, at most {most} are sold while it is on offer",
                at.wanted, sku.id
            );
            let fix = "Order fewer, or choose another variant.";
            self.preview.problems.push(problem(
                at.number,
                "quantity",
                "promotion_limit",
                detail,
                fix,
            ));
        }
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
        // What one costs on the whole: the normal price of those above a limit counts as a rise.
        let piece = goods.and_then(|goods| goods.checked_div(line.quantity.into()));
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
            drift: piece
                .zip(expected)
                .and_then(|(price, expected)| guard::drift(price, expected))
                .map(|drift| drift.round_dp(2).normalize()),
            stock: sku.stock,
            delivery,
            delivery_options: options,
            total: total.map(in_pay_currency),
        });
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

    /// Totals, guard and the token of what was seen.
    fn add_up(&mut self, order: &NewOrder) {
        let preview = &mut self.preview;
        let sum = |of: &dyn Fn(&PreviewLine) -> Option<Decimal>| {
            preview.lines.iter().try_fold(Decimal::ZERO, |sum, line| {
                of(line).and_then(|amount| sum.checked_add(amount))
            })
        };
        let amount = |money: &Option<MoneyView>| money.as_ref().map(|money| money.amount);
        let goods = sum(&|line| amount(&line.goods));
        let charges = sum(&|line| amount(&line.charges));
        let freight = sum(&|line| Some(fee_of(line.delivery.as_ref()?)?.amount));
        let total = goods
            .zip(charges)
            .zip(freight)
            .and_then(|((goods, charges), freight)| {
                goods.checked_add(charges)?.checked_add(freight)
            });
        let guarded = guard::problems(order, &preview.lines, total);
        preview.problems.extend(guarded);
        preview.goods = goods.map(in_pay_currency);
        preview.freight = freight.map(in_pay_currency);
        preview.charges = charges.map(in_pay_currency);
        preview.total = total.map(in_pay_currency);
        preview.margin = guard::margin(order, total).map(|margin| margin.round_dp(2).normalize());
        let days = preview
            .lines
            .iter()
            .map(|line| line.delivery.as_ref()?.max_days);
        preview.max_days = days
            .collect::<Option<Vec<i64>>>()
            .and_then(|days| days.into_iter().max());
        // Charges of an unknown amount stand in the way of an order with a limit only.
        preview.placeable = preview.problems.is_empty() && goods.is_some() && freight.is_some();
        preview.preview = token(preview);
    }
}

/// Stands for goods, prices, deliveries and total, as they were seen.
fn token(preview: &OrderPreview) -> String {
    let lines: Vec<_> = preview
        .lines
        .iter()
        .map(|line| {
            let delivery = line.delivery.as_ref();
            json!([
                line.product_id,
                line.sku,
                line.quantity,
                line.goods,
                line.charges,
                delivery.map(|option| (
                    &option.code,
                    option.fee,
                    &option.currency,
                    option.max_days
                )),
            ])
        })
        .collect();
    let seen = json!([preview.connection, lines, preview.total]).to_string();
    let mut text = hex::encode(sha256(seen.as_bytes()));
    text.truncate(32);
    text
}
