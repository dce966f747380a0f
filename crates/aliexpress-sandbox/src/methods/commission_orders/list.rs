//! `aliexpress.affiliate.order.list`: commission orders of a time span, page by page.

use super::{Form, Rows, SITE, Wanted, empty, found, integer, number, page_size};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::{Context, Method, Reply, declared};

pub(in crate::methods) static METHOD: Method = Method {
    declared: &declared::AFFILIATE_ORDER_LIST,
    traced: true,
    run,
};

const SITES: [&str; 4] = [SITE, "it_site", "es_site", "ru_site"];

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let wanted = Wanted::read(context)?;
    let site = context.text("locale_site");
    if !site.is_empty() && !SITES.contains(&site) {
        return Err(Refusal::unmapped("locale_site"));
    }
    let mut lines = wanted.lines(context);
    if !matches!(site, "" | SITE) {
        lines.clear();
    }
    // Newest first (inferred).
    lines.sort_by_key(|line| std::cmp::Reverse((line.paid_ms, line.sub_order_id)));
    let (size, page) = (page_size(context), number(context, "page_no", 1));
    let total = lines.len();
    let first = (page - 1).saturating_mul(size);
    if first >= total {
        return Ok(empty());
    }
    let rows = &lines[first..total.min(first.saturating_add(size))];
    Ok(found(object! {
        "current_record_count": integer(rows.len()),
        "total_record_count": integer(total),
        "current_page_no": integer(page),
        "total_page_no": integer(total.div_ceil(size)),
        "orders": Rows::new(context, Form::List).list(rows),
    }))
}
