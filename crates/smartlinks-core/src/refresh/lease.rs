//! The lease of a refresh: taken, looked under, kept while the call runs, given back.

use std::convert::Infallible;

use aliexpress::{Client, Error as GatewayError, RefreshToken, TokenPair};
use secrecy::ExposeSecret;
use smartlinks_store::{Connection, ConnectionId, Millis, StoreError, StoredState, with_causes};
use tokio::time::MissedTickBehavior;

use crate::clock::to_millis;
use crate::error::Result;
use crate::refresh_steps::RefreshStep;
use crate::service::Core;

/// The code of a failure for which nobody was asked: the stored pair does not open.
const TOKEN_UNREADABLE: &str = "token_unreadable";

impl Core {
    /// Takes the lease and notes the attempt in the journal, both durable. Gives the end of the lease; none when
    /// another was faster.
    pub(super) async fn claim(&self, record: &Connection) -> Result<Option<Millis>> {
        let now = to_millis(self.now());
        let until = self.lease_until(now);
        let claimed = self
            .store()
            .connections()
            .claim_refresh(&record.id, record.generation, self.owner(), until, now)
            .await?;
        Ok(claimed.then_some(until))
    }

    /// Reads the connection and its refresh token once more, now that nobody else may change them. None when another
    /// has tried since `seen` was read: its pair, failure or refusal is the answer for this deadline, and a second
    /// call would be one too many. The lease is given back then.
    pub(super) async fn look_under_the_lease(
        &self,
        seen: &Connection,
    ) -> Result<Option<(Connection, Option<RefreshToken>)>> {
        let found = self.store().connections().token(&seen.id).await;
        match found {
            Ok(Some((record, material)))
                if record.generation == seen.generation
                    && record.refresh_failures == seen.refresh_failures
                    && record.state != StoredState::ReauthorizationRequired =>
            {
                let token = material.refresh_token;
                let token = token.map(|token| RefreshToken::new(token.expose_secret()));
                Ok(Some((record, token)))
            }
            Ok(_) => {
                self.let_go(seen).await;
                Ok(None)
            }
            // No call was made, so nobody has to wait. But a row that cannot be read is not due again at once either:
            // some hundred of them would stand before all others.
            Err(error @ (StoreError::Seal(_) | StoreError::Corrupt(_))) => {
                self.put_off(seen, TOKEN_UNREADABLE).await;
                Err(error.into())
            }
            Err(error) => {
                self.let_go(seen).await;
                Err(error.into())
            }
        }
    }

    /// Gives the lease back before any call was made.
    pub(super) async fn let_go(&self, record: &Connection) {
        if let Err(error) = self
            .store()
            .connections()
            .release_lease(&record.id, self.owner(), to_millis(self.now()))
            .await
        {
            tracing::warn!(connection.id = %record.id, error = %with_causes(&error), "a lease could not be given back; it will run out");
        }
    }

    pub(super) fn lease_until(&self, now: Millis) -> Millis {
        let lease = i64::try_from(self.refresh_policy().lease.as_millis()).unwrap_or(60_000);
        Millis(now.0 + lease)
    }

    /// The refresh call, with the lease renewed for as long as it runs. None when the lease has run out before the
    /// call began: another may be calling by now, so this process does not.
    pub(super) async fn call_with_lease(
        &self,
        client: &Client,
        record: &Connection,
        refresh_token: &RefreshToken,
        lease: Millis,
    ) -> Result<Option<TokenPair>, GatewayError> {
        self.step(&record.id, RefreshStep::Calling);
        if to_millis(self.now()) >= lease {
            tracing::warn!(connection.id = %record.id, "this process was stopped for longer than its lease");
            self.let_go(record).await;
            return Ok(None);
        }
        let oauth = client.oauth();
        let call = oauth.refresh(refresh_token);
        // Beside the call and not in turns with it: a database that hangs must not keep us from an answer that is here.
        let keeping = self.keep_lease(&record.id);
        tokio::pin!(call, keeping);
        let answer = tokio::select! {
            biased;
            answer = &mut call => self.noted(answer),
            never = &mut keeping => match never {},
        };
        let step = match answer {
            Ok(_) => RefreshStep::Answered,
            Err(_) => RefreshStep::Failed,
        };
        self.step(&record.id, step);
        answer.map(Some)
    }

    /// Renews a lease for as long as it is polled.
    async fn keep_lease(&self, id: &ConnectionId) -> Infallible {
        let mut beat = tokio::time::interval(self.refresh_policy().lease / 3);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.tick().await;
        loop {
            beat.tick().await;
            let until = self.lease_until(to_millis(self.now()));
            let connections = self.store().connections();
            match connections.renew_lease(id, self.owner(), until).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::warn!(connection.id = %id, "a lease was taken over while its call was under way");
                    return std::future::pending().await;
                }
                Err(error) => {
                    tracing::warn!(connection.id = %id, error = %with_causes(&error), "a lease could not be renewed");
                }
            }
        }
    }
}
