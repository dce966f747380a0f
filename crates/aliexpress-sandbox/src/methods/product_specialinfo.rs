//! `aliexpress.ds.product.specialinfo.get`: certificates of a product for some countries.
//!
//! Documented: the fields, `appKey` beside `app_key`. Inferred: the inner list key `item_qualification`,
//! `InvalidAppKey` for another `appKey`, `ret` false with 605 `ITEM_ID_NOT_FOUND` for a product that is
//! not there, an empty list where a country asks for no papers or the product is not sold, and which
//! papers there are. Each `value` leads to a drawing of the sandbox.

use serde_json::Value;

use super::{Context, Method, Reply, declared};
use crate::accounts::Account;
use crate::catalogue::countries::{self, Country};
use crate::catalogue::listing::Listed;
use crate::catalogue::papers;
use crate::gateway::refusal::Refusal;
use crate::json::{Json, object};

pub(super) static METHOD: Method = Method {
    declared: &declared::DS_PRODUCT_SPECIALINFO_GET,
    traced: true,
    run,
};

fn run(context: &Context<'_>, _: Option<&'static Account>) -> Result<Reply, Refusal> {
    if context.text("appKey") != context.inner.app_key {
        return Err(Refusal::named("InvalidAppKey"));
    }
    let codes: Vec<Value> = serde_json::from_str(context.text("countryCodes")).unwrap_or_default();
    let id = context.text("itemId").parse().unwrap_or_default();
    let state = context.inner.book.read();
    let listed = context.inner.catalogue.for_sale(id, None, &state.changes);
    drop(state);
    let Some(Listed { product, .. }) = listed else {
        let message = "ITEM_ID_NOT_FOUND";
        let result = object! { "ret": false, "code": "605", "err_message": message };
        return Ok(Reply::failed("605", object! { "result": result }));
    };
    let asked: Vec<&Country> = codes
        .iter()
        .filter_map(|code| countries::find(code.as_str()?))
        .filter(|country| product.sold_to(country))
        .collect();
    let base_url = context.inner.base_url();
    let rows = papers::of(&product)
        .filter(|paper| {
            asked
                .iter()
                .any(|country| paper.countries.contains(&country.code))
        })
        .map(|paper| {
            let row = object! {
                "key": paper.key,
                "name": paper.name,
                "value": format!("{base_url}/_sandbox/papers/{id}/{}.svg", paper.key),
                "value_type": "url",
            };
            Json::from(row)
        })
        .collect();
    Ok(Reply::ok(object! { "result": object! {
        "ret": true,
        "code": "200",
        "data": object! {
            "product_id": product.id().to_string(),
            "item_qualification_list": context.list("item_qualification", rows),
        },
    }}))
}
