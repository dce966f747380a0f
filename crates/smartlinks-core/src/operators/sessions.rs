//! Signing in and out, and what a session cookie is worth.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use smartlinks_store::{
    Actor, ActorKind, Hash, Millis, NewSession, Operator, OperatorId, PasswordHash, Session,
    Traces, with_causes,
};

use super::{Password, Visitor, agent, operator_id_of};
use crate::clock::{from_millis, to_millis};
use crate::connect::sha256;
use crate::counted::Deed;
use crate::error::{Error, Result};
use crate::service::{Core, random_hex};
use crate::traces::OK;
use crate::workers::Forgotten;

/// How often the use of a session is written down, in milliseconds.
const SEEN_EVERY_MS: i64 = 60_000;

/// A new session. Its id is shown once, to the browser that signed in.
pub struct SignedIn {
    /// 256 random bits in hexadecimal: the value of the cookie.
    pub cookie: String,
    /// Whose session it is.
    pub session: ActiveSession,
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SignedIn")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// A session that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveSession {
    /// `op_…`
    pub operator_id: String,
    /// Name or e-mail address of the operator.
    pub operator_name: String,
    /// Names the session in the list; opens nothing.
    pub reference: String,
}

/// One session in the list of its operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SessionView {
    /// Names the session; opens nothing.
    pub reference: String,
    /// When it began. RFC 3339, UTC.
    pub created_at: Option<Timestamp>,
    /// When it was last used, to within a minute. RFC 3339, UTC.
    pub last_seen_at: Option<Timestamp>,
    /// When it ends at the latest. RFC 3339, UTC.
    pub expires_at: Option<Timestamp>,
    /// The address that signed in.
    pub address: Option<String>,
    /// What the browser said it is, in a few words.
    pub agent: Option<String>,
}

impl Core {
    /// Signs an operator in. `replaces` is the session cookie that the browser came with: that session ends, so an id
    /// that somebody planted there is worth nothing.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`], [`Error::WrongPassword`] whatever is wrong, [`Error::Storage`].
    pub async fn sign_in(
        &self,
        name: &str,
        password: Password,
        visitor: &Visitor,
        replaces: Option<&str>,
    ) -> Result<SignedIn> {
        if let Err(error) = self.admit_attempt(name, visitor).await {
            // By the minute: somebody who guesses must not fill the log either.
            if matches!(error, Error::TooManyAttempts { .. }) {
                self.stranger(visitor).note_deed(Deed::ShutOut, None);
            }
            return Err(error);
        }
        let record = self.operator_called(name).await?;
        let hash = record
            .as_ref()
            .filter(|record| record.disabled_at.is_none())
            .and_then(|record| record.password_hash.clone());
        let fits = self.verify_password(password, hash.clone()).await?;
        let begun = match &record {
            Some(record) if fits => {
                self.begin_session(record, hash, visitor, replaces, json!({}))
                    .await?
            }
            _ => None,
        };
        match begun {
            Some(signed_in) => Ok(signed_in),
            None => Err(self.refused_sign_in(record.as_ref(), visitor).await?),
        }
    }

    /// Keeps in the audit log that somebody was not let in. A name that is nobody's is not kept, since people type
    /// their password into the wrong field; and it is counted by the minute, since there are names without end, while
    /// those of operators are shut after a few tries.
    async fn refused_sign_in(
        &self,
        operator: Option<&Operator>,
        visitor: &Visitor,
    ) -> Result<Error> {
        let (stranger, error) = (self.stranger(visitor), Error::WrongPassword);
        let Some(operator) = operator else {
            stranger.note_deed(Deed::NotLetIn, None);
            return Ok(error);
        };
        let (id, data) = (operator.id.as_str(), json!({ "name": operator.name }));
        stranger
            .audit("operator.signed_in", None, Some(id), error.code(), &data)
            .await?;
        Ok(error)
    }

    /// The service, acting for somebody who has not proved to be anybody.
    pub(super) fn stranger(&self, visitor: &Visitor) -> Self {
        self.acting_as(Actor {
            address: visitor.address.map(|address| address.to_string()),
            ..Actor::of(ActorKind::Anybody)
        })
    }

