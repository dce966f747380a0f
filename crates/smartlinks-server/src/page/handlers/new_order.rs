//! A new order: the form, its checks, and the one button that orders.

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use rust_decimal::Decimal;
use smartlinks_core::{
    ConnectionState, Error, MoneyInput, NewOrder, NewOrderLine, OrderAddress, OrderGuard,
    OrderPreview, OrderProblem, PAY_CURRENCY, Sought, sought, written_number,
};

use super::frame::query_value;
use super::{Visit, problems, products, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{
    ADDRESS, AddressHint, Frame, HeldBack, NewOrderForm, NewOrderPage, NewOrderRow, OrderTrouble,
    PreviewBox, PreviewRow, Price, Problem as ProblemView,
};
use crate::problem::Problem;
use crate::state::AppState;

fn here() -> Uri {
    Uri::from_static("/aliexpress/orders/new")
}

/// What a form sends, in its order.
pub(super) type Fields = Form<Vec<(String, String)>>;

/// What is said beside the form.
#[derive(Default)]
struct Said {
    troubles: Vec<OrderTrouble>,
    advice: Vec<AddressHint>,
    preview: Option<PreviewBox>,
    problem: Option<ProblemView>,
    held: Option<HeldBack>,
}

/// The empty form; from a product's page with the product, and the variant that was chosen there.
pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = |name| query_value(&uri, name).unwrap_or_default();
    let mut form = NewOrderForm {
        key: state.core().new_order_key()?,
        country: state.core().market().ship_to.clone(),
        ..NewOrderForm::default()
    };
    let row = NewOrderRow {
        product: asked("product"),
        sku: asked("sku"),
        quantity: Some(asked("quantity"))
            .filter(|quantity| !quantity.is_empty())
            .unwrap_or_else(|| "1".to_owned()),
        expected: asked("price"),
        ..NewOrderRow::default()
    };
    form.lines.push(row);
    let country = asked("ship_to").trim().to_ascii_uppercase();
    if country.len() == 2 {
        form.country = country;
    }
    shown(&state, &headers, &uri, form, Said::default()).await
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    form: NewOrderForm,
    said: Said,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let status = match said.problem.is_none() && said.troubles.is_empty() && said.held.is_none() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let page = NewOrderPage {
        frame: visit.frame(state).await,
        missing: views_of::missing(state.core()),
        connections: connections(state).await?,
        form,
        troubles: said.troubles,
        advice: said.advice,
        preview: said.preview,
        problem: said.problem,
        held: said.held,
    };
    let mut response = render(&page, &visit, state);
    *response.status_mut() = status;
    Ok(response)
}

async fn connections(state: &AppState) -> Result<Vec<(String, String)>, Problem> {
    let all = state.core().connections().await?;
    let able = all
        .iter()
        .filter(|one| one.state != ConnectionState::Disconnected);
    let mut able: Vec<_> = able.collect();
    able.sort_by_key(|one| !one.default);
    let named = able.into_iter().map(views_of::connection);
    Ok(named
        .map(|one| (one.id.clone(), one.name().to_owned()))
        .collect())
}

/// Looks at the order as it stands in the form, and says everything about it. Orders nothing.
pub(super) async fn check(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(fields): Fields,
) -> Result<Response, Problem> {
    let (mut form, _) = form_of(&state, &fields)?;
    for (name, value) in url::form_urlencoded::parse(accepted(&fields).as_bytes()) {
        let part = form.address.iter_mut().find(|(known, _)| *known == name);
        if let Some((_, text)) = part {
            *text = value.into_owned();
        }
    }
    let frame = Visit::of(&state, &headers, &here()).frame(&state).await;
    let said = looked_at(&state, &frame, &mut form, &request_id).await?;
    shown(&state, &headers, &here(), form, said).await
}

/// The spellings that were taken over.
fn accepted(fields: &[(String, String)]) -> &str {
    let mut fields = fields.iter();
    fields
        .find(|(name, _)| name == "accept")
        .map_or("", |(_, value)| value)
}

async fn looked_at(
    state: &AppState,
    frame: &Frame,
    form: &mut NewOrderForm,
    request_id: &str,
) -> Result<Said, Problem> {
    let mut said = Said::default();
    let order = match order_of(form, None) {
        Ok(order) => order,
        Err(troubles) => {
            said.troubles = troubles;
            return Ok(said);
        }
    };
    match state.core().preview_order(&order).await {
        Ok(preview) => {
            for (row, line) in form.lines.iter_mut().zip(&preview.lines) {
                let options = line.delivery_options.iter().cloned();
                row.options = options
                    .map(|option| products::freight(option, PAY_CURRENCY))
                    .collect();
            }
            said.troubles = preview
                .problems
                .iter()
                .map(|problem| trouble(frame, problem, &order, &preview))
                .collect();
            said.advice = preview.address.iter().map(hint).collect();
            said.preview = Some(preview_box(state, preview).await?);
        }
        Err(Error::Invalid { field, message }) => {
            said.troubles.push(not_meant(form, field, &message));
        }
        Err(error) => said.problem = Some(problems::view(error.into(), request_id)),
    }
    Ok(said)
}

