//! Spending the former pair, when nothing of the present one is left to lose. The reasons stand in
//! [`refresh`](crate::refresh).

use aliexpress::{Error as GatewayError, RefreshToken};
use secrecy::ExposeSecret;
use serde_json::json;
use smartlinks_store::{AttemptOutcome, Connection, Failure, FailureKind, Spends, StoredState};

use super::ending::failure_kind;
use super::{Access, Outcome};
use crate::broker::reauthorization;
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::refresh_schedule::back_off;
use crate::service::Core;

impl Core {
    /// Tries the former pair of a connection that has ended, once, where that can cost nothing.
    ///
    /// # Errors
    /// [`Error::ReauthorizationRequired`] when there is nothing to try or it was refused; the gateway's error when it
    /// failed for a passing reason, and [`Error::RefreshBusy`] for a while after that.
    pub(super) async fn last_resort(&self, record: Connection, access: Access) -> Result<Outcome> {
        let Some(refresh_token) = self.nothing_but_the_former(&record, access).await? else {
            return Err(reauthorization(&record));
        };
        if self.is_resting(&record).await? {
            return Err(Error::RefreshBusy(record.id));
        }
        let client = self.app().ready()?.client.clone();
        let now = to_millis(self.now());
        let lease = self.lease_until(now);
        if !self
            .store()
            .connections()
            .claim_last_resort(&record.id, record.generation, self.owner(), lease, now)
            .await?
        {
            return Ok(Outcome::Elsewhere);
        }
        tracing::warn!(connection.id = %record.id, "both tokens of the present pair are of no use; trying the pair before it");
        match self
            .call_with_lease(&client, &record, &refresh_token, lease)
            .await
        {
            Ok(Some(pair)) => {
                let pair = self.new_pair(&pair, record.sign_in_again_by);
                self.keep(&record, pair).await
            }
            Ok(None) => Ok(Outcome::Elsewhere),
            Err(error) => {
                self.note_last_resort(&record, &error).await?;
                match error.is_refused_refresh_token() {
                    true => Err(reauthorization(&record)),
                    false => Err(error.into()),
                }
            }
        }
    }

    /// The former refresh token, if it is another than the present one and the present pair can do nothing any more.
    async fn nothing_but_the_former(
        &self,
        record: &Connection,
        access: Access,
    ) -> Result<Option<RefreshToken>> {
        let now = to_millis(self.now());
        let passed = |deadline: Option<_>| deadline.is_some_and(|deadline| deadline <= now);
        let access_is_dead = access == Access::Refused || passed(record.works_until);
        let ended = record.state == StoredState::ReauthorizationRequired;
        if !ended || !access_is_dead || passed(record.sign_in_again_by) {
            return Ok(None);
        }
        let connections = self.store().connections();
        let Some(former) = connections.previous_token(&record.id).await? else {
            return Ok(None);
        };
        let present = connections.token(&record.id).await?;
        let text = |token: Option<secrecy::SecretString>| {
            token.map(|token| RefreshToken::new(token.expose_secret()))
        };
        let present = present.and_then(|(_, material)| text(material.refresh_token));
        let former = text(former.material.refresh_token);
        Ok(former.filter(|former| present.as_ref() != Some(former)))
    }

    /// Whether the last resort has failed just now for a passing reason: those who ask meanwhile make no call each.
    async fn is_resting(&self, record: &Connection) -> Result<bool> {
        let journal = self.store().refresh_journal();
        let last = journal.attempts(&record.id, 1).await?;
        let failed = last.iter().find(|attempt| {
            attempt.spends == Spends::Former && attempt.outcome == AttemptOutcome::Failed
        });
        let rest = back_off(record.refresh_failures, None, 0);
        let until = failed.and_then(|attempt| attempt.ended_at?.0.checked_add(rest));
        Ok(until.is_some_and(|until| until > to_millis(self.now()).0))
    }

    /// The connection stays as it is; the journal learns how it went, and a refused pair is let go of.
    async fn note_last_resort(&self, record: &Connection, error: &GatewayError) -> Result<()> {
        let kind = match error.is_refused_refresh_token() {
            true => FailureKind::Refused,
            false => failure_kind(error),
        };
        let failure = Failure {
            kind,
            code: error.code().to_owned(),
            state: record.state,
            reason: record.reason.clone(),
            next_refresh_at: None,
        };
        let (kind, code) = (EventKind::ConnectionChanged, error.code());
        let (now, data) = (to_millis(self.now()), json!({ "code": code }));
        let change = self.told_with(now, kind, &record.id, code, &data);
        self.store()
            .connections()
            .fail_refresh(&record.id, record.generation, self.owner(), failure, change)
            .await?;
        self.announce().await;
        Ok(())
    }
}
