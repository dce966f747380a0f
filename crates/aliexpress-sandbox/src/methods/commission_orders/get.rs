//! `aliexpress.affiliate.order.get`: commission orders by the numbers of their lines.

use std::collections::BTreeSet;

use super::{Form, Rows, empty, found, integer};
use crate::accounts::Account;
use crate::commissions::Commission;
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_ORDER_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    // Documented as optional; without numbers nothing is found (inferred).
    let numbers: BTreeSet<i64> = context
        .text("order_ids")
        .split(',')
        .filter_map(|number| number.trim().parse().ok())
        .collect();
    let state = context.inner.book.read();
    let lines: Vec<Commission> = numbers
        .into_iter()
        .filter_map(|number| state.commissions.get(number).cloned())
        .collect();
    drop(state);
    if lines.is_empty() {
        return Ok(empty());
    }
    Ok(found(object! {
        "current_record_count": integer(lines.len()),
        "orders": Rows::new(context, Form::Get).list(&lines),
    }))
}
