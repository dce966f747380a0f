//! Every required parameter, left out: the sandbox answers with the documented error.

use aliexpress::Error;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::calls::Chosen;
use crate::schema::{Catalogue, Method};
use crate::world::World;

/// Parameters with which a method is called by name. JSON parameters stand as JSON.
async fn valid(world: &World, chosen: &Chosen, method: &str) -> Result<Value> {
    let (id, sku) = (chosen.product, chosen.sku);
    let span = json!({ "start_time": "2026-10-01 00:00:00", "end_time": "2026-11-22 00:00:00", "status": "Payment Completed" });
    Ok(match method {
        "/auth/token/create" | "/auth/token/security/create" => {
            json!({ "code": world.code().await?.expose() })
        }
        "/auth/token/refresh" | "/auth/token/security/refresh" => {
            json!({ "refresh_token": "made-up" })
        }
        "/aliexpress/xinghe/merchant/license/get" => json!({ "param0": { "sellerAdminSeq": "1" } }),
        "aliexpress.ds.text.search" => {
            json!({ "keyWord": "lamp", "local": "en_US", "countryCode": "FR", "currency": "EUR" })
        }
        "aliexpress.ds.feed.itemids.get" | "aliexpress.ds.recommend.feed.get" => {
            json!({ "feed_name": world.feed().await? })
        }
        "aliexpress.ds.image.search" => json!({ "shpt_to": "FR" }),
        "aliexpress.ds.search.event.report" => json!({ "report_text": "x" }),
        "aliexpress.ds.product.get" | "aliexpress.ds.product.wholesale.get" => {
            json!({ "product_id": id, "ship_to_country": "FR" })
        }
        "aliexpress.ds.product.specialinfo.get" => {
            json!({ "itemId": id, "countryCodes": ["FR"], "appKey": "500100" })
        }
        "aliexpress.ds.freight.query" => json!({ "queryDeliveryReq": {
            "productId": id.to_string(), "selectedSkuId": sku.to_string(), "quantity": "1", "shipToCountry": "FR",
            "currency": "EUR", "language": "en_US", "locale": "en_US",
        } }),
        "aliexpress.logistics.buyer.freight.calculate" => {
            json!({ "param_aeop_freight_calculate_for_buyer_d_t_o": {
            "product_id": id, "product_num": 1, "country_code": "FR", "send_goods_country_code": "CN",
        } })
        }
        "aliexpress.ds.address.get" => json!({ "countryCode": "FR" }),
        "aliexpress.ds.order.create" => json!({ "param_place_order_request4_open_api_d_t_o": {
            "logistics_address": {
                "country": "US", "province": "Illinois", "city": "Springfield", "address": "742 Evergreen Terrace",
                "zip": "62704", "contact_person": "Ada Example", "full_name": "Ada Example", "mobile_no": "2175550100",
            },
            "product_items": [{ "product_id": id, "product_count": 1, "sku_attr": chosen.sku_attr }],
        } }),
        "aliexpress.trade.ds.order.get" => {
            json!({ "single_order_query": { "order_id": World::shipped_order() } })
        }
        "aliexpress.ds.order.tracking.get" => {
            json!({ "ae_order_id": World::shipped_order(), "language": "en_US" })
        }
        "aliexpress.ds.commissionorder.listbyindex"
        | "aliexpress.affiliate.order.list"
        | "aliexpress.affiliate.order.listbyindex" => span,
        "aliexpress.affiliate.hotproduct.download" => json!({ "category_id": "15" }),
        "aliexpress.affiliate.product.smartmatch" => json!({ "device_id": "made-up" }),
        "aliexpress.affiliate.link.generate" => {
            json!({ "promotion_link_type": "0", "source_values": id.to_string(), "tracking_id": "shop" })
        }
        "aliexpress.affiliate.product.shipping.get" => json!({
            "product_id": id, "sku_id": sku, "ship_to_country": "FR", "target_currency": "EUR", "target_sale_price": "1.00",
            "tax_rate": "0.2", "target_language": "EN",
        }),
        "aliexpress.affiliate.product.sku.detail.get" => json!({
            "product_id": id, "ship_to_country": "FR", "target_currency": "EUR", "target_language": "EN",
        }),
        "aliexpress.affiliate.promotion.info.get" => json!({
            "product_id": id.to_string(), "currency": "EUR", "target_language": "EN", "ship_to_country": "FR",
        }),
        other => bail!("no parameters of {other} are written"),
    })
}

/// `params` without the value at a path of the catalogue.
fn without(params: &Value, path: &str) -> Result<Value> {
    let mut params = params.clone();
    let (parent, last) = path.rsplit_once('.').unwrap_or(("", path));
    let mut pointer = String::new();
    for step in parent.split('.').filter(|step| !step.is_empty()) {
        match step.strip_suffix("[]") {
            Some(list) => pointer.push_str(&format!("/{list}/0")),
            None => pointer.push_str(&format!("/{step}")),
        }
    }
    let object = params.pointer_mut(&pointer).and_then(Value::as_object_mut);
    let object = object.with_context(|| format!("nothing at {parent}"))?;
    object
        .remove(last)
        .with_context(|| format!("`{path}` is not among the parameters"))?;
    Ok(params)
}

async fn send(world: &World, method: &str, params: &Value) -> Result<Value, Error> {
    let params = params
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        });
    let answer = world.account.call(method, params).await?;
    Ok(answer.decode().unwrap_or(Value::Null))
}

/// The code that refuses a call without the parameter at `path`.
fn expected<'m>(method: &'m Method, path: &str) -> &'m str {
    let owner = method
        .params
        .iter()
        .find(|row| row.own_error.is_some() && path.starts_with(&format!("{}.", row.name)));
    owner
        .and_then(|row| row.own_error.as_deref())
        .unwrap_or("MissingParameter")
}

#[tokio::test]
async fn every_required_parameter_left_out_is_refused_with_the_documented_error() -> Result<()> {
    let world = World::start().await?;
    let chosen = world.choose().await?;
    let mut problems = Vec::new();
    let mut left_out = 0;
    for method in &Catalogue::read()?.methods {
        let required: Vec<&str> = method
            .params
            .iter()
            .filter(|row| row.required && row.kind != "file")
            .map(|row| row.name.as_str())
            .collect();
        if required.is_empty() {
            continue;
        }
        let name = &method.name;
        let params = valid(&world, &chosen, name).await?;
        for path in required {
            left_out += 1;
            let code = match send(&world, name, &without(&params, path)?).await {
                Err(error) => error.code().to_owned(),
                Ok(answer) => answer["result"]["error_code"]
                    .as_str()
                    .unwrap_or("success")
                    .to_owned(),
            };
            let wanted = expected(method, path);
            if code != wanted {
                problems.push(format!("{name} without {path}: {code} instead of {wanted}"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(left_out >= 60, "only {left_out} parameters were left out");
    Ok(())
}

#[tokio::test]
async fn a_picture_left_out_is_refused_too() -> Result<()> {
    let world = World::start().await?;
    let refused = send(
        &world,
        "aliexpress.ds.image.search",
        &json!({ "shpt_to": "FR" }),
    )
    .await;
    assert_eq!(
        refused.map_err(|error| error.code().to_owned()),
        Err("MissingParameter".to_owned())
    );
    Ok(())
}
