//! What the affiliate interfaces share: the form of their answers, and the values they take.
//!
//! Recorded: the fields of a row, code 405 for nothing found. Documented: `promotion_link` only with a
//! tracking id, values of currency and language. Inferred: other currencies and languages are
//! `UnsupportedParamMapping`, as is a tracking id of more than 64 bytes; `fields` names what is kept of
//! each row, and unknown names keep nothing.

pub(super) mod featuredpromo_get;
pub(super) mod featuredpromo_products;
pub(super) mod hotproduct_download;
pub(super) mod hotproduct_query;
pub(super) mod product_query;
mod product_search;
pub(super) mod productdetail_get;
pub(super) mod promotion_info;
mod row;
pub(super) mod shipping_get;
pub(super) mod sku_detail;
pub(super) mod smartmatch;

use super::{Context, Reply};
use crate::affiliate_links::LONGEST_TRACKING_ID;
use crate::gateway::refusal::Refusal;
use crate::json::{Object, object};

static CURRENCIES: [&str; 19] = [
    "USD", "GBP", "CAD", "EUR", "UAH", "MXN", "TRY", "RUB", "BRL", "AUD", "INR", "JPY", "IDR",
    "SEK", "KRW", "ILS", "THB", "CLP", "VND",
];

static LANGUAGES: [&str; 20] = [
    "EN", "RU", "PT", "ES", "FR", "ID", "IT", "TH", "JA", "AR", "VI", "TR", "DE", "HE", "KO", "NL",
    "PL", "MX", "CL", "IN",
];

/// An answer with a result.
fn found(result: Object) -> Reply {
    Reply::ok(object! { "resp_result": object! {
        "result": result,
        "resp_code": 200,
        "resp_msg": "Call succeeds",
    }})
}

/// The answer when there is nothing, be it because nothing fits or because the last page is past.
fn nothing() -> Reply {
    Reply::failed(
        "405",
        object! { "resp_result": object! { "resp_code": 405, "resp_msg": "The result is empty" } },
    )
}

/// Whose link is wanted; none when the answer is to be without links.
fn tracking_id<'a>(context: &'a Context<'_>) -> Result<Option<&'a str>, Refusal> {
    let id = context.text("tracking_id");
    if id.len() > LONGEST_TRACKING_ID {
        return Err(Refusal::unmapped("tracking_id"));
    }
    Ok(Some(id).filter(|id| !id.is_empty()))
}
