//! One cause at a time: every error name of the gateway, in both forms.

use aliexpress_sandbox::{CheckTimestamp, SandboxConfig};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;

use crate::support::{Pairs, SECRET, START_MS, encoded, product, sign, start, start_with};

const TOKEN_PATH: &str = "/auth/token/create";
const BUSINESS: &str = "aliexpress.ds.product.get";

/// Changes a signed request and signs it again when `resign` says so.
struct Spoiled {
    name: &'static str,
    change: fn(&mut Pairs),
    resign: bool,
    code: &'static str,
}

fn set(pairs: &mut Pairs, name: &str, value: &str) {
    pairs.insert(name.into(), value.into());
}

static SPOILED: [Spoiled; 12] = [
    Spoiled {
        name: "no app key",
        change: |p| _ = p.remove("app_key"),
        resign: true,
        code: "MissingParameter",
    },
    Spoiled {
        name: "other app key",
        change: |p| set(p, "app_key", "1"),
        resign: true,
        code: "InvalidAppKey",
    },
    Spoiled {
        name: "no timestamp",
        change: |p| _ = p.remove("timestamp"),
        resign: true,
        code: "MissingParameter",
    },
    Spoiled {
        name: "no time",
        change: |p| set(p, "timestamp", "now"),
        resign: true,
        code: "IllegalTimestamp",
    },
    Spoiled {
        name: "no zone",
        change: |p| set(p, "timestamp", "2026-01-01T00:00:00"),
        resign: true,
        code: "IllegalTimestamp",
    },
    Spoiled {
        name: "too early",
        change: |p| set(p, "timestamp", "1767218399999"),
        resign: true,
        code: "IllegalTimestamp",
    },
    Spoiled {
        name: "too late",
        change: |p| set(p, "timestamp", "1767232800001"),
        resign: true,
        code: "IllegalTimestamp",
    },
    Spoiled {
        name: "no sign",
        change: |p| _ = p.remove("sign"),
        resign: false,
        code: "MissingParameter",
    },
    Spoiled {
        name: "wrong sign",
        change: |p| set(p, "sign", &"0".repeat(64)),
        resign: false,
        code: "IncompleteSignature",
    },
    Spoiled {
        name: "unsigned parameter",
        change: |p| set(p, "more", "1"),
        resign: false,
        code: "IncompleteSignature",
    },
    Spoiled {
        name: "no sign method",
        change: |p| _ = p.remove("sign_method"),
        resign: true,
        code: "MissingParameter",
    },
    Spoiled {
        name: "other sign method",
        change: |p| set(p, "sign_method", "hmac-sha256"),
        resign: true,
        code: "IncompleteSignature",
    },
];

#[tokio::test]
async fn each_broken_request_gets_its_name_in_both_forms() {
    let bench = start();
    for case in &SPOILED {
        for (api, door) in [(TOKEN_PATH, "/rest/auth/token/create"), (BUSINESS, "/sync")] {
            let own: &[_] = if api == BUSINESS {
                &[("method", BUSINESS)]
            } else {
                &[("code", "x")]
            };
            let mut pairs = bench.signed(api, own);
            (case.change)(&mut pairs);
            if case.resign {
                pairs.remove("sign");
                let sign = sign(SECRET, api, &pairs);
                set(&mut pairs, "sign", &sign);
            }
            let answer = bench.post_form(door, encoded(&pairs)).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert!(
                answer
                    .header("content-type")
                    .starts_with("application/json")
            );
            let json = answer.json();
            let (fields, text) = match api {
                BUSINESS => (&json["error_response"], "msg"),
                _ => (&json, "message"),
            };
            assert_eq!(fields["code"], case.code, "{} {api}: {json}", case.name);
            assert_eq!(fields["type"], "ISV");
            assert!(
                fields[text].is_string() && fields["request_id"].is_string(),
                "{json}"
            );
        }
    }
}

#[tokio::test]
async fn timestamps_are_accepted_in_three_forms_within_two_hours() {
    let bench = start();
    for timestamp in [
        START_MS.to_string(),
        (START_MS + 7_200_000).to_string(),
        (START_MS - 7_200_000).to_string(),
        "2026-01-01T00:00:00Z".to_owned(),
        "2026-01-01 08:00:00".to_owned(),
    ] {
        let mut pairs = bench.signed(TOKEN_PATH, &[("code", "x")]);
        pairs.remove("sign");
        set(&mut pairs, "timestamp", &timestamp);
        let sign = sign(SECRET, TOKEN_PATH, &pairs);
        set(&mut pairs, "sign", &sign);
        let answer = bench
            .post_form("/rest/auth/token/create", encoded(&pairs))
            .await
            .json();
        assert_eq!(answer["code"], "InvalidCode", "{timestamp}: {answer}");
    }
}

