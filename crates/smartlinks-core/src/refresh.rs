//! Renewing a token pair: one refresh per deadline, and nothing lost on the way.
//!
//! The way: wait for the turn inside this process, look again, claim the lease in the database and with it a *pending*
//! row in the journal, look again under the lease, call the gateway, make the new pair durable by a compare-and-swap on
//! the generation, and only then let anybody use it. Once begun it runs to its end even when the request that caused it
//! has gone away. The places at which it may be cut are named in [`RefreshStep`].
//!
//! # After a crash
//!
//! A process that dies leaves its lease and its pending row. When the lease has run out the next claim ends the row as
//! *interrupted*, and it is open whether the gateway has rotated the pair. Which rules AliExpress follows is not
//! documented, so what we do has to be right under each of them. Call the durable pair N, the one before it N-1, and the
//! one that may have died with the process N+1.
//!
//! | the gateway… | call not arrived | call arrived, N+1 lost |
//! |---|---|---|
//! | rotates, old refresh tokens end | N is accepted | N is refused: nobody could help it |
//! | rotates, reuse ends the grant | N is accepted | N is refused, and the access token of N ends with it |
//! | rotates, old refresh tokens work | N is accepted | N is accepted |
//! | does not rotate | N is accepted | N is accepted |
//!
//! So **N is tried once, at once**. Only the second row has a price: where old access tokens still work, that of N would
//! have served until its deadline if nobody had asked. Waiting for that deadline would cost more under the other rules,
//! where N is accepted (the connection would go on with an old pair that nobody knows to be good) or refused (a person
//! would hear of it at the last moment, instead of days before). And where N is accepted, asking late is worth nothing.
//! A refusal ends the connection with the cause `refresh_interrupted`.
//!
//! **N-1 is the last resort.** It is kept as long as N has served no call. Under every rule above N-1 is refused when N
//! is, and where reuse ends the grant, presenting it while N lives would end what we hold: that loss would be our own
//! doing. It helps in one case only: the gateway gave us N and forgot it (a fail-over that loses the last write), so
//! that both tokens of N are refused and N-1 is still the newest. Therefore N-1 is spent only when nothing of N is left
//! to lose: its refresh token was refused, its access token was refused or has passed its deadline, and it never served.
//! It is tried once; a refusal lets go of it. See `last_resort`.
//!
//! # What a stalled process may do
//!
//! A process that sleeps through its lease (a stopped machine) does not call when it wakes up: it looks at the clock
//! right before. If it had called already, its answer is stored all the same unless another pair came first, since it is
//! the newest that the gateway gave; the refusal it may bring is not its to judge any more.

mod ending;
mod last_resort;
mod lease;
mod unsaved;

use std::time::Duration;

use aliexpress::TokenPair;
use smartlinks_store::{
    Connection, ConnectionId, Millis, NewPair, ReauthorizationReason, StoredState, TokenMaterial,
    with_causes,
};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::refresh_schedule::next_refresh_at;
use crate::refresh_steps::RefreshStep;
use crate::service::{Core, random_bytes};

pub(crate) use unsaved::Unsaved;

/// So many times more than are renewed in one look are listed, and the look begins somewhere among them: instances
/// that look together do not race for the same ones, and some that always fail do not stand before all others.
const LISTED_FOR_ONE_LOOK: usize = 4;

