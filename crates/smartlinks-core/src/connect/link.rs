//! Connect links: an address that is sent to a merchant elsewhere, who presses a button there and signs in at
//! AliExpress. Whoever has it can do that one thing, once, within half an hour; it opens nothing here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{
    Actor, ActorKind, Binding, ConnectLink, ConnectLinkCursor, Hash, Millis, NewConnectLink,
    NewLoginAttempt, Traces,
};
use utoipa::ToSchema;

use super::{Browser, LOGIN_LIFE_MS, LoginStarted, SUCCESS, checked_label, sha256};
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::service::{Core, random_hex};
use crate::text::{has_controls, plain};
use crate::traces::OK;

/// How long a link can be used, in milliseconds.
const LINK_LIFE_MS: i64 = 30 * 60_000;
/// Where links lead, on the server that AliExpress sends the browser back to: its cookie has to be there.
const PATH: &str = "/connect/";

/// What a link is to be for.
#[derive(Debug, Clone, Default)]
pub struct NewLink {
    /// The connection to authorise again; none connects a further account.
    pub connection: Option<String>,
    /// A name for the connection. At most 80 characters. The merchant sees it.
    pub label: Option<String>,
}

/// How a link stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConnectLinkState {
    /// It can be used.
    Open,
    /// Somebody has gone to AliExpress with it and has not come back yet.
    Started,
    /// The account is connected.
    Connected,
    /// The sign-in came back wrong; `reason` says how.
    Refused,
    /// Nobody used it in time, or whoever did never came back.
    Expired,
    /// It was taken back.
    Revoked,
}

impl ConnectLinkState {
    /// The stable name, as in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Started => "started",
            Self::Connected => "connected",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// A link as its makers see it. The address itself is shown once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectLinkView {
    /// `link_…`; opens nothing.
    pub id: String,
    /// How it stands now.
    pub state: ConnectLinkState,
    /// With `refused`: the name of the refusal.
    pub reason: Option<String>,
    /// The name for the connection.
    pub label: Option<String>,
    /// The connection to be authorised again; null connects a further account.
    pub connection: Option<String>,
    /// With `connected`: the connection that was made or renewed.
    pub connected: Option<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// Until when it can be used. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was used, ended or taken back. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
}

/// A fresh link with its address, which is never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedLink {
    /// The address to send to the merchant: half an hour, one use.
    pub url: String,
    /// The link.
    #[serde(flatten)]
    pub link: ConnectLinkView,
}

impl std::fmt::Debug for CreatedLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedLink")
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

/// A page of links, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConnectLinkPage {
    /// The links.
    pub links: Vec<ConnectLinkView>,
    /// Where the next page starts; null on the last.
    pub next: Option<String>,
}

/// What a merchant is offered by a link that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkOffer {
    /// The name for the connection.
    pub label: Option<String>,
    /// Whether an account is to be authorised again.
    pub reconnects: bool,
    /// Until when it can be used. Milliseconds since the epoch.
    pub expires_at: Millis,
}

/// Why a link opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum LinkRefusal {
    /// No link of ours, or forgotten after its time.
    #[error("this link was never made here, or was forgotten long ago")]
    Unknown,
    /// Older than half an hour.
    #[error("this link is older than 30 minutes")]
    Expired,
    /// Somebody has used it.
    #[error("this link was used already")]
    Used,
    /// Whoever made it has taken it back.
    #[error("this link was taken back by whoever made it")]
    Revoked,
}

impl LinkRefusal {
    /// All of them, for tests and documentation.
    pub const ALL: [Self; 4] = [Self::Unknown, Self::Expired, Self::Used, Self::Revoked];

    /// The stable name.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unknown => "unknown_link",
            Self::Expired => "expired_link",
            Self::Used => "link_used",
            Self::Revoked => "link_revoked",
        }
    }
}

