//! API keys: the list, the one look at a new key, and asking once before one is revoked.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{Frame, Problem, Tab, Tone};

/// `GET /aliexpress/keys`, and the answer to the form on it.
#[derive(Debug, Clone, Template)]
#[template(path = "api_keys.html")]
pub struct ApiKeysPage {
    /// What every page carries.
    pub frame: Frame,
    /// All keys, the newest first.
    pub keys: Vec<ApiKeyRow>,
    /// A key that was just made: shown on this page and never again.
    pub made: Option<MadeApiKey>,
    /// What was entered, when it could not be used.
    pub form: ApiKeyForm,
}

/// A key in the list.
#[derive(Debug, Clone)]
pub struct ApiKeyRow {
    /// `key_…`
    pub id: String,
    /// How the key begins.
    pub prefix: String,
    /// What a person calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<ScopeChoice>,
    /// How it stands.
    pub state: ApiKeyState,
    /// When it ends by itself. Milliseconds.
    pub expires_ms: Option<i64>,
    /// When it was last used. Milliseconds.
    pub last_used_ms: Option<i64>,
    /// When it was made. Milliseconds.
    pub created_ms: Option<i64>,
    /// The name of whoever made it.
    pub created_by: Option<String>,
}

/// A key that was just made. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct MadeApiKey {
    /// The whole key.
    pub key: String,
    /// What a person calls it.
    pub name: String,
}

impl std::fmt::Debug for MadeApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MadeApiKey(redacted)")
    }
}

/// The form for a new key.
#[derive(Debug, Clone, Default)]
pub struct ApiKeyForm {
    /// The name as entered.
    pub name: String,
    /// The scopes as chosen.
    pub scopes: Vec<ScopeChoice>,
    /// Why it could not be used.
    pub problem: Option<Problem>,
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiKeyState {
    /// It opens what its scopes say.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody has ended it.
    Revoked,
}

impl ApiKeyState {
    const fn key(self) -> Key {
        match self {
            Self::Active => Key::ApiKeyActive,
            Self::Expired => Key::ApiKeyExpired,
            Self::Revoked => Key::ApiKeyRevoked,
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Expired | Self::Revoked => Tone::Idle,
        }
    }
}

/// A scope, with its word in programs and its meaning on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeChoice {
    /// See everything but the tokens.
    Read,
    /// Be handed access tokens.
    Token,
    /// Call read methods of the gateway.
    Call,
    /// Add and place orders.
    Order,
    /// Change connections and keys.
    Admin,
}

impl ScopeChoice {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Read,
        Self::Token,
        Self::Call,
        Self::Order,
        Self::Admin,
    ];

    /// As in programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Token => "token",
            Self::Call => "call",
            Self::Order => "order",
            Self::Admin => "admin",
        }
    }

    pub(crate) const fn meaning(self) -> Key {
        match self {
            Self::Read => Key::ScopeRead,
            Self::Token => Key::ScopeToken,
            Self::Call => Key::ScopeCall,
            Self::Order => Key::ScopeOrder,
            Self::Admin => Key::ScopeAdmin,
        }
    }
}

/// How long a key lives, as the form offers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyLife {
    /// 30 days.
    Month,
    /// 90 days.
    Quarter,
    /// 365 days.
    Year,
    /// It does not end by itself.
    Endless,
}

impl KeyLife {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [Self::Month, Self::Quarter, Self::Year, Self::Endless];

    /// Days; 0 for one that does not end.
    #[must_use]
    pub const fn days(self) -> u32 {
        match self {
            Self::Month => 30,
            Self::Quarter => 90,
            Self::Year => 365,
            Self::Endless => 0,
        }
    }

    const fn is_usual(self) -> bool {
        matches!(self, Self::Quarter)
    }
}

/// `GET /aliexpress/keys/{id}/revoke`
#[derive(Debug, Clone, Template)]
#[template(path = "api_key_revoke.html")]
pub struct RevokeApiKeyPage {
    /// What every page carries.
    pub frame: Frame,
    /// The key to be ended.
    pub key: ApiKeyRow,
}

impl ApiKeysPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Authentication)
    }

    fn title(&self) -> String {
        self.frame.t(Key::ApiKeysTitle)
    }

    fn answer(&self) -> String {
        let active = self.keys.iter().filter(|key| key.is_active()).count();
        self.frame.t1(Key::ApiKeysAnswer, "count", active)
    }
}

impl ApiKeyForm {
    fn has(&self, scope: &ScopeChoice) -> bool {
        self.scopes.contains(scope)
    }

    /// What to fill in, where that can be seen.
    fn advice(&self) -> Option<Key> {
        if self.name.trim().is_empty() {
            Some(Key::ApiKeyNeedsName)
        } else if self.scopes.is_empty() {
            Some(Key::ApiKeyNeedsScope)
        } else {
            None
        }
    }
}

impl ApiKeyRow {
    fn is_active(&self) -> bool {
        self.state == ApiKeyState::Active
    }
}

impl RevokeApiKeyPage {
    fn action(&self) -> String {
        format!("/aliexpress/keys/{}/revoke", self.key.id)
    }

    fn tab(&self) -> Option<Tab> {
        Some(Tab::Authentication)
    }

    fn title(&self) -> String {
        self.frame
            .t1(Key::ApiKeyRevokeTitle, "name", self.key.name.as_str())
    }
}
