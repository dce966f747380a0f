//! `aliexpress.affiliate.order.listbyindex`: commission orders of a time span, by a moving index.

use super::part::Part;
use super::{Form, Rows, Wanted, empty, found};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_ORDER_LISTBYINDEX,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let lines = Wanted::read(context)?.lines(context);
    let Some(part) = Part::read(context, lines, 1)? else {
        return Ok(empty());
    };
    Ok(found(object! {
        "current_record_count": part.count(),
        "orders": Rows::new(context, Form::Index).list(&part.lines),
        "max_query_index_id": part.highest,
        "min_query_index_id": part.lowest,
    }))
}