#[tokio::test]
async fn the_timestamp_is_held_against_the_clock_of_the_profile() {
    let code = |answer: &Value| answer["code"].as_str().unwrap_or_default().to_owned();
    let real = start();
    real.advance(86_400).await;
    assert_eq!(
        code(&real.rest(TOKEN_PATH, &[("code", "x")]).await),
        "InvalidCode"
    );

    let shared = start_with(SandboxConfig {
        check_timestamp: CheckTimestamp::Virtual,
        ..SandboxConfig::default()
    });
    shared.advance(86_400).await;
    assert_eq!(
        code(&shared.rest(TOKEN_PATH, &[("code", "x")]).await),
        "IllegalTimestamp"
    );
}

#[tokio::test]
async fn unknown_apis_are_refused_after_the_signature() {
    let bench = start();
    assert_eq!(
        bench.rest("/auth/token/revoke", &[]).await["code"],
        "InvalidApiPath"
    );
    // Business methods do not live behind /rest.
    let pairs = bench.signed(BUSINESS, &[("method", BUSINESS)]);
    let answer = bench.post_form("/rest", encoded(&pairs)).await.json();
    assert_eq!(answer["code"], "InvalidApiPath");
    let answer = bench.sync("aliexpress.ds.nothing.get", &[]).await;
    assert_eq!(answer["error_response"]["code"], "InvalidApiPath");
    let answer = bench
        .post_form("/sync", encoded(&bench.signed("", &[])))
        .await
        .json();
    assert_eq!(answer["error_response"]["code"], "MissingParameter");
    assert!(
        answer["error_response"]["msg"]
            .as_str()
            .unwrap()
            .contains("\"method\"")
    );

    for path in [
        "/router/rest",
        "/",
        "/restful",
        "/sync/more",
        "/oauth/token",
    ] {
        let answer = bench.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.json()["code"], "InvalidApiPath", "{path}");
    }
}

#[tokio::test]
async fn duplicates_may_repeat_but_not_contradict() {
    let bench = start();
    let form = encoded(&bench.signed(TOKEN_PATH, &[("code", "x")]));
    let same = bench
        .post_form("/rest/auth/token/create?code=x", form.clone())
        .await
        .json();
    assert_eq!(same["code"], "InvalidCode");
    let other = bench
        .post_form("/rest/auth/token/create?code=y", form)
        .await
        .json();
    assert_eq!(other["code"], "IncompleteSignature");
    assert!(other["message"].as_str().unwrap().contains("\"code\""));
}

#[tokio::test]
async fn parameters_are_checked_after_the_token() {
    let bench = start();
    let answer = bench.sync(BUSINESS, &[]).await;
    assert_eq!(answer["error_response"]["code"], "IllegalAccessToken");
    let answer = bench
        .sync(BUSINESS, &[("access_token", "50000nonsense")])
        .await;
    assert_eq!(answer["error_response"]["code"], "IllegalAccessToken");

    let token = bench.token("buyer").await;
    let answer = bench.sync(BUSINESS, &[("access_token", &token)]).await;
    assert_eq!(
        answer["error_response"]["msg"],
        "The input parameter \"product_id\" that is mandatory for processing this request is not supplied"
    );
    let own = [
        ("access_token", token.as_str()),
        ("product_id", "abc"),
        ("ship_to_country", "FR"),
    ];
    let answer = bench.sync(BUSINESS, &own).await;
    assert_eq!(answer["error_response"]["code"], "UnsupportedParamMapping");
}

#[tokio::test]
async fn the_token_may_be_called_session() {
    let bench = start();
    let token = bench.token("buyer").await;
    let id = product(0);
    let own = [
        ("product_id", id.as_str()),
        ("ship_to_country", "FR"),
        ("session", &token),
    ];
    assert_eq!(bench.business(BUSINESS, &own).await["rsp_code"], 200);
    let mut both = own.to_vec();
    both.push(("access_token", "50000other"));
    let answer = bench.sync(BUSINESS, &both).await;
    assert_eq!(answer["error_response"]["code"], "IllegalAccessToken");
}

#[tokio::test]
async fn legacy_md5_works_for_business_calls_only() {
    use md5::{Digest, Md5};
    let bench = start();
    let md5 = |api: &str, own: &[(&str, &str)]| {
        let mut pairs = bench.signed(api, own);
        pairs.remove("sign");
        set(&mut pairs, "sign_method", "md5");
        let text: String = pairs
            .iter()
            .map(|(name, value)| format!("{name}{value}"))
            .collect();
        let prefix = if api.starts_with('/') { api } else { "" };
        let digest = Md5::digest(format!("{SECRET}{prefix}{text}{SECRET}"));
        set(&mut pairs, "sign", &hex::encode_upper(digest));
        encoded(&pairs)
    };
    let answer = bench
        .post_form("/sync", md5(BUSINESS, &[("method", BUSINESS)]))
        .await
        .json();
    assert_eq!(answer["error_response"]["code"], "IllegalAccessToken");
    let form = md5(TOKEN_PATH, &[("code", "x")]);
    let answer = bench
        .post_form("/rest/auth/token/create", form)
        .await
        .json();
    assert_eq!(answer["code"], "IncompleteSignature");
}

