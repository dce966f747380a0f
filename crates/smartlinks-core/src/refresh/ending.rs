//! What ends a refresh: a new pair made durable, a refusal, or a failure that passes.

use std::sync::PoisonError;

use aliexpress::{Class, Effect, Error as GatewayError};
use serde_json::json;
use smartlinks_store::{
    ActorKind, Change, Connection, ConnectionId, Failure, FailureKind, Millis, NewPair,
    ReauthorizationReason, StoredState,
};

use super::{Outcome, UnsavedPair};
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::metrics::Refresh;
use crate::refresh_schedule::back_off;
use crate::refresh_steps::RefreshStep;
use crate::service::Core;

/// Whether a failure leaves it open that the gateway has rotated the pair.
pub(super) fn failure_kind(error: &GatewayError) -> FailureKind {
    match error.effect() {
        Effect::None => FailureKind::Failed,
        Effect::Unknown => FailureKind::AnswerLost,
    }
}

impl Core {
    /// Makes a new pair durable and says so. When the database refuses, the pair stays in memory.
    pub(super) async fn keep(&self, record: &Connection, pair: NewPair) -> Result<Outcome> {
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
                self.step(&renewed.id, RefreshStep::Stored);
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

    pub(super) fn unsaved_pair(&self, id: &ConnectionId, generation: i64) -> Option<NewPair> {
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
    pub(super) async fn end(
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
            // The answer to an earlier call never reached us; this was the one try left.
            (false, Some(_)) => ReauthorizationReason::RefreshInterrupted,
            (false, None) => reason,
        };
        let code = cause.as_ref().map_or(reason.as_str(), GatewayError::code);
        let failure = Failure {
            kind: FailureKind::Refused,
            code: code.to_owned(),
            state: StoredState::ReauthorizationRequired,
            reason: Some(reason.as_str().to_owned()),
            next_refresh_at: None,
        };
        let kind = match reason {
            // Nobody looks for the passed deadline while we hold the lease, so this is not told twice.
            ReauthorizationReason::SignInDeadlinePassed
                if self.store().warnings().warned_step(&record.id).await? == Some(0) =>
            {
                EventKind::ConnectionChanged
            }
            _ => EventKind::ConnectionReauthorizationRequired,
        };
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
    pub(super) async fn degrade(&self, record: &Connection, error: &GatewayError) {
        self.refresh_ended(Refresh::Failed);
        let now = to_millis(self.now());
        let wait = match error.advice().class {
            Class::Wait { seconds } => Some(seconds),
            _ => None,
        };
        let pause = back_off(record.refresh_failures, wait, self.jitter());
        let failure = Failure {
            kind: failure_kind(error),
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
}
