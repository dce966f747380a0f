//! Finds the payload, or the gateway's error, in any of the three envelopes: wrapped (`{"x_response": {…}}`),
//! streamlined and flat (fields at top level). Nothing is built in memory: the payload stays a part of the body.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{self, DeserializeOwned, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::decode;
use crate::error::{Attempts, GatewayError};

/// A body that could not be opened.
#[derive(Debug)]
pub(crate) enum Unopened {
    NotJson,
    Truncated,
    NotAnObject,
    Gateway(Box<GatewayError>),
}

/// A body with its payload found.
#[derive(Debug)]
pub(crate) struct Opened<'a> {
    /// The JSON text with the method's own fields.
    pub(crate) payload: &'a str,
    pub(crate) request_id: Option<String>,
}

/// Opens a body.
pub(crate) fn open(body: &[u8]) -> Result<Opened<'_>, Unopened> {
    let text = std::str::from_utf8(body).map_err(|_| Unopened::NotJson)?;
    let text = text.trim_start_matches('\u{feff}');
    let top: Top<'_> = serde_json::from_str(text).map_err(|error| unreadable(text, &error))?;
    if let Some(raw) = top.error_response {
        return Err(Unopened::Gateway(Box::new(
            fault(raw.get()).into_error(top.request_id),
        )));
    }
    if let Some(raw) = top.wrapper {
        return Ok(Opened {
            payload: raw.get(),
            request_id: request_id(raw.get()).or(top.request_id),
        });
    }
    let flat = fault(text);
    if flat.is_flat_error(top.has_payload) {
        return Err(Unopened::Gateway(Box::new(flat.into_error(None))));
    }
    Ok(Opened {
        payload: text,
        request_id: top.request_id,
    })
}

/// The payload of a wrapped answer, decoded where it stands. `None` for every other envelope and for whatever cannot be
/// read.
pub(crate) fn wrapped<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let answer = deserializer
        .deserialize_map(WrappedVisitor(PhantomData))
        .ok()?;
    deserializer.end().ok()?;
    answer
}

/// Goes on only while what it meets is the wrapped form.
struct WrappedVisitor<T>(PhantomData<T>);

impl<'de, T: DeserializeOwned> Visitor<'de> for WrappedVisitor<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a wrapped answer")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<T>, A::Error> {
        let mut answer = None;
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match key.as_ref() {
                "request_id" | "_trace_id_" => {
                    map.next_value::<IgnoredAny>()?;
                }
                name if name.ends_with("_response")
                    && name != "error_response"
                    && answer.is_none() =>
                {
                    answer = Some(map.next_value()?);
                }
                _ => return Err(de::Error::custom("another envelope")),
            }
        }
        Ok(answer)
    }
}

/// The flat error that a payload holds when its `code` is not a success. For the token endpoints, which have no other
/// sign of failure.
pub(crate) fn flat_error(payload: &str) -> Option<GatewayError> {
    let fault = fault(payload);
    (!fault.is_success()).then(|| fault.into_error(None))
}

fn unreadable(text: &str, error: &serde_json::Error) -> Unopened {
    let text = text.trim_start();
    let begins_like_json = text.starts_with(['{', '[']);
    match error.classify() {
        Category::Eof if begins_like_json => Unopened::Truncated,
        Category::Data => Unopened::NotAnObject,
        _ => Unopened::NotJson,
    }
}

/// The fields of the top level that decide which envelope it is.
#[derive(Default)]
struct Top<'a> {
    error_response: Option<&'a RawValue>,
    wrapper: Option<&'a RawValue>,
    request_id: Option<String>,
    has_payload: bool,
}

impl<'de> Deserialize<'de> for Top<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TopVisitor)
    }
}

struct TopVisitor;

impl<'de> Visitor<'de> for TopVisitor {
    type Value = Top<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Top<'de>, A::Error> {
        let mut top = Top::default();
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "error_response" => top.error_response = object(map.next_value()?),
                "request_id" => top.request_id = map.next_value::<AnyText>()?.0,
                name if name.ends_with("_response") => {
                    if let Some(raw) = object(map.next_value()?) {
                        top.wrapper = Some(raw);
                    }
                }
                name => {
                    top.has_payload |= !is_error_field(name);
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(top)
    }
}

