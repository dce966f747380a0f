//! Renewing a token pair: one refresh per deadline, and nothing lost on the way.
//!
//! The way: wait for the turn inside this process, look again, claim the lease in the database, call
//! the gateway, make the new pair durable by a compare-and-swap on the generation, and only then let
//! anybody use it. Once begun it runs to its end even when the request that caused it has gone away.

use std::sync::PoisonError;
use std::time::Duration;

use aliexpress::{Class, Client, Error as GatewayError, RefreshToken, TokenPair};
use secrecy::ExposeSecret;
use serde_json::json;
use smartlinks_store::{
    ActorKind, Change, Connection, ConnectionId, Failure, Millis, NewPair, ReauthorizationReason,
    StoredState, TokenMaterial,
};
use tokio_util::sync::CancellationToken;

use crate::broker::reauthorization;
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::metrics::Refresh;
use crate::refresh_schedule::{back_off, next_refresh_at};
use crate::service::{Core, random_bytes};

/// A pair that the gateway gave and the database would not take: kept in memory and tried again
/// before anything else is tried.
#[derive(Debug, Clone)]
pub(crate) struct UnsavedPair {
    generation: i64,
    pair: NewPair,
}

/// What became of a refresh.
enum Outcome {
    Renewed,
    /// Somebody else was faster, or the lease is held elsewhere: look again.
    Elsewhere,
}

/// What a look for due connections has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueWork {
    /// How many were due.
    pub due: usize,
    /// How many of them are renewed now.
    pub renewed: usize,
}

impl Core {
    /// Renews everything that is due now. Nothing further is begun once `stop` is cancelled; what has
    /// begun is finished.
    ///
    /// # Errors
    /// [`Error::Storage`] when the due ones cannot be listed; failures of single connections are kept
    /// with the connection and logged.
    pub async fn refresh_due(&self, stop: &CancellationToken) -> Result<DueWork> {
        let at_once = self.refresh_policy().at_once;
        let limit = u32::try_from(at_once * 8).unwrap_or(u32::MAX);
        let due = self
            .store()
            .connections()
            .due_for_refresh(to_millis(self.now()), limit)
            .await?;
        let mut work = DueWork {
            due: due.len(),
            renewed: 0,
        };
        let mut running = tokio::task::JoinSet::new();
        for id in due {
            if running.len() >= at_once {
                work.renewed += usize::from(matches!(running.join_next().await, Some(Ok(true))));
            }
            if stop.is_cancelled() {
                break;
            }
            let core = self.clone();
            running.spawn(async move { core.refresh_when_due(&id).await });
        }
        while let Some(ended) = running.join_next().await {
            work.renewed += usize::from(matches!(ended, Ok(true)));
        }
        Ok(work)
    }

    async fn refresh_when_due(&self, id: &ConnectionId) -> bool {
        let result = match self.existing(id).await {
            // No patience: when another process holds the lease, it does the work.
            Ok(record) => {
                self.refresh_with_patience(id, record.generation, Duration::ZERO)
                    .await
            }
            Err(error) => Err(error),
        };
        match result {
            Ok(()) => return true,
            Err(Error::RefreshBusy(_)) => {}
            Err(error) => {
                tracing::warn!(
                    connection.id = %id,
                    code = error.code(),
                    gateway.request_id = error.gateway_request_id(),
                    %error,
                    "background refresh failed"
                );
            }
        }
        false
    }

    /// Makes sure that the generation of a connection is past the one seen.
    pub(crate) async fn refresh_past(&self, id: &ConnectionId, seen: i64) -> Result<()> {
        self.refresh_with_patience(id, seen, self.refresh_policy().patience)
            .await
    }

