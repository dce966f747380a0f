//! What ends a refresh: a new pair made durable, a refusal, or a failure that passes.

use aliexpress::{Class, Effect, Error as GatewayError};
use serde_json::json;
use smartlinks_store::{
    ActorKind, Change, Connection, Failure, FailureKind, Millis, NewPair, ReauthorizationReason,
    StoredState, with_causes,
};

use super::Outcome;
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
                self.inner.unsaved.forget(&record.id);
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
                // Counted and told once, however often it is tried.
                if self.inner.unsaved.hold(&record.id, record.generation, pair) {
                    tracing::error!(connection.id = %record.id, error = %with_causes(&error), "a renewed pair could not be stored; it is kept in memory and tried again");
                    self.refresh_ended(Refresh::NotStored);
                }
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

    /// Notes a failure of the gateway that passes. The pair stays, and is handed out for as long as it works.
    pub(super) async fn degrade(&self, record: &Connection, error: &GatewayError) {
        let wait = match error.advice().class {
            Class::Wait { seconds } => Some(seconds),
            _ => None,
        };
        self.try_later(record, failure_kind(error), error.code(), wait)
            .await;
    }

    /// Notes that a refresh came to nothing before the gateway was asked. The next try comes after a pause.
    pub(super) async fn put_off(&self, record: &Connection, code: &str) {
        self.try_later(record, FailureKind::Failed, code, None)
            .await;
    }

    async fn try_later(
        &self,
        record: &Connection,
        kind: FailureKind,
        code: &str,
        wait: Option<u64>,
    ) {
        self.refresh_ended(Refresh::Failed);
        let now = to_millis(self.now());
        let pause = back_off(record.refresh_failures, wait, self.jitter());
        let failure = Failure {
            kind,
            code: code.to_owned(),
            state: StoredState::Degraded,
            reason: None,
            next_refresh_at: Some(Millis(now.0 + pause)),
        };
        let event = match record.state {
            StoredState::Degraded => EventKind::ConnectionChanged,
            _ => EventKind::ConnectionDegraded,
        };
        let change = self.told_with(now, event, &record.id, code, &json!({ "code": code }));
        let connections = self.store().connections();
        match connections
            .fail_refresh(&record.id, record.generation, self.owner(), failure, change)
            .await
        {
            Ok(_) => self.announce().await,
            Err(error) => {
                tracing::error!(connection.id = %record.id, error = %with_causes(&error), "a failed refresh could not be noted");
            }
        }
    }
}
