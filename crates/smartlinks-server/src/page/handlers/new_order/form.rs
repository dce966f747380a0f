//! What a form sends, and the order that it means.

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};
use smartlinks_core::{
    MoneyInput, NewOrder, NewOrderLine, OrderAddress, OrderGuard, PAY_CURRENCY, Sought, sought,
    written_number,
};

use crate::page::views::{ADDRESS, NewOrderForm, NewOrderRow, OrderTrouble};
use crate::state::AppState;

/// The form as it was sent.
pub(super) fn form_of(
    state: &AppState,
    fields: &[(String, String)],
) -> smartlinks_core::Result<NewOrderForm> {
    let mut form = NewOrderForm {
        address: ADDRESS.map(|(name, _)| (name, String::new())).to_vec(),
        ..NewOrderForm::default()
    };
    for (name, value) in fields {
        if let Some(place) = place_of(&mut form, name) {
            value.trim().clone_into(place);
        }
        match name.as_str() {
            "is_foreigner" => form.is_foreigner = true,
            "pay" => form.pay = true,
            _ => {}
        }
    }
    form.lines.retain(|row| !row.is_empty());
    if form.key.is_empty() {
        form.key = state.core().new_order_key()?;
    }
    Ok(form)
}

/// Where a field belongs. Those of a line come behind its product.
fn place_of<'f>(form: &'f mut NewOrderForm, name: &str) -> Option<&'f mut String> {
    Some(match name {
        "key" => &mut form.key,
        "preview" => &mut form.token,
        "seen" => &mut form.seen,
        "connection" => &mut form.connection,
        "country" => &mut form.country,
        "product" => {
            form.lines.push(NewOrderRow::default());
            &mut form.lines.last_mut()?.product
        }
        "sku" => &mut form.lines.last_mut()?.sku,
        "quantity" => &mut form.lines.last_mut()?.quantity,
        "delivery" => &mut form.lines.last_mut()?.delivery,
        "expected" => &mut form.lines.last_mut()?.expected,
        "memo" => &mut form.lines.last_mut()?.memo,
        "max_total" => &mut form.max_total,
        "max_drift" => &mut form.max_drift,
        "max_days" => &mut form.max_days,
        "min_margin" => &mut form.min_margin,
        "sale_price" => &mut form.sale_price,
        part => {
            let mut parts = form.address.iter_mut();
            let (_, text) = parts.find(|(name, _)| *name == part)?;
            text
        }
    })
}

/// Takes over the spellings that were accepted.
pub(super) fn take_over(form: &mut NewOrderForm, fields: &[(String, String)]) {
    let accepted = fields.iter().filter(|(name, _)| name == "accept");
    for (_, spellings) in accepted {
        for (name, value) in url::form_urlencoded::parse(spellings.as_bytes()) {
            let mut parts = form.address.iter_mut();
            if let Some((_, text)) = parts.find(|(known, _)| *known == name) {
                *text = value.into_owned();
            }
        }
    }
}

/// Stands for everything that the form asks for, so that a change of it is noticed.
pub(super) fn contents_of(form: &NewOrderForm) -> String {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    let written = pairs.extend_pairs(form.contents()).finish();
    let mut text = hex::encode(Sha256::digest(written));
    text.truncate(32);
    text
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
pub(super) fn order_of(form: &NewOrderForm) -> Result<NewOrder, Vec<OrderTrouble>> {
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
        preview: Some(form.token.clone()).filter(|token| !token.is_empty()),
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

/// What the use case refuses although the form took it, such as a text that is too long; in its own words.
pub(super) fn not_meant(field: &str, message: &str) -> OrderTrouble {
    // It says the line in words: "line 2: …".
    let line = message.strip_prefix("line ").and_then(|rest| {
        let (number, _) = rest.split_once(':')?;
        number.parse().ok()
    });
    // And which part of the address it is.
    let part = message.split(' ').next().filter(|_| field == "address");
    OrderTrouble {
        line,
        field: part.map_or_else(|| field.to_owned(), |part| format!("address.{part}")),
        detail: message.to_owned(),
        ..OrderTrouble::default()
    }
}