    /// A new session for an operator who has proved to be one, by the password that `verified` is of, or without any;
    /// `how`, for the audit log. None when the operator was disabled or the password changed meanwhile.
    pub(super) async fn begin_session(
        &self,
        operator: &Operator,
        verified: Option<PasswordHash>,
        visitor: &Visitor,
        replaces: Option<&str>,
        mut how: Value,
    ) -> Result<Option<SignedIn>> {
        let cookie = random_hex::<32>(self.entropy())?;
        let id_hash = sha256(cookie.as_bytes());
        let now = to_millis(self.now());
        let new = NewSession {
            id_hash,
            operator: operator.id.clone(),
            verified,
            created_at: now,
            expires_at: now.plus(milliseconds(self.inner.desk.policy.absolute)),
            address: visitor.address.map(|address| address.to_string()),
            agent: visitor.agent.as_deref().and_then(agent::short),
        };
        let former = replaces.and_then(hash_of);
        how["name"] = json!(operator.name);
        let change = self
            .acting_for(&operator.id, &operator.name, visitor)
            .operator_change("operator.signed_in", &operator.id, &how);
        let sessions = self.store().sessions();
        let begun = sessions.create_session(new, former, change.traces).await?;
        Ok(begun.then(|| SignedIn {
            cookie,
            session: active(&id_hash, operator),
        }))
    }

