//! What came in, with the verdict of the signature check. Secrets appear as length and hash only.

use std::borrow::Cow;
use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::gateway::multipart::File;
use crate::gateway::params::Params;
use crate::gateway::request::Call;
use crate::gateway::signature::{Verdict, prefix_of};
use crate::issue::fingerprint;

/// Entries kept; older ones are dropped.
const CAPACITY: usize = 1000;
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

/// One request to the gateway.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) seq: u64,
    pub(crate) at_ms: i64,
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

/// How often an API was called, and how often that went well.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Calls {
    pub(crate) ok: u64,
    pub(crate) failed: u64,
}

/// A bounded ring of entries, and counts that outlive them.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: VecDeque<Entry>,
    seq: u64,
    calls: BTreeMap<String, Calls>,
}

impl Journal {
    /// Notes a request. `known` says whether its API exists: names made up by callers are counted together.
    pub(crate) fn note(&mut self, mut entry: Entry, known: bool) {
        self.seq += 1;
        entry.seq = self.seq;
        let name = if known { entry.api.as_str() } else { "unknown" };
        if !self.calls.contains_key(name) {
            self.calls.insert(name.to_owned(), Calls::default());
        }
        if let Some(calls) = self.calls.get_mut(name) {
            if entry.outcome == "ok" {
                calls.ok += 1;
            } else {
                calls.failed += 1;
            }
        }
        if self.entries.len() == CAPACITY {
            self.entries.pop_front();
        }
        self.entries.push_back(entry);
    }

    /// Entries of one API (or all), oldest first, at most the newest `limit`.
    pub(crate) fn entries(&self, api: Option<&str>, limit: usize) -> Vec<Entry> {
        let fits = |entry: &&Entry| api.is_none_or(|api| entry.api == api);
        let mut entries: Vec<Entry> = self
            .entries
            .iter()
            .rev()
            .filter(fits)
            .take(limit)
            .cloned()
            .collect();
        entries.reverse();
        entries
    }

    pub(crate) const fn total(&self) -> u64 {
        self.seq
    }

    pub(crate) const fn calls(&self) -> &BTreeMap<String, Calls> {
        &self.calls
    }

    /// Forgets entries and counts; numbering goes on.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.calls.clear();
    }
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

/// The parameters as the journal shows them.
pub(crate) fn shown_params(params: &Params) -> BTreeMap<String, String> {
    params
        .iter()
        .take(MOST_PARAMS)
        .map(|(name, value)| {
            (
                shown("", name).into_owned(),
                shown(name, value).into_owned(),
            )
        })
        .collect()
}

/// A file part as the journal shows it.
fn shown_file(file: &File) -> (String, String) {
    let hash = hex::encode(Sha256::digest(&file.content));
    let hash = hash.get(..8).unwrap_or_default();
    let text = format!("[file of {} bytes, sha256 {hash}]", file.content.len());
    (shown("", &file.name).into_owned(), text)
}

/// The text to sign as the journal shows it.
pub(crate) fn shown_canonical(api: &str, params: &Params) -> String {
    let mut text = prefix_of(api).to_owned();
    for (name, value) in params.iter().take(MOST_PARAMS) {
        if name != "sign" && !value.trim().is_empty() {
            text.push_str(&shown("", name));
            text.push_str(&shown(name, value));
        }
    }
    text
}

/// An entry that still lacks its outcome.
pub(crate) fn draft(at_ms: i64, call: &Call, verdict: Verdict) -> Entry {
    let mut params = shown_params(&call.params);
    params.extend(call.files.iter().take(MOST_PARAMS).map(shown_file));
    Entry {
        seq: 0,
        at_ms,
        http_method: call.http_method.to_string(),
        path: shown("", &call.path).into_owned(),
        api: shown("", &call.api).into_owned(),
        params,
        signature: verdict.name(),
        canonical: shown_canonical(&call.api, &call.params),
        outcome: "ok".into(),
        request_id: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
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

    #[test]
    fn secrets_are_shown_as_length_and_hash() {
        let call = call("access_token=very-secret&app_key=1&sign=ABCDEF");
        let entry = draft(0, &call, Verdict::Ok);
        let text = serde_json::to_string(&entry).unwrap();
        assert!(
            !text.contains("very-secret") && !text.contains("ABCDEF"),
            "{text}"
        );
        assert!(
            text.contains("[access_token 11 characters, sha256 "),
            "{text}"
        );
        assert!(entry.canonical.ends_with("app_key1"), "{}", entry.canonical);
    }

    #[test]
    fn the_ring_is_bounded_and_counts_go_on() {
        let mut journal = Journal::default();
        let call = call("");
        for _ in 0..CAPACITY + 5 {
            journal.note(draft(0, &call, Verdict::Ok), true);
        }
        let entries = journal.entries(Some("x.y"), usize::MAX);
        assert_eq!(entries.len(), CAPACITY);
        assert_eq!(entries[0].seq, 6);
        assert_eq!(journal.calls()["x.y"].ok, CAPACITY as u64 + 5);
        assert!(journal.entries(Some("other"), 10).is_empty());
    }
}
