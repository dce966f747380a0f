//! Commission lines of dropshipping orders: not kept, but read off the paid orders.

use super::{Commission, Origin, Reason, Sale};
use crate::catalogue::Catalogue;
use crate::catalogue::feeds::Pool;
use crate::orders::{Order, Orders, Stage};

/// Lies between the number of an order and the numbers of its lines.
const LINE_STEP: i64 = 10_000_000_000;

/// The lines of every paid order of an account, or of all accounts. Such a line is paid, then confirmed
/// when the parcel has arrived; it is void when the order was closed after payment.
pub(crate) fn lines(
    orders: &Orders,
    catalogue: Catalogue,
    account: Option<&str>,
    now_ms: i64,
) -> Vec<Commission> {
    orders
        .newest()
        .filter(|order| account.is_none_or(|account| order.basket.account == account))
        .flat_map(|order| of_order(order, catalogue, now_ms))
        .collect()
}

fn of_order(order: &Order, catalogue: Catalogue, now_ms: i64) -> Vec<Commission> {
    let Some(paid_ms) = order.paid_ms else {
        return Vec::new();
    };
    let arrived_ms = order.delivered_ms.or(order.eta_ms());
    let closed_ms = order
        .closed_ms
        .filter(|_| order.stage(now_ms) == Stage::Closed);
    let line = |(position, line): (i64, &crate::orders::Line)| {
        let product = catalogue.find(line.product_id);
        Commission {
            order_id: order.id,
            sub_order_id: order.id + position * LINE_STEP,
            sale: Sale {
                product_id: line.product_id,
                sku_id: line.sku_id,
                title: line.title.clone(),
                category_id: product.map_or(0, |product| product.family.categories[0]),
                count: line.count,
                paid_cents: line.goods_minor(),
                rate: product.map_or(0, |product| product.commission().of_link()),
                hot: product.is_some_and(|product| Pool::Hot.holds(&product)),
                country: order.basket.country.clone(),
            },
            // Nobody else brought the buyer.
            origin: Origin::named(&order.basket.account),
            created_ms: order.created_ms,
            paid_ms,
            // Never by the clock alone: a parcel that was not sent does not arrive, and nothing is settled.
            received_ms: Some(arrived_ms.unwrap_or(i64::MAX)),
            settled_ms: Some(i64::MAX),
            invalid: closed_ms.map(|closed_ms| (closed_ms, Reason::FullRefund)),
        }
    };
    (1..).zip(&order.basket.lines).map(line).collect()
}
