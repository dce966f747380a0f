//! The token broker: hands out access tokens and renews them, one refresh per deadline.
//!
//! The way of a refresh: wait for the turn inside this process, look again, claim the lease in the
//! database, call the gateway, make the new pair durable by a compare-and-swap on the generation,
//! and only then let anybody use it. Once the gateway has been called the rest runs to its end even
//! when the request that caused it has gone away.

use std::time::Duration;

use aliexpress::{AccessToken, Class, Client, Error as GatewayError, RefreshToken, TokenPair};
use secrecy::ExposeSecret;
use serde_json::json;
use smartlinks_store::{
    Connection, ConnectionId, Failure, Millis, NewPair, ReauthorizationReason, StoredState,
    TokenMaterial,
};

use crate::clock::to_millis;
use crate::connections::usable_at;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::refresh_schedule::{back_off, next_refresh_at};
use crate::service::{Core, random_bytes};

/// An access token, with what its user has to know.
#[derive(Debug)]
pub struct Vended {
    /// The connection it belongs to.
    pub connection: Connection,
    /// The token. Never a refresh token.
    pub token: AccessToken,
}

/// A pair that the gateway gave and the database would not take.
#[derive(Debug, Clone)]
pub(crate) struct UnsavedPair {
    generation: i64,
    pair: NewPair,
}

/// What became of a refresh.
enum Outcome {
    Renewed(Box<Connection>),
    /// Somebody else was faster, or the lease is held elsewhere: look again.
    Elsewhere,
}

impl Core {
    /// An access token that works for at least `min_ttl` from now, refreshed first where needed.
    ///
    /// # Errors
    /// [`Error::NotConnected`], [`Error::UnknownConnection`], [`Error::Disconnected`],
    /// [`Error::ReauthorizationRequired`], [`Error::TooShortLived`], [`Error::RefreshBusy`],
    /// [`Error::Gateway`], [`Error::Storage`].
    pub async fn vend(&self, id: Option<&str>, min_ttl: Duration) -> Result<Vended> {
        let record = self.record_or_default(id).await?;
        let vended = self.current(&record.id).await?;
        if self.lasts(&vended.connection, min_ttl) {
            return Ok(vended);
        }
        let patience = self.refresh_policy().patience;
        let refreshed = self
            .refresh_past(&record.id, vended.connection.generation, patience)
            .await;
        let vended = self.current(&record.id).await?;
        if self.lasts(&vended.connection, min_ttl) {
            return Ok(vended);
        }
        refreshed?;
        self.too_short(&vended.connection, min_ttl)
    }

    /// Renews a pair now, because a person asked for it.
    ///
    /// # Errors
    /// As [`Core::vend`]. A failure leaves the stored pair untouched.
    pub async fn refresh_now(&self, id: &str) -> Result<crate::ConnectionView> {
        let record = self.record(id).await?;
        self.refresh_past(
            &record.id,
            record.generation,
            self.refresh_policy().patience,
        )
        .await?;
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
        let client = &self.app().ready()?.client;
        let vended = self.vend(id, Duration::from_secs(1)).await?;
        let id = vended.connection.id.clone();
        let generation = vended.connection.generation;
        match self.noted(call(client.with_access_token(vended.token)).await) {
            Err(error) if error.is_illegal_access_token() => {
                tracing::info!(connection.id = %id, "the gateway refused the access token, refreshing");
            }
            answer => {
                self.note_served(&id, generation, answer.is_ok()).await;
                return Ok(answer?);
            }
        }
        self.refresh_past(&id, generation, self.refresh_policy().patience)
            .await?;
        let renewed = self.current(&id).await?;
        let answer = self.noted(call(client.with_access_token(renewed.token)).await);
        self.note_served(&id, renewed.connection.generation, answer.is_ok())
            .await;
        Ok(answer?)
    }

    /// Lets go of the former pair once the new one has served a call, and not before.
    async fn note_served(&self, id: &ConnectionId, generation: i64, served: bool) {
        let first_time = {
            let mut newest = self
                .inner
                .served
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            served && newest.insert(id.clone(), generation) != Some(generation)
        };
        if first_time
            && let Err(error) = self.store().connections().pair_served(id, generation).await
        {
            tracing::warn!(connection.id = %id, %error, "a former pair could not be let go");
        }
    }

