//! The forms of an answer: flat, wrapped under the method's key, streamlined.

use serde_json::{Map, Value, json};

use super::Door;
use super::refusal::Refusal;
use crate::profile::Numbers;

/// The ids that every answer carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    pub(crate) request_id: String,
    pub(crate) trace_id: String,
}

impl Ids {
    /// Request id: 8 hexadecimal digits, milliseconds (13 digits), counter (4 digits).
    pub(crate) fn new(now_ms: i64, counter: u32) -> Self {
        Self {
            request_id: format!("2141244f{now_ms:013}{:04}", counter % 10_000),
            trace_id: format!("2140244f{now_ms:013}{:07}", counter % 10_000_000),
        }
    }
}

/// How the answer is put together.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form<'a> {
    pub(crate) door: Door,
    pub(crate) api: &'a str,
    pub(crate) streamlined: bool,
    pub(crate) numbers: Numbers,
}

/// Key around a wrapped answer: dots (and, for the token paths, slashes) become underscores.
fn wrapper_key(api: &str) -> String {
    format!("{}_response", api.replace(['.', '/'], "_"))
}

impl Form<'_> {
    pub(crate) fn success(&self, mut fields: Map<String, Value>, ids: &Ids, traced: bool) -> Value {
        fields.insert("request_id".to_owned(), json!(ids.request_id));
        if self.numbers == Numbers::String {
            fields.values_mut().for_each(numbers_to_text);
        }
        match self.door {
            Door::Sync if !self.streamlined => {
                if traced {
                    fields.insert("_trace_id_".to_owned(), json!(ids.trace_id));
                }
                json!({ wrapper_key(self.api): fields })
            }
            Door::Rest | Door::Sync => {
                fields.entry("code").or_insert_with(|| json!("0"));
                Value::Object(fields)
            }
        }
    }

    pub(crate) fn refusal(&self, refusal: &Refusal, ids: &Ids) -> Value {
        let mut fields = Map::new();
        fields.insert("type".to_owned(), json!(refusal.blame.name()));
        fields.insert("code".to_owned(), json!(refusal.code));
        fields.insert("request_id".to_owned(), json!(ids.request_id));
        if let Some((code, message)) = &refusal.sub {
            fields.insert("sub_code".to_owned(), json!(code));
            fields.insert("sub_msg".to_owned(), json!(message));
        }
        if self.door == Door::Rest || self.streamlined {
            fields.insert("message".to_owned(), json!(refusal.message));
            return Value::Object(fields);
        }
        fields.insert("msg".to_owned(), json!(refusal.message));
        if refusal.traced {
            fields.insert("_trace_id_".to_owned(), json!(ids.trace_id));
        }
        json!({ "error_response": fields })
    }
}

/// Writes every number as text, as one documentation sample does.
fn numbers_to_text(value: &mut Value) {
    match value {
        Value::Number(number) => *value = Value::String(number.to_string()),
        Value::Array(items) => items.iter_mut().for_each(numbers_to_text),
        Value::Object(fields) => fields.values_mut().for_each(numbers_to_text),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}
