//! Links that are sent to merchants elsewhere, as their makers see them.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::audit::actor;
use crate::page::views::{ConnectionView, Frame, Tab, Tone};

/// `GET /aliexpress/links`
#[derive(Debug, Clone, Template)]
#[template(path = "connect_links.html")]
pub struct LinksPage {
    /// What every page carries.
    pub frame: Frame,
    /// The application has its keys, so that links can be made.
    pub usable: bool,
    /// The address of a link that was just made; shown this once.
    pub created: Option<String>,
    /// The links, the latest first.
    pub links: Vec<LinkRow>,
    /// Where the next page starts.
    pub next: Option<String>,
    /// The accounts that a link can be for.
    pub connections: Vec<ConnectionView>,
}

/// One link.
#[derive(Debug, Clone)]
pub struct LinkRow {
    /// `link_…`
    pub id: String,
    /// How it stands.
    pub standing: LinkStanding,
    /// The code of the refusal it ended with.
    pub reason: Option<String>,
    /// The name for the account.
    pub label: Option<String>,
    /// The account it is for, or that was connected with it, by the name shown elsewhere.
    pub connection_name: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made. Milliseconds.
    pub created_ms: Option<i64>,
    /// Until when it can be used. Milliseconds.
    pub expires_ms: Option<i64>,
    /// When it ended. Milliseconds.
    pub ended_ms: Option<i64>,
}

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkStanding {
    /// It can be used.
    Open,
    /// Somebody is at AliExpress with it.
    Started,
    /// The account is connected.
    Connected,
    /// The sign-in came back wrong.
    Refused,
    /// Nobody used it in time.
    Expired,
    /// It was taken back.
    Revoked,
}

impl LinkStanding {
    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Open => Key::LinkOpen,
            Self::Started => Key::LinkStarted,
            Self::Connected => Key::LinkConnected,
            Self::Refused => Key::LinkRefused,
            Self::Expired => Key::LinkExpired,
            Self::Revoked => Key::LinkRevoked,
        }
    }

    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Open | Self::Started => Tone::Current,
            Self::Connected => Tone::Good,
            Self::Refused => Tone::Bad,
            Self::Expired | Self::Revoked => Tone::Idle,
        }
    }
}

impl LinkRow {
    /// Who made it: the kind of actor in the page's words, and the name as it was.
    fn maker(&self, frame: &Frame) -> String {
        let kind = |text: &str| actor(frame, &text.replace(' ', "_"));
        let made_by = self.created_by.as_str();
        for words in [1, 2] {
            let end = made_by.match_indices(' ').nth(words - 1);
            let (known, name) = made_by.split_at(end.map_or(made_by.len(), |(end, _)| end));
            let word = kind(known);
            if word != known.replace(' ', "_") {
                return format!("{word}{name}");
            }
        }
        self.created_by.clone()
    }

    fn is_open(&self) -> bool {
        self.standing == LinkStanding::Open
    }
}

impl LinksPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Authentication)
    }

    fn title(&self) -> String {
        self.frame.t(Key::LinksTitle)
    }
}
