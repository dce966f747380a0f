//! Answers that are not what was asked for: always a typed error, never a panic, and the field is named.

use aliexpress::{Class, Effect, Error, HttpResponse};
use bytes::Bytes;
use proptest::prelude::*;

use super::support::{Canned, account, decode, run, sample};

fn every_decoder(body: &[u8]) {
    let body = Bytes::copy_from_slice(body);
    drop(decode::search(body.clone()));
    drop(decode::product(body.clone()));
    drop(decode::freight(body.clone()));
    drop(decode::create(body.clone()));
    drop(decode::order(body.clone()));
    drop(decode::tracking(body.clone()));
    drop(decode::token(body));
}

fn asked(response: HttpResponse) -> Error {
    let client = account(Canned::answer(Ok(response)));
    run(client.dropshipping().order_get().order_id(1).send()).unwrap_err()
}

fn response(status: u16, content_type: Option<&str>, body: &'static str) -> HttpResponse {
    HttpResponse {
        status,
        content_type: content_type.map(str::to_owned),
        date: None,
        body: Bytes::from_static(body.as_bytes()),
    }
}

#[test]
fn html_with_status_200_is_its_own_error() {
    let error = asked(response(
        200,
        Some("text/html"),
        "<html><body>Not Found</body></html>",
    ));
    let Error::NotJson {
        status,
        content_type,
        excerpt,
        ..
    } = &error
    else {
        panic!("{error:?}");
    };
    assert_eq!((*status, content_type.as_deref()), (200, Some("text/html")));
    assert_eq!(excerpt, "<html><body>Not Found</body></html>");
    assert_eq!(
        (error.code(), error.effect()),
        ("not_json", Effect::Unknown)
    );
    assert!(error.to_string().contains("text/html"));
    assert!(matches!(
        asked(response(200, None, "")),
        Error::NotJson { .. }
    ));
}

#[test]
fn http_errors_are_told_from_gateway_errors() {
    let error = asked(response(500, Some("text/html"), "<h1>oops</h1>"));
    assert!(
        matches!(&error, Error::Http { status: 500, excerpt, .. } if excerpt == "<h1>oops</h1>")
    );
    assert_eq!(
        (error.advice().class, error.effect()),
        (Class::Retry, Effect::Unknown)
    );
    assert!(matches!(
        asked(response(503, None, "")),
        Error::Http { status: 503, .. }
    ));
    assert!(matches!(
        asked(response(
            502,
            None,
            r#"{"result":{"order_status":"FINISH"}}"#
        )),
        Error::Http { status: 502, .. }
    ));
    let error = asked(response(
        429,
        None,
        r#"{"error_response":{"code":"ApiCallLimit","msg":"this ban will last 9 seconds"}}"#,
    ));
    assert_eq!(
        (error.code(), error.advice().class),
        ("ApiCallLimit", Class::Wait { seconds: 9 })
    );
}

#[test]
fn redirect_answers_are_an_error_whatever_the_transport() {
    for status in [301, 302, 303, 307, 308] {
        let error = asked(response(
            status,
            None,
            r#"{"result":{"order_status":"FINISH"}}"#,
        ));
        assert_eq!(error.code(), "redirected", "{status}");
    }
}

#[test]
fn every_cut_of_an_answer_is_truncated() {
    let whole = sample("aliexpress.ds.order.tracking.get");
    let end = whole.iter().rposition(|byte| *byte == b'}').unwrap();
    for length in 1..end {
        let error = decode::tracking(whole[..length].to_vec()).unwrap_err();
        assert!(
            matches!(error, Error::Truncated { .. }),
            "{length}: {error:?}"
        );
        assert_eq!(
            (error.code(), error.effect()),
            ("truncated_json", Effect::Unknown)
        );
    }
}

#[test]
fn a_wrong_field_is_named_through_every_list_form() {
    let cases = [
        (
            r#"{"result":{"delivery_options":{"delivery_option_d_t_o":[{"code":"A"},{"code":"B","shipping_fee_cent":"x"}]}}}"#,
            "result.delivery_options.delivery_option_d_t_o[1].shipping_fee_cent",
        ),
        (
            r#"{"w_response":{"result":{"delivery_options":[{"code":"A","shipping_fee_cent":[]}]}}}"#,
            "result.delivery_options[0].shipping_fee_cent",
        ),
        (
            r#"{"result":{"delivery_options":{"code":{}}}}"#,
            "result.delivery_options.code",
        ),
        (
            r#"{"result":{"success":"perhaps"}}"#,
            "result.delivery_options",
        ),
        (r#"{"result":[]}"#, "result.delivery_options"),
        (r#"{"result":{}}"#, "result.delivery_options"),
        (r#"{"result":7}"#, "result"),
        (r#"{"other":1}"#, "result.delivery_options"),
    ];
    for (body, expected) in cases {
        match decode::freight(body).unwrap_err() {
            Error::Decode { method, path, .. } => {
                assert_eq!(
                    (method.as_str(), path.as_str()),
                    ("aliexpress.ds.freight.query", expected),
                    "{body}"
                );
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn ids_never_lose_digits() {
    for id in [
        "1e30",
        "8200000000000001.5",
        "8200000000000001.0",
        "18446744073709551615",
        "9223372036854775808",
        "true",
        "{}",
    ] {
        let body =
            format!(r#"{{"result":{{"is_success":true,"order_list":{{"number":[{id}]}}}}}}"#);
        assert!(
            matches!(decode::create(body), Err(Error::Decode { .. })),
            "{id}"
        );
    }
    // A count may come with a fraction of zero.
    let body =
        r#"{"result":{"success":true,"delivery_options":[{"code":"A","min_delivery_days":7.0}]}}"#;
    assert_eq!(decode::freight(body).unwrap()[0].min_delivery_days, Some(7));
    let body = r#"{"result":{"order_list":[9007199254740993]}}"#;
    assert_eq!(
        decode::create(body).unwrap().order_ids,
        [9_007_199_254_740_993]
    );
}

#[test]
fn values_that_are_no_objects_are_refused() {
    for body in ["[]", "1", "null", "\"x\"", "true"] {
        assert!(
            matches!(decode::order(body), Err(Error::Decode { .. })),
            "{body}"
        );
    }
}

#[test]
fn deep_nesting_is_refused_quietly() {
    let deep = format!(
        "{{\"result\":{}{}}}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    assert!(decode::order(deep).is_err());
    let deep = format!(
        "{{\"result\":{}1{}}}",
        "{\"a\":".repeat(50_000),
        "}".repeat(50_000)
    );
    assert!(decode::order(deep).is_err());
}

proptest! {
    #[test]
    fn no_bytes_panic_any_decoder(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        every_decoder(&body);
    }

    #[test]
    fn no_damaged_sample_panics(
        which in 0_usize..6,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let names = ["aliexpress.ds.text.search", "aliexpress.ds.product.get", "aliexpress.ds.freight.query",
            "aliexpress.ds.order.create", "aliexpress.trade.ds.order.get", "auth.token.create"];
        let mut body = sample(names[which]);
        for (index, byte) in damage {
            let at = index.index(body.len());
            body[at] = byte;
        }
        every_decoder(&body);
    }

    #[test]
    fn no_json_like_text_panics(inner in r#"[{}\[\]":,0-9.e\- a-c_]{0,60}"#) {
        every_decoder(format!(r#"{{"result":{inner}}}"#).as_bytes());
        every_decoder(format!(r#"{{"result":{{"order_list":{inner},"delivery_options":{inner},"data":{inner}}}}}"#).as_bytes());
    }
}
