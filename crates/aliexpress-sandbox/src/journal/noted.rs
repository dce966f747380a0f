//! One request as the journal keeps it, and the words it is shown in.

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::http::Method;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::gateway::multipart::File;
use crate::gateway::request::Call;
use crate::gateway::signature::{Verdict, prefix_of};
use crate::issue::fingerprint;

/// Parameters noted of one request.
const MOST_PARAMS: usize = 64;
/// Characters noted of one value.
const LONGEST_VALUE: usize = 400;

const SECRETS: [&str; 8] = [
    "access_token",
    "session",
    "refresh_token",
    "code",
    "sign",
    "app_secret",
    "client_secret",
    "password",
];

/// When a request came in, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival {
    /// Virtual time.
    pub(crate) at_ms: i64,
    pub(crate) real_ms: i64,
}

/// A request as it is kept: putting it into words is left to the few who read it.
pub(crate) struct Noted {
    pub(super) seq: u64,
    arrival: Arrival,
    http_method: Method,
    path: String,
    pub(super) api: String,
    /// Sorted by name. What is long was put into words at once, so that it does not stay in memory.
    params: Vec<(String, Value)>,
    more_params: bool,
    verdict: Verdict,
    pub(super) outcome: Cow<'static, str>,
    request_id: String,
}

/// The value of a parameter.
enum Value {
    AsSent(String),
    Shown(String),
    /// A file part, which is no part of the signed text.
    File(String),
}

/// One request to the gateway, in words.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
    pub(crate) real_ms: i64,
    pub(crate) http_method: String,
    pub(crate) path: String,
    pub(crate) api: String,
    pub(crate) params: BTreeMap<String, String>,
    pub(crate) signature: &'static str,
    pub(crate) canonical: String,
    /// `ok`, the error code, or `fault:` and its kind.
    pub(crate) outcome: Cow<'static, str>,
    pub(crate) request_id: String,
}

/// The same in short: enough to count calls by time.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Brief {
    seq: u64,
    at_ms: i64,
    real_ms: i64,
    api: String,
    outcome: Cow<'static, str>,
}

/// Name, length and 8 hexadecimal digits of the hash of a secret; other values shortened.
fn shown<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if SECRETS.contains(&name) {
        let hash = fingerprint(value);
        let hash = hash.get(..8).unwrap_or_default();
        return format!(
            "[{name} {} characters, sha256 {hash}]",
            value.chars().count()
        )
        .into();
    }
    match value.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}…", &value[..end]).into(),
        None => value.into(),
    }
}

/// A file part as the journal shows it.
fn shown_file(file: &File) -> String {
    let hash = hex::encode(Sha256::digest(&file.content));
    let hash = hash.get(..8).unwrap_or_default();
    format!("[file of {} bytes, sha256 {hash}]", file.content.len())
}

/// Long texts are cut at once, the others are kept as they are.
fn short(mut text: String) -> String {
    if let Cow::Owned(cut) = shown("", &text) {
        text = cut;
    }
    text
}

impl Noted {
    pub(crate) fn new(
        arrival: Arrival,
        call: Call,
        verdict: Verdict,
        outcome: Cow<'static, str>,
        request_id: String,
    ) -> Self {
        let files = call
            .files
            .iter()
            .take(MOST_PARAMS)
            .map(|file| (short(file.name.clone()), Value::File(shown_file(file))));
        let files: Vec<(String, Value)> = files.collect();
        let pairs = call.params.into_pairs();
        let more_params = pairs.len() > MOST_PARAMS;
        let kept = |(name, value): (String, String)| {
            let value = if value.len() > LONGEST_VALUE {
                Value::Shown(shown(&name, &value).into_owned())
            } else {
                Value::AsSent(value)
            };
            (short(name), value)
        };
        let mut params: Vec<(String, Value)> =
            pairs.into_iter().take(MOST_PARAMS).map(kept).collect();
        params.extend(files);
        Self {
            seq: 0,
            arrival,
            http_method: call.http_method,
            path: short(call.path),
            api: short(call.api),
            params,
            more_params,
            verdict,
            outcome,
            request_id,
        }
    }