    async fn refresh_with_patience(
        &self,
        id: &ConnectionId,
        seen: i64,
        patience: Duration,
    ) -> Result<()> {
        let mut waited = Duration::ZERO;
        loop {
            let turn = self.inner.refreshes.turn(id).await;
            // The second look: whoever had the turn before may have done the work.
            let record = self.existing(id).await?;
            if record.generation > seen {
                return Ok(());
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
                Outcome::Renewed => return Ok(()),
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
        // A pair that is already ours needs no lease: storing it is a compare-and-swap.
        if let Some(pair) = self.unsaved_pair(&record.id, record.generation) {
            return self.keep(&record, pair).await;
        }
        match record.state {
            StoredState::Disconnected => return Err(Error::Disconnected(record.id)),
            StoredState::ReauthorizationRequired => return Err(reauthorization(&record)),
            StoredState::Active | StoredState::Degraded => {}
        }
        let client = self.app().ready()?.client.clone();
        if !self.claim(&record).await? {
            return Ok(Outcome::Elsewhere);
        }
        let refresh_token = match self.store().connections().token(&record.id).await {
            Ok(pair) => pair.and_then(|(_, material)| material.refresh_token),
            Err(error) => {
                // No call was made, so nobody has to wait and the journal has nothing to remember.
                self.let_go(&record).await;
                return Err(error.into());
            }
        };
        let Some(refresh_token) = refresh_token else {
            return self
                .end(&record, ReauthorizationReason::NotRefreshable, None)
                .await;
        };
        let refresh_token = RefreshToken::new(refresh_token.expose_secret());
        match self.call_with_lease(&client, &record, &refresh_token).await {
            Ok(pair) => {
                let pair = self.new_pair(&pair, record.sign_in_again_by);
                self.keep(&record, pair).await
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
        let connections = self.store().connections();
        Ok(connections
            .claim_refresh(&record.id, record.generation, self.owner(), until, now)
            .await?)
    }

    async fn let_go(&self, record: &Connection) {
        if let Err(error) = self
            .store()
            .connections()
            .release_lease(&record.id, self.owner())
            .await
        {
            tracing::warn!(connection.id = %record.id, %error, "a lease could not be given back; it will run out");
        }
    }

    fn lease_until(&self, now: Millis) -> Millis {
        let lease = i64::try_from(self.refresh_policy().lease.as_millis()).unwrap_or(60_000);
        Millis(now.0 + lease)
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
                    let connections = self.store().connections();
                    if let Err(error) = connections.renew_lease(&record.id, self.owner(), until).await {
                        tracing::warn!(connection.id = %record.id, %error, "lease could not be renewed");
                    }
                }
            }
        }
    }

    /// Makes a new pair durable and says so. When the database refuses, the pair stays in memory.
    async fn keep(&self, record: &Connection, pair: NewPair) -> Result<Outcome> {
        let change = self.renewed(record);
        let connections = self.store().connections();
        let stored = connections
            .finish_refresh(
                &record.id,
                record.generation,
                self.owner(),
                pair.clone(),
                change,
            )
            .await;
        match stored {
            Ok(renewed) => {
                self.unsaved().remove(&record.id);
                let Some(renewed) = renewed else {
                    return Ok(Outcome::Elsewhere);
                };
                self.refresh_ended(Refresh::Renewed);
                self.announce().await;
                if renewed.is_default {
                    self.write_token_file().await;
                }
                Ok(Outcome::Renewed)
            }
            Err(error) => {
                tracing::error!(connection.id = %record.id, %error, "a renewed pair could not be stored; it is kept in memory");
                let unsaved = UnsavedPair {
                    generation: record.generation,
                    pair,
                };
                self.unsaved().insert(record.id.clone(), unsaved);
                self.refresh_ended(Refresh::NotStored);
                Err(error.into())
            }
        }
    }

    /// What a stored pair leaves behind. The audit log names it when somebody asked for it; what the service does
    /// by itself every few days would only bury the rest.
    fn renewed(&self, record: &Connection) -> Change {
        let (now, data) = (
            to_millis(self.now()),
            json!({ "generation": record.generation + 1 }),
        );
        let mut change = self.told(now, EventKind::ConnectionRefreshed, &record.id, &data);
        if self.actor().kind == ActorKind::System {
            change.traces.audit.clear();
        }
        change
    }

    fn unsaved(
        &self,
    ) -> std::sync::MutexGuard<'_, std::collections::HashMap<ConnectionId, UnsavedPair>> {
        self.inner
            .unsaved
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn unsaved_pair(&self, id: &ConnectionId, generation: i64) -> Option<NewPair> {
        let mut unsaved = self.unsaved();
        let kept = unsaved.get(id)?;
        if kept.generation == generation {
            return Some(kept.pair.clone());
        }
        unsaved.remove(id);
        None
    }

    /// Tries once more to store what the database would not take. For the way out.
    pub(crate) async fn store_unsaved(&self) {
        let waiting: Vec<_> = self
            .unsaved()
            .iter()
            .map(|(id, kept)| (id.clone(), kept.generation))
            .collect();
        for (id, generation) in waiting {
            if let Err(error) = self.refresh_past(&id, generation).await {
                tracing::error!(connection.id = %id, %error, "a renewed pair is lost: it could not be stored");
            }
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
        let code = cause.as_ref().map_or(reason.as_str(), GatewayError::code);
        let failure = Failure {
            code: code.to_owned(),
            state: StoredState::ReauthorizationRequired,
            reason: Some(reason.as_str().to_owned()),
            next_refresh_at: None,
        };
        let kind = EventKind::ConnectionReauthorizationRequired;
        let data = json!({ "reason": reason.as_str() });
        let change = self.told_with(now, kind, &record.id, code, &data);
        let connections = self.store().connections();
        if !connections
            .fail_refresh(&record.id, record.generation, self.owner(), failure, change)
            .await?
        {
            // A newer pair is there: this refusal was about an old one and ends nothing.
            return Ok(Outcome::Elsewhere);
        }
        self.refresh_ended(Refresh::Refused);
        self.announce().await;
        Err(Error::ReauthorizationRequired {
            id: record.id.clone(),
            reason: reason.as_str().to_owned(),
        })
    }

    /// Notes a failure that passes. The pair stays, and is handed out for as long as it works.
    async fn degrade(&self, record: &Connection, error: &GatewayError) {
        self.refresh_ended(Refresh::Failed);
        let now = to_millis(self.now());
        let wait = match error.advice().class {
            Class::Wait { seconds } => Some(seconds),
            _ => None,
        };
        let pause = back_off(record.refresh_failures, wait, self.jitter());
        let failure = Failure {
            code: error.code().to_owned(),
            state: StoredState::Degraded,
            reason: None,
            next_refresh_at: Some(Millis(now.0 + pause)),
        };
        let kind = match record.state {
            StoredState::Degraded => EventKind::ConnectionChanged,
            _ => EventKind::ConnectionDegraded,
        };
        let (code, data) = (error.code(), json!({ "code": error.code() }));
        let change = self.told_with(now, kind, &record.id, code, &data);
        let connections = self.store().connections();
        match connections
            .fail_refresh(&record.id, record.generation, self.owner(), failure, change)
            .await
        {
            Ok(_) => self.announce().await,
            Err(error) => {
                tracing::error!(connection.id = %record.id, %error, "a failed refresh could not be noted");
            }
        }
    }

    /// The pair of the gateway in the form of the store, with its next refresh planned.
    pub(crate) fn new_pair(&self, pair: &TokenPair, known_deadline: Option<Millis>) -> NewPair {
        let obtained_at = to_millis(pair.obtained_at);
        let works_until = pair.works_until.map(to_millis);
        let sign_in_again_by = pair.sign_in_again_by.map(to_millis);
        let deadline = sign_in_again_by.or(known_deadline);
        let refreshable = pair.refreshable != Some(false);
        let planned = next_refresh_at(
            obtained_at,
            works_until,
            deadline,
            refreshable,
            self.jitter(),
        );
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
            next_refresh_at: planned,
        }
    }

    pub(crate) fn jitter(&self) -> u64 {
        // Without randomness the schedule is merely less spread out.
        random_bytes::<8>(self.entropy()).map_or(500, u64::from_le_bytes)
    }
}
