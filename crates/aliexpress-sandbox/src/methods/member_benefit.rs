//! `aliexpress.ds.member.benefit.get`: what the authorised dropshipper is admitted to.
//!
//! Recorded: the row under `benefit_catalog`, truth values as text, `rsp_code` as text. The plain list of
//! the documentation is the form of lists that the profile switches. Inferred: `canApply` for buyers,
//! `canBenefit` where automatic payment can work for the account; the profile's `auto_pay: "fails"` takes
//! it away. Automatic payment is the only benefit whose code is known.

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::profile::AutoPay;

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_MEMBER_BENEFIT_GET,
    traced: true,
    run,
};

const fn truth(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

fn run(context: &Context<'_>, account: Option<&'static Account>) -> Result<Reply, Refusal> {
    let account = account.ok_or_else(|| Refusal::named("IllegalAccessToken"))?;
    let is_buyer = account.platform == "buyerApp";
    let pays = account.may_auto_pay && context.profile.auto_pay == AutoPay::Works;
    let benefit = object! {
        "canApply": truth(is_buyer),
        "code": "auto-pay",
        "title": "auto-pay",
        "canBenefit": truth(pays),
    };
    Ok(Reply::ok(object! {
        "result": context.list("benefit_catalog", vec![benefit.into()]),
        "rsp_code": "200",
        "rsp_msg": "Call succeeds",
    }))
}
