//! What each switch of the profile changes.

#[cfg(test)]
mod tokens;

use axum::http::Method;
use serde_json::{Value, json};

use crate::support::{Bench, Pairs, SECRET, START_MS, encoded, product, sign, start};

const BUSINESS: &str = "aliexpress.ds.product.get";
const WRAPPER: &str = "aliexpress_ds_product_get_response";

async fn get(bench: &Bench, extra: &[(&str, &str)]) -> Value {
    let token = bench.token("buyer").await;
    let id = product(3);
    let mut own = vec![
        ("access_token", token.as_str()),
        ("product_id", &id),
        ("ship_to_country", "FR"),
    ];
    own.extend_from_slice(extra);
    bench.sync(BUSINESS, &own).await
}

/// A token call with a wrong signature, changed further by `change`; its error code.
async fn code_of(bench: &Bench, path: &str, change: impl Fn(&mut Pairs)) -> Value {
    let mut pairs = bench.signed(path, &[("code", "x")]);
    change(&mut pairs);
    let answer = bench
        .post_form(&format!("/rest{path}"), encoded(&pairs))
        .await;
    answer.json()["code"].clone()
}

fn resign(pairs: &mut Pairs, api: &str) {
    pairs.remove("sign");
    let sign = sign(SECRET, api, pairs);
    pairs.insert("sign".into(), sign);
}

#[tokio::test]
async fn a_missing_permission_group_is_told_before_token_and_parameters() {
    let bench = start();
    for (held, code) in [
        (json!(["dropshipping", "affiliate"]), "IllegalAccessToken"),
        (json!(["dropshipping"]), "IllegalAccessToken"),
        (json!(["affiliate"]), "InsufficientPermission"),
        (json!([]), "InsufficientPermission"),
    ] {
        bench.set("profile", json!({ "permissions": held })).await;
        let answer = bench.sync(BUSINESS, &[]).await;
        assert_eq!(answer["error_response"]["code"], code, "{held}");
    }
    // System calls need no permission.
    assert_eq!(bench.pair("buyer").await["code"], "0");
}

#[tokio::test]
async fn the_order_of_the_checks_is_a_switch() {
    let bench = start();
    let bad_sign = |pairs: &mut Pairs| {
        pairs.insert("sign".into(), "0".repeat(64));
    };
    let bad_time_too = |pairs: &mut Pairs| {
        pairs.insert("timestamp".into(), "now".into());
        pairs.insert("sign".into(), "0".repeat(64));
    };
    for (order, unknown_path, bad_time) in [
        ("default", "IncompleteSignature", "IllegalTimestamp"),
        ("path_first", "InvalidApiPath", "IllegalTimestamp"),
        (
            "signature_first",
            "IncompleteSignature",
            "IncompleteSignature",
        ),
    ] {
        bench.set("profile", json!({ "check_order": order })).await;
        assert_eq!(
            code_of(&bench, "/no/such", bad_sign).await,
            unknown_path,
            "{order}"
        );
        assert_eq!(
            code_of(&bench, "/auth/token/create", bad_time_too).await,
            bad_time,
            "{order}"
        );
    }
}

#[tokio::test]
async fn budgets_and_quota_bite_when_enforced() {
    let bench = start();
    let token = bench.token("buyer").await;
    let mut own = vec![
        ("access_token", token.as_str()),
        ("ae_order_id", "8100000000000002"),
    ];
    own.push(("language", "en_US"));
    let method = "aliexpress.ds.order.tracking.get";
    let call = async || bench.sync(method, &own).await["error_response"].clone();
    for _ in 0..150 {
        assert!(call().await.is_null());
    }
    bench
        .set(
            "profile",
            json!({ "rate_limits": "enforced", "daily_quota": 101 }),
        )
        .await;
    for _ in 0..100 {
        assert!(call().await.is_null());
    }
    let limited = call().await;
    assert_eq!(limited["code"], "ApiCallLimit");
    assert!(
        limited["msg"]
            .as_str()
            .unwrap()
            .ends_with("this ban will last 1 seconds")
    );
    bench.advance(1).await;
    assert!(call().await.is_null());
    bench.advance(1).await;
    let ended = call().await;
    assert_eq!(ended["code"], "AppApiCallLimit");
    // The clock started at midnight UTC; the quota begins anew at sixteen.
    let ban = format!("last {} seconds", 16 * 3600 - 2);
    assert!(ended["msg"].as_str().unwrap().ends_with(&ban), "{ended}");
    bench.advance(16 * 3600 - 2).await;
    assert!(call().await.is_null());
}

