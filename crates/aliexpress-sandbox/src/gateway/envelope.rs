//! The forms of an answer: flat, wrapped under the method's key, streamlined.

use super::legacy;
use super::refusal::Refusal;
use super::request::Door;
use crate::json::{Json, Object, object};
use crate::profile::{ErrorCodes, ErrorTypes, Numbers, Profile, TraceIds};

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
    /// Whether the fields stand under the key of the method or, for an error, under `error_response`.
    pub(crate) wrapped: bool,
    pub(crate) profile: &'a Profile,
}

/// Key around a wrapped answer: dots (and, for the token paths, slashes) become underscores.
fn wrapper_key(api: &str) -> String {
    format!("{}_response", api.replace(['.', '/'], "_"))
}

impl Form<'_> {
    pub(crate) fn success(&self, mut fields: Object, ids: &Ids, traced: bool) -> Object {
        fields.set("request_id", ids.request_id.clone());
        if self.profile.numbers == Numbers::String {
            fields.values_mut().for_each(Json::numbers_to_text);
        }
        if self.traced(traced && self.wrapped) {
            fields.set("_trace_id_", ids.trace_id.clone());
        }
        if self.wrapped {
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
        if self.door == Door::Sync
            && self.profile.error_codes == ErrorCodes::Numeric
            && !refusal.numeric
        {
            return self.written(&legacy::numbered(refusal), ids);
        }
        self.written(refusal, ids)
    }

    fn written(&self, refusal: &Refusal, ids: &Ids) -> Object {
        let number = refusal.code.parse::<i64>().ok().filter(|_| refusal.numeric);
        let code = number.map_or_else(|| Json::from(refusal.code.clone()), Json::from);
        let mut fields = object! {
            "code": code,
            "request_id": ids.request_id.clone(),
        };
        match self.profile.error_types {
            ErrorTypes::AsListed => fields.set("type", refusal.blame.name()),
            ErrorTypes::AsHeaded => fields.set("type", refusal.headed()),
            ErrorTypes::Absent => {}
        }
        if let Some((code, message)) = &refusal.sub {
            fields.set("sub_code", code.clone());
            fields.set("sub_msg", message.clone());
        }
        let text = if self.wrapped { "msg" } else { "message" };
        fields.set(text, refusal.message.clone());
        if self.traced(refusal.traced && self.wrapped) {
            fields.set("_trace_id_", ids.trace_id.clone());
        }
        if self.wrapped {
            return object! { "error_response": fields };
        }
        fields
    }

    /// Whether the answer carries `_trace_id_`, where captures have it (`recorded`) or not.
    fn traced(&self, recorded: bool) -> bool {
        match self.profile.trace_ids {
            TraceIds::AsRecorded => recorded,
            TraceIds::Present => true,
            TraceIds::Absent => false,
        }
    }
}