fn object(raw: &RawValue) -> Option<&RawValue> {
    raw.get().starts_with('{').then_some(raw)
}

/// Fields that say nothing but "this is an error".
fn is_error_field(name: &str) -> bool {
    matches!(
        name,
        "type" | "code" | "msg" | "message" | "sub_code" | "sub_msg" | "_trace_id_"
    )
}

/// Text or number; anything else is taken for absent, because these fields only describe.
#[derive(Debug, Default, PartialEq)]
struct AnyText(Option<String>);

impl<'de> Deserialize<'de> for AnyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        if raw.get().starts_with(['{', '[']) {
            return Ok(Self(None));
        }
        let mut inner = serde_json::Deserializer::from_str(raw.get());
        Ok(Self(decode::text(&mut inner).unwrap_or_default()))
    }
}

/// An error in either spelling.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fault {
    #[serde(rename = "type")]
    kind: AnyText,
    code: AnyText,
    msg: AnyText,
    message: AnyText,
    sub_code: AnyText,
    sub_msg: AnyText,
    request_id: AnyText,
}

impl Fault {
    /// No code, or one of the codes that mean success: "0" of the gateway, "00" and "200" of methods.
    fn is_success(&self) -> bool {
        match self.code.0.as_deref() {
            None => true,
            Some(code) => matches!(code, "0" | "00" | "200"),
        }
    }

    /// Tells the gateway's flat error from a streamlined answer of a method that has a `code` of its own: only the
    /// gateway names a type, and calls its text `message`.
    fn is_flat_error(&self, has_payload: bool) -> bool {
        if self.is_success() {
            return false;
        }
        let typed = matches!(self.kind.0.as_deref(), Some("ISV" | "ISP" | "SYSTEM"));
        typed
            || (self.message.0.is_some() && !has_payload)
            || (self.msg.0.is_none() && !has_payload)
    }

    fn into_error(self, outer_request_id: Option<String>) -> GatewayError {
        GatewayError {
            code: self.code.0.unwrap_or_else(|| "unnamed".to_owned()),
            sub_code: self.sub_code.0,
            message: self.msg.0.or(self.message.0).unwrap_or_default(),
            sub_message: self.sub_msg.0,
            request_id: self.request_id.0.or(outer_request_id),
            kind: self.kind.0,
            attempts: Attempts::default(),
        }
    }
}

/// The text is known to be an object; a field given twice leaves the rest unread, which only costs words.
fn fault(object: &str) -> Fault {
    serde_json::from_str(object).unwrap_or_default()
}

