//! What the checks say of an order, as the page shows it.

use smartlinks_core::{MoneyInput, NewOrder, OrderPreview, OrderProblem, PAY_CURRENCY};

use super::super::{products, views_of};
use crate::page::views::{AddressHint, Frame, OrderTrouble, PreviewBox, PreviewRow, Price};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) fn trouble(
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

pub(super) fn hint(advice: &smartlinks_core::AddressAdvice) -> AddressHint {
    AddressHint {
        field: advice.field.clone(),
        code: advice.code.clone(),
        proposed: advice.proposed.clone(),
        blocking: advice.blocking,
    }
}

pub(super) async fn preview_box(
    state: &AppState,
    preview: OrderPreview,
) -> Result<PreviewBox, Problem> {
    let connections = super::connections(state).await?;
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
