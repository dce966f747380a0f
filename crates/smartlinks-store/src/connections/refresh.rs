//! The claim, and what ends it. Every statement carries its condition in its own outer `where`, because under
//! PostgreSQL's default isolation a condition in a subquery lets several callers through.

use std::sync::Arc;

use async_trait::async_trait;

use super::reading::{connection, connection_columns};
use super::succession::{Former, sealed_values};
use super::{Connection, ConnectionId, Failure, FailureKind, NewPair, TABLE, TokenMaterial, pairs};
use crate::refresh_journal::{AttemptOutcome, Begin, End, Spends, overtake};
use crate::seal::Sealer;
use crate::sql::{Fields, Session, Value, Write, values};
use crate::traces::leave;
use crate::{Change, Millis, StoreError};

/// `$1` id, `$2` generation, `$3` owner, `$4` end of the lease, `$5` now, `$6` whether the former pair is to be spent.
/// A claim that was begun and never ended is remembered: the pair may have been rotated in a call whose answer was
/// lost.
const CLAIM: &str = "update connections set refresh_owner = $3, refresh_lease_until = $4, \
     refresh_interrupted_at = coalesce(refresh_begun_at, refresh_interrupted_at), \
     refresh_begun_at = $5, updated_at = $5 \
     where id = $1 and generation = $2 and state <> 'disconnected' \
     and (refresh_lease_until is null or refresh_lease_until <= $5) \
     and ($6 = 0 or previous_refresh_token is not null)";

/// `$1` id, `$2` owner, `$3` end of the lease.
pub(crate) const RENEW: &str = "update connections set refresh_lease_until = $3 \
     where id = $1 and refresh_owner = $2 and refresh_lease_until is not null";

/// `$1` id, `$2` owner.
const RELEASE: &str = "update connections set refresh_owner = null, \
     refresh_lease_until = null, refresh_begun_at = null \
     where id = $1 and refresh_owner = $2 returning id, generation";

/// `$1` id, `$2` generation, `$3` owner, `$4` state, `$5` reason, `$6` next refresh, `$7` now, `$8` code, `$9` whether
/// the answer was lost.
const FAIL: &str = "update connections set state = $4, reason = $5, next_refresh_at = $6, \
     refresh_failures = refresh_failures + 1, last_failure_at = $7, last_failure_code = $8, \
     refresh_interrupted_at = case when $9 = 1 then refresh_begun_at else refresh_interrupted_at end, \
     refresh_owner = null, refresh_lease_until = null, refresh_begun_at = null, updated_at = $7 \
     where id = $1 and generation = $2 and refresh_owner = $3 and state <> 'disconnected'";

/// `$1` id, `$2` generation, `$3` reason, `$4` now. A connection that has ended before keeps its cause, which says more;
/// that its access token is of no use stands in the deadline.
pub(crate) const ACCESS_REFUSED: &str = "update connections set \
     reason = case when state = 'reauthorization_required' then coalesce(reason, $3) else $3 end, \
     works_until = case when works_until < $4 then works_until else $4 end, \
     state = 'reauthorization_required', next_refresh_at = null, last_failure_at = $4, last_failure_code = $3, updated_at = $4 \
     where id = $1 and generation = $2 and state <> 'disconnected'";

/// Takes the lease and notes the attempt, both or neither.
pub(crate) struct Claim {
    pub(crate) id: ConnectionId,
    pub(crate) generation: i64,
    pub(crate) spends: Spends,
    pub(crate) owner: String,
    pub(crate) lease_until: Millis,
    pub(crate) now: Millis,
}

#[async_trait]
impl Write for Claim {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        let values = values![
            &self.id,
            self.generation,
            self.owner.as_str(),
            self.lease_until,
            self.now,
            i64::from(self.spends == Spends::Former),
        ];
        if session.execute(CLAIM, values).await? == 0 {
            return Ok(false);
        }
        let begin = Begin {
            connection: &self.id,
            generation: self.generation,
            spends: self.spends,
            owner: &self.owner,
            now: self.now,
        };
        begin.note(session).await?;
        Ok(true)
    }
}

/// Gives the lease back: no call was made.
pub(crate) struct Release {
    pub(crate) id: ConnectionId,
    pub(crate) owner: String,
    pub(crate) now: Millis,
}

#[async_trait]
impl Write for Release {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        let Some(row) = session
            .first(RELEASE, values![&self.id, self.owner.as_str()])
            .await?
        else {
            return Ok(false);
        };
        let end = End {
            connection: &self.id,
            generation: row.fields(TABLE, "id")?.int("generation")?,
            owner: &self.owner,
            outcome: AttemptOutcome::Released,
            code: None,
            now: self.now,
        };
        end.note(session).await?;
        Ok(true)
    }
}

