//! Affiliate product lists: filters, sorting, pages, links, fields, details.

use std::collections::BTreeSet;

use aliexpress_sandbox::SandboxConfig;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::support::{Bench, product, start, start_with};

pub(crate) const QUERY: &str = "aliexpress.affiliate.product.query";
pub(crate) const HOT: &str = "aliexpress.affiliate.hotproduct.query";
pub(crate) const DOWNLOAD: &str = "aliexpress.affiliate.hotproduct.download";
pub(crate) const DETAIL: &str = "aliexpress.affiliate.productdetail.get";
pub(crate) const MATCH: &str = "aliexpress.affiliate.product.smartmatch";
pub(crate) const PROMOTIONS: &str = "aliexpress.affiliate.featuredpromo.get";
pub(crate) const PROMOTED: &str = "aliexpress.affiliate.featuredpromo.products.get";

/// `resp_result` of an answer.
pub(crate) async fn ask(bench: &Bench, method: &str, own: &[(&str, &str)]) -> Value {
    bench.business(method, own).await["resp_result"].take()
}

pub(crate) fn rows(answer: &Value) -> Vec<Value> {
    answer["result"]["products"]["product"]
        .as_array()
        .cloned()
        .unwrap_or_default()
}

pub(crate) fn ids(answer: &Value) -> Vec<i64> {
    let rows = rows(answer);
    rows.iter()
        .map(|row| row["product_id"].as_i64().unwrap())
        .collect()
}

/// An amount or a percentage in its smallest unit.
pub(crate) fn units(row: &Value, field: &str) -> i64 {
    let text = row[field]
        .as_str()
        .unwrap_or_else(|| panic!("{field}: {row}"));
    text.trim_end_matches('%').replace('.', "").parse().unwrap()
}

pub(crate) fn assert_empty(answer: &Value) {
    let wanted = json!({ "resp_code": 405, "resp_msg": "The result is empty" });
    assert_eq!(*answer, wanted);
}

/// Code of a refusal.
pub(crate) async fn refusal(bench: &Bench, method: &str, own: &[(&str, &str)]) -> (Value, String) {
    let error = bench.sync(method, own).await["error_response"].clone();
    let text = error["msg"].as_str().unwrap_or_default().to_owned();
    (error["code"].clone(), text)
}

/// All pages of a list, to the page that is refused as empty.
pub(crate) async fn whole(
    bench: &Bench,
    method: &str,
    own: &[(&str, &str)],
    size: &str,
) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 1.. {
        let number = page.to_string();
        let mut paged = own.to_vec();
        paged.extend([("page_no", number.as_str()), ("page_size", size)]);
        let answer = ask(bench, method, &paged).await;
        if answer["resp_code"] == 405 {
            assert_empty(&answer);
            break;
        }
        assert_eq!(answer["resp_code"], 200, "{answer}");
        let rows = rows(&answer);
        assert_eq!(answer["result"]["current_page_no"], page);
        assert_eq!(answer["result"]["current_record_count"], rows.len());
        all.extend(rows);
    }
    let distinct: BTreeSet<i64> = all
        .iter()
        .filter_map(|row| row["product_id"].as_i64())
        .collect();
    assert_eq!(distinct.len(), all.len(), "{method}: no product twice");
    all
}

#[tokio::test]
async fn pages_are_disjoint_complete_and_end_with_405() {
    let bench = start();
    let own = [("keywords", "lamp"), ("ship_to_country", "FR")];
    let total = ask(&bench, QUERY, &own).await["result"]["total_record_count"].clone();
    for size in ["7", "50"] {
        assert_eq!(whole(&bench, QUERY, &own, size).await.len(), total);
    }
    let hot = ask(&bench, HOT, &[("page_size", "7")]).await["result"].clone();
    let all = whole(&bench, HOT, &[], "7").await.len();
    assert!((50..60).contains(&all), "{all}");
    assert_eq!(hot["total_record_count"], all);
    assert_eq!(hot["total_page_no"], all.div_ceil(7));
    // A page is never longer than 50, and a senseless page is the first one.
    let many = ask(&bench, QUERY, &[("page_size", "5000")]).await;
    assert_eq!(rows(&many).len(), 50);
    let first = ask(&bench, QUERY, &[("page_no", "0"), ("page_size", "50")]).await;
    assert_eq!(ids(&first), ids(&many));
    let far = ask(&bench, QUERY, &[("page_no", "9223372036854775807")]).await;
    assert_empty(&far);
}