    /// Renews everything that is due now. Returns how many were due and how many of them are renewed.
    ///
    /// # Errors
    /// [`Error::Storage`] when the due ones cannot be listed; failures of single connections are kept
    /// with the connection and logged.
    pub async fn refresh_due(&self) -> Result<(usize, usize)> {
        let at_once = self.refresh_policy().at_once;
        let limit = u32::try_from(at_once * 8).unwrap_or(u32::MAX);
        let due = self
            .store()
            .connections()
            .due_for_refresh(to_millis(self.now()), limit)
            .await?;
        let count = due.len();
        let mut renewed = 0;
        let mut running = tokio::task::JoinSet::new();
        for id in due {
            if running.len() >= at_once {
                renewed += usize::from(matches!(running.join_next().await, Some(Ok(true))));
            }
            let core = self.clone();
            running.spawn(async move { core.refresh_when_due(&id).await });
        }
        while let Some(ended) = running.join_next().await {
            renewed += usize::from(matches!(ended, Ok(true)));
        }
        Ok((count, renewed))
    }

    async fn refresh_when_due(&self, id: &ConnectionId) -> bool {
        let result = match self.store().connections().find(id).await {
            // No patience: when another process holds the lease, it does the work.
            Ok(Some(record)) => {
                self.refresh_past(id, record.generation, Duration::ZERO)
                    .await
            }
            Ok(None) => return false,
            Err(error) => Err(error.into()),
        };
        match result {
            Ok(()) => return true,
            Err(Error::RefreshBusy(_)) => {}
            Err(error) => {
                tracing::warn!(connection.id = %id, code = error.code(), %error, "background refresh failed");
            }
        }
        false
    }

    /// Makes sure that the generation of a connection is past the one seen.
    async fn refresh_past(&self, id: &ConnectionId, seen: i64, patience: Duration) -> Result<()> {
        let mut waited = Duration::ZERO;
        loop {
            let turn = self.inner.refreshes.turn(id).await;
            // The second look: whoever had the turn before may have done the work.
            let record = self
                .store()
                .connections()
                .find(id)
                .await?
                .ok_or_else(|| Error::UnknownConnection(id.to_string()))?;
            if record.generation > seen {
                return Ok(());
            }
            match record.state {
                StoredState::Disconnected => return Err(Error::Disconnected(id.clone())),
                StoredState::ReauthorizationRequired => return Err(reauthorization(&record)),
                StoredState::Active | StoredState::Degraded => {}
            }
            let core = self.clone();
            let outcome = self
                .to_the_end(async move {
                    let outcome = core.refresh_in_turn(record).await;
                    drop(turn);
                    outcome
                })
                .await?;
            match outcome {
                Outcome::Renewed(record) => {
                    self.announce_refresh(&record).await;
                    return Ok(());
                }
                Outcome::Elsewhere if waited >= patience => {
                    return Err(Error::RefreshBusy(id.clone()));
                }
                Outcome::Elsewhere => {
                    let step = Duration::from_millis(100);
                    tokio::time::sleep(step).await;
                    waited += step;
                }
            }
        }
    }

    /// Claims, calls and stores. Runs with the turn of this process held.
    async fn refresh_in_turn(&self, record: Connection) -> Result<Outcome> {
        let client = self.app().ready()?.client.clone();
        if !self.claim(&record).await? {
            return Ok(Outcome::Elsewhere);
        }
        if let Some(unsaved) = self.unsaved_pair(&record) {
            return self.keep(record, unsaved).await;
        }
        let Some((_, material)) = self.store().connections().token(&record.id).await? else {
            return self
                .end(&record, ReauthorizationReason::NotRefreshable, None)
                .await;
        };
        let Some(refresh_token) = material.refresh_token else {
            return self
                .end(&record, ReauthorizationReason::NotRefreshable, None)
                .await;
        };
        let refresh_token = RefreshToken::new(refresh_token.expose_secret());
        match self.call_with_lease(&client, &record, &refresh_token).await {
            Ok(pair) => {
                let pair = self.new_pair(&pair, record.sign_in_again_by);
                self.keep(record, pair).await
            }
            Err(error) if error.is_refused_refresh_token() => {
                self.end(
                    &record,
                    ReauthorizationReason::RefreshTokenRefused,
                    Some(error),
                )
                .await
            }
            Err(error) => {
                self.degrade(&record, &error).await;
                Err(error.into())
            }
        }
    }

