//! `/aliexpress/xinghe/merchant/license/get`: the business licence of a seller as a picture.
//!
//! Documented: the parameter and the fields, flat under `/rest`. Inferred: `sellerAdminSeq` is a seller's
//! number (a store's is taken too), `content` is base64 (here of an SVG drawing), `channel` changes
//! nothing, and an unknown seller is `success` false with `SELLER_NOT_FOUND`, not worth repeating.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::{Context, Method, Reply, declared, needed_text};
use crate::accounts::Account;
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::papers;

pub(super) static METHOD: Method = Method {
    declared: &declared::XINGHE_MERCHANT_LICENSE_GET,
    traced: false,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    let request: Map<String, Value> =
        serde_json::from_str(context.text("param0")).unwrap_or_default();
    let seller = needed_text(&request, "sellerAdminSeq")?;
    let product = seller
        .parse()
        .ok()
        .and_then(|id| context.inner.catalogue.of_seller(id));
    let Some(product) = product else {
        let code = "SELLER_NOT_FOUND";
        let result = object! {
            "success": false,
            "retry_able": false,
            "result_code": code,
            "result_message": "There is no such seller",
        };
        return Ok(Reply::failed(code, object! { "result": result }));
    };
    Ok(Reply::ok(object! { "result": object! {
        "success": true,
        "retry_able": false,
        "result_code": "200",
        "result_message": "Call succeeds",
        "data": object! {
            "file_name": format!("license-{}.svg", product.seller_id()),
            "content": STANDARD.encode(papers::licence(&product)),
        },
    }}))
}
