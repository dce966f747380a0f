//! Connecting an account: the way to AliExpress and back.

mod callback;
mod exchange;
mod link;
mod refusal;

use hmac::{Hmac, KeyInit, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use smartlinks_store::{Binding, ConnectionId, Millis, NewLoginAttempt};
use utoipa::ToSchema;

use crate::clock::{from_millis, to_millis};
use crate::connections::ConnectionView;
use crate::error::{Error, Result};
use crate::service::{Core, random_hex};
use crate::text::has_controls;

pub(crate) use exchange::Destination;

pub use callback::{CallbackParams, Completed};
pub use exchange::{Pasted, pasted};
pub use link::{
    ConnectLinkPage, ConnectLinkState, ConnectLinkView, CreatedLink, LinkOffer, LinkRefusal,
    NewLink,
};
pub use refusal::{Refusal, RefusalKind};

/// What a login that went well is kept as.
const SUCCESS: &str = "success";
/// How long a started login may take, in milliseconds.
const LOGIN_LIFE_MS: i64 = 600_000;

/// The random id that a browser carries in a cookie. Only its hash is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Browser {
    /// What the database keeps of it.
    hash: [u8; 32],
    /// What is made of it for one sign-in alone is made with this; it cannot be had from the hash.
    key: [u8; 32],
}

impl Browser {
    /// Reads the id out of a cookie value.
    #[must_use]
    pub fn from_cookie(value: &str) -> Option<Self> {
        let well_formed = value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
        well_formed.then(|| Self::of(value))
    }

    fn of(value: &str) -> Self {
        Self {
            hash: sha256(value.as_bytes()),
            key: sha256(format!("browser key {value}").as_bytes()),
        }
    }

    pub(crate) const fn hash(&self) -> [u8; 32] {
        self.hash
    }

    /// A secret of this browser for a purpose and a `state`: whoever knows the `state` alone cannot make it.
    pub(crate) fn derive(&self, purpose: &str, state: &str) -> [u8; 32] {
        // A key shorter than a block is filled up with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(&self.key);
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&block.into());
        for part in [purpose.as_bytes(), b":", state.as_bytes()] {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// A new id: the value for the cookie, and what we remember of it.
    ///
    /// # Errors
    /// [`Error::Internal`] when the operating system gives no randomness.
    pub fn generate(core: &Core) -> Result<(String, Self)> {
        let value = random_hex::<32>(core.entropy())?;
        let browser = Self::of(&value);
        Ok((value, browser))
    }
}

impl std::fmt::Debug for Browser {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Browser(redacted)")
    }
}

/// Who starts a login, and therefore who may finish it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requester {
    /// This browser: only it may bring the answer back.
    Browser(Browser),
    /// A program or the command line: any browser may bring the answer, which then ends on a page
    /// that grants nothing.
    Headless,
}

/// Where the browser is left when a login is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// On a page of ours, or where the caller asked for.
    Here,
    /// On a page that grants nothing: a program started the login.
    Program,
    /// On a page that grants nothing: a merchant came with a connect link.
    Merchant,
}

impl Ending {
    pub(crate) const fn of(binding: &Binding) -> Self {
        match binding {
            Binding::Browser(_) => Self::Here,
            Binding::Headless => Self::Program,
            Binding::ConnectLink(_) => Self::Merchant,
        }
    }
}

/// What a caller says when it starts a login.
#[derive(Debug, Clone)]
pub struct BeginLogin {
    /// Who starts it.
    pub requester: Requester,
    /// The caller's own `state`, given back at the end. At most 512 characters.
    pub caller_state: Option<String>,
    /// Where to go at the end: a path of ours or an allowed origin.
    pub return_to: Option<String>,
    /// The connection to authorise again; the account has to be the same.
    pub connection: Option<String>,
    /// Another account may take that connection over. Only with `connection`, and only when a person said so.
    pub other_account: bool,
    /// A name for the new connection. At most 80 characters.
    pub label: Option<String>,
}

impl BeginLogin {
    /// A login with nothing special about it.
    #[must_use]
    pub fn by(requester: Requester) -> Self {
        Self {
            requester,
            caller_state: None,
            return_to: None,
            connection: None,
            other_account: false,
            label: None,
        }
    }
}

/// A started login.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LoginStarted {
    /// The AliExpress page to open.
    pub url: String,
    /// The `state` inside that address: 256 random bits, single use, ten minutes.
    pub state: String,
    /// Until when it can be used. RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for LoginStarted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LoginStarted")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// A login as its own browser may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptView {
    /// When it began.
    pub started_at: Millis,
    /// When it is too late for it to come back.
    pub expires_at: Millis,
    /// Whether it may still come back.
    pub open: bool,
    /// The name of the refusal it ended with.
    pub refused: Option<String>,
    /// What AliExpress or the gateway said. Hostile until escaped.
    pub description: Option<String>,
}