fn request_id(payload: &str) -> Option<String> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Named {
        request_id: AnyText,
    }
    serde_json::from_str::<Named>(payload)
        .unwrap_or_default()
        .request_id
        .0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(body: &str) -> (String, Option<String>) {
        let opened = open(body.as_bytes()).unwrap();
        (opened.payload.to_owned(), opened.request_id)
    }

    fn refused(body: &str) -> GatewayError {
        match open(body.as_bytes()) {
            Err(Unopened::Gateway(error)) => *error,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_wrapper_is_removed_whatever_its_name() {
        for key in [
            "aliexpress_ds_product_get_response",
            "auth_token_create_response",
        ] {
            let body = format!(r#"{{"{key}": {{"a":1,"request_id":"r1"}} }}"#);
            assert_eq!(
                opened(&body),
                (
                    r#"{"a":1,"request_id":"r1"}"#.to_owned(),
                    Some("r1".to_owned())
                )
            );
        }
    }

    #[test]
    fn a_streamlined_answer_is_its_own_payload() {
        let body = r#"{"code":"0","request_id":"r2","result":{}}"#;
        assert_eq!(opened(body), (body.to_owned(), Some("r2".to_owned())));
        let empty = r#"{"result":{}}"#;
        assert_eq!(opened(empty), (empty.to_owned(), None));
    }

    #[test]
    fn errors_are_found_in_both_spellings_and_with_numeric_codes() {
        let error = refused(
            r#"{"error_response":{"type":"ISP","code":15,"msg":"m","sub_code":"isp.x","sub_msg":"s"}}"#,
        );
        assert_eq!(
            (
                error.code.as_str(),
                error.sub_code.as_deref(),
                error.message.as_str()
            ),
            ("15", Some("isp.x"), "m")
        );
        assert_eq!(error.sub_message.as_deref(), Some("s"));
        let error = refused(
            r#"{"type":"ISV","code":"InvalidCode","message":"Invalid Code","request_id":7}"#,
        );
        assert_eq!(
            (
                error.code.as_str(),
                error.message.as_str(),
                error.request_id.as_deref()
            ),
            ("InvalidCode", "Invalid Code", Some("7"))
        );
        assert_eq!(refused(r#"{"code":"X"}"#).code, "X");
        assert_eq!(refused(r#"{"error_response":{}}"#).code, "unnamed");
        assert_eq!(
            refused(r#"{"error_response":{"code":{"a":1},"msg":[]}}"#).code,
            "unnamed"
        );
    }

    #[test]
    fn a_methods_own_code_is_not_a_gateway_error() {
        opened(r#"{"code":"EXCEPTION_TEXT_SEARCH_FOR_DS","msg":"system error","request_id":"r"}"#);
        opened(r#"{"code":"605","message":"x","result":{}}"#);
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let why = |body: &[u8]| open(body).unwrap_err();
        assert!(matches!(why(b"<html>"), Unopened::NotJson));
        assert!(matches!(why(b""), Unopened::NotJson));
        assert!(matches!(why(b"\xff{}"), Unopened::NotJson));
        assert!(matches!(why(b"{} trailing"), Unopened::NotJson));
        assert!(matches!(why(b"{\"a\": {\"b\": \"c"), Unopened::Truncated));
        assert!(matches!(why(b"[1]"), Unopened::NotAnObject));
        assert!(matches!(why(b"\"text\""), Unopened::NotAnObject));
        assert!(matches!(
            why("[".repeat(100_000).as_bytes()),
            Unopened::NotAnObject | Unopened::Truncated
        ));
        assert_eq!(opened("\u{feff}{\"a\":1}").0, "{\"a\":1}");
    }

    /// Every sample, in the short way and the long one. Only wrapped answers take the short one.
    #[test]
    fn the_short_way_gives_what_the_long_one_gives() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/samples");
        let mut wrapped_answers = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let body = std::fs::read(&path).unwrap();
            let short = wrapped::<serde_json::Value>(&body);
            let top: serde_json::Map<String, serde_json::Value> =
                serde_json::from_slice(&body).unwrap();
            let is_wrapped = top
                .keys()
                .any(|key| key.ends_with("_response") && key != "error_response");
            assert_eq!(short.is_some(), is_wrapped, "{}", path.display());
            if let Some(short) = short {
                let long = open(&body).unwrap().payload;
                let long: serde_json::Value = serde_json::from_str(long).unwrap();
                assert_eq!(short, long, "{}", path.display());
                wrapped_answers += 1;
            }
        }
        assert!(wrapped_answers > 40, "{wrapped_answers}");
    }

    #[test]
    fn whatever_is_odd_takes_the_long_way() {
        for body in [
            r#"{"a_response":{},"b_response":{}}"#,
            r#"{"a_response":{},"other":1}"#,
            r#"{"error_response":{"code":"X"}}"#,
            r#"{"a_response":{}} trailing"#,
            "\u{feff}{\"a_response\":{}}",
            r#"{"request_id":"r"}"#,
            "[]",
        ] {
            assert_eq!(
                wrapped::<serde_json::Value>(body.as_bytes()),
                None,
                "{body}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            drop(open(&body));
        }

        #[test]
        fn no_json_like_text_panics(body in r#"[{}\[\]":,a-c_0-9.e \\-]{0,80}"#) {
            drop(open(body.as_bytes()));
            drop(open(format!(r#"{{"error_response":{body}}}"#).as_bytes()));
            drop(open(format!(r#"{{"a_response":{body}}}"#).as_bytes()));
        }
    }
}
