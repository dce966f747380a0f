//! Codes and token pairs over their whole life.

use serde_json::json;

use crate::support::{APP_KEY, Bench, DAY_S, START_MS, encoded, start};

#[tokio::test]
async fn a_code_becomes_a_pair_once() {
    let bench = start();
    let code = bench.code("buyer").await;
    let random = code.strip_prefix(&format!("3_{APP_KEY}_")).unwrap();
    assert!(random.len() == 22 && random.bytes().all(|byte| byte.is_ascii_alphanumeric()));

    let pair = bench.exchange(&code).await;
    assert_eq!(pair["code"], "0");
    assert_eq!(pair["user_id"], "1700000001");
    assert_eq!(pair["account_platform"], "buyerApp");
    for (name, start) in [("access_token", "50000"), ("refresh_token", "50001")] {
        let token = pair[name].as_str().unwrap();
        assert!(token.starts_with(start) && token.len() == 60, "{token}");
    }
    assert_eq!(pair["expires_in"], 2_592_000);
    assert_eq!(pair["refresh_expires_in"], 5_184_000);
    assert_eq!(pair["expire_time"], START_MS + 2_592_000_000);
    assert_eq!(pair["refresh_token_valid_time"], START_MS + 5_184_000_000);
    assert_eq!(bench.exchange(&code).await["code"], "InvalidCode");
}

#[tokio::test]
async fn codes_end_after_three_minutes_or_what_the_profile_says() {
    let bench = start();
    let (early, late) = (bench.code("buyer").await, bench.code("buyer").await);
    bench.advance(179).await;
    assert_eq!(bench.exchange(&early).await["code"], "0");
    bench.advance(1).await;
    assert_eq!(bench.exchange(&late).await["code"], "InvalidCode");

    bench.set("profile", json!({ "code_life_s": 1800 })).await;
    let code = bench.code("buyer").await;
    bench.advance(1799).await;
    assert_eq!(bench.exchange(&code).await["code"], "0");
}

#[tokio::test]
async fn uuid_makes_the_code_invalid_without_spending_it() {
    let bench = start();
    let code = bench.code("buyer").await;
    let answer = bench
        .rest("/auth/token/create", &[("code", &code), ("uuid", "x")])
        .await;
    assert_eq!(answer["code"], "InvalidCode");
    assert_eq!(bench.exchange(&code).await["code"], "0");
}

#[tokio::test]
async fn refreshing_renews_access_and_keeps_the_refresh_deadline() {
    let bench = start();
    let first = bench.pair("buyer").await;
    bench.advance(12).await;
    let second = bench.refresh(&first).await;
    assert_eq!(second["code"], "0");
    assert_ne!(second["access_token"], first["access_token"]);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(second["expires_in"], 2_592_000);
    assert_eq!(second["refresh_expires_in"], 5_183_988);
    assert_eq!(
        second["refresh_token_valid_time"],
        first["refresh_token_valid_time"]
    );
    assert_eq!(
        second["expire_time"],
        first["expire_time"].as_i64().unwrap() + 12_000
    );
}

#[tokio::test]
async fn nothing_works_past_the_two_deadlines() {
    let bench = start();
    let pair = bench.pair("buyer").await;
    bench.advance(30 * DAY_S - 1).await;
    assert_eq!(bench.try_token(&pair).await, "ok");
    bench.advance(1).await;
    assert_eq!(bench.try_token(&pair).await, "IllegalAccessToken");
    let renewed = bench.refresh(&pair).await;
    assert_eq!(bench.try_token(&renewed).await, "ok");
    bench.advance(30 * DAY_S).await;
    assert_eq!(bench.refresh(&renewed).await["code"], "IllegalRefreshToken");
}