#[tokio::test]
async fn every_documented_sort_sorts_and_others_are_refused() {
    let bench = start();
    let searches = [
        ("SALE_PRICE", "target_sale_price"),
        ("LAST_VOLUME", "lastest_volume"),
        ("DISCOUNT", "discount"),
    ];
    let pools = [
        ("price", "target_sale_price"),
        ("volume", "lastest_volume"),
        ("discount", "discount"),
        ("rating", "evaluate_rate"),
        ("commission", "hot_product_commission_rate"),
        ("promotionTime", "product_id"),
    ];
    let mut cases = Vec::new();
    for (name, field) in searches {
        cases.push((HOT, format!("{name}_ASC"), field, false));
        cases.push((HOT, format!("{name}_DESC"), field, true));
        if name != "DISCOUNT" {
            cases.push((QUERY, format!("{name}_ASC"), field, false));
            cases.push((QUERY, format!("{name}_DESC"), field, true));
        }
    }
    for (name, field) in pools {
        cases.push((PROMOTED, format!("{name}Asc"), field, false));
        cases.push((PROMOTED, format!("{name}Desc"), field, true));
    }
    for (method, sort, field, descending) in cases {
        let answer = ask(&bench, method, &[("sort", &sort), ("page_size", "50")]).await;
        let mut values: Vec<i64> = rows(&answer)
            .iter()
            .map(|row| row[field].as_i64().unwrap_or_else(|| units(row, field)))
            .collect();
        assert!(values.len() > 20, "{method} {sort}");
        if field == "evaluate_rate" {
            // Its last digit is no part of the rating.
            values.iter_mut().for_each(|value| *value /= 10);
        }
        if descending {
            values.reverse();
        }
        assert!(values.is_sorted(), "{method} {sort} {values:?}");
    }
    for (method, sort) in [
        (QUERY, "DISCOUNT_ASC"),
        (QUERY, "sale_price_asc"),
        (HOT, "volumeAsc"),
        (PROMOTED, "SALE_PRICE_ASC"),
    ] {
        let (code, text) = refusal(&bench, method, &[("sort", sort)]).await;
        assert_eq!(code, "UnsupportedParamMapping", "{method} {sort}");
        assert!(text.contains("sort"), "{text}");
    }
}

#[tokio::test]
async fn filters_leave_what_fits_and_only_that() {
    let bench = start();
    let all = whole(&bench, QUERY, &[("ship_to_country", "FR")], "50").await;
    let country = ("ship_to_country", "FR");
    let count = |fits: &dyn Fn(&Value) -> bool| all.iter().filter(|row| fits(row)).count();

    let priced = [
        country,
        ("target_currency", "EUR"),
        ("min_sale_price", "1000"),
        ("max_sale_price", "1999"),
    ];
    let found = whole(&bench, QUERY, &priced, "50").await;
    let euros = [country, ("target_currency", "EUR")];
    let in_euros = whole(&bench, QUERY, &euros, "50").await;
    let between = |row: &&Value| (1000..=1999).contains(&units(row, "target_sale_price"));
    assert_eq!(found.len(), in_euros.iter().filter(between).count());
    assert!(found.iter().all(|row| between(&row)) && !found.is_empty());

    let home = [country, ("category_ids", "15, 66")];
    let found = whole(&bench, QUERY, &home, "50").await;
    let fits = |row: &Value| {
        [15, 66]
            .map(Value::from)
            .contains(&row["first_level_category_id"])
    };
    assert_eq!(found.len(), count(&fits));
    assert!(found.iter().all(fits) && found.len() < all.len());

    for kind in ["PLAZA", "TMALL"] {
        let own = [country, ("platform_product_type", kind)];
        let found = whole(&bench, QUERY, &own, "50").await;
        assert_eq!(
            found.len(),
            count(&|row| row["platform_product_type"] == kind)
        );
        assert!(!found.is_empty(), "{kind}");
    }
    let quick = [country, ("delivery_days", "10")];
    let found = whole(&bench, QUERY, &quick, "50").await;
    let days = |row: &Value| {
        let text = row["ship_to_days"].as_str().unwrap();
        let text = text.strip_prefix("ship to FR in ").unwrap();
        text.strip_suffix(" days").unwrap().parse::<i64>().unwrap()
    };
    assert_eq!(found.len(), count(&|row| days(row) <= 10));
    assert!(!found.is_empty() && found.len() < all.len());

    assert_empty(&ask(&bench, QUERY, &[("ship_to_country", "KP")]).await);
    assert!(all.len() < whole(&bench, QUERY, &[], "50").await.len());
}