    async fn claim(&self, record: &Connection) -> Result<bool> {
        let now = to_millis(self.now());
        let until = self.lease_until(now);
        Ok(self
            .store()
            .connections()
            .claim_refresh(&record.id, record.generation, self.owner(), until, now)
            .await?)
    }

    fn lease_until(&self, now: Millis) -> Millis {
        Millis(now.0 + i64::try_from(self.refresh_policy().lease.as_millis()).unwrap_or(60_000))
    }

    /// The refresh call, with the lease renewed for as long as it runs.
    async fn call_with_lease(
        &self,
        client: &Client,
        record: &Connection,
        refresh_token: &RefreshToken,
    ) -> Result<TokenPair, GatewayError> {
        let oauth = client.oauth();
        let call = oauth.refresh(refresh_token);
        tokio::pin!(call);
        let mut beat = tokio::time::interval(self.refresh_policy().lease / 3);
        beat.tick().await;
        loop {
            tokio::select! {
                answer = &mut call => return self.noted(answer),
                _ = beat.tick() => {
                    let until = self.lease_until(to_millis(self.now()));
                    if let Err(error) = self.store().connections().renew_lease(&record.id, self.owner(), until).await {
                        tracing::warn!(connection.id = %record.id, %error, "lease could not be renewed");
                    }
                }
            }
        }
    }

    /// Makes a new pair durable. When the database refuses, the pair is kept in memory and tried again
    /// before the gateway is asked for another.
    async fn keep(&self, record: Connection, pair: NewPair) -> Result<Outcome> {
        let now = to_millis(self.now());
        let stored = self
            .store()
            .connections()
            .finish_refresh(
                &record.id,
                record.generation,
                self.owner(),
                pair.clone(),
                now,
            )
            .await;
        let mut unsaved = self
            .inner
            .unsaved
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match stored {
            Ok(connection) => {
                unsaved.remove(&record.id);
                Ok(connection.map_or(Outcome::Elsewhere, |connection| {
                    Outcome::Renewed(Box::new(connection))
                }))
            }
            Err(error) => {
                tracing::error!(connection.id = %record.id, %error, "a renewed pair could not be stored; it is kept in memory");
                unsaved.insert(
                    record.id.clone(),
                    UnsavedPair {
                        generation: record.generation,
                        pair,
                    },
                );
                Err(error.into())
            }
        }
    }

    fn unsaved_pair(&self, record: &Connection) -> Option<NewPair> {
        let mut unsaved = self
            .inner
            .unsaved
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match unsaved.get(&record.id) {
            Some(kept) if kept.generation == record.generation => Some(kept.pair.clone()),
            Some(_) => {
                unsaved.remove(&record.id);
                None
            }
            None => None,
        }
    }

    /// Ends a connection because it cannot be renewed: only an explicit refusal comes here.
    async fn end(
        &self,
        record: &Connection,
        reason: ReauthorizationReason,
        cause: Option<GatewayError>,
    ) -> Result<Outcome> {
        let now = to_millis(self.now());
        let passed = record
            .sign_in_again_by
            .is_some_and(|deadline| deadline <= now);
        let reason = match (passed, record.refresh_interrupted_at) {
            (true, _) => ReauthorizationReason::SignInDeadlinePassed,
            // A process died between the gateway's answer and its storing; this was the last try.
            (false, Some(_)) => ReauthorizationReason::RefreshInterrupted,
            (false, None) => reason,
        };
        let failure = Failure {
            code: cause.as_ref().map_or_else(
                || reason.as_str().to_owned(),
                |error| error.code().to_owned(),
            ),
            state: StoredState::ReauthorizationRequired,
            reason: Some(reason.as_str().to_owned()),
            next_refresh_at: None,
        };
        let won = self
            .store()
            .connections()
            .fail_refresh(&record.id, record.generation, self.owner(), failure, now)
            .await?;
        if !won {
            // A newer pair is there: this refusal was about an old one and ends nothing.
            return Ok(Outcome::Elsewhere);
        }
        let data = json!({ "reason": reason.as_str() });
        self.emit(
            EventKind::ConnectionReauthorizationRequired,
            Some(&record.id),
            None,
            data,
        )
        .await;
        Err(Error::ReauthorizationRequired {
            id: record.id.clone(),
            reason: reason.as_str().to_owned(),
        })
    }

