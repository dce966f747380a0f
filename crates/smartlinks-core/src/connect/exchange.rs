//! Trading a code for tokens and keeping them.

use std::pin::pin;
use std::time::Duration;

use aliexpress::{AuthorizationCode, TokenAccount};
use serde_json::json;
use smartlinks_store::{
    Account, Connection, ConnectionId, EndedLogin, Hash, Millis, NewConnection, NewPair, Outcome,
    StoreError, with_causes,
};
use tokio::time::sleep;
use url::Url;

use super::refusal::{Refusal, RefusalKind};
use super::{Browser, CallbackParams, SUCCESS};
use crate::clock::to_millis;
use crate::connections::{ConnectionView, view};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;

/// How long a new pair is tried to be stored.
const TRIED_FOR: Duration = Duration::from_secs(8);
/// The rest between two tries.
const REST: Duration = Duration::from_millis(250);

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

/// Where a pair is to be kept.
#[derive(Clone, Copy, Default)]
pub(crate) struct Destination<'a> {
    /// The connection to be authorised again; none means the one of the account, or a new one.
    pub(crate) connection: Option<&'a ConnectionId>,
    /// Another account may take that connection over.
    pub(crate) other_account: bool,
    /// A name for it.
    pub(crate) label: Option<&'a str>,
    /// The login that succeeds with it: SHA-256 of its `state`.
    pub(crate) login: Option<&'a Hash>,
}

impl<'a> Destination<'a> {
    /// The connection of the account, or a new one, under a name.
    pub(crate) fn named(label: Option<&'a str>) -> Self {
        Self {
            label,
            ..Self::default()
        }
    }

    /// The end of its login, when there is one.
    fn succeeded(&self, id: &ConnectionId, at: Millis) -> Option<EndedLogin> {
        let outcome = Outcome {
            result: SUCCESS.to_owned(),
            connection: Some(id.clone()),
            error_description: None,
        };
        self.login.map(|state_hash| EndedLogin {
            state_hash: *state_hash,
            outcome,
            at,
        })
    }
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
                self.to_the_end(
                    async move { Ok(core.exchange(&code, Destination::default()).await?) },
                )
                .await
            }
        }
    }

    pub(super) async fn exchange(
        &self,
        code: &AuthorizationCode,
        destination: Destination<'_>,
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
        self.connect_pair(self.new_pair(&pair, None), account, destination)
            .await
    }

    /// Keeps a pair under the connection of its account: the old id where there is one. The gateway gives it once, and
    /// may have ended the one before with it, so a database that only hesitates is asked again.
    pub(crate) async fn connect_pair(
        &self,
        pair: NewPair,
        account: Account,
        destination: Destination<'_>,
    ) -> Result<ConnectionView, Refusal> {
        let kept = until_it_passes(
            || self.keep_pair(pair.clone(), &account, destination),
            Kept::is_passing,
        );
        let record = kept
            .await
            .map_err(|kept| kept.into_refusal(destination.connection))?;
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
        destination: Destination<'_>,
    ) -> Result<Connection, Kept> {
        let connections = self.store().connections();
        let existing = match destination.connection {
            Some(id) => connections.find(id).await?,
            // Whether the account has a connection is found out where it would be made, by whoever comes first of two
            // sign-ins at the same moment.
            None => match self.connect_new(pair.clone(), account, destination).await {
                Err(Kept::Storage(StoreError::AccountAlreadyConnected { connection })) => {
                    connections.find(&connection).await?
                }
                kept => return kept,
            },
        };
        let Some(existing) = existing else {
            return self.connect_new(pair, account, destination).await;
        };
        let other = existing.account.user_id != account.user_id;
        if other && !destination.other_account {
            return Err(Kept::Mismatch);
        }
        let now = to_millis(self.now());
        let data = json!({ "former_generation": existing.generation, "other_account": other });
        let mut change = self.told(now, EventKind::ConnectionReconnected, &existing.id, &data);
        change.traces.login = destination.succeeded(&existing.id, now);
        // A name for a further account is none for one that has its own: whoever gave it did not know who would come.
        let meant = destination.connection.is_some() || existing.label.is_none();
        let label = destination.label.filter(|_| meant).map(str::to_owned);
        Ok(connections
            .reconnect(
                &existing.id,
                account.clone(),
                destination.other_account,
                label,
                pair,
                change,
            )
            .await?)
    }

    async fn connect_new(
        &self,
        pair: NewPair,
        account: &Account,
        destination: Destination<'_>,
    ) -> Result<Connection, Kept> {
        let now = to_millis(self.now());
        let id = ConnectionId::generate(now, self.entropy())
            .map_err(|error| Kept::Other(error.to_string()))?;
        let data = json!({ "generation": 1 });
        let mut change = self.told(now, EventKind::ConnectionConnected, &id, &data);
        change.traces.login = destination.succeeded(&id, now);
        let new = NewConnection {
            id,
            label: destination.label.map(str::to_owned),
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
    const fn is_passing(&self) -> bool {
        matches!(self, Self::Storage(error) if error.is_passing())
    }

    /// `wanted` is the connection that was to be authorised again.
    fn into_refusal(self, wanted: Option<&ConnectionId>) -> Refusal {
        let mismatch = Refusal {
            wanted: wanted.cloned(),
            ..Refusal::of(RefusalKind::AccountMismatch)
        };
        match self {
            Self::Mismatch | Self::Storage(StoreError::OtherAccount { .. }) => mismatch,
            // Even a person's word does not give one account two connections.
            Self::Storage(StoreError::AccountAlreadyConnected { connection }) => Refusal {
                description: Some(format!("that account is connected as {connection}")),
                ..mismatch
            },
            Self::Storage(error) => {
                tracing::error!(error = %with_causes(&error), "a new token pair could not be stored");
                Refusal::storage(&error)
            }
            Self::Other(text) => Refusal {
                description: Some(text),
                ..Refusal::of(RefusalKind::StorageFailed)
            },
        }
    }
}

/// Tries again while what is in the way may pass, for some seconds: a person waits. A try that has begun is not cut,
/// since it may have been the good one.
async fn until_it_passes<T, E, F: Future<Output = Result<T, E>>>(
    mut attempt: impl FnMut() -> F,
    is_passing: impl Fn(&E) -> bool,
) -> Result<T, E> {
    let mut over = pin!(sleep(TRIED_FOR));
    loop {
        let tried = attempt().await;
        if !tried.as_ref().is_err_and(&is_passing) {
            return tried;
        }
        tracing::debug!("a new token pair could not be stored yet");
        tokio::select! {
            biased;
            () = &mut over => return tried,
            () = sleep(REST) => {}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_waited_for_and_nothing_else_is() {
        for (failures, passing, tries, good) in [
            (3, true, 4, true),
            (1, false, 1, false),
            (1_000, true, 32, false),
        ] {
            let mut tried = 0;
            let result = until_it_passes(
                || {
                    tried += 1;
                    std::future::ready(if tried > failures { Ok(()) } else { Err(()) })
                },
                |()| passing,
            );
            assert_eq!(result.await.is_ok(), good, "{failures}");
            assert_eq!(tried, tries, "{failures}");
        }
    }
}