    /// The session of a cookie, if it counts: known, not idle for too long, not past its end, and of an operator who
    /// may sign in. Notes that it is used.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn session(&self, cookie: &str) -> Result<Option<ActiveSession>> {
        let Some((session, operator)) = self.counting_session(cookie).await? else {
            return Ok(None);
        };
        let now = to_millis(self.now());
        let unless_after = Millis(now.0 - SEEN_EVERY_MS);
        if session.last_seen_at <= unless_after {
            let sessions = self.store().sessions();
            let touched = sessions.touch_session(&session.id_hash, now, unless_after);
            // A database that takes no writes is no reason to show nobody what is wrong. A use that is not noted only
            // lets the session end sooner.
            if let Err(error) = touched.await {
                tracing::warn!(error = %with_causes(&error), "the use of a session could not be noted");
            }
        }
        Ok(Some(active(&session.id_hash, &operator)))
    }

    /// The same, without noting any use: for what a browser asks by itself while nobody may be sitting there.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn session_unused(&self, cookie: &str) -> Result<Option<ActiveSession>> {
        let counting = self.counting_session(cookie).await?;
        Ok(counting.map(|(session, operator)| active(&session.id_hash, &operator)))
    }

    async fn counting_session(&self, cookie: &str) -> Result<Option<(Session, Operator)>> {
        let Some(id_hash) = hash_of(cookie) else {
            return Ok(None);
        };
        let sessions = self.store().sessions();
        let Some((session, operator)) = sessions.session(&id_hash).await? else {
            return Ok(None);
        };
        let now = to_millis(self.now());
        if self.has_ended(&session, now) {
            let ended = sessions.end_session(&id_hash, None, Traces::none());
            if let Err(error) = ended.await {
                tracing::warn!(error = %with_causes(&error), "a session that has ended could not be deleted yet");
            }
            return Ok(None);
        }
        Ok(operator
            .disabled_at
            .is_none()
            .then_some((session, operator)))
    }

    fn has_ended(&self, session: &Session, now: Millis) -> bool {
        let idle = milliseconds(self.inner.desk.policy.idle);
        session.expires_at <= now || session.last_seen_at.plus(idle) <= now
    }

    /// Ends the session of a cookie. Nothing happens when there is none.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn sign_out(&self, cookie: &str) -> Result<()> {
        let Some(id_hash) = hash_of(cookie) else {
            return Ok(());
        };
        let sessions = self.store().sessions();
        if let Some((_, operator)) = sessions.session(&id_hash).await? {
            let traces = self
                .about_operator("operator.signed_out", &operator.id, &operator.name)
                .traces;
            sessions.end_session(&id_hash, None, traces).await?;
        }
        Ok(())
    }

    /// The sessions of an operator that count, the one used last first.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`], [`Error::Storage`].
    pub async fn sessions_of(&self, operator_id: &str) -> Result<Vec<SessionView>> {
        let id = operator_id_of(operator_id)?;
        let now = to_millis(self.now());
        let sessions = self.store().sessions().sessions_of(&id).await?;
        Ok(sessions
            .into_iter()
            .filter(|session| !self.has_ended(session, now))
            .map(session_view)
            .collect())
    }

    /// Ends one session of an operator, by its reference; false when there is none.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`], [`Error::Storage`].
    pub async fn end_session_of(&self, operator_id: &str, reference: &str) -> Result<bool> {
        let id = operator_id_of(operator_id)?;
        let mut id_hash = Hash::default();
        if hex::decode_to_slice(reference, &mut id_hash).is_err() {
            return Ok(false);
        }
        let traces = self.ending_sessions(&id, "operator.session_ended");
        Ok(self
            .store()
            .sessions()
            .end_session(&id_hash, Some(&id), traces)
            .await?)
    }

    /// Ends all sessions of an operator but the present one; gives how many.
    ///
    /// # Errors
    /// [`Error::UnknownOperator`], [`Error::Storage`].
    pub async fn end_other_sessions(&self, operator_id: &str, cookie: &str) -> Result<u64> {
        let id = operator_id_of(operator_id)?;
        let keep = hash_of(cookie);
        Ok(self
            .store()
            .sessions()
            .end_sessions_of(
                &id,
                keep.as_ref(),
                self.ending_sessions(&id, "operator.other_sessions_ended"),
            )
            .await?)
    }

    fn ending_sessions(&self, id: &OperatorId, action: &str) -> Traces {
        Traces::none().audit(self.audit_entry(action, None, Some(id.as_str()), OK, &json!({})))
    }

    /// Changes the password of a signed-in operator, who has to know the former one. All sessions end, and the browser
    /// gets a new one.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`], [`Error::WrongPassword`], [`Error::Invalid`], [`Error::Storage`].
    pub async fn change_password(
        &self,
        operator_id: &str,
        former: Password,
        chosen: Password,
        visitor: &Visitor,
    ) -> Result<SignedIn> {
        let id = operator_id_of(operator_id)?;
        let record = self.store().operators().operator(&id).await?;
        let record = record.ok_or_else(|| Error::UnknownOperator(operator_id.to_owned()))?;
        self.inner.desk.admit_change(&id, visitor)?;
        let hash = record.password_hash.clone();
        if !self.verify_password(former, hash).await? {
            return Err(Error::WrongPassword);
        }
        chosen.check(&record.name)?;
        let hash = self.hash_password(chosen).await?;
        let change = self.about_operator("operator.password_changed", &id, &record.name);
        self.store()
            .operators()
            .set_password(&id, hash.clone(), None, change)
            .await?;
        self.begin_session(&record, Some(hash), visitor, None, json!({}))
            .await?
            .ok_or(Error::WrongPassword)
    }

    /// Deletes sessions that have ended, and links and sign-ins with a provider a day after their time.
    pub(crate) async fn forget_old_sign_ins(&self, gone: &mut Forgotten) {
        const LINKS_KEPT_MS: i64 = 24 * 3_600_000;
        let (store, now) = (self.store(), to_millis(self.now()));
        let idle = Millis(now.0 - milliseconds(self.inner.desk.policy.idle));
        let before = Millis(now.0 - LINKS_KEPT_MS);
        let sessions = store.sessions().prune_sessions(now, idle);
        gone.note("sessions", sessions.await);
        let links = store.sign_in_links().prune_sign_in_links(before);
        gone.note("sign-in links", links.await);
        let oidc = store.oidc().prune_oidc_attempts(before);
        gone.note("sign-ins with a provider", oidc.await);
    }
}

fn active(id_hash: &Hash, operator: &Operator) -> ActiveSession {
    ActiveSession {
        operator_id: operator.id.to_string(),
        operator_name: operator.name.clone(),
        reference: hex::encode(id_hash),
    }
}

fn session_view(session: Session) -> SessionView {
    SessionView {
        reference: hex::encode(session.id_hash),
        created_at: from_millis(session.created_at),
        last_seen_at: from_millis(session.last_seen_at),
        expires_at: from_millis(session.expires_at),
        address: session.address,
        agent: session.agent,
    }
}

/// What is kept of a cookie or link; none for what cannot be one of ours.
pub(super) fn hash_of(secret: &str) -> Option<Hash> {
    let well_formed = secret.len() == 64
        && secret
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    well_formed.then(|| sha256(secret.as_bytes()))
}

pub(super) fn milliseconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
