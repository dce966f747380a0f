//! `aliexpress.ds.search.event.report`: takes what an application tells about searches on its own site.
//!
//! Documented: the parameter and the three text fields of the answer. Inferred: their values. The reports
//! show in `GET /_sandbox/state`: how many there were, and the beginning of the last ones.

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;
use crate::json::object;

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_SEARCH_EVENT_REPORT,
    traced: true,
    run,
};

fn run(context: &Context<'_>, account: Option<&'static Account>) -> Result<Reply, Refusal> {
    let account = account.map(|account| account.user_id);
    let text = context.text("report_text");
    context.inner.book.change(&context.inner.clock, |state| {
        state.reports.note(context.now_ms, account, text);
    })?;
    Ok(Reply::ok(
        object! { "code": "0", "msg": "success", "data": "true" },
    ))
}
