//! Messages of AliExpress: who is believed, and what is read.

use aliexpress::push::{
    self, Age, MAX_BODY_BYTES, OrderStatus, PushData, PushError, PushMessage, Topic, VerifyError,
};
use aliexpress::{AppKey, AppSecret};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::support::{APP_KEY, now, sample, secret};
use super::vectors::vectors;

fn app_key() -> AppKey {
    AppKey::parse(APP_KEY).unwrap()
}

fn parse(body: &Value) -> PushMessage {
    PushMessage::parse(body.to_string().as_bytes()).unwrap()
}

/// The vector of the reference: its body and its header.
fn signed() -> (Vec<u8>, String) {
    let vector = vectors()
        .into_iter()
        .find(|vector| vector.name == "own-push-authorization")
        .unwrap();
    (vector.params["body"].clone().into_bytes(), vector.sign)
}

fn check(body: &[u8], header: Option<&str>) -> Result<usize, VerifyError> {
    push::verify(&app_key(), &[secret()], body, header)
}

#[test]
fn the_vector_is_believed_and_nothing_near_it() {
    let (body, header) = signed();
    assert_eq!(check(&body, Some(&header)), Ok(0));
    assert_eq!(check(&body, Some(&format!(" {header}\r\n"))), Ok(0));
    // Any changed byte, and JSON that says the same in other bytes.
    for at in 0..body.len() {
        let mut changed = body.clone();
        changed[at] ^= 1;
        assert_eq!(
            check(&changed, Some(&header)),
            Err(VerifyError::Mismatch),
            "{at}"
        );
    }
    let value: Value = serde_json::from_slice(&body).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    assert_eq!(check(&pretty, Some(&header)), Err(VerifyError::Mismatch));
    let other = AppKey::parse("90001235").unwrap();
    assert_eq!(
        push::verify(&other, &[secret()], &body, Some(&header)),
        Err(VerifyError::Mismatch)
    );
}

#[test]
fn each_way_to_be_wrong_has_its_name() {
    let (body, header) = signed();
    let cases = [
        (None, VerifyError::Unsigned),
        (Some(String::new()), VerifyError::Unsigned),
        (Some(" \t".to_owned()), VerifyError::Unsigned),
        (Some(format!("Bearer {header}")), VerifyError::Malformed),
        (Some(header[..63].to_owned()), VerifyError::Malformed),
        (Some(format!("{header}0")), VerifyError::Malformed),
        (Some("é".repeat(32)), VerifyError::Malformed),
        (Some(header.to_uppercase()), VerifyError::UpperCase),
        (Some("0".repeat(64)), VerifyError::Mismatch),
    ];
    for (header, expected) in cases {
        assert_eq!(
            check(&body, header.as_deref()),
            Err(expected.clone()),
            "{header:?}"
        );
        // Nothing of the request is repeated.
        assert!(!expected.to_string().contains(&APP_KEY[..5]));
    }
    let none: [AppSecret; 0] = [];
    assert_eq!(
        push::verify(&app_key(), &none, &body, Some(&header)),
        Err(VerifyError::NoSecret)
    );
    let large = vec![b' '; MAX_BODY_BYTES + 1];
    assert_eq!(
        check(&large, Some(&header)),
        Err(VerifyError::TooLarge {
            length: MAX_BODY_BYTES + 1
        })
    );
}

#[test]
fn while_the_secret_changes_both_count_and_the_one_is_told() {
    let (body, _) = signed();
    let secrets = ["new", "old", "older", "old"].map(|text| AppSecret::parse(text).unwrap());
    for (index, expected) in [(0, 0), (1, 1), (2, 2), (3, 1)] {
        let header = push::authorization(&app_key(), &secrets[index], &body);
        let signed_by = push::verify(&app_key(), &secrets, &body, Some(&header));
        assert_eq!(signed_by, Ok(expected));
    }
    let retired = AppSecret::parse("retired").unwrap();
    let header = push::authorization(&app_key(), &retired, &body);
    assert_eq!(
        push::verify(&app_key(), &secrets, &body, Some(&header)),
        Err(VerifyError::Mismatch)
    );
}

