//! What a process does wrong on purpose, to show that the harness notices.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliexpress::{HttpRequest, HttpResponse, ReqwestTransport, Transport, TransportError};
use anyhow::{Context, Result};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use smartlinks_core::RefreshStep;
use smartlinks_store::{
    ConnectionId, Failure, FailureKind, Millis, ReauthorizationReason, Store, StoredState,
};

use super::child::{fingerprint, locked, refresh_fingerprint};
use super::process::Word;

/// What a process does wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sabotage {
    /// Nothing: the product as it is.
    #[default]
    None,
    /// It gives a new token to a caller beside the refresh before the token is durable.
    HandsOutEarly,
    /// Its clock is ahead by more than a lease, so it takes every lease for lapsed.
    IgnoresLeases,
    /// It ends a connection whose refresh was interrupted, without trying the durable token.
    GivesUp,
    /// It drops the answer of the gateway and lives on, until it is killed when all refreshes are over.
    DropsAnAnswer,
}

impl FromStr for Sabotage {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        serde_json::from_value(text.into()).with_context(|| format!("there is no sabotage {text}"))
    }
}

/// New access tokens by the refresh token that was spent for them, as fingerprints.
type Heard = Arc<Mutex<HashMap<String, String>>>;

/// Who does it.
#[derive(Debug)]
pub(super) struct Saboteur {
    sabotage: Sabotage,
    /// Generation and refresh token of each connection when the work began.
    known: Mutex<HashMap<ConnectionId, (i64, String)>>,
    heard: Heard,
    /// Whether an answer of the gateway is dropped when it comes.
    drops: AtomicBool,
}

impl Saboteur {
    pub(super) fn new(sabotage: Sabotage) -> Self {
        Self {
            sabotage,
            known: Mutex::default(),
            heard: Heard::default(),
            drops: AtomicBool::new(false),
        }
    }

    /// A transport that tells what it hears.
    pub(super) fn listening(&self, inner: ReqwestTransport) -> Listening {
        let heard = Arc::clone(&self.heard);
        Listening { inner, heard }
    }

    pub(super) fn clock_ahead_ms(&self, lease: Duration) -> i64 {
        match self.sabotage {
            Sabotage::IgnoresLeases => i64::try_from(lease.as_millis()).unwrap_or_default() + 1,
            _ => 0,
        }
    }

    /// Before the refreshes; `late` says that the process stands still after them at the earliest.
    pub(super) async fn begin(
        &self,
        store: &dyn Store,
        late: bool,
        now: Millis,
        lease: Duration,
    ) -> Result<()> {
        self.drops.store(
            late && self.sabotage == Sabotage::DropsAnAnswer,
            Ordering::SeqCst,
        );
        match self.sabotage {
            Sabotage::HandsOutEarly => self.look_around(store).await,
            Sabotage::GivesUp => give_up_on_the_interrupted(store, now, lease).await,
            _ => Ok(()),
        }
    }

    async fn look_around(&self, store: &dyn Store) -> Result<()> {
        let connections = store.connections();
        for record in connections.list(false).await? {
            if let Some((record, material)) = connections.token(&record.id).await? {
                let known = (record.generation, refresh_fingerprint(&material));
                locked(&self.known).insert(record.id, known);
            }
        }
        Ok(())
    }

    /// Ends a refresh without a word, as a bug would that loses an answer; the process lives on.
    pub(super) fn reached(&self, step: RefreshStep) {
        if step == RefreshStep::Answered && self.drops.load(Ordering::SeqCst) {
            std::panic::resume_unwind(Box::new("the answer is dropped"));
        }
    }

    /// What a caller beside the refresh is given too early.
    pub(super) fn hands_out(&self, connection: &ConnectionId, step: RefreshStep) -> Option<Word> {
        if self.sabotage != Sabotage::HandsOutEarly || step != RefreshStep::Answered {
            return None;
        }
        let (generation, spent) = locked(&self.known).get(connection).cloned()?;
        Some(Word::Handed {
            connection: connection.to_string(),
            generation: generation + 1,
            token: locked(&self.heard).get(&spent).cloned()?,
        })
    }
}

/// What a process does that takes silence for a refusal.
async fn give_up_on_the_interrupted(store: &dyn Store, now: Millis, lease: Duration) -> Result<()> {
    let connections = store.connections();
    for record in connections.list(false).await? {
        let until = Millis(now.0 + i64::try_from(lease.as_millis())?);
        let interrupted = record.refresh_begun_at.is_some();
        if interrupted
            && connections
                .claim_refresh(&record.id, record.generation, "saboteur", until, now)
                .await?
        {
            let failure = Failure {
                kind: FailureKind::Refused,
                code: "gave_up".to_owned(),
                state: StoredState::ReauthorizationRequired,
                reason: Some(ReauthorizationReason::RefreshInterrupted.into()),
                next_refresh_at: None,
            };
            connections
                .fail_refresh(
                    &record.id,
                    record.generation,
                    "saboteur",
                    failure,
                    now.into(),
                )
                .await?;
        }
    }
    Ok(())
}

/// Sends over HTTP, and keeps the new access token of a refresh.
pub(super) struct Listening {
    inner: ReqwestTransport,
    heard: Heard,
}

#[async_trait]
impl Transport for Listening {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let named = |(name, value): &(String, String)| {
            (name == "refresh_token").then(|| fingerprint(value))
        };
        let spent = request.form.iter().find_map(named);
        let response = self.inner.send(request).await?;
        let answer = serde_json::from_slice::<serde_json::Value>(&response.body);
        if let (Some(spent), Ok(answer)) = (spent, answer)
            && let Some(token) = answer["access_token"].as_str()
        {
            locked(&self.heard).insert(spent, fingerprint(token));
        }
        Ok(response)
    }
}