/// What is known of the access token of the present pair when it is to be renewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Unknown,
    /// The gateway has just refused it.
    Refused,
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
        let due = self.listed_due(at_once * 8).await?;
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

    /// Up to `limit` of the connections that are due.
    async fn listed_due(&self, limit: usize) -> Result<Vec<ConnectionId>> {
        let listed = u32::try_from(limit * LISTED_FOR_ONE_LOOK).unwrap_or(u32::MAX);
        let connections = self.store().connections();
        let mut due = connections
            .due_for_refresh(to_millis(self.now()), listed)
            .await?;
        if due.len() > limit {
            let somewhere = self.jitter() % due.len() as u64;
            due.rotate_left(usize::try_from(somewhere).unwrap_or(0));
            due.truncate(limit);
        }
        Ok(due)
    }

    async fn refresh_when_due(&self, id: &ConnectionId) -> bool {
        let due = |record: &Connection| {
            let now = to_millis(self.now());
            record.next_refresh_at.is_some_and(|at| at <= now)
        };
        let result = match self.existing(id).await {
            // Another has been faster since it was listed: what it holds now is not due.
            Ok(record) if !due(&record) => return false,
            // No patience: when another process holds the lease, it does the work.
            Ok(record) => {
                self.refresh_with_patience(id, record.generation, Access::Unknown, Duration::ZERO)
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
                    error = %with_causes(&error),
                    "background refresh failed"
                );
            }
        }
        false
    }

    /// Makes sure that the generation of a connection is past the one seen.
    pub(crate) async fn refresh_past(&self, id: &ConnectionId, seen: i64) -> Result<()> {
        let patience = self.refresh_policy().patience;
        self.refresh_with_patience(id, seen, Access::Unknown, patience)
            .await
    }

    /// The same after the gateway has refused the access token of the generation seen.
    pub(crate) async fn refresh_past_refused(&self, id: &ConnectionId, seen: i64) -> Result<()> {
        let patience = self.refresh_policy().patience;
        self.refresh_with_patience(id, seen, Access::Refused, patience)
            .await
    }

    async fn refresh_with_patience(
        &self,
        id: &ConnectionId,
        seen: i64,
        access: Access,
        patience: Duration,
    ) -> Result<()> {
        let failures = self.existing(id).await?.refresh_failures;
        let mut waited = Duration::ZERO;
        loop {
            let turn = self.inner.refreshes.turn(id).await;
            // The second look: whoever had the turn before may have done the work.
            let record = self.existing(id).await?;
            if record.generation > seen {
                // If another process has renewed it, the snapshot may not know yet what our caller is to be given.
                self.announce().await;
                return Ok(());
            }
            // Or has failed, and then each of those who waited would fail as well, one call after the other.
            if record.refresh_failures > failures && record.state == StoredState::Degraded {
                return Err(Error::RefreshBusy(id.clone()));
            }
            let core = self.clone();
            let outcome = self
                .to_the_end(async move {
                    let outcome = core.refresh_in_turn(record, access).await;
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
    async fn refresh_in_turn(&self, seen: Connection, access: Access) -> Result<Outcome> {
        let span = tracing::debug_span!(
            "refresh",
            connection.id = %seen.id,
            generation = seen.generation,
            outcome = tracing::field::Empty
        );
        self.refresh_traced(seen, access).instrument(span).await
    }

    async fn refresh_traced(&self, seen: Connection, access: Access) -> Result<Outcome> {
        // A pair that is already ours needs no lease: storing it is a compare-and-swap.
        if let Some(pair) = self.inner.unsaved.of(&seen.id, seen.generation) {
            return self.keep(&seen, pair).await;
        }
        match seen.state {
            StoredState::Disconnected => return Err(Error::Disconnected(seen.id)),
            StoredState::ReauthorizationRequired => return self.last_resort(seen, access).await,
            StoredState::Active | StoredState::Degraded => {}
        }
        let client = self.app().ready()?.client.clone();
        self.step(&seen.id, RefreshStep::BeforeClaim);
        let Some(lease) = self.claim(&seen).await? else {
            return Ok(Outcome::Elsewhere);
        };
        self.step(&seen.id, RefreshStep::Claimed);
        let Some((record, refresh_token)) = self.look_under_the_lease(&seen).await? else {
            return Ok(Outcome::Elsewhere);
        };
        let Some(refresh_token) = refresh_token else {
            return self
                .end(&record, ReauthorizationReason::NotRefreshable, None)
                .await;
        };
        let answer = self
            .call_with_lease(&client, &record, &refresh_token, lease)
            .await;
        match answer {
            Ok(Some(pair)) => {
                let pair = self.new_pair(&pair, record.sign_in_again_by);
                self.keep(&record, pair).await
            }
            Ok(None) => Ok(Outcome::Elsewhere),
            Err(error) if error.is_refused_refresh_token() => {
                let reason = ReauthorizationReason::RefreshTokenRefused;
                let ended = self.end(&record, reason, Some(error)).await;
                match ended {
                    Err(Error::ReauthorizationRequired { .. }) => {
                        self.last_resort(self.existing(&record.id).await?, access)
                            .await
                    }
                    ended => ended,
                }
            }
            Err(error) => {
                self.degrade(&record, &error).await;
                Err(error.into())
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
