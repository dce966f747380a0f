//! `aliexpress.ds.order.create`: places orders, one for each store, and pays for them when asked.
//!
//! Documented: the address rules of the countries, province and city as `aliexpress.ds.address.get` lists
//! them (compared without accents and case), `business_model` `wholesale`. Inferred: wholesale prices count
//! by line and SKU, and the limits and channel prices of promotions do not change what an order costs.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Context, Method, Reply, declared, field_text, needed_integer};
use crate::accounts::Account;
use crate::catalogue::Product;
use crate::catalogue::changes::Change;
use crate::catalogue::countries::{self, Charges, Country};
use crate::catalogue::delivery::{self, Service};
use crate::gateway::refusal::Refusal;
use crate::issue::fingerprint;
use crate::json::{Json, object};
use crate::language::Language;
use crate::money::dollar;
use crate::orders::{Basket, Line, Placed, Stage, address};
use crate::profile::{AutoPay, RepeatedOrder};
use crate::state::State;

const ORDER: &str = "param_place_order_request4_open_api_d_t_o";
const EXTENSION: &str = "ds_extend_request";

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_ORDER_CREATE,
    traced: false,
    run,
};

/// A business refusal: code and text.
type Failure = (&'static str, String);

fn failed(code: &'static str, text: impl Into<String>) -> Failure {
    (code, text.into())
}

/// What the request asks for, read but not yet held against the catalogue.
struct Wish {
    account: &'static Account,
    out_order_id: String,
    fingerprint: String,
    address: Map<String, Value>,
    items: Vec<Map<String, Value>>,
    pay: bool,
    pay_currency: String,
    /// Prices for many pieces count.
    wholesale: bool,
}

fn run(context: &Context<'_>, account: Option<&'static Account>) -> Result<Reply, Refusal> {
    let account = account.ok_or_else(|| Refusal::named("IllegalAccessToken"))?;
    let wish = read(context, account)?;
    let placed = context
        .inner
        .book
        .change(&context.inner.clock, |state| place(context, &wish, state))?;
    match placed {
        Ok(placed) => Ok(created(context, &placed)),
        Err(Error::Gateway(refusal)) => Err(refusal),
        Err(Error::Business((code, text))) => {
            let result = object! { "is_success": false, "error_code": code, "error_msg": text };
            Ok(Reply::failed(code, object! { "result": result }))
        }
    }
}

enum Error {
    Gateway(Refusal),
    Business(Failure),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Gateway(refusal)
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::Business(failure)
    }
}

fn created(context: &Context<'_>, placed: &Placed) -> Reply {
    let numbers = placed.orders.iter().map(|id| Json::from(*id)).collect();
    let mut result = object! {
        "is_success": true,
        "order_list": context.list("number", numbers),
    };
    if placed.payment_failed {
        result.set("error_msg", "OrderCreated, autoPay fail:APIPayFail");
    }
    Reply::ok(object! { "result": result })
}

fn read(context: &Context<'_>, account: &'static Account) -> Result<Wish, Refusal> {
    let object =
        |name| serde_json::from_str::<Map<String, Value>>(context.text(name)).unwrap_or_default();
    let order = object(ORDER);
    let extension = object(EXTENSION);
    let payment = extension
        .get("payment")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let address = order
        .get("logistics_address")
        .and_then(Value::as_object)
        .ok_or_else(|| Refusal::missing("logistics_address"))?;
    let items = order
        .get("product_items")
        .and_then(Value::as_array)
        .filter(|items| !items.is_empty())
        .ok_or_else(|| Refusal::missing("product_items"))?;
    let items = items
        .iter()
        .map(|item| {
            item.as_object()
                .cloned()
                .ok_or_else(|| Refusal::unmapped("product_items"))
        })
        .collect::<Result<_, _>>()?;
    let currency = field_text(&payment, "pay_currency");
    let extra = extension
        .get("trade_extra_param")
        .and_then(Value::as_object);
    let business_model =
        extra.map_or_else(String::new, |extra| field_text(extra, "business_model"));
    Ok(Wish {
        account,
        out_order_id: field_text(&order, "out_order_id"),
        fingerprint: fingerprint(&format!("{}\n{}", json!(order), json!(extension))),
        address: address.clone(),
        items,
        pay: field_text(&payment, "try_to_pay") == "true",
        pay_currency: if currency.is_empty() {
            dollar().code.to_owned()
        } else {
            currency
        },
        wholesale: business_model == "wholesale",
    })
}