/// Orders what was looked at, once for each form, and goes to what became of it.
pub(super) async fn place(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(fields): Fields,
) -> Result<Response, Problem> {
    let (mut form, token) = form_of(&state, &fields)?;
    let frame = Visit::of(&state, &headers, &here()).frame(&state).await;
    let order = match order_of(&form, token) {
        Ok(order) => order,
        Err(troubles) => {
            let said = Said {
                troubles,
                ..Said::default()
            };
            return shown(&state, &headers, &here(), form, said).await;
        }
    };
    let error = match state.core().place_order(&form.key, &order).await {
        Ok(placing) => {
            let place = format!("/aliexpress/orders/intents/{}", placing.view.id);
            return Ok(Redirect::to(&place).into_response());
        }
        Err(error) => error,
    };
    let held = match &error {
        Error::PreviewChanged => Some(HeldBack::Changed),
        Error::IdempotencyKeyUsed => Some(HeldBack::SentBefore),
        _ => None,
    };
    if held == Some(HeldBack::SentBefore) {
        form.key = state.core().new_order_key()?;
    }
    let said = match &error {
        Error::NotPlaceable(_) | Error::PreviewChanged | Error::IdempotencyKeyUsed => Said {
            held,
            ..looked_at(&state, &frame, &mut form, &request_id).await?
        },
        Error::Invalid { field, message } => Said {
            troubles: vec![not_meant(&form, field, message)],
            ..Said::default()
        },
        _ => Said {
            problem: Some(problems::view(error.into(), &request_id)),
            ..Said::default()
        },
    };
    shown(&state, &headers, &here(), form, said).await
}

/// The form as it was sent, and what stands for the preview that was seen.
fn form_of(
    state: &AppState,
    fields: &[(String, String)],
) -> smartlinks_core::Result<(NewOrderForm, Option<String>)> {
    let mut form = NewOrderForm {
        address: ADDRESS.map(|(name, _)| (name, String::new())).to_vec(),
        ..NewOrderForm::default()
    };
    let mut token = None;
    for (name, value) in fields {
        let value = value.trim().to_owned();
        match name.as_str() {
            "key" => form.key = value,
            "preview" => token = Some(value),
            "connection" => form.connection = value,
            "country" => form.country = value,
            "product" => form.lines.push(NewOrderRow {
                product: value,
                ..NewOrderRow::default()
            }),
            "sku" | "quantity" | "delivery" | "expected" | "memo" => {
                if let Some(row) = form.lines.last_mut() {
                    *match name.as_str() {
                        "sku" => &mut row.sku,
                        "quantity" => &mut row.quantity,
                        "delivery" => &mut row.delivery,
                        "expected" => &mut row.expected,
                        _ => &mut row.memo,
                    } = value;
                }
            }
            "is_foreigner" => form.is_foreigner = true,
            "pay" => form.pay = true,
            "max_total" => form.max_total = value,
            "max_drift" => form.max_drift = value,
            "max_days" => form.max_days = value,
            "min_margin" => form.min_margin = value,
            "sale_price" => form.sale_price = value,
            part => {
                let known = form.address.iter_mut().find(|(name, _)| *name == part);
                if let Some((_, text)) = known {
                    *text = value;
                }
            }
        }
    }
    form.lines.retain(|row| !row.is_empty());
    if form.key.is_empty() {
        form.key = state.core().new_order_key()?;
    }
    Ok((form, token))
}

fn wrong(line: Option<usize>, field: &str, code: &str, found: &str) -> OrderTrouble {
    OrderTrouble {
        line,
        field: field.to_owned(),
        code: code.to_owned(),
        found: smartlinks_core::shortened(found, 40),
        ..OrderTrouble::default()
    }
}

fn usd(amount: Decimal) -> MoneyInput {
    MoneyInput {
        amount,
        currency: PAY_CURRENCY.to_owned(),
    }
}

/// A number, none where nothing was entered.
fn number(
    troubles: &mut Vec<OrderTrouble>,
    line: Option<usize>,
    field: &str,
    text: &str,
) -> Option<Decimal> {
    let read = written_number(text);
    if read.is_none() && !text.is_empty() {
        troubles.push(wrong(line, field, "number", text));
    }
    read
}