#[tokio::test]
async fn trace_ids_stand_where_recorded_or_everywhere_or_nowhere() {
    let bench = start();
    for (switch, business, token, error) in [
        ("as_recorded", true, false, true),
        ("present", true, true, true),
        ("absent", false, false, false),
    ] {
        bench.set("profile", json!({ "trace_ids": switch })).await;
        let has = |value: &Value| value["_trace_id_"].is_string();
        assert_eq!(has(&get(&bench, &[]).await[WRAPPER]), business, "{switch}");
        assert_eq!(has(&bench.pair("buyer").await), token, "{switch}");
        let refused = bench.sync(BUSINESS, &[]).await;
        assert_eq!(has(&refused["error_response"]), error, "{switch}");
    }
}

#[tokio::test]
async fn errors_have_their_legacy_numbers_on_sync_only() {
    let bench = start();
    bench
        .set("profile", json!({ "error_codes": "numeric" }))
        .await;
    let refused = bench.sync(BUSINESS, &[]).await["error_response"].clone();
    assert_eq!(refused["code"], 27);
    let token = bench.token("buyer").await;
    let missing = bench.sync(BUSINESS, &[("access_token", &token)]).await;
    let missing = &missing["error_response"];
    assert_eq!(missing["code"], 40);
    assert_eq!(missing["sub_code"], "isv.missing-parameter:product_id");
    let unknown = bench.sync("aliexpress.no.such", &[]).await;
    assert_eq!(unknown["error_response"]["code"], 22);
    assert_eq!(bench.exchange("x").await["code"], "InvalidCode");
    let journal = bench.look("journal?limit=2").await;
    assert_eq!(journal["entries"][0]["outcome"], "InvalidApiPath");
}

#[tokio::test]
async fn the_type_of_errors_follows_list_or_headings() {
    let bench = start();
    for (switch, illegal, internal) in [
        ("as_listed", json!("ISV"), json!("SYSTEM")),
        ("as_headed", json!("ISV"), json!("ISV")),
        ("absent", json!(null), json!(null)),
    ] {
        bench.set("profile", json!({ "error_types": switch })).await;
        let refused = bench.sync(BUSINESS, &[]).await;
        assert_eq!(refused["error_response"]["type"], illegal, "{switch}");
        bench
            .set(
                "faults",
                json!({ "then": "error", "code": "ServiceUnavailable" }),
            )
            .await;
        let refused = bench.sync(BUSINESS, &[]).await;
        assert_eq!(refused["error_response"]["type"], internal, "{switch}");
    }
}

#[tokio::test]
async fn the_app_key_error_has_two_spellings() {
    let bench = start();
    let other_key = |pairs: &mut Pairs| {
        pairs.insert("app_key".into(), "1".into());
        resign(pairs, "/auth/token/create");
    };
    for spelling in ["InvalidAppKey", "InvalidAppkey"] {
        bench
            .set("profile", json!({ "app_key_error": spelling }))
            .await;
        assert_eq!(
            code_of(&bench, "/auth/token/create", other_key).await,
            spelling
        );
    }
}

#[tokio::test]
async fn lists_have_three_forms() {
    let bench = start();
    // One SKU is left, so that its list has a single element.
    let skus = bench.look(&format!("products/{}", product(3))).await["skus"].clone();
    for sku in skus.as_array().unwrap().iter().skip(1) {
        let drop = json!({ "drop_sku": sku["sku_id"] });
        bench.set(&format!("products/{}", product(3)), drop).await;
    }
    for (form, single, many) in [
        (
            "wrapped",
            "/ae_item_sku_info_d_t_o/0/sku_id",
            "/ae_item_property/1",
        ),
        (
            "single_as_object",
            "/ae_item_sku_info_d_t_o/sku_id",
            "/ae_item_property/1",
        ),
        ("plain", "/0/sku_id", "/1"),
    ] {
        bench.set("profile", json!({ "lists": form })).await;
        let result = get(&bench, &[]).await[WRAPPER]["result"].clone();
        let skus = &result["ae_item_sku_info_dtos"];
        assert!(skus.pointer(single).is_some(), "{form} {skus}");
        let properties = &result["ae_item_properties"];
        assert!(properties.pointer(many).is_some(), "{form} {properties}");
    }
}

