//! The token broker: hands out access tokens, renewed first where they would not last.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use aliexpress::{AccessToken, Client, Error as GatewayError};
use serde_json::json;
use smartlinks_store::{
    Connection, ConnectionId, Millis, ReauthorizationReason, StoredState, with_causes,
};

use crate::clock::to_millis;
use crate::connections::usable_at;
use crate::counted::Deed;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::refresh_steps::RefreshStep;
use crate::service::Core;
use crate::snapshot::Held;

/// A pair this young is not renewed because of a refused call: the refusal has another cause, and each
/// request would cost a rotation. Milliseconds.
const TOO_YOUNG_TO_REFRESH_MS: i64 = 60_000;
/// Of how many connections it is remembered that their pair has served. Beyond it all are forgotten, which costs each
/// of them one statement.
const SERVED_KNOWN: usize = 50_000;

/// An access token, with what its user has to know.
#[derive(Debug)]
pub struct Vended {
    held: Arc<Held>,
}

impl Vended {
    /// The connection it belongs to.
    #[must_use]
    pub fn connection(&self) -> &Connection {
        &self.held.connection
    }

    /// The token. Never a refresh token.
    #[must_use]
    pub fn token(&self) -> &AccessToken {
        &self.held.token
    }
}

impl Core {
    /// An access token that works for at least `min_ttl` from now, refreshed first where needed. One whose end the
    /// gateway did not say is taken for one that lasts.
    ///
    /// # Errors
    /// [`Error::NotConnected`], [`Error::NoDefault`], [`Error::UnknownConnection`],
    /// [`Error::Disconnected`], [`Error::ReauthorizationRequired`], [`Error::TooShortLived`],
    /// [`Error::RefreshBusy`], [`Error::Gateway`], [`Error::Storage`].
    pub async fn vend(&self, id: Option<&str>, min_ttl: Duration) -> Result<Vended> {
        let vended = self.current(id).await?;
        if self.lasts(vended.connection(), min_ttl) {
            self.step(&vended.connection().id, RefreshStep::HandedOut);
            return Ok(vended);
        }
        if self.would_not_help(vended.connection(), min_ttl) {
            return self.too_short(vended.connection(), min_ttl);
        }
        let (id, seen) = (
            vended.connection().id.clone(),
            vended.connection().generation,
        );
        let refreshed = self.refresh_past(&id, seen).await;
        let vended = self.current(Some(id.as_str())).await?;
        if self.lasts(vended.connection(), min_ttl) {
            self.step(&id, RefreshStep::HandedOut);
            return Ok(vended);
        }
        refreshed?;
        self.too_short(vended.connection(), min_ttl)
    }

    /// Renews a pair now, because a person asked for it.
    ///
    /// # Errors
    /// As [`Core::vend`]. A failure leaves the stored pair untouched.
    pub async fn refresh_now(&self, id: &str) -> Result<crate::ConnectionView> {
        let record = self.record(id).await?;
        self.refresh_past(&record.id, record.generation).await?;
        self.connection(id).await
    }

    /// Runs a gateway call with a connection's token. When the gateway refuses the access token, the
    /// pair is renewed and the call repeated once: such a refusal says that the call had no effect.
    pub(crate) async fn with_token<T, F>(
        &self,
        id: Option<&str>,
        call: impl Fn(Client) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        self.with_token_for(None, id, call).await
    }

    /// The same for a call that has to know whose token it is sent with: the connection may be another account's than a
    /// moment ago.
    pub(crate) async fn with_token_of<T, F>(
        &self,
        id: Option<&str>,
        call: impl Fn(Client, &Connection) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        self.vended_call(None, id, call).await
    }

    /// The same as [`with_token`](Self::with_token) for what is to be counted in the audit log.
    pub(crate) async fn with_token_for<T, F>(
        &self,
        deed: Option<Deed>,
        id: Option<&str>,
        call: impl Fn(Client) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        self.vended_call(deed, id, |client, _| call(client)).await
    }

    async fn vended_call<T, F>(
        &self,
        deed: Option<Deed>,
        id: Option<&str>,
        call: impl Fn(Client, &Connection) -> F,
    ) -> Result<T>
    where
        F: Future<Output = Result<T, GatewayError>>,
    {
        let client = &self.app().ready()?.client;
        let vended = self.vend(id, Duration::from_secs(1)).await?;
        let first = vended.connection();
        if let Some(deed) = deed {
            self.note_deed(deed, Some(&first.id));
        }
        let urgent = self.as_urgent(client.with_access_token(vended.token().clone()));
        let answer = self.noted(call(urgent, first).await);
        self.note_served(first, answer.is_ok()).await;
        match answer {
            Err(error) if error.is_illegal_access_token() && !self.is_young(first) => {
                tracing::info!(connection.id = %first.id, "the gateway refused the access token, refreshing");
            }
            answer => return Ok(answer?),
        }
        let refreshed = self.refresh_past_refused(&first.id, first.generation);
        if let Err(error) = refreshed.await {
            if matches!(error, Error::ReauthorizationRequired { .. }) {
                // Refused, and not to be renewed: it must not be handed out any more.
                self.stop_handing_out(first).await?;
            }
            return Err(error);
        }
        let renewed = self.current(Some(first.id.as_str())).await?;
        let (owner, token) = (renewed.connection(), renewed.token().clone());
        let urgent = self.as_urgent(client.with_access_token(token));
        let answer = self.noted(call(urgent, owner).await);
        self.note_served(owner, answer.is_ok()).await;
        Ok(answer?)
    }