#[tokio::test]
async fn the_clock_also_runs_by_itself() {
    let bench = start();
    let pair = bench.pair("buyer").await;
    bench
        .real_ms
        .fetch_add(30 * DAY_S * 1000, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(bench.try_token(&pair).await, "IllegalAccessToken");
}

#[tokio::test]
async fn what_is_undocumented_is_a_switch() {
    for (switch, value, access, refresh) in [
        // Defaults: the old access token lives on, the old refresh token does not.
        ("numbers", json!("number"), "ok", "IllegalRefreshToken"),
        (
            "old_access_valid",
            json!(false),
            "IllegalAccessToken",
            "IllegalRefreshToken",
        ),
        ("old_refresh_valid", json!(true), "ok", "0"),
        ("rotate_refresh_token", json!(false), "ok", "0"),
    ] {
        let bench = start();
        bench.set("profile", json!({ switch: value })).await;
        let old = bench.pair("buyer").await;
        let new = bench.refresh(&old).await;
        let same = new["refresh_token"] == old["refresh_token"];
        assert_eq!(same, switch == "rotate_refresh_token");
        assert_eq!(bench.try_token(&old).await, access, "{switch}");
        assert_eq!(bench.try_token(&new).await, "ok", "{switch}");
        assert_eq!(bench.refresh(&old).await["code"], refresh, "{switch}");
    }
}

#[tokio::test]
async fn an_old_refresh_token_does_not_hurt_the_newest_pair() {
    let bench = start();
    let old = bench.pair("buyer").await;
    let new = bench.refresh(&old).await;
    assert_eq!(bench.refresh(&old).await["code"], "IllegalRefreshToken");
    assert_eq!(bench.try_token(&new).await, "ok");
    assert_eq!(bench.refresh(&new).await["code"], "0");
}

#[tokio::test]
async fn lifetimes_follow_the_profile() {
    let bench = start();
    bench.set("profile", json!({ "lifetimes": "test" })).await;
    let pair = bench.pair("buyer").await;
    assert_eq!(
        (&pair["expires_in"], &pair["refresh_expires_in"]),
        (&json!(86_400), &json!(172_800))
    );

    bench
        .set(
            "profile",
            json!({ "lifetimes": { "access_s": 60, "refresh_s": 0 } }),
        )
        .await;
    let pair = bench.pair("buyer").await;
    assert_eq!(pair["refresh_expires_in"], 0);
    assert_eq!(bench.try_token(&pair).await, "ok");
    assert_eq!(bench.refresh(&pair).await["code"], "IllegalRefreshToken");
}

#[tokio::test]
async fn fields_can_be_left_out_and_numbers_written_as_text() {
    let bench = start();
    let omit = [
        "refresh_token",
        "refresh_token_valid_time",
        "refresh_expires_in",
    ];
    bench
        .set("profile", json!({ "omit": omit, "numbers": "string" }))
        .await;
    let pair = bench.exchange(&bench.code("buyer").await).await;
    assert!(omit.iter().all(|name| pair.get(*name).is_none()), "{pair}");
    assert_eq!(pair["expires_in"], "2592000");
}

#[tokio::test]
async fn security_endpoints_tell_less_about_the_person() {
    let bench = start();
    let code = bench.code("seller").await;
    let pair = bench
        .rest("/auth/token/security/create", &[("code", &code)])
        .await;
    assert_eq!(pair["code"], "0");
    assert_eq!(pair["user_id"], "1700000009");
    for name in ["user_nick", "havana_id", "account", "account_platform"] {
        assert!(pair.get(name).is_none(), "{name}");
    }
    let token = pair["refresh_token"].as_str().unwrap();
    let renewed = bench
        .rest("/auth/token/security/refresh", &[("refresh_token", token)])
        .await;
    assert_eq!(renewed["code"], "0");
}

/// Sends a token call in one of the documented ways and returns the flat fields.
async fn carried(bench: &Bench, way: &str, code: &str) -> serde_json::Value {
    let path = "/auth/token/create";
    let plain = encoded(&bench.signed(path, &[("code", code)]));
    let with_method = encoded(&bench.signed(path, &[("code", code), ("method", path)]));
    let answer = match way {
        "form" => bench.post_form("/rest/auth/token/create", plain).await,
        "query" => bench.get(&format!("/rest/auth/token/create?{plain}")).await,
        "post, all in the query" => {
            bench
                .post_form(&format!("/rest/auth/token/create?{plain}"), String::new())
                .await
        }
        "method parameter" => bench.post_form("/rest", with_method).await,
        "method in the query" => bench.get(&format!("/rest?{with_method}")).await,
        "path and method" => {
            bench
                .post_form("/rest/auth/token/create", with_method)
                .await
        }
        "sync" => bench.post_form("/sync", with_method).await,
        "both places" => {
            let query = "method=%2Fauth%2Ftoken%2Fcreate";
            bench
                .post_form(&format!("/rest?{query}"), with_method)
                .await
        }
        other => panic!("{other}"),
    };
    let mut json = answer.json();
    match json.get_mut("_auth_token_create_response") {
        Some(inner) => inner.take(),
        None => json,
    }
}

#[tokio::test]
async fn every_documented_carriage_works() {
    for way in [
        "form",
        "query",
        "post, all in the query",
        "method parameter",
        "method in the query",
        "path and method",
        "sync",
        "both places",
    ] {
        let bench = start();
        let code = bench.code("buyer").await;
        let pair = carried(&bench, way, &code).await;
        assert_eq!(pair["code"], "0", "{way}: {pair}");
        let again = carried(&bench, way, &code).await;
        let wrapped = &again["error_response"]["code"];
        assert!(
            again["code"] == "InvalidCode" || wrapped == "InvalidCode",
            "{way}: {again}"
        );
    }
}

#[tokio::test]
async fn request_ids_carry_the_moment_of_issue() {
    let bench = start();
    let pair = bench.pair("buyer").await;
    let id = pair["request_id"].as_str().unwrap();
    assert_eq!(id.len(), 25, "{id}");
    assert!(id[..8].bytes().all(|byte| byte.is_ascii_hexdigit()));
    assert_eq!(id[8..21], START_MS.to_string());
}

#[tokio::test]
async fn accounts_do_not_mix() {
    let bench = start();
    let (one, two) = (bench.pair("buyer").await, bench.pair("buyer2").await);
    assert_eq!(two["user_id"], "1700000002");
    assert_eq!(bench.refresh(&one).await["user_id"], "1700000001");
    assert_eq!(bench.refresh(&two).await["user_id"], "1700000002");
    // A second authorisation of the same account leaves the first pair alone.
    let third = bench.pair("buyer2").await;
    assert_eq!(bench.try_token(&two).await, "ok");
    assert_eq!(bench.try_token(&third).await, "ok");
}