#[tokio::test]
async fn simplify_drops_wrapper_lists_or_both() {
    let bench = start();
    let simplified = [("simplify", "true"), ("format", "json")];
    for (drops, wrapped, plain) in [
        ("both", false, true),
        ("lists", true, true),
        ("wrapper", false, false),
    ] {
        bench
            .set("profile", json!({ "simplify_drops": drops }))
            .await;
        let answer = get(&bench, &simplified).await;
        assert_eq!(answer[WRAPPER].is_object(), wrapped, "{drops}");
        let result = if wrapped {
            &answer[WRAPPER]["result"]
        } else {
            &answer["result"]
        };
        assert_eq!(result["ae_item_properties"].is_array(), plain, "{drops}");
    }
}

#[tokio::test]
async fn timestamps_and_old_signatures_follow_the_profile() {
    let bench = start();
    let at = |text: &str| {
        let text = text.to_owned();
        move |pairs: &mut Pairs| {
            pairs.insert("timestamp".into(), text.clone());
            resign(pairs, "/auth/token/create");
        }
    };
    let (civil, seconds) = (at("2026-01-01 08:00:00"), at("1767225600"));
    let late = at(&(START_MS - 700_000).to_string());
    for (profile, civil_code, seconds_code, late_code) in [
        (json!({}), "InvalidCode", "IllegalTimestamp", "InvalidCode"),
        (
            json!({ "civil_timestamps": false, "seconds_timestamps": true, "timestamp_tolerance_s": 600 }),
            "IllegalTimestamp",
            "InvalidCode",
            "IllegalTimestamp",
        ),
    ] {
        bench.set("profile", profile).await;
        for (change, code) in [
            (&civil as &dyn Fn(&mut Pairs), civil_code),
            (&seconds, seconds_code),
            (&late, late_code),
        ] {
            assert_eq!(code_of(&bench, "/auth/token/create", change).await, code);
        }
    }
    bench
        .set("profile", json!({ "legacy_signatures": "refused" }))
        .await;
    get(&bench, &[("sign_method", "md5")]).await;
    let journal = bench.look("journal?limit=1").await;
    assert_eq!(
        journal["entries"][0]["signature"],
        "unsupported_sign_method"
    );
}

#[tokio::test]
async fn a_call_without_method_may_end_in_a_page() {
    let bench = start();
    let pairs = bench.signed("", &[]);
    let answer = bench.post_form("/sync", encoded(&pairs)).await;
    assert_eq!(answer.json()["error_response"]["code"], "MissingParameter");
    bench
        .set("profile", json!({ "call_without_method": "html" }))
        .await;
    let answer = bench.post_form("/sync", encoded(&pairs)).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert!(answer.header("content-type").starts_with("text/html"));
    assert!(get(&bench, &[]).await[WRAPPER].is_object());
}

#[tokio::test]
async fn a_wrong_switch_is_named_and_changes_nothing() {
    let bench = start();
    let before = bench.look("profile").await;
    let body = json!({ "numbers": "string", "check_order": "random" });
    let answer = bench.control(Method::POST, "profile", &body).await;
    assert_eq!(answer.status.as_u16(), 400);
    assert!(answer.text().contains("path_first"), "{}", answer.text());
    assert_eq!(bench.look("profile").await, before);
}

#[test]
fn the_readme_names_every_switch() {
    let readme = include_str!("../../README.md");
    let table = include_str!("../../src/profile/table.rs");
    let names: Vec<&str> = table
        .split("switch(\n")
        .skip(1)
        .filter_map(|part| part.split('"').nth(1))
        .collect();
    assert!(names.len() > 30, "{names:?}");
    for name in names {
        assert!(readme.contains(&format!("`{name}`")), "{name}");
    }
}