#[tokio::test]
async fn hot_products_are_those_with_the_higher_commission() {
    let bench = start();
    let hot: BTreeSet<i64> = whole(&bench, HOT, &[], "50")
        .await
        .iter()
        .map(|row| row["product_id"].as_i64().unwrap())
        .collect();
    let mut rates = BTreeSet::new();
    for row in whole(&bench, QUERY, &[], "50").await {
        let (rate, more) = (
            units(&row, "commission_rate"),
            units(&row, "hot_product_commission_rate"),
        );
        let is_hot = hot.contains(&row["product_id"].as_i64().unwrap());
        assert_eq!(more > rate, is_hot, "{row}");
        rates.insert((row["second_level_category_id"].as_i64(), rate));
    }
    assert!(rates.len() > 10, "rates follow the family: {rates:?}");

    let category = [("category_id", "15")];
    let downloaded = whole(&bench, DOWNLOAD, &category, "4").await;
    assert!(!downloaded.is_empty());
    for row in &downloaded {
        assert!(hot.contains(&row["product_id"].as_i64().unwrap()));
        assert_eq!(row["first_level_category_id"], 15);
    }
    let (code, text) = refusal(&bench, DOWNLOAD, &[]).await;
    assert_eq!(code, "MissingParameter");
    assert!(text.contains("category_id"), "{text}");
}

#[tokio::test]
async fn values_that_no_list_has_are_refused() {
    let bench = start();
    let category = ("category_id", "15");
    let device = ("device_id", "x");
    for (method, needed, name, value) in [
        (QUERY, None, "platform_product_type", "BAZAAR"),
        (QUERY, None, "delivery_days", "4"),
        (QUERY, None, "target_currency", "XXX"),
        (QUERY, None, "target_language", "EO"),
        (QUERY, None, "category_ids", "15,lamps"),
        (QUERY, None, "page_no", "one"),
        (QUERY, None, "min_sale_price", "9.99"),
        (HOT, None, "delivery_days", "0"),
        (DOWNLOAD, Some(category), "locale_site", "fr_site"),
        (DETAIL, None, "target_currency", "usd"),
        (MATCH, Some(device), "product_id", "lamp"),
        (PROMOTED, None, "promotion_start_time", "yesterday"),
        (PROMOTED, None, "category_id", "lamps"),
        (QUERY, None, "tracking_id", &"x".repeat(65)),
        (QUERY, None, "category_ids", &"15,".repeat(51)),
    ] {
        let own: Vec<_> = needed.into_iter().chain([(name, value)]).collect();
        let (code, text) = refusal(&bench, method, &own).await;
        assert_eq!(code, "UnsupportedParamMapping", "{method} {name}");
        assert!(text.contains(name), "{text}");
    }
    // A page that no country sees is refused for its wrong values too.
    let own = [("ship_to_country", "KP"), ("target_language", "EO")];
    assert_eq!(
        refusal(&bench, QUERY, &own).await.0,
        "UnsupportedParamMapping"
    );
}

#[tokio::test]
async fn links_come_with_a_tracking_id_only_and_lead_to_the_item() {
    let bench = start();
    bench.sandbox.set_base_url("http://127.0.0.1:8090").unwrap();
    for row in rows(&ask(&bench, QUERY, &[]).await) {
        assert!(row.get("promotion_link").is_none());
    }
    let answer = ask(&bench, QUERY, &[("tracking_id", "my shop/1")]).await;
    for row in rows(&answer) {
        let link = row["promotion_link"].as_str().unwrap();
        let path = link.strip_prefix("http://127.0.0.1:8090").unwrap();
        assert!(path.starts_with("/s/"), "{path}");
        let visit = bench.get(path).await;
        assert_eq!(visit.status, StatusCode::FOUND);
        let page = bench.get(visit.header("location")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains(&row["product_id"].to_string()));
    }
    for row in rows(&answer) {
        let Some(coupon) = row.get("promo_code_info") else {
            continue;
        };
        let link = coupon["code_promotionurl"].as_str().unwrap();
        let path = link.strip_prefix("http://127.0.0.1:8090").unwrap();
        let visit = bench.get(path).await;
        let page = bench.get(visit.header("location")).await;
        assert_eq!(page.status, StatusCode::OK, "{link}");
        assert!(page.text().contains(row["shop_name"].as_str().unwrap()));
    }
}