/// How a login ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginResult {
    /// The account is connected.
    Connected(Box<ConnectionView>),
    /// It is not.
    Refused {
        /// The name of the refusal.
        code: String,
        /// What AliExpress or the gateway said. Hostile until escaped.
        description: Option<String>,
    },
}

impl LoginStarted {
    /// What [`Core::login_attempt`] takes: the hash of the `state`, which opens nothing.
    #[must_use]
    pub fn reference(&self) -> String {
        hex::encode(sha256(self.state.as_bytes()))
    }
}

impl Core {
    /// Starts a login: keeps the hash of a fresh `state` and gives the address to open.
    ///
    /// # Errors
    /// [`Error::NotConfigured`], [`Error::Invalid`], [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn begin_login(&self, begin: BeginLogin) -> Result<LoginStarted> {
        let app = self.app().ready()?;
        let connection = self.reconnect_target(begin.connection.as_deref()).await?;
        let return_to = begin.return_to.as_deref().filter(|text| !text.is_empty());
        let return_to = return_to
            .map(|text| self.return_to().check(text))
            .transpose()
            .map_err(|problem| Error::invalid("return_to", problem.to_string()))?;
        let state = random_hex::<32>(self.entropy())?;
        let now = to_millis(self.now());
        let expires_at = Millis(now.0 + LOGIN_LIFE_MS);
        let attempt = NewLoginAttempt {
            state_hash: sha256(state.as_bytes()),
            binding: match begin.requester {
                Requester::Browser(browser) => Binding::Browser(browser.hash()),
                Requester::Headless => Binding::Headless,
            },
            caller_state: checked_caller_state(begin.caller_state)?,
            return_to,
            other_account: begin.other_account && connection.is_some(),
            connection,
            label: checked_label(begin.label.as_deref())?,
            created_at: now,
            expires_at,
        };
        let url = app.client.oauth().authorize_url(&app.callback_url, &state);
        self.store().login_attempts().create(attempt).await?;
        Ok(LoginStarted {
            url: url.into(),
            state,
            expires_at: from_millis(expires_at).unwrap_or(Timestamp::MAX),
        })
    }

    /// A login that this browser started, by the hash of its `state`: whether it is still under way, and
    /// what AliExpress said when it was refused. `None` when it is not this browser's.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn login_attempt(
        &self,
        reference: &str,
        browser: &Browser,
    ) -> Result<Option<AttemptView>> {
        let mut hash = [0_u8; 32];
        if hex::decode_to_slice(reference, &mut hash).is_err() {
            return Ok(None);
        }
        let Some(attempt) = self.store().login_attempts().look_up(&hash).await? else {
            return Ok(None);
        };
        if attempt.binding != Binding::Browser(browser.hash()) {
            return Ok(None);
        }
        let outcome = attempt.outcome.as_ref();
        Ok(Some(AttemptView {
            started_at: attempt.created_at,
            expires_at: attempt.expires_at,
            open: attempt.consumed_at.is_none() && attempt.expires_at > to_millis(self.now()),
            refused: outcome
                .filter(|outcome| outcome.result != SUCCESS)
                .map(|outcome| outcome.result.clone()),
            description: outcome.and_then(|outcome| outcome.error_description.clone()),
        }))
    }

    /// How a login ended that this process started and another one may have finished. `None` while it is
    /// under way.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn login_result(&self, state: &str) -> Result<Option<LoginResult>> {
        let hash = sha256(state.as_bytes());
        let attempt = self.store().login_attempts().look_up(&hash).await?;
        let Some(outcome) = attempt.and_then(|attempt| attempt.outcome) else {
            return Ok(None);
        };
        Ok(Some(match outcome.connection {
            Some(id) => LoginResult::Connected(Box::new(self.connection(id.as_str()).await?)),
            None => LoginResult::Refused {
                code: outcome.result,
                description: outcome.error_description,
            },
        }))
    }

    async fn reconnect_target(&self, id: Option<&str>) -> Result<Option<ConnectionId>> {
        match id.filter(|id| !id.is_empty()) {
            None => Ok(None),
            Some(id) => Ok(Some(self.record(id).await?.id)),
        }
    }
}

fn checked_caller_state(state: Option<String>) -> Result<Option<String>> {
    match state {
        Some(text) if text.chars().count() > 512 => {
            Err(Error::invalid("state", "longer than 512 characters"))
        }
        Some(text) if has_controls(&text) => {
            Err(Error::invalid("state", "must not hold control characters"))
        }
        other => Ok(other.filter(|text| !text.is_empty())),
    }
}

/// A label as it is kept: trimmed, at most 80 characters, empty is none.
pub(crate) fn checked_label(label: Option<&str>) -> Result<Option<String>> {
    let label = label.map(str::trim).filter(|text| !text.is_empty());
    if label.is_some_and(|text| text.chars().count() > 80 || text.chars().any(char::is_control)) {
        return Err(Error::invalid(
            "label",
            "has to be at most 80 characters, without control characters",
        ));
    }
    Ok(label.map(str::to_owned))
}

pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
