//! The sub-page of operators: own sessions and password, and who else may sign in.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::{Frame, Tab, Tone};

/// `GET /aliexpress/operators`
#[derive(Debug, Clone, Template)]
#[template(path = "operators.html")]
pub struct OperatorsPage {
    /// What every page carries.
    pub frame: Frame,
    /// Whoever is signed in; none where nobody has to.
    pub own: Option<OwnAccount>,
    /// All operators.
    pub operators: Vec<OperatorRow>,
    /// The link that was just made.
    pub invitation: Option<Invitation>,
    /// Why the form that was just sent did nothing.
    pub error: Option<OperatorsError>,
    /// The name in the form for a new operator.
    pub new_name: String,
}

/// Whoever is looking.
#[derive(Debug, Clone)]
pub struct OwnAccount {
    /// The sessions, the one used last first.
    pub sessions: Vec<SessionRow>,
}

/// A session of whoever is looking.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Names it in the form that ends it.
    pub reference: String,
    /// The browser that is looking.
    pub this_one: bool,
    /// The browser in a few words.
    pub agent: Option<String>,
    /// The address it signed in from.
    pub address: Option<String>,
    /// When it began. Milliseconds.
    pub began_ms: Option<i64>,
    /// When it was last used. Milliseconds.
    pub seen_ms: Option<i64>,
}

/// An operator in the list.
#[derive(Debug, Clone)]
pub struct OperatorRow {
    /// `op_…`
    pub id: String,
    /// Name or e-mail address.
    pub name: String,
    /// Whoever is looking.
    pub own: bool,
    /// How it stands.
    pub state: OperatorState,
    /// When it was added. Milliseconds.
    pub added_ms: Option<i64>,
}

/// How an operator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorState {
    /// May sign in.
    Active,
    /// Has not chosen a password yet.
    Invited,
    /// May not sign in.
    Disabled,
}

/// A link to be sent on. Shown once.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// For whom.
    pub name: String,
    /// The whole address.
    pub link: String,
    /// Until when it works. Milliseconds.
    pub expires_ms: Option<i64>,
}

/// Why a form did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OperatorsError {
    /// No name, or one that is too long.
    Name,
    /// There is such an operator.
    NameTaken,
    /// The present password is wrong.
    WrongPassword,
    /// The new password is too easy to guess.
    Password,
    /// The two new passwords differ.
    Differ,
    /// Too many attempts; seconds until the next one.
    TooManyAttempts(i64),
}

impl OperatorsError {
    fn words(self, frame: &Frame) -> String {
        match self {
            Self::Name => frame.t(Key::LinkName),
            Self::NameTaken => frame.t(Key::OperatorTaken),
            Self::WrongPassword => frame.t(Key::PasswordWrong),
            Self::Password => frame.t(Key::PasswordRule),
            Self::Differ => frame.t(Key::PasswordDiffer),
            Self::TooManyAttempts(seconds) => frame.t1(Key::SignInTooMany, "seconds", seconds),
        }
    }

    const fn is_about_name(self) -> bool {
        matches!(self, Self::Name | Self::NameTaken)
    }
}

impl OperatorState {
    const fn tone(self) -> Tone {
        match self {
            Self::Active => Tone::Good,
            Self::Invited => Tone::Current,
            Self::Disabled => Tone::Idle,
        }
    }

    const fn key(self) -> Key {
        match self {
            Self::Active => Key::OperatorActive,
            Self::Invited => Key::OperatorInvited,
            Self::Disabled => Key::OperatorDisabled,
        }
    }
}

impl OperatorRow {
    fn is_invited(&self) -> bool {
        self.state == OperatorState::Invited
    }
}

impl Invitation {
    /// How long it works.
    fn text(&self, frame: &Frame) -> String {
        self.expires_ms.map_or_else(String::new, |at| {
            frame.t1(Key::InvitationText, "when", frame.relative(at))
        })
    }
}

impl OwnAccount {
    fn is_signed_in_elsewhere(&self) -> bool {
        self.sessions.iter().any(|session| !session.this_one)
    }
}

impl OperatorsPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Authentication)
    }

    fn title(&self) -> String {
        self.frame.t(Key::OperatorsTitle)
    }

    fn name_error(&self) -> Option<String> {
        let error = self.error.filter(|error| error.is_about_name())?;
        Some(error.words(&self.frame))
    }

    fn current_is_wrong(&self) -> bool {
        self.error == Some(OperatorsError::WrongPassword)
    }

    fn password_is_wrong(&self) -> bool {
        use OperatorsError::{Differ, Password};
        matches!(self.error, Some(Password | Differ))
    }

    fn password_error(&self) -> Option<String> {
        let error = self.error.filter(|error| !error.is_about_name())?;
        Some(error.words(&self.frame))
    }
}