#[test]
fn the_documented_sample_is_read_whole() {
    let body = sample("webhook.order-status");
    let message = PushMessage::parse(&body).unwrap();
    assert_eq!(
        (message.topic, message.message_type),
        (Topic::OrderStatus, Some(53))
    );
    assert_eq!(message.seller_id.as_deref(), Some("1234"));
    assert_eq!(message.site.as_deref(), Some("ae_global"));
    assert_eq!(
        message.timestamp,
        Some(Timestamp::from_second(1_767_675_670).unwrap())
    );
    let PushData::Order(update) = &message.data else {
        panic!("{message:?}");
    };
    assert_eq!(update.order_id, 8_200_000_000_000_001);
    assert_eq!(update.buyer_id, Some(1_700_000_001));
    assert_eq!(update.status, Some(OrderStatus::PaymentAuthorized));
    assert_eq!(message.raw().as_bytes(), body);
    let data: Value = serde_json::from_str(message.raw_data().unwrap()).unwrap();
    assert_eq!(data["orderId"], 8_200_000_000_000_001_i64);
}

#[test]
fn every_topic_is_known_by_its_number() {
    for (topic, number) in Topic::KNOWN {
        let message = parse(&json!({"message_type": number, "data": {"orderId": 1}}));
        assert_eq!(message.topic, *topic);
        assert!(
            !matches!(message.data, PushData::Unexpected(_)),
            "{message:?}"
        );
    }
    let numbers: Vec<i64> = Topic::KNOWN.iter().map(|(_, number)| *number).collect();
    assert_eq!(numbers, [53, 51, 18, 65, 8, 0, 21]);
}

#[test]
fn statuses_are_spelled_as_they_are_and_others_are_kept() {
    let words = [
        "OrderCreated",
        "PaymentAuthorized",
        "paymentFailedEvent",
        "OrderShipped",
        "OrderConfirmed",
        "OrderClosed",
    ];
    let known: Vec<&str> = OrderStatus::KNOWN.iter().map(OrderStatus::as_str).collect();
    assert_eq!(known, words);
    for word in ["PaymentFailedEvent", "orderCreated", "SOMETHING_NEW"] {
        let message = parse(
            &json!({"message_type": 51, "data": {"orderId": "8200000000000001", "orderStatus": word}}),
        );
        let PushData::Order(update) = message.data else {
            panic!("{message:?}")
        };
        assert_eq!(update.status, Some(OrderStatus::Other(word.to_owned())));
        assert_eq!(update.order_id, 8_200_000_000_000_001);
    }
}

#[test]
fn a_token_expiry_names_the_end_and_no_seller_is_no_seller() {
    for expires in [json!(1_767_225_600), json!("1767225600000")] {
        let message = parse(&json!({
            "message_type": 8, "seller_id": "null", "timestamp": 1_767_225_600_000_i64,
            "data": {"app_key": 90_001_234, "auth_expiry_time": expires, "seller_id": 77},
        }));
        assert_eq!(message.seller_id, None);
        let PushData::Expiry(expiry) = &message.data else {
            panic!("{message:?}")
        };
        assert_eq!(expiry.app_key.as_deref(), Some("90001234"));
        assert_eq!(expiry.expires_at, Some(now()));
        assert_eq!(expiry.seller_id.as_deref(), Some("77"));
    }
    for nobody in [json!(null), json!(""), json!(" NULL "), json!({})] {
        assert_eq!(parse(&json!({"seller_id": nobody})).seller_id, None);
    }
}

