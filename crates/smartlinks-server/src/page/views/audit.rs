//! The audit log: who did what, when, from where, and how it ended.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::deeds::deeds;
use crate::page::views::upstream::encode;
use crate::page::views::{Frame, Tab, Tone};

/// `GET /aliexpress/audit`
#[derive(Debug, Clone, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// What every page carries.
    pub frame: Frame,
    /// The entries of this page, newest first.
    pub entries: Vec<AuditLine>,
    /// The connections that can be asked for: id, and the name shown elsewhere.
    pub connections: Vec<(String, String)>,
    /// What was asked for.
    pub filter: AuditFilter,
    /// The filter could not be understood, so nothing was looked up.
    pub misunderstood: bool,
    /// The value of `after` for the page that follows, when there is one.
    pub next: Option<String>,
}

/// What was asked for; empty texts do not restrict.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// The action, such as `connection.disconnected`.
    pub action: String,
    /// The id of a connection.
    pub connection: String,
    /// The kind of actor, such as `operator`.
    pub actor: String,
}

/// One entry.
#[derive(Debug, Clone)]
pub struct AuditLine {
    /// When. Milliseconds.
    pub at_ms: i64,
    /// The kind of actor, such as `operator`.
    pub actor: String,
    /// Its name, or its id.
    pub name: Option<String>,
    /// Where the request came from.
    pub address: Option<String>,
    /// What was done.
    pub action: String,
    /// The connection it concerns: id, and the name shown elsewhere.
    pub connection: Option<(String, String)>,
    /// What else it concerns.
    pub subject: Option<String>,
    /// `ok`, or the code of the failure.
    pub outcome: String,
}

/// One value that a filter can have.
#[derive(Debug)]
pub(crate) struct Choice {
    value: String,
    word: String,
    chosen: bool,
}

/// The values of one filter. What is asked for is among them even when it is unknown here.
fn choices(known: impl Iterator<Item = (String, String)>, asked: &str) -> Vec<Choice> {
    let mut choices: Vec<_> = known
        .map(|(value, word)| Choice {
            chosen: value == asked,
            value,
            word,
        })
        .collect();
    if !asked.is_empty() && !choices.iter().any(|one| one.chosen) {
        choices.push(Choice {
            value: asked.to_owned(),
            word: asked.to_owned(),
            chosen: true,
        });
    }
    choices
}

const ACTORS: [(&str, Key); 6] = [
    ("operator", Key::AuditByOperator),
    ("api_key", Key::AuditByApiKey),
    ("command_line", Key::AuditByCommandLine),
    ("merchant", Key::AuditByMerchant),
    ("system", Key::AuditBySystem),
    ("anybody", Key::AuditByAnybody),
];

/// The word for a kind of actor.
pub(crate) fn actor(frame: &Frame, kind: &str) -> String {
    let known = ACTORS.iter().find(|(value, _)| *value == kind);
    known.map_or_else(|| kind.to_owned(), |(_, key)| frame.t(*key))
}

impl AuditLine {
    fn who(&self, frame: &Frame) -> String {
        actor(frame, &self.actor)
    }

    fn went_well(&self) -> bool {
        self.outcome == "ok"
    }
}

impl AuditPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Overview)
    }

    fn title(&self) -> String {
        self.frame.t(Key::AuditTitle)
    }

    fn actors(&self) -> Vec<Choice> {
        let known = ACTORS.iter();
        let known = known.map(|(value, key)| ((*value).to_owned(), self.frame.t(*key)));
        choices(known, &self.filter.actor)
    }

    fn actions(&self) -> Vec<Choice> {
        let known = deeds(&self.frame).into_iter();
        let known = known.map(|(name, words)| (name.to_owned(), format!("{words} ({name})")));
        choices(known, &self.filter.action)
    }

    fn about(&self) -> Vec<Choice> {
        choices(self.connections.iter().cloned(), &self.filter.connection)
    }

    fn is_filtered(&self) -> bool {
        let filter = &self.filter;
        [&filter.action, &filter.connection, &filter.actor]
            .into_iter()
            .any(|text| !text.is_empty())
    }

    /// The address of the page that follows.
    fn next_href(&self, after: &str) -> String {
        let filter = &self.filter;
        let parts = [
            ("action", filter.action.as_str()),
            ("connection", &filter.connection),
            ("actor", &filter.actor),
            ("after", after),
        ];
        let query: Vec<String> = parts
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        format!("/aliexpress/audit?{}", query.join("&"))
    }
}
