//! API keys: what software uses in place of a person who signs in.
//!
//! A key is shown once, when it is made. Kept is the SHA-256 of its secret part, a prefix to recognise it by, and
//! what it may do. All keys are held in memory and dropped when an event says that they have changed, so a request
//! costs no query, and a key that was revoked anywhere stops everywhere within a second.

mod known;
mod text;

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_store::{
    API_KEYS_AT_ONCE, ApiKey, ApiKeyId, Change, CreatedBy, Millis, NewApiKey, Traces, with_causes,
};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::scope::{Scope, Scopes};
use crate::service::Core;
use crate::traces::OK;

pub(crate) use known::KnownKeys;
pub use known::{ApiKeyHolder, KeyRefusal};
pub use text::{API_KEY_MARK, ApiKeyText};

/// How often last uses and what is counted by the minute are written down.
const FLUSHED_EVERY: Duration = Duration::from_secs(60);
/// The longest life of a key that ends by itself, in milliseconds: ten years.
const LONGEST_LIFE_MS: i64 = 3653 * 86_400_000;

/// What a new key is to be.
#[derive(Debug, Clone)]
pub struct CreateApiKey {
    /// What a person calls it. 1 to 80 characters.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it ends by itself; never when `None`.
    pub expires_at: Option<Timestamp>,
    /// What whoever makes it may pass on.
    pub grantable: Grantable,
}

/// What somebody may pass on in a key: an operator everything, a key what it holds itself and for as long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grantable {
    /// What the key may do at most.
    pub scopes: Scopes,
    /// When it has to end at the latest; never when `None`.
    pub until: Option<Timestamp>,
}

impl Grantable {
    /// Everything, for ever.
    #[must_use]
    pub fn everything() -> Self {
        Self {
            scopes: Scopes::all(),
            until: None,
        }
    }
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApiKeyState {
    /// It opens what its scopes say.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody has ended it.
    Revoked,
}

/// A key without what opens anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyView {
    /// `key_…`
    pub id: String,
    /// How the key begins, to recognise it by.
    pub prefix: String,
    /// What a person calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// How it stands.
    pub state: ApiKeyState,
    /// What kind of somebody made it: `operator`, `api_key`, `command_line`, …
    pub created_by_kind: String,
    /// The name of whoever made it, where one is known.
    pub created_by: Option<String>,
    /// When it was made. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When it ends by itself; never when `null`. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub expires_at: Option<Timestamp>,
    /// When it was revoked. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub revoked_at: Option<Timestamp>,
    /// When it was last used; what other instances have seen comes a minute late. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_used_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Debug, Clone)]
pub struct CreatedApiKey {
    /// The key itself. It cannot be had a second time.
    pub key: ApiKeyText,
    /// What is kept of it.
    pub view: ApiKeyView,
}

impl Core {
    /// Makes a key.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::ScopeNotHeld`], [`Error::TooManyApiKeys`], [`Error::Storage`].
    pub async fn create_api_key(&self, create: CreateApiKey) -> Result<CreatedApiKey> {
        let now = to_millis(self.now());
        let name = checked_name(&create.name)?;
        let expires_at = checked_expiry(create.expires_at, create.grantable.until, now)?;
        if create.scopes.is_empty() {
            return Err(Error::invalid(
                "scopes",
                "name at least one of read, token, call, order and admin",
            ));
        }
        if let Some(scope) = create
            .scopes
            .iter()
            .find(|scope| !create.grantable.scopes.holds(*scope))
        {
            return Err(Error::ScopeNotHeld(scope));
        }
        let key = ApiKeyText::generate(self.entropy())?;
        let parts = key.parts()?;
        let new = NewApiKey {
            id: ApiKeyId::generate(now, self.entropy())
                .map_err(smartlinks_store::StoreError::from)?,
            prefix: parts.prefix.to_owned(),
            secret_hash: parts.secret_hash,
            name,
            scopes: create
                .scopes
                .iter()
                .map(|scope| scope.as_str().to_owned())
                .collect(),
            created_by: CreatedBy {
                kind: self.actor().kind.as_str().to_owned(),
                name: self.actor().name.clone(),
            },
            created_at: now,
            expires_at,
        };
        let (id, data) = (new.id.clone(), about(&new.name, create.scopes));
        let traces = self.api_key_traces(EventKind::ApiKeyCreated, &id, &data);
        if !self.store().api_keys().create_key(new, traces).await? {
            return Err(Error::TooManyApiKeys(API_KEYS_AT_ONCE));
        }
        self.announce().await;
        let view = self.api_key(id.as_str()).await?;
        Ok(CreatedApiKey { key, view })
    }

    /// All keys, those that have ended too, the oldest first.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn api_keys(&self) -> Result<Vec<ApiKeyView>> {
        let now = to_millis(self.now());
        let stored = self.store().api_keys().list_keys().await?;
        Ok(stored.into_iter().map(|key| self.view(key, now)).collect())
    }