#[test]
fn what_is_not_known_is_kept_and_not_refused() {
    let message = parse(&json!({"message_type": 9_999, "data": {"x": [1, {"y": 2}]}}));
    assert_eq!(
        (message.topic, message.message_type),
        (Topic::Unknown, Some(9_999))
    );
    assert_eq!(message.data, PushData::Untyped);
    assert_eq!(message.raw_data(), Some(r#"{"x":[1,{"y":2}]}"#));
    for body in [
        json!({}),
        json!({"message_type": "word"}),
        json!({"message_type": []}),
    ] {
        let message = parse(&body);
        assert_eq!(
            (message.topic, message.message_type),
            (Topic::Unknown, None)
        );
        assert_eq!(message.raw(), body.to_string());
    }
    // A known topic with other data says which field, and loses nothing.
    let cases = [
        (json!({"message_type": 53}), "data"),
        (json!({"message_type": 53, "data": "text"}), "data"),
        (json!({"message_type": 53, "data": {}}), "data.orderId"),
        (
            json!({"message_type": 53, "data": {"orderId": 8.2e15}}),
            "data.orderId",
        ),
        (
            json!({"message_type": 53, "data": {"orderId": 18_446_744_073_709_551_615_u64}}),
            "data.orderId",
        ),
        (json!({"message_type": 8, "data": []}), "data"),
    ];
    for (body, field) in cases {
        let message = parse(&body);
        let PushData::Unexpected(problem) = &message.data else {
            panic!("{message:?}")
        };
        assert_eq!(problem.field, field, "{body}");
        assert_eq!(message.raw(), body.to_string());
    }
}

#[test]
fn what_is_no_message_is_an_error_that_repeats_nothing() {
    assert_eq!(PushMessage::parse(b"").unwrap_err(), PushError::Empty);
    assert_eq!(PushMessage::parse(b" \n").unwrap_err(), PushError::Empty);
    let large = vec![b'{'; MAX_BODY_BYTES + 1];
    assert!(matches!(
        PushMessage::parse(&large).unwrap_err(),
        PushError::TooLarge { .. }
    ));
    let bodies: [&[u8]; 8] = [
        b"[]",
        b"[53,null,null,null,null]",
        b"null",
        b"canary",
        b"{\"canary\":",
        b"{\"message_type\":53} canary",
        b"{\"message_type\":53,\"message_type\":51}",
        b"{\n\"canary\": \"\xff\"}",
    ];
    for body in bodies {
        let error = PushMessage::parse(body).unwrap_err();
        assert!(
            matches!(error, PushError::NotJson { .. }),
            "{body:?}: {error:?}"
        );
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
    assert_eq!(
        PushMessage::parse(b"{\n\"a\": \"\xff\"}").unwrap_err(),
        PushError::NotJson { line: 2, column: 7 }
    );
    let deep = format!(
        "{{\"message_type\":53,\"data\":{}1{}}}",
        "[".repeat(9_000),
        "]".repeat(9_000)
    );
    assert!(matches!(
        PushMessage::parse(deep.as_bytes()).unwrap().data,
        PushData::Unexpected(_)
    ));
}

#[test]
fn seconds_and_milliseconds_are_told_apart_by_size() {
    let at = |value: Value| parse(&json!({ "timestamp": value })).timestamp;
    for same in [
        json!(1_767_225_600),
        json!("1767225600"),
        json!(1_767_225_600.0),
        json!(1_767_225_600_000_i64),
        json!("1767225600000"),
        json!("2026-01-01T00:00:00Z"),
    ] {
        assert_eq!(at(same.clone()), Some(now()), "{same}");
    }
    for none in [
        json!("soon"),
        json!(true),
        json!(1e300),
        json!(i64::MAX),
        json!(null),
    ] {
        assert_eq!(at(none.clone()), None, "{none}");
    }
}

#[test]
fn age_is_held_against_a_day_on_both_sides() {
    let day = SignedDuration::from_hours(24);
    let second = SignedDuration::from_secs(1);
    let message =
        |at: Timestamp| parse(&json!({"message_type": 53, "timestamp": at.as_millisecond()}));
    let age = |at: Timestamp| message(at).age(now());
    assert_eq!(age(now()), Age::Fresh);
    assert_eq!(age(now() - day), Age::Fresh);
    assert_eq!(age(now() - day - second), Age::Stale(day + second));
    assert_eq!(age(now() + day), Age::Fresh);
    assert_eq!(age(now() + day + second), Age::Future(day + second));
    assert_eq!(parse(&json!({})).age(now()), Age::Unknown);
}

#[test]
fn duplicates_have_one_key_and_others_have_another() {
    let (body, _) = signed();
    let key = push::dedupe_key(&body);
    assert_eq!(PushMessage::parse(&body).unwrap().dedupe_key(), key);
    // SHA-256 of the two bytes `{}`, computed elsewhere.
    assert_eq!(
        push::dedupe_key(b"{}"),
        "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    assert_ne!(push::dedupe_key(b"{ }"), push::dedupe_key(b"{}"));
}

#[test]
fn debug_shows_no_person() {
    for (topic, number) in Topic::KNOWN {
        let message = parse(&json!({
            "message_type": number, "seller_id": "CANARY1", "site": "CANARY2", "timestamp": 1,
            "data": {"orderId": 1, "buyerId": 777_001_777, "orderStatus": "CANARY3", "seller_id": "CANARY4",
                "app_key": "CANARY5", "content": "CANARY6"},
        }));
        let shown = format!("{message:?} {message:#?} {:?}", message.data);
        assert!(
            !shown.contains("CANARY") && !shown.contains("777001777"),
            "{topic:?}: {shown}"
        );
    }
}

/// What a message says, without its text.
type Said = (
    Topic,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<Timestamp>,
    PushData,
);

fn said(body: &str) -> Said {
    let message = PushMessage::parse(body.as_bytes()).unwrap();
    (
        message.topic,
        message.message_type,
        message.seller_id,
        message.site,
        message.timestamp,
        message.data,
    )
}

/// An object with its fields in the given order, numbers as numbers or as text.
fn written(
    fields: &[(&str, String)],
    order: &[prop::sample::Index],
    quoted: &[bool],
    gap: &str,
) -> String {
    let mut left: Vec<usize> = (0..fields.len()).collect();
    let fields: Vec<String> = order[..fields.len()]
        .iter()
        .map(|index| left.remove(index.index(left.len())))
        .map(|index| {
            let (name, value) = &fields[index];
            let bare = value.parse::<i64>().is_err() || !quoted[index];
            let value = if bare {
                value.clone()
            } else {
                format!("\"{value}\"")
            };
            format!("{gap}\"{name}\"{gap}:{gap}{value}{gap}")
        })
        .collect();
    format!("{{{}}}", fields.join(","))
}

proptest! {
    #[test]
    fn any_order_and_number_form_says_the_same(
        order in prop::collection::vec(any::<prop::sample::Index>(), 8),
        quoted in prop::collection::vec(any::<bool>(), 8),
        gap in "[ \n\t]{0,2}",
        order_id in 1..i64::MAX,
        in_milliseconds in any::<bool>(),
    ) {
        let timestamp = if in_milliseconds { "1767225600000" } else { "1767225600" };
        let plain = format!(
            r#"{{"data":{{"buyerId":2000000001,"orderId":{order_id},"orderStatus":"OrderShipped"}},"message_type":53,"seller_id":2000000001,"site":"ae_global","timestamp":1767225600}}"#
        );
        let data = written(&[
            ("buyerId", "2000000001".to_owned()),
            ("orderId", order_id.to_string()),
            ("orderStatus", "\"OrderShipped\"".to_owned()),
        ], &order, &quoted, &gap);
        let body = written(&[
            ("data", data),
            ("message_type", "53".to_owned()),
            ("seller_id", "2000000001".to_owned()),
            ("site", "\"ae_global\"".to_owned()),
            ("timestamp", timestamp.to_owned()),
            ("unknown", "[1,{}]".to_owned()),
        ], &order, &quoted, &gap);
        prop_assert_eq!(said(&body), said(&plain), "{}", body);
    }

    #[test]
    fn no_body_and_no_header_panics(body in prop::collection::vec(any::<u8>(), 0..300), header in ".{0,80}") {
        prop_assert!(check(&body, Some(&header)).is_err());
        if let Ok(message) = PushMessage::parse(&body) {
            prop_assert_eq!(message.raw().as_bytes(), &body[..]);
        }
    }

    #[test]
    fn no_json_panics(value in r#"[{}\[\]":,0-9.eE\-+ a-ntu]{0,40}"#) {
        for body in [
            format!(r#"{{"message_type":{value}}}"#),
            format!(r#"{{"message_type":53,"data":{value},"timestamp":{value}}}"#),
            format!(r#"{{"message_type":8,"data":{{"auth_expiry_time":{value}}}}}"#),
        ] {
            drop(PushMessage::parse(body.as_bytes()).map(|message| message.age(now())));
        }
    }

    #[test]
    fn only_the_right_signature_is_believed(body in prop::collection::vec(any::<u8>(), 0..300), at in 0_usize..64) {
        let header = push::authorization(&app_key(), &secret(), &body);
        prop_assert_eq!(check(&body, Some(&header)), Ok(0));
        let mut wrong = header.into_bytes();
        wrong[at] = if wrong[at] == b'0' { b'1' } else { b'0' };
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert_eq!(check(&body, Some(&wrong)), Err(VerifyError::Mismatch));
    }
}
