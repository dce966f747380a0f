//! `orders …`

mod batch;
mod placing;

use jiff::Timestamp;
use smartlinks_core::{MoneyView, OrderListing, OrderPage, OrderView, ParcelView, TrackingView};

use super::Session;
use super::products::money;
use crate::cli::OrdersCommand;
use crate::failure::Failure;
use crate::output::{facts, table, when};

pub(crate) async fn run(command: OrdersCommand, session: &Session) -> Result<(), Failure> {
    let (core, now) = (&session.core, session.core.now());
    match command {
        OrdersCommand::Import { order, connection } => {
            let order = core.import_order(&order, connection.as_deref()).await?;
            session.output.data(&order, |order| one(order, now))
        }
        OrdersCommand::List {
            limit,
            after,
            status,
            alert,
            number,
        } => {
            let page = core
                .orders(&OrderListing {
                    after,
                    limit,
                    statuses: status.map(|status| vec![status]),
                    alert,
                    number,
                })
                .await?;
            session.output.data(&page, |page| list(page, now))?;
            session.output.more("--after", page.next.as_ref());
            Ok(())
        }
        OrdersCommand::Show { order } => {
            let order = core.order(&order).await?;
            session.output.data(&order, |order| one(order, now))
        }
        OrdersCommand::Track { order } => {
            let tracking = core.tracking(&order, None).await?;
            session
                .output
                .data(&tracking, |tracking| parcels(tracking, now))
        }
        other => placing::run(other, session).await,
    }
}

fn list(page: &OrderPage, now: Timestamp) -> String {
    if page.orders.is_empty() {
        return "no order is known here; add one with `smartlinks orders import NUMBER`".to_owned();
    }
    let rows = page.orders.iter().map(|order| {
        [
            order.id.clone(),
            order.status.clone(),
            order.alert.clone().unwrap_or_default(),
            amount(order.amount.as_ref()),
            when(order.fetched_at, now),
            order
                .title
                .as_deref()
                .map(|title| smartlinks_core::shortened(title, 50))
                .unwrap_or_default(),
        ]
    });
    table(
        ["ORDER", "STATUS", "ALERT", "AMOUNT", "ASKED", "TITLE"],
        rows,
    )
}

fn one(order: &OrderView, now: Timestamp) -> String {
    let summary = &order.summary;
    let mut rows = vec![
        ("order", summary.id.clone()),
        ("status", summary.status.clone()),
    ];
    rows.extend(
        summary
            .logistics_status
            .clone()
            .map(|status| ("logistics", status)),
    );
    rows.push(("amount", amount(summary.amount.as_ref())));
    rows.extend(summary.store_name.clone().map(|store| ("store", store)));
    rows.extend(summary.placed_at.map(|at| ("placed", when(Some(at), now))));
    rows.extend(order.paid_at.map(|at| ("paid", when(Some(at), now))));
    rows.extend(order.pay_by.map(|at| ("pay by", when(Some(at), now))));
    rows.push(("page", order.url.clone()));
    rows.push(("asked", when(summary.fetched_at, now)));
    rows.extend(
        order
            .stale_reason
            .as_ref()
            .map(|reason| ("not up to date", reason.detail.clone())),
    );
    let lines = order.lines.iter().map(|line| {
        [
            line.product_id.clone().unwrap_or_default(),
            line.quantity
                .map(|quantity| quantity.to_string())
                .unwrap_or_default(),
            amount(line.price.as_ref()),
            line.title
                .as_deref()
                .map(|title| smartlinks_core::shortened(title, 60))
                .unwrap_or_default(),
        ]
    });
    format!(
        "{}\n\n{}",
        facts(rows),
        table(["PRODUCT", "QUANTITY", "PRICE", "TITLE"], lines)
    )
}

fn parcels(tracking: &TrackingView, now: Timestamp) -> String {
    let mut parts = Vec::new();
    if let Some(reason) = &tracking.stale_reason {
        parts.push(facts([
            ("asked", when(tracking.fetched_at, now)),
            ("not up to date", reason.detail.clone()),
        ]));
    }
    if tracking.parcels.is_empty() {
        parts.push(format!(
            "order {}: AliExpress knows of no parcel yet",
            tracking.order_id
        ));
    }
    parts.extend(
        tracking
            .parcels
            .iter()
            .map(|parcel| one_parcel(parcel, now)),
    );
    parts.join("\n\n")
}

fn one_parcel(parcel: &ParcelView, now: Timestamp) -> String {
    let mut rows = vec![(
        "parcel",
        parcel
            .number
            .clone()
            .unwrap_or_else(|| "without a number".to_owned()),
    )];
    rows.extend(parcel.carrier.clone().map(|carrier| ("carrier", carrier)));
    rows.push(("expected", when(parcel.expected_at, now)));
    let events = parcel.events.iter().map(|event| {
        [
            when(event.at, now),
            event.name.clone().unwrap_or_default(),
            event.description.clone().unwrap_or_default(),
        ]
    });
    format!(
        "{}\n{}",
        facts(rows),
        table(["WHEN", "EVENT", "WHAT HAPPENED"], events)
    )
}

fn amount(money_view: Option<&MoneyView>) -> String {
    money(
        money_view.map(|money| &money.amount),
        money_view.map(|money| money.currency.as_str()),
    )
}
