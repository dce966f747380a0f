//! The forms of an answer: flat, wrapped under the method's key, streamlined.

use super::refusal::Refusal;
use super::request::Door;
use crate::json::{Json, Object, object};
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
    pub(crate) fn success(&self, mut fields: Object, ids: &Ids, traced: bool) -> Object {
        fields.set("request_id", ids.request_id.clone());
        if self.numbers == Numbers::String {
            fields.values_mut().for_each(Json::numbers_to_text);
        }
        if self.door == Door::Sync && !self.streamlined {
            if traced {
                fields.set("_trace_id_", ids.trace_id.clone());
            }
            let mut wrapped = Object::default();
            wrapped.set(wrapper_key(self.api), fields);
            return wrapped;
        }
        if !fields.has("code") {
            fields.set("code", "0");
        }
        fields
    }

    pub(crate) fn refusal(&self, refusal: &Refusal, ids: &Ids) -> Object {
        let number = refusal.code.parse::<i64>().ok().filter(|_| refusal.numeric);
        let code = number.map_or_else(|| Json::from(refusal.code.clone()), Json::from);
        let mut fields = object! {
            "type": refusal.blame.name(),
            "code": code,
            "request_id": ids.request_id.clone(),
        };
        if let Some((code, message)) = &refusal.sub {
            fields.set("sub_code", code.clone());
            fields.set("sub_msg", message.clone());
        }
        if self.door == Door::Rest || self.streamlined {
            fields.set("message", refusal.message.clone());
            return fields;
        }
        fields.set("msg", refusal.message.clone());
        if refusal.traced {
            fields.set("_trace_id_", ids.trace_id.clone());
        }
        object! { "error_response": fields }
    }
}
