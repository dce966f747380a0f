//! What is found: which check, how bad, and the words for the person who can mend it.

use std::path::Path;

use serde::Serialize;
use utoipa::ToSchema;

/// What is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// App key, secret and callback address are there and well formed.
    Keys,
    /// The gateway can be reached, over TLS.
    Gateway,
    /// This machine's clock against the gateway's.
    Clock,
    /// The gateway accepts key and signature.
    Secret,
    /// The callback address is the registered one.
    Callback,
    /// The app holds the permission groups.
    Permissions,
    /// No ban and no exhausted quota is in the way.
    Quota,
    /// The file of the keys that seal tokens.
    KeyFile,
    /// The data directory.
    DataDir,
    /// Something can still be written.
    Disk,
    /// The database answers and takes writes.
    Database,
    /// The token file.
    TokenFile,
    /// Whether the app is online or in test.
    AppMode,
    /// Sign-in deadlines, and connections that ask for a person.
    SignIn,
}

impl Check {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keys => "keys",
            Self::Gateway => "gateway",
            Self::Clock => "clock",
            Self::Secret => "secret",
            Self::Callback => "callback",
            Self::Permissions => "permissions",
            Self::Quota => "quota",
            Self::KeyFile => "key_file",
            Self::DataDir => "data_dir",
            Self::Disk => "disk",
            Self::Database => "database",
            Self::TokenFile => "token_file",
            Self::AppMode => "app_mode",
            Self::SignIn => "sign_in",
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Good,
    /// Could not be told, or is worth knowing.
    Note,
    /// Works, and will not for ever.
    Warning,
    /// Does not work.
    Problem,
}

/// Who can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mender {
    /// Who runs this software and manages the app in the AliExpress console.
    Operator,
    /// Who owns the AliExpress account.
    Merchant,
    /// AliExpress.
    #[serde(rename = "aliexpress")]
    AliExpress,
}

impl Mender {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Merchant => "merchant",
            Self::AliExpress => "aliexpress",
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How bad it is.
    pub level: Level,
    /// The stable name of what was found, for programs.
    pub code: &'static str,
    /// What was found.
    pub what: String,
    /// Why it matters; none where all is well.
    pub why: Option<String>,
    /// Who can mend it; none where nothing needs mending.
    pub who: Option<Mender>,
    /// How to mend it; none where nothing needs mending.
    pub fix: Option<String>,
}

impl Finding {
    fn new(check: Check, level: Level, code: &'static str, what: impl Into<String>) -> Self {
        Self {
            check,
            level,
            code,
            what: what.into(),
            why: None,
            who: None,
            fix: None,
        }
    }

    /// All is well.
    pub(super) fn good(check: Check, code: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Level::Good, code, what)
    }

    /// Worth knowing, or not to be told from here.
    pub(super) fn note(check: Check, code: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Level::Note, code, what)
    }

    /// Works, and will not for ever.
    pub(super) fn warning(check: Check, code: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Level::Warning, code, what)
    }

    /// Does not work.
    pub(super) fn problem(check: Check, code: &'static str, what: impl Into<String>) -> Self {
        Self::new(check, Level::Problem, code, what)
    }

    /// Why it matters.
    pub(super) fn since(mut self, why: impl Into<String>) -> Self {
        self.why = Some(why.into());
        self
    }

    /// Who mends it, and how.
    pub(super) fn mend(mut self, who: Mender, fix: impl Into<String>) -> Self {
        self.who = Some(who);
        self.fix = Some(fix.into());
        self
    }

    /// Leaves the home directory out of all texts.
    pub(super) fn without(&mut self, home: &Path) {
        let home = home.display().to_string();
        if home.len() < 2 {
            return;
        }
        let texts = [Some(&mut self.what), self.why.as_mut(), self.fix.as_mut()];
        for text in texts.into_iter().flatten() {
            *text = text.replace(&home, "~");
        }
    }
}