/// What the same request has placed within the last day. Another one under the same id is refused, and where the
/// profile says so, the same one too.
fn placed_before(
    context: &Context<'_>,
    wish: &Wish,
    state: &State,
) -> Result<Option<Placed>, Failure> {
    let (user, id) = (wish.account.user_id, &wish.out_order_id);
    if id.is_empty() {
        return Ok(None);
    }
    match state.orders.repeat_of(user, id, context.now_ms) {
        Some(before) if before.fingerprint != wish.fingerprint => {
            let text = format!("out_order_id {id} was used for another order");
            Err(failed("REPEATED_ORDER_ERROR", text))
        }
        Some(_) if context.profile.repeated_order == RepeatedOrder::Refused => Err(failed(
            "REPEATED_ORDER_ERROR",
            format!("out_order_id {id} has placed an order already"),
        )),
        before => Ok(before.cloned()),
    }
}

fn place(context: &Context<'_>, wish: &Wish, state: &mut State) -> Result<Placed, Error> {
    if let Some(before) = placed_before(context, wish, state)? {
        return Ok(before);
    }
    if wish.pay_currency != dollar().code {
        let text = format!("{} cannot be paid in", wish.pay_currency);
        return Err(failed("PRICE_PAY_CURRENCY_ERROR", text).into());
    }
    let country = destination(wish)?;
    state.close_unpaid(context.now_ms);
    let baskets = baskets(context, wish, country, state)?;

    let pays = wish.pay && wish.account.may_auto_pay && context.profile.auto_pay == AutoPay::Works;
    let mut orders = Vec::with_capacity(baskets.len());
    for basket in baskets {
        for line in &basket.lines {
            state.changes.hold(line.product_id, line.sku_id, line.count);
        }
        let id = state.orders.place(basket, context.now_ms);
        if wish.pay
            && let Some(order) = state.orders.get_mut(id)
        {
            let to = if pays {
                Stage::Paid
            } else {
                Stage::PaymentFailed
            };
            order
                .advance(to, context.now_ms)
                .map_err(|text| failed("INVENTORY_HOLD_ERROR", text))?;
        }
        orders.push(id);
    }
    let placed = Placed {
        fingerprint: wish.fingerprint.clone(),
        orders,
        payment_failed: wish.pay && !pays,
        at_ms: context.now_ms,
    };
    if !wish.out_order_id.is_empty() {
        state
            .orders
            .remember(wish.account.user_id, &wish.out_order_id, placed.clone());
    }
    Ok(placed)
}

fn destination(wish: &Wish) -> Result<&'static Country, Error> {
    let code = field_text(&wish.address, "country");
    if code.is_empty() {
        let text = "Please enter a Country";
        return Err(failed("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", text).into());
    }
    let country = countries::find(&code).ok_or_else(|| {
        failed(
            "A005_INVALID_COUNTRIES",
            format!("{code} is not delivered to"),
        )
    })?;
    address::check(&wish.address, country.code)?;
    Ok(country)
}