impl Core {
    /// Makes a link.
    ///
    /// # Errors
    /// [`Error::NotConfigured`], [`Error::Invalid`], [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn create_connect_link(&self, new: NewLink) -> Result<CreatedLink> {
        let app = self.app().ready()?;
        let connection = self.reconnect_target(new.connection.as_deref()).await?;
        let token = random_hex::<32>(self.entropy())?;
        let url = app.callback_url.join(&format!("{PATH}{token}"));
        let url =
            url.map_err(|error| Error::Internal(format!("no address for a link: {error}")))?;
        let now = to_millis(self.now());
        let new = NewConnectLink {
            id: format!("link_{}", random_hex::<12>(self.entropy())?),
            token_hash: sha256(token.as_bytes()),
            label: checked_label(new.label.as_deref())?,
            connection,
            created_by: in_words(self.actor()),
            created_at: now,
            expires_at: now.plus(LINK_LIFE_MS),
        };
        let (id, connection) = (new.id.clone(), new.connection.clone());
        let entry = self.audit_entry(
            "connect_link.created",
            connection.as_ref(),
            Some(&id),
            OK,
            &json!({}),
        );
        let links = self.store().connect_links();
        links.create_link(new, Traces::none().audit(entry)).await?;
        let link = self.connect_link(&id).await?;
        Ok(CreatedLink {
            url: url.into(),
            link,
        })
    }

    /// One link.
    ///
    /// # Errors
    /// [`Error::UnknownLink`], [`Error::Storage`].
    pub async fn connect_link(&self, id: &str) -> Result<ConnectLinkView> {
        let link = match has_controls(id) {
            true => None,
            false => self.store().connect_links().link(id).await?,
        };
        let link = link.ok_or_else(|| Error::UnknownLink(plain(id, 64)))?;
        Ok(view(&link, to_millis(self.now())))
    }

    /// The links, the latest first. `after` is the cursor of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a cursor that we did not give, [`Error::Storage`].
    pub async fn connect_links(&self, after: Option<&str>, limit: u32) -> Result<ConnectLinkPage> {
        let cursor = after.map(parse_cursor).transpose()?;
        let limit = limit.clamp(1, 200);
        let links = self.store().connect_links();
        let mut found = links.links(cursor.as_ref(), limit + 1).await?;
        let more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| more);
        let next = next.map(|last| format!("{}.{}", last.created_at.0, last.id));
        let now = to_millis(self.now());
        Ok(ConnectLinkPage {
            links: found.iter().map(|link| view(link, now)).collect(),
            next,
        })
    }

    /// Takes a link back that nobody has used. One that is over already stays as it is.
    ///
    /// # Errors
    /// [`Error::UnknownLink`], [`Error::Storage`].
    pub async fn revoke_connect_link(&self, id: &str) -> Result<ConnectLinkView> {
        self.connect_link(id).await?;
        let entry = self.audit_entry("connect_link.revoked", None, Some(id), OK, &json!({}));
        let (now, traces) = (to_millis(self.now()), Traces::none().audit(entry));
        let links = self.store().connect_links();
        links.revoke_link(id, now, traces).await?;
        self.connect_link(id).await
    }

    /// What a link offers. Looking uses nothing up, so that previews and link checkers do no harm.
    ///
    /// # Errors
    /// [`Error::LinkRefused`], [`Error::NotConfigured`], [`Error::Storage`].
    pub async fn connect_link_offer(&self, token: &str) -> Result<LinkOffer> {
        let link = self.open_link(&sha256(token.as_bytes())).await?;
        self.app().ready()?;
        Ok(LinkOffer {
            label: link.label,
            reconnects: link.connection.is_some(),
            expires_at: link.expires_at,
        })
    }

    /// Uses a link up and starts the sign-in that it is for, in this browser.
    ///
    /// # Errors
    /// As [`Core::connect_link_offer`].
    pub async fn use_connect_link(&self, token: &str, browser: Browser) -> Result<LoginStarted> {
        let hash = sha256(token.as_bytes());
        let link = self.open_link(&hash).await?;
        let app = self.app().ready()?;
        let state = random_hex::<32>(self.entropy())?;
        let now = to_millis(self.now());
        let expires_at = now.plus(LOGIN_LIFE_MS);
        let attempt = NewLoginAttempt {
            state_hash: sha256(state.as_bytes()),
            binding: Binding::ConnectLink(browser.hash()),
            caller_state: None,
            return_to: None,
            connection: link.connection.clone(),
            other_account: false,
            label: link.label.clone(),
            created_at: now,
            expires_at,
        };
        let merchant = self.as_merchant(Some(&link));
        let (action, about) = ("connect_link.used", link.connection.as_ref());
        let entry = merchant.audit_entry(action, about, Some(&link.id), OK, &json!({}));
        let (links, traces) = (self.store().connect_links(), Traces::none().audit(entry));
        if !links.use_link(&hash, attempt, now, traces).await? {
            // Somebody was faster, or it was taken back in this moment: say which.
            self.open_link(&hash).await?;
            return Err(LinkRefusal::Used.into());
        }
        Ok(LoginStarted {
            url: app
                .client
                .oauth()
                .authorize_url(&app.callback_url, &state)
                .into(),
            state,
            expires_at: from_millis(expires_at).unwrap_or(Timestamp::MAX),
        })
    }

    async fn open_link(&self, hash: &Hash) -> Result<ConnectLink> {
        let link = self.store().connect_links().link_by_token(hash).await?;
        let link = link.ok_or(LinkRefusal::Unknown)?;
        if link.revoked_at.is_some() {
            return Err(LinkRefusal::Revoked.into());
        }
        if link.consumed_at.is_some() {
            return Err(LinkRefusal::Used.into());
        }
        if link.expires_at <= to_millis(self.now()) {
            return Err(LinkRefusal::Expired.into());
        }
        Ok(link)
    }

    /// The same service, acting for the merchant who came with a link.
    pub(super) fn as_merchant(&self, link: Option<&ConnectLink>) -> Self {
        self.acting_as(Actor {
            kind: ActorKind::Merchant,
            id: link.map(|link| link.id.clone()),
            name: link.and_then(|link| link.label.clone()),
            address: self.actor().address.clone(),
        })
    }
}