/// The order that the form means, or everything of it that cannot be meant.
fn order_of(form: &NewOrderForm, token: Option<String>) -> Result<NewOrder, Vec<OrderTrouble>> {
    let mut troubles = Vec::new();
    let mut lines = Vec::with_capacity(form.lines.len());
    for (number, row) in (1..).zip(&form.lines) {
        lines.push(line_of(number, row, &mut troubles));
    }
    if form.lines.is_empty() {
        troubles.push(wrong(Some(1), "product_id", "no_lines", ""));
    }
    let guard = guard_of(form, &mut troubles);
    let sale_price = number(&mut troubles, None, "sale_price", &form.sale_price);
    let needs = |limit: &Option<Decimal>, known: bool| limit.is_some() && !known;
    if needs(&guard.min_margin, sale_price.is_some()) && form.sale_price.is_empty() {
        troubles.push(wrong(None, "sale_price", "margin_without_price", ""));
    }
    let without = form.lines.iter().position(|row| row.expected.is_empty());
    if let (Some(at), Some(_)) = (without, &guard.max_unit_price_drift) {
        let (line, field) = (Some(at + 1), "expected_price");
        troubles.push(wrong(line, field, "drift_without_price", ""));
    }
    if !troubles.is_empty() {
        return Err(troubles);
    }
    Ok(NewOrder {
        connection: Some(form.connection.clone()).filter(|id| !id.is_empty()),
        address: address_of(form),
        lines,
        pay: form.pay,
        guard,
        sale_price: sale_price.map(usd),
        preview: token.filter(|token| !token.is_empty()),
    })
}

fn line_of(number: usize, row: &NewOrderRow, troubles: &mut Vec<OrderTrouble>) -> NewOrderLine {
    let line = Some(number);
    let product_id = match sought(&row.product) {
        Sought::Product(id) => id,
        Sought::ShortLink => {
            troubles.push(wrong(line, "product_id", "short_link", &row.product));
            String::new()
        }
        Sought::Words | Sought::OtherPage => {
            troubles.push(wrong(line, "product_id", "product", &row.product));
            String::new()
        }
    };
    if row.sku.is_empty() || row.sku.len() > 19 || !row.sku.bytes().all(|it| it.is_ascii_digit()) {
        troubles.push(wrong(line, "sku", "sku", &row.sku));
    }
    let quantity = row
        .quantity
        .parse()
        .ok()
        .filter(|it| (1..=9999).contains(it));
    if quantity.is_none() {
        troubles.push(wrong(line, "quantity", "quantity", &row.quantity));
    }
    let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let expected = self::number(troubles, line, "expected_price", &row.expected);
    NewOrderLine {
        product_id,
        sku: row.sku.clone(),
        quantity: quantity.unwrap_or_default(),
        delivery_service: given(&row.delivery),
        memo: given(&row.memo),
        expected_price: expected.map(usd),
    }
}

fn guard_of(form: &NewOrderForm, troubles: &mut Vec<OrderTrouble>) -> OrderGuard {
    let days: Option<u32> = form.max_days.parse().ok();
    if days.is_none() && !form.max_days.is_empty() {
        let field = "guard.max_delivery_days";
        troubles.push(wrong(None, field, "days", &form.max_days));
    }
    let drift = "guard.max_unit_price_drift";
    let margin = number(troubles, None, "guard.min_margin", &form.min_margin);
    if margin >= Some(Decimal::ONE_HUNDRED) {
        let field = "guard.min_margin";
        troubles.push(wrong(None, field, "margin_range", &form.min_margin));
    }
    OrderGuard {
        max_total: number(troubles, None, "guard.max_total", &form.max_total).map(usd),
        max_unit_price_drift: number(troubles, None, drift, &form.max_drift),
        max_delivery_days: days,
        min_margin: margin,
    }
}

