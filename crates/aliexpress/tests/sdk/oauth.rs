//! Signing in and refreshing.

use std::sync::Arc;

use aliexpress::{AuthorizationCode, Class, Client, Error, RefreshToken, TokenPair, Transport};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use url::Url;

use super::support::{Canned, app, decode, now, run, sample, value_of};

fn after(seconds: i64) -> Option<Timestamp> {
    Some(now() + SignedDuration::from_secs(seconds))
}

fn pair(body: &str) -> TokenPair {
    decode::token(body.to_owned()).unwrap()
}

#[test]
fn the_authorize_page_gets_what_it_needs_and_nothing_secret() {
    let client = app(Canned::body("{}"));
    let callback = Url::parse("https://app.example.com/cb?x=1&y=é").unwrap();
    let url = client.oauth().authorize_url(&callback, "a b&c=d+é");
    assert_eq!(
        (url.host_str(), url.path()),
        (Some("api-sg.aliexpress.com"), "/oauth/authorize")
    );
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [
        ("response_type", "code"),
        ("force_auth", "true"),
        ("client_id", "90001234"),
        ("redirect_uri", "https://app.example.com/cb?x=1&y=%C3%A9"),
        ("state", "a b&c=d+é"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(pairs, expected);
}

#[test]
fn a_code_becomes_a_pair() {
    let canned = Canned::body(sample("auth.token.create"));
    let pair = run(app(canned.clone())
        .oauth()
        .create(&AuthorizationCode::new("3_1_code")))
    .unwrap();
    assert_eq!(pair.access_token.expose(), "<access-token>");
    assert_eq!(
        pair.refresh_token.as_ref().map(RefreshToken::expose),
        Some("<refresh-token>")
    );
    assert_eq!(pair.obtained_at, now());
    assert_eq!(pair.works_until, after(2_592_000));
    assert_eq!(pair.sign_in_again_by, after(5_184_000));
    assert_eq!(pair.refreshable, Some(true));
    assert_eq!(pair.account.user_id.as_deref(), Some("1700000001"));
    assert_eq!(pair.account.havana_id.as_deref(), Some("170000000001"));
    assert_eq!(pair.account.account_platform.as_deref(), Some("buyerApp"));
    assert_eq!(pair.account.account.as_deref(), Some("buyer@example.com"));
    assert_eq!(pair.account.locale.as_deref(), Some("en_US"));
    assert_eq!(pair.request_id.as_deref(), Some("2101fake17640000000110"));
    assert_eq!(
        value_of(&canned.request(), "code").as_deref(),
        Some("3_1_code")
    );
    assert_eq!(value_of(&canned.request(), "uuid"), None);
}

#[test]
fn each_endpoint_has_its_path() {
    async fn all(client: &Client, which: usize) -> Result<TokenPair, Error> {
        let (code, token) = (AuthorizationCode::new("code"), RefreshToken::new("token"));
        match which {
            0 => client.oauth().create(&code).await,
            1 => client.oauth().refresh(&token).await,
            2 => client.oauth().security_create(&code).await,
            _ => client.oauth().security_refresh(&token).await,
        }
    }
    let paths = ["create", "refresh", "security/create", "security/refresh"];
    for (which, path) in paths.into_iter().enumerate() {
        let canned = Canned::body(sample("auth.token.create"));
        run(all(&app(canned.clone()), which)).unwrap();
        assert_eq!(
            canned.request().url.path(),
            format!("/rest/auth/token/{path}")
        );
    }
}

#[test]
fn a_missing_refresh_token_is_absent_and_nothing_else_changes() {
    let pair = decode::token(sample("auth.token.refresh.alt.no-refresh-token")).unwrap();
    assert_eq!(pair.refresh_token, None);
    assert_eq!(pair.refreshable, Some(true));
    assert_eq!(pair.sign_in_again_by, after(5_184_000));
    for body in [
        r#"{"access_token":"a","refresh_token":""}"#,
        r#"{"access_token":"a","refresh_token":null}"#,
    ] {
        assert_eq!(self::pair(body).refresh_token, None);
    }
    assert!(
        decode::token(sample("auth.token.refresh"))
            .unwrap()
            .refresh_token
            .is_some()
    );
}

#[test]
fn a_missing_deadline_is_unknown_not_zero() {
    let unknown = pair(r#"{"code":"0","access_token":"a","refresh_token":"r"}"#);
    assert_eq!(
        (
            unknown.works_until,
            unknown.sign_in_again_by,
            unknown.refreshable
        ),
        (None, None, None)
    );
    for empty in ["\"\"", "null"] {
        let body = format!(
            r#"{{"access_token":"a","expires_in":{empty},"refresh_expires_in":{empty},"expire_time":{empty},
                "refresh_token_valid_time":{empty}}}"#
        );
        let unknown = pair(&body);
        assert_eq!(
            (
                unknown.works_until,
                unknown.sign_in_again_by,
                unknown.refreshable
            ),
            (None, None, None)
        );
    }
    // An absolute 0 is a field that was never set, not the year 1970.
    let unset = pair(r#"{"access_token":"a","expire_time":0,"refresh_token_valid_time":"0"}"#);
    assert_eq!(
        (unset.works_until, unset.sign_in_again_by, unset.refreshable),
        (None, None, None)
    );
    let half = pair(r#"{"access_token":"a","expires_in":60}"#);
    assert_eq!(
        (half.works_until, half.sign_in_again_by, half.refreshable),
        (after(60), None, None)
    );
}

#[test]
fn absolute_deadlines_are_the_second_choice() {
    let both = pair(
        r#"{"access_token":"a","expires_in":"10","expire_time":1,"refresh_expires_in":20,"refresh_token_valid_time":2}"#,
    );
    assert_eq!(
        (both.works_until, both.sign_in_again_by),
        (after(10), after(20))
    );
    let end = now().as_millisecond() + 5000;
    let absolute = pair(&format!(
        r#"{{"access_token":"a","expire_time":{end},"refresh_token_valid_time":"{end}"}}"#
    ));
    assert_eq!(
        (absolute.works_until, absolute.sign_in_again_by),
        (after(5), after(5))
    );
    assert_eq!(absolute.refreshable, Some(true));
}

/// The gateway has rotated the tokens by the time its answer is read: nothing beside them may cost them.
#[test]
fn whatever_stands_beside_the_tokens_the_pair_is_kept() {
    let whole: serde_json::Value = serde_json::from_slice(&sample("auth.token.refresh")).unwrap();
    let fields = whole.as_object().unwrap();
    let beside = fields
        .keys()
        .filter(|name| !matches!(name.as_str(), "access_token" | "refresh_token" | "code"));
    for name in beside {
        for odd in [
            "{}",
            "[]",
            r#"{"a":[1]}"#,
            r#""x""#,
            "1.5",
            "true",
            "null",
            "1e30",
        ] {
            let mut answer = fields.clone();
            answer.insert(name.clone(), serde_json::from_str(odd).unwrap());
            let pair = pair(&serde_json::to_string(&answer).unwrap());
            assert_eq!(
                pair.access_token.expose(),
                "<access-token>",
                "{name}: {odd}"
            );
            assert!(pair.refresh_token.is_some(), "{name}: {odd}");
        }
    }
    let odd = pair(
        r#"{"access_token":"a","refresh_token":"r","expires_in":"86400.0","refresh_token_valid_time":1.7724960E12,"code":"0"}"#,
    );
    assert_eq!(odd.works_until, after(86_400));
    assert_eq!(
        odd.sign_in_again_by,
        Timestamp::from_millisecond(1_772_496_000_000).ok()
    );
}

#[test]
fn zero_seconds_of_refresh_means_not_refreshable() {
    for zero in ["0", "\"0\""] {
        let pair = pair(&format!(
            r#"{{"access_token":"a","expires_in":60,"refresh_expires_in":{zero},"refresh_token_valid_time":9999999999999}}"#
        ));
        assert_eq!(pair.refreshable, Some(false));
        assert_eq!(pair.sign_in_again_by, after(60));
    }
}

#[test]
fn impossible_deadlines_are_unknown() {
    let pair = pair(
        r#"{"access_token":"a","expires_in":9223372036854775807,"refresh_token_valid_time":9223372036854775807}"#,
    );
    assert_eq!((pair.works_until, pair.sign_in_again_by), (None, None));
}

/// Moves the clock on while the answer is on its way.
struct SlowAnswer {
    inner: Arc<Canned>,
    clock: Arc<MovingClock>,
}

struct MovingClock(std::sync::Mutex<Timestamp>);

impl aliexpress::Clock for MovingClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[async_trait::async_trait]
impl Transport for SlowAnswer {
    async fn send(
        &self,
        request: aliexpress::HttpRequest,
    ) -> Result<aliexpress::HttpResponse, aliexpress::TransportError> {
        *self.clock.0.lock().unwrap() += SignedDuration::from_secs(30);
        self.inner.send(request).await
    }
}

#[test]
fn deadlines_count_from_the_start_of_the_request() {
    let clock = Arc::new(MovingClock(std::sync::Mutex::new(now())));
    let transport = SlowAnswer {
        inner: Canned::body(sample("auth.token.create")),
        clock: Arc::clone(&clock),
    };
    let key = aliexpress::AppKey::parse("1").unwrap();
    let client = Client::builder(key, super::support::secret())
        .clock(clock)
        .transport(Arc::new(transport))
        .build()
        .unwrap();
    let pair = run(client.oauth().create(&AuthorizationCode::new("c"))).unwrap();
    assert_eq!(
        (pair.obtained_at, pair.works_until),
        (now(), after(2_592_000))
    );
}

#[test]
fn refusals_say_what_to_do() {
    let error = decode::token(sample("auth.token.create.error")).unwrap_err();
    assert_eq!(
        (error.code(), error.advice().class),
        ("InvalidCode", Class::Reauthorize)
    );
    assert!(!error.is_refused_refresh_token());
    let refused = r#"{"type":"ISV","code":"IllegalRefreshToken","message":"The specified refresh token is invalid or expired"}"#;
    let error = decode::token(refused).unwrap_err();
    assert!(error.is_refused_refresh_token() && !error.is_illegal_access_token());
    // Refusals and passing failures must never be taken for each other.
    for passing in [
        "ServiceUnavailable",
        "InternalError",
        "ApiCallLimit",
        "NeverSeen",
    ] {
        let error = decode::token(format!(r#"{{"code":"{passing}","message":"m"}}"#)).unwrap_err();
        assert!(!error.is_refused_refresh_token(), "{passing}");
    }
}

#[test]
fn an_answer_without_an_access_token_is_no_pair() {
    for body in [
        r#"{"code":"0"}"#,
        r#"{"refresh_token":"r","expires_in":1}"#,
        r#"{"access_token":""}"#,
    ] {
        match decode::token(body).unwrap_err() {
            Error::Decode { method, path, .. } => {
                assert_eq!(
                    (method.as_str(), path.as_str()),
                    ("/auth/token/refresh", "access_token")
                );
            }
            other => panic!("{other:?}"),
        }
    }
    // A failing code wins over whatever else is there.
    let error = decode::token(r#"{"code":"X","access_token":"a"}"#).unwrap_err();
    assert_eq!(error.code(), "X");
}

#[test]
fn a_wrapped_token_answer_is_opened() {
    let inner = String::from_utf8(sample("auth.token.create")).unwrap();
    let wrapped = decode::token(format!(r#"{{"auth_token_create_response":{inner}}}"#)).unwrap();
    assert_eq!(wrapped.access_token.expose(), "<access-token>");
    let error =
        decode::token(r#"{"auth_token_create_response":{"code":"InvalidCode","message":"m"}}"#)
            .unwrap_err();
    assert_eq!(error.code(), "InvalidCode");
}

proptest! {
    #[test]
    fn numbers_and_numeric_text_give_the_same_pair(
        access in 0_i64..10_000_000, refresh in 0_i64..10_000_000, as_text in any::<[bool; 2]>(),
    ) {
        let spelled = |number: i64, text: bool| if text { format!("\"{number}\"") } else { number.to_string() };
        let plain = pair(&format!(r#"{{"access_token":"a","expires_in":{access},"refresh_expires_in":{refresh}}}"#));
        let other = pair(&format!(
            r#"{{"refresh_expires_in":{},"access_token":"a","expires_in":{}}}"#,
            spelled(refresh, as_text[0]), spelled(access, as_text[1]),
        ));
        prop_assert_eq!(plain, other);
    }
}