#[tokio::test]
async fn fields_choose_what_rows_show() {
    let bench = start();
    let own = [("fields", "product_id, commission_rate,nothing_known")];
    for (method, needed) in [
        (QUERY, None),
        (HOT, None),
        (PROMOTED, None),
        (DOWNLOAD, Some(("category_id", "15"))),
        (MATCH, Some(("device_id", "x"))),
        (DETAIL, Some(("product_ids", "1005006000000001"))),
    ] {
        let all: Vec<_> = needed.into_iter().chain(own).collect();
        let rows = rows(&ask(&bench, method, &all).await);
        assert!(!rows.is_empty(), "{method}");
        for row in rows {
            let names: Vec<_> = row.as_object().unwrap().keys().collect();
            assert_eq!(names.len(), 2, "{method}: {names:?}");
            assert!(row["product_id"].is_i64() && row["commission_rate"].is_string());
        }
    }
    let names = ask(&bench, PROMOTIONS, &[("fields", "promo_name")]).await;
    for promo in names["result"]["promos"]["promo"].as_array().unwrap() {
        assert_eq!(promo.as_object().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn details_keep_the_order_and_drop_what_is_unknown() {
    let bench = start();
    let (a, b) = (product(7), product(3));
    let asked = format!("{a},12345,{b},hello,{a},{}", product(500));
    let answer = ask(&bench, DETAIL, &[("product_ids", &asked)]).await;
    assert_eq!(answer["result"]["current_record_count"], 2);
    let found: Vec<String> = ids(&answer).iter().map(i64::to_string).collect();
    assert_eq!(found, [a.clone(), b]);
    for own in [
        vec![],
        vec![("product_ids", "12345")],
        vec![("product_ids", a.as_str()), ("country", "KP")],
    ] {
        assert_empty(&ask(&bench, DETAIL, &own).await);
    }
    let many: Vec<String> = (0..51).map(product).collect();
    let fifty = many[..50].join(",");
    let answer = ask(&bench, DETAIL, &[("product_ids", &fifty)]).await;
    assert_eq!(rows(&answer).len(), 50);
    let (code, _) = refusal(&bench, DETAIL, &[("product_ids", &many.join(","))]).await;
    assert_eq!(code, "UnsupportedParamMapping");

    // Somewhere among common products is one that is not sold to France.
    let common: Vec<String> = (100..140).map(product).collect();
    let common = common.join(",");
    let own = [("product_ids", common.as_str()), ("country", "FR")];
    let sold = rows(&ask(&bench, DETAIL, &own).await).len();
    assert!((20..40).contains(&sold), "{sold}");
}

#[tokio::test]
async fn a_million_products_are_listed_like_five_hundred() {
    let bench = start_with(SandboxConfig {
        products: 1_000_000,
        ..SandboxConfig::default()
    });
    let searched = ask(&bench, QUERY, &[("keywords", "lamp"), ("page_no", "900")]).await;
    assert_eq!(rows(&searched).len(), 20);
    let own = [("sort", "DISCOUNT_DESC"), ("page_no", "1000")];
    let answer = ask(&bench, HOT, &own).await;
    let total = answer["result"]["total_record_count"].as_i64().unwrap();
    assert_eq!(total / 10, 11_111);
    assert_eq!(rows(&answer).len(), 20);
    let promos = ask(&bench, PROMOTIONS, &[]).await;
    let count = promos["result"]["promos"]["promo"][0]["product_num"].as_i64();
    assert!(matches!(count, Some(90_909 | 90_910)), "{promos}");
}

#[tokio::test]
async fn a_product_is_listed_where_it_is_sold() {
    let bench = start();
    let token = bench.token("buyer").await;
    let listed: BTreeSet<i64> = whole(&bench, QUERY, &[("ship_to_country", "FR")], "50")
        .await
        .iter()
        .filter_map(|row| row["product_id"].as_i64())
        .collect();
    let mut kept = 0;
    for index in 50..150 {
        let id = product(index);
        let own = [
            ("access_token", token.as_str()),
            ("product_id", id.as_str()),
            ("ship_to_country", "FR"),
        ];
        let answer = bench.business("aliexpress.ds.product.get", &own).await;
        let sold = answer["rsp_code"] == 200;
        assert_eq!(listed.contains(&id.parse().unwrap()), sold, "{id}");
        kept += u32::from(!sold);
    }
    assert!(kept > 0);
}

#[tokio::test]
async fn the_streamlined_form_has_plain_lists_and_no_wrapper() {
    let bench = start();
    let own = [("format", "json"), ("simplify", "true")];
    let answer = bench.sync(QUERY, &own).await;
    assert_eq!(answer["code"], "0");
    let rows = &answer["resp_result"]["result"]["products"];
    assert_eq!(rows.as_array().unwrap().len(), 20);
    assert!(rows[0]["product_small_image_urls"][0].is_string());
    let promos = bench.sync(PROMOTIONS, &own).await;
    assert!(promos["resp_result"]["result"]["promos"][0]["promo_name"].is_string());
}