/// Notes a refresh that brought no pair.
pub(crate) struct Fail {
    pub(crate) id: ConnectionId,
    pub(crate) generation: i64,
    pub(crate) owner: String,
    pub(crate) failure: Failure,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Fail {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        let failure = &self.failure;
        let values = values![
            &self.id,
            self.generation,
            self.owner.as_str(),
            failure.state,
            failure.reason.clone(),
            failure.next_refresh_at,
            self.change.now,
            failure.code.as_str(),
            i64::from(failure.kind == FailureKind::AnswerLost),
        ];
        let noted = session.execute(FAIL, values).await? > 0;
        let refused = failure.kind == FailureKind::Refused;
        let end = End {
            connection: &self.id,
            generation: self.generation,
            owner: &self.owner,
            outcome: match (noted, refused) {
                (false, _) => AttemptOutcome::Overtaken,
                (true, true) => AttemptOutcome::Refused,
                (true, false) => AttemptOutcome::Failed,
            },
            code: Some(&failure.code),
            now: self.change.now,
        };
        let spent = end.note(session).await?;
        if !noted {
            return Ok(false);
        }
        if refused && spent == Some(Spends::Former) {
            // It has been tried and is of no use: nobody tries it again.
            session
                .execute(pairs::SERVED, values![&self.id, self.generation])
                .await?;
        }
        leave(session, &self.change.traces).await?;
        Ok(true)
    }
}

const BEFORE: &str = "select id, generation, works_until, access_token, refresh_token \
     from connections where id = $1 and generation = $2 and state <> 'disconnected'";

/// `$1` id, `$2` generation, then what [`sealed_values`] gives. A deadline that lies more than a day later is that of a new
/// window, and so is any that comes after the former has passed; less is the rounding of an answer in seconds.
const FINISH: &str = concat!(
    "update connections set state = 'active', reason = null, generation = generation + 1, \
     access_token = $3, refresh_token = $4, previous_access_token = $5, \
     previous_refresh_token = $6, previous_generation = $7, previous_works_until = $8, \
     sealed_with = $9, obtained_at = $10, works_until = $11, \
     sign_in_again_by = coalesce($12, sign_in_again_by), \
     next_warning_at = case when $12 <> sign_in_again_by or sign_in_again_by is null then $14 \
     else next_warning_at end, \
     warned_step = case when $12 > $14 and \
     (warned_step = 0 or $12 > coalesce(sign_in_again_by, 0) + 86400000) then null \
     else warned_step end, next_refresh_at = $13, \
     refresh_owner = null, refresh_lease_until = null, refresh_begun_at = null, \
     refresh_interrupted_at = null, refresh_failures = 0, last_refresh_at = $14, \
     last_failure_at = null, last_failure_code = null, updated_at = $14 \
     where id = $1 and generation = $2 and state <> 'disconnected' returning ",
    connection_columns!()
);
/// Stores the pair a refresh brought, unless another came first.
pub(crate) struct Finish {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) id: ConnectionId,
    pub(crate) generation: i64,
    pub(crate) owner: String,
    pub(crate) pair: NewPair,
    pub(crate) change: Change,
}

impl Finish {
    async fn end(
        &self,
        session: &mut Session<'_>,
        outcome: AttemptOutcome,
    ) -> Result<(), StoreError> {
        let end = End {
            connection: &self.id,
            generation: self.generation,
            owner: &self.owner,
            outcome,
            code: None,
            now: self.change.now,
        };
        end.note(session).await.map(|_| ())
    }

    async fn overtaken(&self, session: &mut Session<'_>) -> Result<Option<Connection>, StoreError> {
        self.end(session, AttemptOutcome::Overtaken).await?;
        Ok(None)
    }

    /// The former pair, and the new one. An answer without a refresh token means that the old one goes on, so that has
    /// to open then.
    fn pairs(&self, fields: &Fields<'_>) -> Result<(Option<Former>, TokenMaterial), StoreError> {
        let mut material = self.pair.material.clone();
        if material.refresh_token.is_some() {
            return Ok((Former::if_it_opens(&self.sealer, fields)?, material));
        }
        let former = Former::of(&self.sealer, fields)?;
        material.refresh_token = former
            .as_ref()
            .and_then(|former| former.material.refresh_token.clone());
        Ok((former, material))
    }

    async fn store(
        &self,
        session: &mut Session<'_>,
        sealed: Vec<Value>,
    ) -> Result<Option<Connection>, StoreError> {
        let mut values = values![&self.id, self.generation];
        values.extend(sealed);
        values.extend(values![
            self.pair.obtained_at,
            self.pair.works_until,
            self.pair.sign_in_again_by,
            self.pair.next_refresh_at,
            self.change.now,
        ]);
        let row = session.first(FINISH, values).await?;
        row.map(|row| connection(&row)).transpose()
    }
}

#[async_trait]
impl Write for Finish {
    type Output = Option<Connection>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<Connection>, StoreError> {
        let before = session
            .first(BEFORE, values![&self.id, self.generation])
            .await?;
        let Some(before) = before else {
            return self.overtaken(session).await;
        };
        let (former, material) = self.pairs(&before.fields(TABLE, "id")?)?;
        let sealing = self.sealer.sealing(session).await?;
        let sealed = sealed_values(&sealing, &self.id, &material, former.as_ref())?;
        let Some(stored) = self.store(session, sealed).await? else {
            return self.overtaken(session).await;
        };
        self.end(session, AttemptOutcome::Stored).await?;
        // Whoever else tries this generation comes too late.
        overtake(session, &self.id, self.change.now).await?;
        leave(session, &self.change.traces).await?;
        Ok(Some(stored))
    }
}
