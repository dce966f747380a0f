//! Trading a code for tokens and keeping them.

use aliexpress::{AuthorizationCode, TokenAccount};
use serde_json::json;
use smartlinks_store::{Account, Connection, ConnectionId, NewConnection, NewPair, StoreError};
use url::Url;

use super::refusal::{Refusal, RefusalKind};
use super::{Browser, CallbackParams};
use crate::clock::to_millis;
use crate::connections::{ConnectionView, view};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;

/// What a person pasted: a bare code, or the whole address that the browser ended on.
#[derive(Clone)]
pub enum Pasted {
    /// Just the code.
    Code(String),
    /// An address with its query.
    Address(CallbackParams),
}

impl std::fmt::Debug for Pasted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Pasted::Code(redacted)",
            Self::Address(_) => "Pasted::Address(redacted)",
        })
    }
}

/// Tells a code from an address.
///
/// # Errors
/// [`Error::Invalid`] when it is empty, overlong, or plainly neither.
pub fn pasted(text: &str) -> Result<Pasted> {
    let text = text.trim();
    if text.is_empty() || text.len() > 4096 {
        return Err(Error::invalid(
            "code",
            "expected a code or the address that the browser ended on",
        ));
    }
    if let Ok(url) = Url::parse(text)
        && url.has_host()
    {
        return Ok(Pasted::Address(CallbackParams::from_query(
            url.query().unwrap_or_default(),
        )));
    }
    if let Some(query) = text.strip_prefix('?') {
        return Ok(Pasted::Address(CallbackParams::from_query(query)));
    }
    if text.contains("code=") {
        return Ok(Pasted::Address(CallbackParams::from_query(text)));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(Error::invalid(
            "code",
            "a code holds no spaces or line ends; paste it alone or the whole address",
        ));
    }
    Ok(Pasted::Code(text.to_owned()))
}

impl Core {
    /// Takes a code or address that a person copied by hand. An address has to carry a `state` that we
    /// sent; a bare code is the person's own word.
    ///
    /// # Errors
    /// As [`Core::finish_login`], and [`Error::Invalid`].
    pub async fn exchange_pasted(
        &self,
        text: &str,
        browser: Option<Browser>,
    ) -> Result<ConnectionView> {
        match pasted(text)? {
            Pasted::Address(params) => Ok(self.finish_login(params, browser).await?.connection),
            Pasted::Code(code) => {
                self.app().ready()?;
                let (core, code) = (self.clone(), AuthorizationCode::new(code));
                self.to_the_end(async move { Ok(core.exchange(&code, None, None).await?) })
                    .await
            }
        }
    }

    pub(super) async fn exchange(
        &self,
        code: &AuthorizationCode,
        target: Option<&ConnectionId>,
        label: Option<&str>,
    ) -> Result<ConnectionView, Refusal> {
        let app = self
            .app()
            .ready()
            .map_err(|_| Refusal::of(RefusalKind::ExchangeFailed))?;
        let pair = self
            .noted(app.client.oauth().create(code).await)
            .map_err(Refusal::exchange)?;
        let account = account_of(&pair.account).ok_or_else(|| Refusal {
            description: Some("the token answer named no account".to_owned()),
            ..Refusal::of(RefusalKind::ExchangeFailed)
        })?;
        self.connect_pair(self.new_pair(&pair, None), account, target, label)
            .await
    }

    /// Keeps a pair under the connection of its account: the old id where there is one.
    pub(crate) async fn connect_pair(
        &self,
        pair: NewPair,
        account: Account,
        target: Option<&ConnectionId>,
        label: Option<&str>,
    ) -> Result<ConnectionView, Refusal> {
        let kept = match self.keep_pair(pair.clone(), &account, target, label).await {
            // Two sign-ins of one account at the same moment: the second finds the first one's row.
            Err(Kept::Storage(StoreError::AccountAlreadyConnected { .. })) => {
                self.keep_pair(pair, &account, target, label).await
            }
            other => other,
        };
        let record = kept.map_err(Kept::into_refusal)?;
        self.announce().await;
        if record.is_default {
            self.write_token_file().await;
        }
        Ok(view(&record, to_millis(self.now())))
    }

    async fn keep_pair(
        &self,
        pair: NewPair,
        account: &Account,
        target: Option<&ConnectionId>,
        label: Option<&str>,
    ) -> Result<Connection, Kept> {
        let now = to_millis(self.now());
        let existing = match target {
            Some(id) => self.store().connections().find(id).await?,
            None => {
                self.store()
                    .connections()
                    .find_by_account(&account.user_id)
                    .await?
            }
        };
        if let Some(existing) = existing {
            if existing.account.user_id != account.user_id {
                return Err(Kept::Mismatch);
            }
            let data = json!({ "former_generation": existing.generation });
            let change = self.told(now, EventKind::ConnectionReconnected, &existing.id, &data);
            let (account, label) = (account.clone(), label.map(str::to_owned));
            let connections = self.store().connections();
            return Ok(connections
                .reconnect(&existing.id, account, label, pair, change)
                .await?);
        }
        let id = ConnectionId::generate(now, self.entropy())
            .map_err(|error| Kept::Other(error.to_string()))?;
        let data = json!({ "generation": 1 });
        let change = self.told(now, EventKind::ConnectionConnected, &id, &data);
        let new = NewConnection {
            id,
            label: label.map(str::to_owned),
            account: account.clone(),
            pair,
        };
        Ok(self.store().connections().connect(new, change).await?)
    }
}

/// Why a pair was not kept.
enum Kept {
    Mismatch,
    Storage(StoreError),
    Other(String),
}

impl From<StoreError> for Kept {
    fn from(error: StoreError) -> Self {
        Self::Storage(error)
    }
}

impl Kept {
    fn into_refusal(self) -> Refusal {
        match self {
            Self::Mismatch => Refusal::of(RefusalKind::AccountMismatch),
            Self::Storage(error) => {
                tracing::error!(%error, "a new token pair could not be stored");
                Refusal::storage(&error)
            }
            Self::Other(text) => Refusal {
                description: Some(text),
                ..Refusal::of(RefusalKind::StorageFailed)
            },
        }
    }
}

/// The account of a token answer. The id falls back over the fields that some answers leave out.
fn account_of(answer: &TokenAccount) -> Option<Account> {
    let ids = [
        &answer.user_id,
        &answer.seller_id,
        &answer.account_id,
        &answer.havana_id,
    ];
    let user_id = ids.into_iter().flatten().find(|id| !id.is_empty())?.clone();
    Some(Account {
        user_id,
        seller_id: answer.seller_id.clone(),
        nick: answer.user_nick.clone(),
        platform: answer.account_platform.clone(),
        havana_id: answer.havana_id.clone(),
        account_id: answer.account_id.clone(),
        sp: answer.sp.clone(),
        locale: answer.locale.clone(),
    })
}