fn address_of(form: &NewOrderForm) -> OrderAddress {
    let part = |wanted: &str| {
        let mut parts = form.address.iter();
        let found = parts.find(|(name, _)| *name == wanted);
        found.map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let given = |wanted: &str| Some(part(wanted)).filter(|text| !text.is_empty());
    OrderAddress {
        country: form.country.clone(),
        province: part("province"),
        city: part("city"),
        address: part("address"),
        address2: given("address2"),
        zip: given("zip"),
        contact_person: part("contact_person"),
        full_name: given("full_name"),
        mobile_no: given("mobile_no"),
        phone_country: given("phone_country"),
        cpf: given("cpf"),
        rut_no: given("rut_no"),
        tax_number: given("tax_number"),
        vat_no: given("vat_no"),
        tax_company: given("tax_company"),
        passport_no: given("passport_no"),
        passport_no_date: given("passport_no_date"),
        passport_organization: given("passport_organization"),
        foreigner_passport_no: given("foreigner_passport_no"),
        is_foreigner: form.is_foreigner.then_some(true),
        nat_addr: given("nat_addr"),
    }
}

/// What the use case refuses although the form took it, such as a text that is too long.
fn not_meant(form: &NewOrderForm, field: &str, message: &str) -> OrderTrouble {
    let code = match field {
        "address.country" => "country",
        "address" | "memo" => "too_long",
        "expected_price" | "guard.max_total" | "guard.max_unit_price_drift" => "number",
        "sale_price" if !form.min_margin.is_empty() => "margin_without_price",
        "sale_price" => "number",
        other => other,
    };
    // The use case says the line in words: "line 2: …".
    let line = message.strip_prefix("line ").and_then(|rest| {
        let (number, _) = rest.split_once(':')?;
        number.parse().ok()
    });
    OrderTrouble {
        detail: message.to_owned(),
        ..wrong(line, field, code, "")
    }
}

fn trouble(
    frame: &Frame,
    problem: &OrderProblem,
    order: &NewOrder,
    preview: &OrderPreview,
) -> OrderTrouble {
    let at = problem.line.and_then(|line| line.checked_sub(1));
    let wish = at.and_then(|at| order.lines.get(at));
    let found = at.and_then(|at| preview.lines.get(at));
    let text = |number: Option<String>| number.unwrap_or_else(|| "–".to_owned());
    let wished = |money: Option<&MoneyInput>| {
        text(money.map(|it| frame.money(&Price::new(it.amount.to_string(), &*it.currency))))
    };
    let seen = |money: Option<&smartlinks_core::MoneyView>| {
        text(money.map(|money| frame.money(&views_of::price(money))))
    };
    let (is, limit) = match problem.code.as_str() {
        "out_of_stock" => (
            text(found.and_then(|line| Some(line.stock?.to_string()))),
            text(wish.map(|line| line.quantity.to_string())),
        ),
        "guard_max_total" => (
            seen(preview.total.as_ref()),
            wished(order.guard.max_total.as_ref()),
        ),
        "guard_price_drift" => (
            seen(found.and_then(|line| line.unit_price.as_ref())),
            wished(wish.and_then(|line| line.expected_price.as_ref())),
        ),
        "guard_delivery_days" => (
            text(found.and_then(|line| Some(line.delivery.as_ref()?.max_days?.to_string()))),
            text(order.guard.max_delivery_days.map(|days| days.to_string())),
        ),
        "guard_min_margin" => (
            text(preview.margin.map(|margin| margin.to_string())),
            text(order.guard.min_margin.map(|margin| margin.to_string())),
        ),
        _ => (String::new(), String::new()),
    };
    OrderTrouble {
        line: problem.line,
        field: problem.field.clone(),
        code: problem.code.clone(),
        found: is,
        limit,
        detail: format!("{} {}", problem.detail, problem.fix),
    }
}

fn hint(advice: &smartlinks_core::AddressAdvice) -> AddressHint {
    AddressHint {
        field: advice.field.clone(),
        code: advice.code.clone(),
        proposed: advice.proposed.clone(),
        blocking: advice.blocking,
    }
}

async fn preview_box(state: &AppState, preview: OrderPreview) -> Result<PreviewBox, Problem> {
    let connections = connections(state).await?;
    let name = connections.iter().find(|(id, _)| *id == preview.connection);
    let price = |money: &Option<smartlinks_core::MoneyView>| money.as_ref().map(views_of::price);
    let row = |line: smartlinks_core::PreviewLine| PreviewRow {
        unit: price(&line.unit_price),
        total: price(&line.total),
        drift: line.drift.map(|drift| drift.to_string()),
        delivery: line
            .delivery
            .map(|option| products::freight(option, PAY_CURRENCY)),
        product_id: line.product_id,
        sku: line.sku,
        instead_of: line.instead_of,
        title: line.title,
        variant: line.variant,
        quantity: i64::from(line.quantity),
        stock: line.stock,
    };
    Ok(PreviewBox {
        placeable: preview.placeable,
        connection_name: name.map(|(_, name)| name.clone()).unwrap_or_default(),
        goods: price(&preview.goods),
        charges: price(&preview.charges),
        freight: price(&preview.freight),
        total: price(&preview.total),
        max_days: preview.max_days,
        margin: preview.margin.map(|margin| margin.to_string()),
        charges_not_named: preview
            .advice
            .iter()
            .any(|advice| advice.code == "charges_not_named"),
        rows: preview.lines.into_iter().map(row).collect(),
        token: preview.preview,
    })
}
