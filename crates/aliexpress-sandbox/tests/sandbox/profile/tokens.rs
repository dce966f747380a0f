//! Switches of codes, tokens and the login page.

use aliexpress_sandbox::SandboxConfig;
use serde_json::json;

use crate::support::{DAY_S, encoded, start, start_with};

const CALLBACK: &str = "http://127.0.0.1:8080/aliexpress/callback";

#[tokio::test]
async fn an_access_token_may_be_clipped_at_the_refresh_deadline() {
    let bench = start();
    for (clip, expected) in [(false, 30 * DAY_S), (true, 10 * DAY_S)] {
        bench
            .set("profile", json!({ "clip_access_at_refresh": clip }))
            .await;
        let pair = bench.pair("buyer").await;
        let start_ms = pair["refresh_token_valid_time"].as_i64().unwrap() - 60 * DAY_S * 1000;
        bench.advance(50 * DAY_S).await;
        let renewed = bench.refresh(&pair).await;
        assert_eq!(renewed["expires_in"], expected);
        assert_eq!(
            renewed["expire_time"],
            start_ms + (50 * DAY_S + expected) * 1000
        );
        assert_eq!(renewed["refresh_expires_in"], 10 * DAY_S);
    }
    // What cannot be refreshed has no deadline to be clipped at.
    bench
        .set(
            "profile",
            json!({ "lifetimes": { "access_s": 100, "refresh_s": 0 } }),
        )
        .await;
    assert_eq!(bench.pair("buyer").await["expires_in"], 100);
}

#[tokio::test]
async fn a_second_authorisation_may_end_the_first() {
    let bench = start();
    for (ends, access, refresh) in [
        (false, "ok", "0"),
        (true, "IllegalAccessToken", "IllegalRefreshToken"),
    ] {
        bench
            .set(
                "profile",
                json!({ "second_authorisation_ends_first": ends }),
            )
            .await;
        let (first, other) = (bench.pair("buyer").await, bench.pair("buyer2").await);
        let second = bench.pair("buyer").await;
        assert_eq!(bench.try_token(&first).await, access);
        assert_eq!(bench.refresh(&first).await["code"], refresh);
        assert_eq!(bench.try_token(&second).await, "ok");
        assert_eq!(bench.refresh(&other).await["code"], "0");
    }
}

#[tokio::test]
async fn using_a_replaced_refresh_token_may_end_the_authorisation() {
    let bench = start();
    for (ends, access, refresh) in [
        (false, "ok", "0"),
        (true, "IllegalAccessToken", "IllegalRefreshToken"),
    ] {
        bench
            .set("profile", json!({ "reuse_ends_grant": ends }))
            .await;
        let (first, other) = (bench.pair("buyer").await, bench.pair("buyer").await);
        let second = bench.refresh(&first).await;
        assert_eq!(bench.refresh(&first).await["code"], "IllegalRefreshToken");
        assert_eq!(bench.try_token(&second).await, access);
        assert_eq!(bench.refresh(&second).await["code"], refresh);
        assert_eq!(bench.try_token(&other).await, "ok");
    }
}

#[tokio::test]
async fn token_calls_may_be_post_only_and_uuid_may_be_ignored() {
    let bench = start();
    let code = bench.code("buyer").await;
    let path = "/auth/token/create";
    bench
        .set(
            "profile",
            json!({ "token_calls": "post_only", "uuid": "ignored" }),
        )
        .await;
    let query = encoded(&bench.signed(path, &[("code", &code)]));
    let refused = bench.get(&format!("/rest{path}?{query}")).await.json();
    assert_eq!(refused["code"], "InvalidHttpMethod");
    let answer = bench.rest(path, &[("code", &code), ("uuid", "x")]).await;
    assert_eq!(answer["code"], "0");
}

#[tokio::test]
async fn codes_have_three_forms() {
    let bench = start();
    for (form, start, length) in [
        ("with_app_key", "3_500100_", 31),
        ("older", "0_500100_", 31),
        ("short", "0_", 24),
    ] {
        bench.set("profile", json!({ "code_form": form })).await;
        let code = bench.code("buyer").await;
        assert!(code.starts_with(start) && code.len() == length, "{code}");
        assert_eq!(bench.exchange(&code).await["code"], "0");
    }
}

#[tokio::test]
async fn the_login_page_may_demand_or_tolerate_another_callback() {
    let bench = start_with(SandboxConfig {
        callback_url: Some(CALLBACK.into()),
        ..SandboxConfig::default()
    });
    let page = async |redirect_uri: &str| {
        let path = format!("/oauth/authorize?response_type=code&client_id=500100{redirect_uri}");
        bench.get(&path).await.status.as_u16()
    };
    let below = format!("&redirect_uri={CALLBACK}%3Fshop%3D1");
    let escaping = format!("&redirect_uri={CALLBACK}/../../other");
    let longer = format!("&redirect_uri={CALLBACK}2");
    assert_eq!((page("").await, page(&below).await), (200, 400));
    bench
        .set(
            "profile",
            json!({ "missing_redirect_uri": "refused", "redirect_uri_match": "below" }),
        )
        .await;
    assert_eq!((page("").await, page(&below).await), (400, 200));
    assert_eq!((page(&escaping).await, page(&longer).await), (400, 400));
}

#[tokio::test]
async fn only_accounts_on_the_whitelist_may_authorise() {
    let bench = start_with(SandboxConfig {
        callback_url: Some(CALLBACK.into()),
        ..SandboxConfig::default()
    });
    bench
        .set("profile", json!({ "whitelist": ["buyer2", "1700000009"] }))
        .await;
    for (account, status) in [
        ("1700000001", 400),
        ("1700000002", 303),
        ("1700000009", 303),
    ] {
        let form = format!(
            "response_type=code&client_id=500100&state=s&decision=approve&account={account}"
        );
        let answer = bench.post_form("/oauth/authorize", form).await;
        assert_eq!(answer.status.as_u16(), status, "{account}");
        let page_says_so = answer.text().contains("not-on-whitelist");
        assert_eq!(page_says_so, status == 400);
    }
}