    /// One key.
    ///
    /// # Errors
    /// [`Error::UnknownApiKey`], [`Error::Storage`].
    pub async fn api_key(&self, id: &str) -> Result<ApiKeyView> {
        let unknown = || Error::UnknownApiKey(crate::text::shortened(id, 64));
        let id = id.parse::<ApiKeyId>().map_err(|_| unknown())?;
        let stored = self.store().api_keys().find_key(&id).await?;
        Ok(self.view(stored.ok_or_else(unknown)?, to_millis(self.now())))
    }

    /// Ends a key. One that was revoked before stays as it is.
    ///
    /// # Errors
    /// [`Error::UnknownApiKey`], [`Error::Storage`].
    pub async fn revoke_api_key(&self, id: &str) -> Result<ApiKeyView> {
        let view = self.api_key(id).await?;
        let id: ApiKeyId = view
            .id
            .parse()
            .map_err(|_| Error::UnknownApiKey(view.id.clone()))?;
        let scopes = view.scopes.iter().copied().collect();
        let data = about(&view.name, scopes);
        let change = Change {
            now: to_millis(self.now()),
            traces: self.api_key_traces(EventKind::ApiKeyRevoked, &id, &data),
        };
        self.store().api_keys().revoke_key(&id, change).await?;
        self.announce().await;
        self.api_key(id.as_str()).await
    }

    fn api_key_traces(&self, kind: EventKind, id: &ApiKeyId, data: &serde_json::Value) -> Traces {
        let mut told = data.clone();
        told["api_key"] = id.as_str().into();
        Traces::none()
            .event(self.event(kind, None, None, &told))
            .audit(self.audit_entry(kind.as_str(), None, Some(id.as_str()), OK, data))
    }

    fn view(&self, key: ApiKey, now: Millis) -> ApiKeyView {
        let state = match (key.revoked_at, key.expires_at) {
            (Some(_), _) => ApiKeyState::Revoked,
            (None, Some(end)) if end <= now => ApiKeyState::Expired,
            _ => ApiKeyState::Active,
        };
        let used_here = self.inner.api_keys.last_used(&key.id);
        ApiKeyView {
            id: key.id.to_string(),
            prefix: format!("{API_KEY_MARK}{}", key.prefix),
            name: key.name,
            // A word of a newer version grants nothing here.
            scopes: key
                .scopes
                .iter()
                .filter_map(|word| word.parse().ok())
                .collect(),
            state,
            created_by_kind: key.created_by.kind,
            created_by: key.created_by.name,
            created_at: from_millis(key.created_at),
            expires_at: key.expires_at.and_then(from_millis),
            revoked_at: key.revoked_at.and_then(from_millis),
            last_used_at: key.last_used_at.max(used_here).and_then(from_millis),
        }
    }

    /// Writes down when keys were last used, what was called and what was handed out, now and then every minute, until it is told
    /// to stop. What is left then is written by [`Core::drain`].
    pub async fn run_bookkeeper(&self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(FLUSHED_EVERY) => {}
            }
            self.write_down(false).await;
        }
    }

    /// Writes down last uses, calls and what is counted by the minute; of that the minutes that are over, or everything.
    pub(crate) async fn write_down(&self, everything: bool) {
        if let Err(error) = self.flush_key_uses().await {
            tracing::warn!(error = %with_causes(&error), "the last uses of API keys could not be written down yet");
        }
        if let Err(error) = self.flush_counted(everything).await {
            tracing::warn!(error = %with_causes(&error), "what is counted by the minute could not be audited yet");
        }
        if let Err(error) = self.flush_calls().await {
            tracing::warn!(error = %with_causes(&error), "calls to the gateway could not be counted in the database yet");
        }
    }
}

/// What is told of a key. Never its text.
fn about(name: &str, scopes: Scopes) -> serde_json::Value {
    serde_json::json!({ "name": name, "scopes": scopes.to_string() })
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let length = name.chars().count();
    if length == 0 || length > 80 || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            "name",
            "has to be 1 to 80 characters, without control characters",
        ));
    }
    if name.contains(API_KEY_MARK) {
        return Err(Error::invalid("name", "looks like a key itself"));
    }
    Ok(name.to_owned())
}

fn checked_expiry(
    expires_at: Option<Timestamp>,
    until: Option<Timestamp>,
    now: Millis,
) -> Result<Option<Millis>> {
    if let Some(until) = until
        && expires_at.is_none_or(|end| end > until)
    {
        return Err(Error::invalid(
            "expires_at",
            format!("has to end no later than the key that makes it, at {until}"),
        ));
    }
    let Some(expires_at) = expires_at.map(to_millis) else {
        return Ok(None);
    };
    let life = expires_at.since(now);
    if life <= 0 || life > LONGEST_LIFE_MS {
        return Err(Error::invalid(
            "expires_at",
            "has to lie in the future, and within ten years; leave it out for a key that does not end by itself",
        ));
    }
    Ok(Some(expires_at))
}
