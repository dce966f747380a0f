//! What a merchant sees who was sent a connect link, and where the sign-in ends. Nothing here leads into our pages.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{AuthFailure, Frame, Tone};

/// `GET /connect/{token}`
#[derive(Debug, Clone, Template)]
#[template(path = "connect.html")]
pub struct ConnectPage {
    /// What every page carries.
    pub frame: Frame,
    /// The name of the server that asks.
    pub host: String,
    /// What the link does.
    pub state: ConnectState,
}

/// What a link does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectState {
    /// It can be used.
    Offer {
        /// The name that whoever made the link gave the account.
        label: Option<String>,
        /// An account is to be authorised again.
        reconnects: bool,
        /// Until when it can be used. Milliseconds.
        expires_ms: i64,
    },
    /// It was never made here.
    Unknown,
    /// It is too old.
    Expired,
    /// It was used.
    Used,
    /// It was taken back.
    Revoked,
}

impl ConnectPage {
    fn title(&self) -> String {
        self.frame.t(match &self.state {
            ConnectState::Offer {
                reconnects: true, ..
            } => Key::ConnectAgainTitle,
            ConnectState::Offer { .. } => Key::ConnectTitle,
            ConnectState::Unknown => Key::ConnectUnknown,
            ConnectState::Expired => Key::ConnectExpired,
            ConnectState::Used => Key::ConnectUsed,
            ConnectState::Revoked => Key::ConnectRevoked,
        })
    }

    /// What to do about a link that opens nothing.
    const fn fix(&self) -> Key {
        match self.state {
            ConnectState::Used => Key::ConnectUsedFix,
            ConnectState::Unknown => Key::ConnectUnknownFix,
            _ => Key::ConnectNewLinkFix,
        }
    }
}

/// `GET /connect/done`: where a merchant is left. It grants nothing and links nowhere.
#[derive(Debug, Clone, Template)]
#[template(path = "connect_done.html")]
pub struct ConnectDonePage {
    /// What every page carries.
    pub frame: Frame,
    /// `None`: the account is connected.
    pub failure: Option<AuthFailure>,
}

impl ConnectDonePage {
    fn title(&self) -> String {
        self.frame.t(if self.failure.is_some() {
            Key::CallbackFailed
        } else {
            Key::ConnectDone
        })
    }
}