#[tokio::test]
async fn other_bodies_methods_and_sizes_have_an_answer() {
    let bench = start();
    let request = |method: Method, content_type: &str, body: Body| {
        Request::builder()
            .method(method)
            .uri("/sync")
            .header(header::HOST, "127.0.0.1:8090")
            .header(header::CONTENT_TYPE, content_type)
            .body(body)
            .unwrap()
    };
    let form = "application/x-www-form-urlencoded";
    let code = |answer: &Value| answer["error_response"]["code"].clone();

    // JSON is not looked into, as on the real gateway.
    let pairs = serde_json::to_string(&bench.signed(BUSINESS, &[("method", BUSINESS)])).unwrap();
    let answer = bench
        .send(request(Method::POST, "application/json", pairs.into()))
        .await;
    assert_eq!(code(&answer.json()), "MissingParameter");
    for garbage in [
        vec![0xff_u8, 0xfe, 0x00],
        b"%%%=&&&==%zz".to_vec(),
        vec![b'&'; 100_000],
    ] {
        let answer = bench
            .send(request(Method::POST, form, garbage.into()))
            .await;
        assert_eq!(code(&answer.json()), "MissingParameter");
    }
    let answer = bench.send(request(Method::PUT, form, Body::empty())).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.json()["request_id"].is_string());
    let huge = vec![b'a'; 16 * 1024 * 1024 + 1];
    let answer = bench.send(request(Method::POST, form, huge.into())).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["code"], "RequestTooLarge");
}

#[tokio::test]
async fn the_streamlined_form_and_numbers_as_text_are_switches() {
    let bench = start();
    let token = bench.token("buyer").await;
    let id = product(0);
    let own = [
        ("access_token", token.as_str()),
        ("product_id", &id),
        ("ship_to_country", "FR"),
        ("simplify", "true"),
    ];
    let mut json_too = own.to_vec();
    json_too.push(("format", "json"));
    let streamlined = |answer: &Value| answer.get("result").is_some();
    for (switch, alone, with_format) in [
        ("with_format_json", false, true),
        ("alone", true, true),
        ("ignored", false, false),
    ] {
        bench
            .set("profile", serde_json::json!({ "simplify": switch }))
            .await;
        assert_eq!(
            streamlined(&bench.sync(BUSINESS, &own).await),
            alone,
            "{switch}"
        );
        assert_eq!(
            streamlined(&bench.sync(BUSINESS, &json_too).await),
            with_format,
            "{switch}"
        );
    }
    // Errors lose their wrapper too, and their text is then called message.
    bench
        .set(
            "profile",
            serde_json::json!({ "simplify": "alone", "numbers": "string" }),
        )
        .await;
    let answer = bench.sync(BUSINESS, &[("simplify", "true")]).await;
    assert_eq!(answer["code"], "IllegalAccessToken");
    assert!(
        answer["message"].is_string() && answer.get("msg").is_none(),
        "{answer}"
    );
    let answer = bench.sync(BUSINESS, &own).await;
    assert_eq!(answer["rsp_code"], "200");
    assert_eq!(
        answer["result"]["ae_item_base_info_dto"]["product_id"],
        id.as_str()
    );
}

#[tokio::test]
async fn empty_parameters_may_be_signed_or_not() {
    let bench = start();
    let plain = bench.signed(TOKEN_PATH, &[("code", "x")]);
    let mut unsigned_empty = plain.clone();
    set(&mut unsigned_empty, "note", "");
    let signed_empty = bench.signed(TOKEN_PATH, &[("code", "x"), ("note", "")]);
    for (switch, unsigned, signed) in [
        ("either", "InvalidCode", "InvalidCode"),
        ("skipped", "InvalidCode", "IncompleteSignature"),
        ("signed", "IncompleteSignature", "InvalidCode"),
    ] {
        bench
            .set("profile", serde_json::json!({ "empty_params": switch }))
            .await;
        for (pairs, code) in [(&unsigned_empty, unsigned), (&signed_empty, signed)] {
            let answer = bench
                .post_form("/rest/auth/token/create", encoded(pairs))
                .await
                .json();
            assert_eq!(answer["code"], code, "{switch} {pairs:?}");
        }
    }
}