    /// Notes a failure that passes. The pair stays, and is handed out for as long as it works.
    async fn degrade(&self, record: &Connection, error: &GatewayError) {
        let now = to_millis(self.now());
        let wait = match error.advice().class {
            Class::Wait { seconds } => Some(seconds),
            _ => None,
        };
        let failure = Failure {
            code: error.code().to_owned(),
            state: StoredState::Degraded,
            reason: None,
            next_refresh_at: Some(Millis(
                now.0 + back_off(record.refresh_failures, wait, self.jitter()),
            )),
        };
        match self
            .store()
            .connections()
            .fail_refresh(&record.id, record.generation, self.owner(), failure, now)
            .await
        {
            Ok(true) if record.state != StoredState::Degraded => {
                let data = json!({ "code": error.code() });
                self.emit(EventKind::ConnectionDegraded, Some(&record.id), None, data)
                    .await;
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(connection.id = %record.id, %error, "a failed refresh could not be noted")
            }
        }
    }

    async fn announce_refresh(&self, record: &Connection) {
        let data = json!({ "generation": record.generation });
        self.emit(EventKind::ConnectionRefreshed, Some(&record.id), None, data)
            .await;
        if record.is_default {
            self.write_token_file().await;
        }
    }

    /// The pair of the gateway in the form of the store, with its next refresh planned.
    pub(crate) fn new_pair(&self, pair: &TokenPair, known_deadline: Option<Millis>) -> NewPair {
        let obtained_at = to_millis(pair.obtained_at);
        let works_until = pair.works_until.map(to_millis);
        let sign_in_again_by = pair.sign_in_again_by.map(to_millis);
        let deadline = sign_in_again_by.or(known_deadline);
        let refreshable = pair.refreshable != Some(false);
        NewPair {
            material: TokenMaterial {
                access_token: pair.access_token.expose().to_owned().into(),
                refresh_token: pair
                    .refresh_token
                    .as_ref()
                    .map(|token| token.expose().to_owned().into()),
            },
            obtained_at,
            works_until,
            sign_in_again_by,
            next_refresh_at: next_refresh_at(
                obtained_at,
                works_until,
                deadline,
                refreshable,
                self.jitter(),
            ),
        }
    }

    pub(crate) fn jitter(&self) -> u64 {
        // Without randomness the schedule is merely less spread out.
        random_bytes::<8>(self.entropy()).map_or(500, u64::from_le_bytes)
    }

    async fn current(&self, id: &ConnectionId) -> Result<Vended> {
        let unknown = || Error::UnknownConnection(id.to_string());
        match self.store().connections().token(id).await? {
            Some((connection, material)) => Ok(Vended {
                connection,
                token: AccessToken::new(material.access_token.expose_secret()),
            }),
            None => {
                let record = self
                    .store()
                    .connections()
                    .find(id)
                    .await?
                    .ok_or_else(unknown)?;
                Err(if record.state == StoredState::Disconnected {
                    Error::Disconnected(record.id)
                } else {
                    reauthorization(&record)
                })
            }
        }
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
        let left = record
            .works_until
            .map_or(0, |until| (until.0 - to_millis(self.now()).0).max(0) / 1000);
        Err(Error::TooShortLived {
            id: record.id.clone(),
            left,
            wanted: i64::try_from(min_ttl.as_secs()).unwrap_or(i64::MAX),
        })
    }
}

fn reauthorization(record: &Connection) -> Error {
    Error::ReauthorizationRequired {
        id: record.id.clone(),
        reason: record
            .reason
            .clone()
            .unwrap_or_else(|| "unknown".to_owned()),
    }
}
