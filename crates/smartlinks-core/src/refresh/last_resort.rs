//! Spending the former pair, when nothing of the present one is left to lose. The reasons stand in
//! [`refresh`](crate::refresh).

use aliexpress::{Error as GatewayError, RefreshToken};
use secrecy::ExposeSecret;
use smartlinks_store::{Change, Connection, Failure, FailureKind, StoredState};

use super::ending::failure_kind;
use super::{Access, Outcome};
use crate::broker::reauthorization;
use crate::clock::to_millis;
use crate::error::Result;
use crate::refresh_steps::RefreshStep;
use crate::service::Core;

impl Core {
    /// Tries the former pair of a connection that has ended, once, where that can cost nothing.
    ///
    /// # Errors
    /// [`Error::ReauthorizationRequired`](crate::Error::ReauthorizationRequired) when there is nothing to try or it was
    /// refused; the gateway's error when it failed for a passing reason, and then it may be tried again.
    pub(super) async fn last_resort(&self, record: Connection, access: Access) -> Result<Outcome> {
        let Some(refresh_token) = self.nothing_but_the_former(&record, access).await? else {
            return Err(reauthorization(&record));
        };
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
                self.step(&record.id, RefreshStep::Answered);
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
        let change = Change::from(to_millis(self.now()));
        self.store()
            .connections()
            .fail_refresh(&record.id, record.generation, self.owner(), failure, change)
            .await?;
        Ok(())
    }
}