fn in_words(actor: &Actor) -> String {
    let kind = actor.kind.as_str().replace('_', " ");
    match &actor.name {
        Some(name) => format!("{kind} {name}"),
        None => kind,
    }
}

fn view(link: &ConnectLink, now: Millis) -> ConnectLinkView {
    let (state, ended_at) = standing(link, now);
    let shown = |at: Option<Millis>| at.and_then(from_millis);
    ConnectLinkView {
        id: link.id.clone(),
        reason: link
            .result
            .clone()
            .filter(|_| state == ConnectLinkState::Refused),
        state,
        label: link.label.clone(),
        connection: link.connection.as_ref().map(ToString::to_string),
        connected: link.connected.as_ref().map(ToString::to_string),
        created_by: link.created_by.clone(),
        created_at: shown(Some(link.created_at)),
        expires_at: shown(Some(link.expires_at)),
        ended_at: shown(ended_at),
    }
}

/// How a link stands at a moment, and when it came to stand so.
fn standing(link: &ConnectLink, now: Millis) -> (ConnectLinkState, Option<Millis>) {
    match (&link.result, link.consumed_at, link.revoked_at) {
        (Some(result), _, _) if result == SUCCESS => {
            (ConnectLinkState::Connected, link.finished_at)
        }
        (Some(_), _, _) => (ConnectLinkState::Refused, link.finished_at),
        (None, Some(at), _) if at.plus(LOGIN_LIFE_MS) > now => {
            (ConnectLinkState::Started, Some(at))
        }
        (None, Some(at), _) => (ConnectLinkState::Expired, Some(at.plus(LOGIN_LIFE_MS))),
        (None, None, Some(at)) => (ConnectLinkState::Revoked, Some(at)),
        (None, None, None) if link.expires_at <= now => {
            (ConnectLinkState::Expired, Some(link.expires_at))
        }
        (None, None, None) => (ConnectLinkState::Open, None),
    }
}

fn parse_cursor(text: &str) -> Result<ConnectLinkCursor> {
    let parts = text
        .split_once('.')
        .filter(|(_, id)| !has_controls(id))
        .and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    match parts {
        Some((at, id)) => Ok(ConnectLinkCursor {
            created_at: Millis(at),
            id,
        }),
        None => Err(Error::invalid("after", "not a cursor of this list")),
    }
}