    pub(super) fn brief(&self) -> Brief {
        Brief {
            seq: self.seq,
            at_ms: self.arrival.at_ms,
            real_ms: self.arrival.real_ms,
            api: self.api.clone(),
            outcome: self.outcome.clone(),
        }
    }

    pub(super) fn entry(&self) -> Entry {
        let words =
            |(name, value): &(String, Value)| (name.clone(), value.words(name).into_owned());
        Entry {
            seq: self.seq,
            at_ms: self.arrival.at_ms,
            real_ms: self.arrival.real_ms,
            http_method: self.http_method.to_string(),
            path: self.path.clone(),
            api: self.api.clone(),
            params: self.params.iter().map(words).collect(),
            signature: self.verdict.name(),
            canonical: self.canonical(),
            outcome: self.outcome.clone(),
            request_id: self.request_id.clone(),
        }
    }

    /// The text to sign, with secrets masked and long values cut.
    fn canonical(&self) -> String {
        let mut text = prefix_of(&self.api).to_owned();
        for (name, value) in &self.params {
            if name != "sign" && !value.is_unsigned() {
                text.push_str(name);
                text.push_str(&value.words(name));
            }
        }
        if self.more_params {
            text.push('…');
        }
        text
    }
}

impl Value {
    fn words(&self, name: &str) -> Cow<'_, str> {
        match self {
            Self::AsSent(value) => shown(name, value),
            Self::Shown(words) | Self::File(words) => words.into(),
        }
    }

    fn is_unsigned(&self) -> bool {
        match self {
            Self::AsSent(value) => value.trim().is_empty(),
            Self::Shown(_) => false,
            Self::File(_) => true,
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use url::form_urlencoded::Serializer;

    use super::*;
    use crate::gateway::params::Params;
    use crate::gateway::request::Door;

    fn call(query: &str) -> Call {
        Call {
            door: Door::Sync,
            http_method: Method::GET,
            path: "/sync".into(),
            api: "x.y".into(),
            params: Params::merge(Some(query), None),
            files: Vec::new(),
        }
    }

    pub(in crate::journal) fn noted(at_ms: i64, query: &str) -> Noted {
        let arrival = Arrival {
            at_ms,
            real_ms: at_ms - 5,
        };
        Noted::new(
            arrival,
            call(query),
            Verdict::Ok,
            "ok".into(),
            String::new(),
        )
    }

    #[test]
    fn secrets_are_shown_as_length_and_hash() {
        let long = "s".repeat(500);
        let query = format!("access_token=very-secret&app_key=1&refresh_token={long}&sign=ABCDEF");
        let entry = noted(0, &query).entry();
        let text = serde_json::to_string(&entry).unwrap();
        for secret in ["very-secret", "ABCDEF", "sssss"] {
            assert!(!text.contains(secret), "{text}");
        }
        assert!(
            text.contains("[access_token 11 characters, sha256 "),
            "{text}"
        );
        assert!(
            entry
                .canonical
                .contains("[refresh_token 500 characters, sha256 ")
        );
        assert!(
            entry.canonical.contains("app_key1refresh_token"),
            "{}",
            entry.canonical
        );
    }

    #[test]
    fn long_values_do_not_stay_in_memory() {
        let value = "é".repeat(LONGEST_VALUE + 1);
        let query = Serializer::new(String::new())
            .append_pair("image", &value)
            .finish();
        let noted = noted(0, &query);
        let Value::Shown(kept) = &noted.params[0].1 else {
            panic!("kept as sent");
        };
        assert_eq!(kept.chars().count(), LONGEST_VALUE + 1);
        assert!(noted.entry().canonical.ends_with("é…"));
    }
}