/// The items checked and priced, grouped by store.
fn baskets(
    context: &Context<'_>,
    wish: &Wish,
    country: &Country,
    state: &State,
) -> Result<Vec<Basket>, Error> {
    let mut baskets: BTreeMap<i64, Basket> = BTreeMap::new();
    let mut taken: BTreeMap<i64, i64> = BTreeMap::new();
    for item in &wish.items {
        let (store_id, service, line) = line(context, wish, item, country, state)?;
        let taken = taken.entry(line.sku_id).or_default();
        *taken = taken.saturating_add(line.count);
        if *taken > line.stock {
            let text = format!("Only {} left of SKU {}", line.stock, line.sku_id);
            return Err(failed("INVENTORY_HOLD_ERROR", text).into());
        }
        let basket = baskets.entry(store_id).or_insert_with(|| Basket {
            account: wish.account.user_id.to_owned(),
            store_id,
            currency: dollar().code.to_owned(),
            country: country.code.to_owned(),
            service: service.code.to_owned(),
            company: service.company.to_owned(),
            max_days: service.max_days,
            lines: Vec::new(),
        });
        basket.max_days = basket.max_days.max(service.max_days);
        basket.lines.push(line.line);
    }
    Ok(baskets.into_values().collect())
}

/// A line and how many of its SKU there are.
struct Stocked {
    line: Line,
    sku_id: i64,
    count: i64,
    stock: i64,
}

/// A product that is sold to the country.
fn sold(
    context: &Context<'_>,
    product_id: i64,
    change: Option<&Change>,
    country: &Country,
) -> Result<Product, Failure> {
    let product = context.inner.catalogue.find(product_id);
    let product = product.filter(|_| change.is_none_or(|change| !change.delisted));
    let product = product.ok_or_else(|| {
        let text = format!("Product {product_id} does not exist");
        failed("A001_ORDER_CANNOT_BE_PLACED", text)
    })?;
    if product.sold_to(country) {
        return Ok(product);
    }
    let text = format!("Product {product_id} is not sold to {}", country.code);
    Err(failed("A005_INVALID_COUNTRIES", text))
}

fn line(
    context: &Context<'_>,
    wish: &Wish,
    item: &Map<String, Value>,
    country: &Country,
    state: &State,
) -> Result<(i64, Service, Stocked), Error> {
    let product_id = needed_integer(item, "product_id")?;
    let count = needed_integer(item, "product_count")?;
    if count < 1 {
        return Err(Refusal::unmapped("product_count").into());
    }
    let change = state.changes.of(product_id);
    let product = sold(context, product_id, change, country)?;
    let attr = field_text(item, "sku_attr");
    let sku = product
        .skus(change)
        .into_iter()
        .find(|sku| product.sku_attr(sku) == attr)
        .ok_or_else(|| {
            let text = format!("Product {product_id} has no sku_attr {attr:?}");
            failed("ERROR_WHEN_BUILD_FOR_PLACE_ORDER", text)
        })?;
    let wanted = field_text(item, "logistics_service_name");
    let cents = if wish.wholesale {
        product.cents_each(sku.cents, count)
    } else {
        sku.cents
    };
    let goods_cents = cents.saturating_mul(count);
    let service = delivery::services(&product, country, count, goods_cents)
        .into_iter()
        .find(|service| wanted.is_empty() || service.code == wanted)
        .ok_or_else(|| failed("DELIVERY_METHOD_NOT_EXIST", "Delivery method is not exist"))?;
    let fee = service.fee_cents.unwrap_or(0);
    let minor = |cents| dollar().of_cents(cents, country.price_per_mille).minor;
    // What was announced with the product is charged, each part rounded as it was there.
    let charges_each = country.charges().map_or(0, |charges| {
        let share = |percent| minor(Charges::of(cents, percent));
        share(charges.import_percent).saturating_add(share(charges.sales_tax_percent))
    });
    let line = Line {
        product_id,
        sku_id: sku.id,
        title: product.title(Language::English),
        sku_description: product.sku_description(&sku, Language::English),
        count,
        unit_minor: minor(cents),
        shipping_minor: dollar().of_cents(fee, 1000).minor,
        charges_minor: charges_each.saturating_mul(count),
        tax_included: country.tax_included,
    };
    let stocked = Stocked {
        line,
        sku_id: sku.id,
        count,
        stock: sku.stock,
    };
    Ok((product.store_id(), service, stocked))
}
