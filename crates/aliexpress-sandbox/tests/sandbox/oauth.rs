//! The login page: who gets a code, and who stays where they are.

use aliexpress_sandbox::SandboxConfig;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use crate::support::{Answer, Bench, start, start_with};

const CALLBACK: &str = "http://127.0.0.1:8080/aliexpress/callback";

fn registered() -> Bench {
    start_with(SandboxConfig {
        callback_url: Some(CALLBACK.into()),
        ..SandboxConfig::default()
    })
}

fn query(pairs: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

const GOOD: [(&str, &str); 5] = [
    ("response_type", "code"),
    ("force_auth", "true"),
    ("client_id", "500100"),
    ("redirect_uri", CALLBACK),
    ("state", "a b+c&d"),
];

fn with(name: &str, value: Option<&str>) -> String {
    let mut pairs: Vec<(&str, &str)> = GOOD.into_iter().filter(|(own, _)| *own != name).collect();
    if let Some(value) = value {
        pairs.push((name, value));
    }
    query(&pairs)
}

async fn decide(bench: &Bench, form: &str, decision: &[(&str, &str)]) -> Answer {
    bench
        .post_form("/oauth/authorize", format!("{form}&{}", query(decision)))
        .await
}

#[tokio::test]
async fn approving_sends_a_code_that_becomes_a_pair_of_that_account() {
    let bench = registered();
    for (account, user_id) in [
        (None, "1700000001"),
        (Some("1700000002"), "1700000002"),
        (Some("seller"), "1700000009"),
    ] {
        let mut decision = vec![("decision", "approve")];
        decision.extend(account.map(|account| ("account", account)));
        let answer = decide(&bench, &query(&GOOD), &decision).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(answer.header("cache-control"), "no-store");
        let location = Url::parse(answer.header("location")).unwrap();
        assert!(
            location
                .as_str()
                .starts_with(&format!("{CALLBACK}?code=3_500100_"))
        );
        let pairs: Vec<(String, String)> = location.query_pairs().into_owned().collect();
        assert_eq!(pairs[1], ("state".into(), "a b+c&d".into()));
        assert_eq!(bench.exchange(&pairs[0].1).await["user_id"], user_id);
    }
}

#[tokio::test]
async fn the_page_is_accessible_in_two_languages_and_says_what_it_is() {
    let bench = registered();
    for (language, words) in [
        (
            "en-GB,en;q=0.9",
            [
                "This is not AliExpress",
                "<html lang=\"en\">",
                "Sign in and authorise",
            ],
        ),
        (
            "fr-FR,fr;q=0.9,en;q=0.8",
            [
                "n&#39;est pas AliExpress",
                "<html lang=\"fr\">",
                "Se connecter et autoriser",
            ],
        ),
    ] {
        let request = Request::get(format!("/oauth/authorize?{}", query(&GOOD)))
            .header(header::HOST, "127.0.0.1:8090")
            .header(header::ACCEPT_LANGUAGE, language);
        let answer = bench.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::OK);
        for word in words {
            assert!(
                answer.text().contains(word),
                "{language} {word}: {}",
                answer.text()
            );
        }
        for account in ["buyer", "buyer2", "seller"] {
            assert!(answer.text().contains(&format!(
                "<label class=\"choice\" for=\"account-{account}\">"
            )));
        }
        assert_eq!(answer.text().matches(" checked").count(), 1);
        assert!(!answer.text().contains("<script") && !answer.text().contains("style="));
        let policy = answer.header("content-security-policy");
        for rule in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "form-action 'self' http://127.0.0.1:8080",
        ] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[tokio::test]
async fn wrong_requests_stay_on_a_local_page() {
    let bench = registered();
    for (query, word) in [
        (with("client_id", Some("999")), "param-appkey.not.exists"),
        (with("client_id", None), "param-clientid.null"),
        (with("response_type", Some("token")), "response-type"),
        (with("response_type", None), "response-type"),
        (
            with(
                "redirect_uri",
                Some("http://127.0.0.1:8080/aliexpress/callback/"),
            ),
            "mismatch",
        ),
        (
            with(
                "redirect_uri",
                Some("http://127.0.0.1:8080/aliexpress/callback?x=1"),
            ),
            "mismatch",
        ),
        (
            with(
                "redirect_uri",
                Some("http://localhost:8080/aliexpress/callback"),
            ),
            "mismatch",
        ),
        (format!("{}&state=other", with("", None)), "duplicate"),
    ] {
        let shown = bench.get(&format!("/oauth/authorize?{query}")).await;
        let decided = decide(&bench, &query, &[("decision", "approve")]).await;
        for answer in [shown, decided] {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(answer.text().contains(word), "{query}: {}", answer.text());
            assert!(answer.headers.get(header::LOCATION).is_none());
            assert!(answer.text().contains("not AliExpress"));
        }
    }
    let answer = decide(
        &bench,
        &query(&GOOD),
        &[("decision", "approve"), ("account", "nobody")],
    )
    .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(bench.look("state").await["counts"]["codes"], 0);
}

#[tokio::test]
async fn the_registered_callback_is_the_default() {
    let bench = registered();
    let answer = decide(
        &bench,
        &with("redirect_uri", None),
        &[("decision", "approve")],
    )
    .await;
    assert!(answer.header("location").starts_with(CALLBACK));
}

#[tokio::test]
async fn without_registration_any_web_address_may_be_named_but_none_may_be_missing() {
    let bench = start();
    let answer = decide(
        &bench,
        &with("redirect_uri", Some("https://app.example.com/back?a=1")),
        &[("decision", "approve")],
    )
    .await;
    assert!(
        answer
            .header("location")
            .starts_with("https://app.example.com/back?a=1&code=3_")
    );
    for (address, word) in [
        (None, "redirect-uri.null"),
        (Some("javascript:alert(1)"), "redirect-uri.invalid"),
        (Some("/relative"), "redirect-uri.invalid"),
        (
            Some("http://127.0.0.1:8080/#fragment"),
            "redirect-uri.invalid",
        ),
    ] {
        let answer = bench
            .get(&format!(
                "/oauth/authorize?{}",
                with("redirect_uri", address)
            ))
            .await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{address:?}");
        assert!(answer.text().contains(word), "{address:?}");
    }
}

#[tokio::test]
async fn refusing_stays_local_unless_the_profile_says_otherwise() {
    let bench = registered();
    let answer = decide(&bench, &query(&GOOD), &[("decision", "deny")]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("You refused"));
    bench
        .set("profile", json!({ "deny_redirects_with_error": true }))
        .await;
    let answer = decide(&bench, &query(&GOOD), &[("decision", "deny")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let location = Url::parse(answer.header("location")).unwrap();
    let pairs: Vec<(String, String)> = location.query_pairs().into_owned().collect();
    assert_eq!(pairs[0], ("error".into(), "access_denied".into()));
    assert_eq!(pairs[1].0, "error_description");
    assert_eq!(pairs[2], ("state".into(), "a b+c&d".into()));
}

#[tokio::test]
async fn a_callback_set_later_counts_and_hostile_text_is_escaped() {
    let bench = start();
    bench
        .sandbox
        .set_callback_url(Some(CALLBACK.into()))
        .unwrap();
    let answer = bench
        .get(&format!(
            "/oauth/authorize?{}",
            with("state", Some("\"><script>x</script>"))
        ))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.text().contains("<script"));
    assert!(
        bench
            .sandbox
            .set_callback_url(Some("ftp://x".into()))
            .is_err()
    );
}