    /// Whether a renewed pair would not last as long either: otherwise each such wish would cost a rotation.
    fn would_not_help(&self, record: &Connection, min_ttl: Duration) -> bool {
        let wanted = i64::try_from(min_ttl.as_millis()).unwrap_or(i64::MAX);
        let life = match (record.obtained_at, record.works_until) {
            (Some(from), Some(until)) => until.0.saturating_sub(from.0),
            _ => return false,
        };
        life < wanted || self.is_young(record)
    }

    fn is_young(&self, record: &Connection) -> bool {
        let age = |at: Millis| to_millis(self.now()).0 - at.0;
        record.generation > 1
            && record
                .obtained_at
                .is_some_and(|at| age(at) < TOO_YOUNG_TO_REFRESH_MS)
    }

    /// Lets go of the former pair once the new one has served a call, and not before.
    async fn note_served(&self, record: &Connection, served: bool) {
        if !served || self.served().get(&record.id) == Some(&record.generation) {
            return;
        }
        self.step(&record.id, RefreshStep::Served);
        let connections = self.store().connections();
        match connections.pair_served(&record.id, record.generation).await {
            Ok(_) => {
                let mut served = self.served();
                if served.len() >= SERVED_KNOWN {
                    served.clear();
                }
                served.insert(record.id.clone(), record.generation);
            }
            Err(error) => {
                tracing::warn!(connection.id = %record.id, error = %with_causes(&error), "a former pair could not be let go");
            }
        }
    }

    /// The newest generation of each connection that is known to have served a call.
    pub(crate) fn served(&self) -> MutexGuard<'_, HashMap<ConnectionId, i64>> {
        let served = self.inner.served.lock();
        served.unwrap_or_else(PoisonError::into_inner)
    }

    async fn stop_handing_out(&self, record: &Connection) -> Result<()> {
        let reason = ReauthorizationReason::AccessTokenRefused.as_str();
        let (kind, data) = (
            EventKind::ConnectionReauthorizationRequired,
            json!({ "reason": reason }),
        );
        let change = self.told_with(to_millis(self.now()), kind, &record.id, reason, &data);
        self.store()
            .connections()
            .access_refused(&record.id, record.generation, change)
            .await?;
        self.announce().await;
        Ok(())
    }

    async fn current(&self, id: Option<&str>) -> Result<Vended> {
        if let Some(held) = self.held(id).await? {
            return Ok(Vended { held });
        }
        let record = self.record_or_default(id).await?;
        Err(if record.state == StoredState::Disconnected {
            Error::Disconnected(record.id)
        } else {
            reauthorization(&record)
        })
    }

    /// The record of an id that we gave ourselves.
    pub(crate) async fn existing(&self, id: &ConnectionId) -> Result<Connection> {
        let found = self.store().connections().find(id).await?;
        found.ok_or_else(|| Error::UnknownConnection(id.to_string()))
    }

    fn lasts(&self, record: &Connection, min_ttl: Duration) -> bool {
        let margin = i64::try_from(min_ttl.as_millis()).unwrap_or(i64::MAX / 2);
        let then = Millis(to_millis(self.now()).0.saturating_add(margin));
        usable_at(record, then)
    }

    fn too_short(&self, record: &Connection, min_ttl: Duration) -> Result<Vended> {
        if record.state == StoredState::ReauthorizationRequired {
            return Err(reauthorization(record));
        }
        let now = to_millis(self.now());
        let left = record
            .works_until
            .map_or(0, |until| (until.0 - now.0).max(0) / 1000);
        Err(Error::TooShortLived {
            id: record.id.clone(),
            left,
            wanted: i64::try_from(min_ttl.as_secs()).unwrap_or(i64::MAX),
        })
    }
}

pub(crate) fn reauthorization(record: &Connection) -> Error {
    Error::ReauthorizationRequired {
        id: record.id.clone(),
        reason: record
            .reason
            .clone()
            .unwrap_or_else(|| "unknown".to_owned()),
    }
}
