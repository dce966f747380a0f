//! The repository over a database.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;

use super::{ClaimedPush, NewPush, PushEnd, PushRepository, PushState};
use crate::login_attempts::Hash;
use crate::seal::{Place, Sealer};
use crate::sql::{Fields, Row, Session, Write, values};
use crate::store::DatabaseStore;
use crate::traces::leave;
use crate::{Inconsistency, Millis, StoreError, Traces};

const TABLE: &str = "pushes";

/// Where the body of a message stands.
fn place(hash: &str) -> Place<'_> {
    Place {
        table: TABLE,
        column: "body",
        row: hash,
    }
}

struct Take {
    sealer: Arc<Sealer>,
    new: NewPush,
    traces: Traces,
}

#[async_trait]
impl Write for Take {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const INSERT: &str = "insert into pushes (id, message_type, body, sealed_with, state, \
             outcome, received_at, attempts, next_attempt_at) values ($1, $2, $3, $4, $5, $6, $7, 0, $8) \
             on conflict (id) do nothing";
        let new = &self.new;
        let hash = hex::encode(new.hash);
        let sealing = self.sealer.sealing(session).await?;
        let body = match new.state.keeps_body() {
            true => Some(sealing.seal(place(&hash), &new.body)?),
            false => None,
        };
        let sealed_with = body.is_some().then(|| sealing.key_id());
        let due = (new.state == PushState::Waiting).then_some(new.received_at);
        let values = values![
            hash,
            new.message_type,
            body,
            sealed_with,
            new.state.as_str(),
            new.outcome.clone(),
            new.received_at,
            due,
        ];
        if session.execute(INSERT, values).await? == 0 {
            return Ok(false);
        }
        leave(session, &self.traces).await?;
        Ok(true)
    }
}

struct Claim {
    sealer: Arc<Sealer>,
    owner: String,
    lease_until: Millis,
    now: Millis,
    limit: u32,
}

#[async_trait]
impl Write for Claim {
    type Output = Vec<ClaimedPush>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Vec<ClaimedPush>, StoreError> {
        const DUE: &str = "select id from pushes where next_attempt_at <= $1 \
             and (lease_until is null or lease_until <= $1) \
             order by next_attempt_at, received_at, id limit $2";
        // Whether it is free is asked here once more: another may have claimed it since it was listed.
        const CLAIM: &str = "update pushes set lease_owner = $2, lease_until = $3, attempts = attempts + 1 \
             where id = $1 and next_attempt_at <= $4 \
             and (lease_until is null or lease_until <= $4) \
             returning id, message_type, body, received_at, attempts";
        let due = session.all(DUE, values![self.now, self.limit]).await?;
        let mut claimed = Vec::with_capacity(due.len());
        for row in &due {
            let hash = row.fields(TABLE, "id")?.text("id")?;
            let values = values![hash, self.owner.as_str(), self.lease_until, self.now];
            if let Some(row) = session.first(CLAIM, values).await? {
                // One that cannot be read must not keep the others from being worked on.
                match claimed_push(&self.sealer, &row) {
                    Ok(push) => claimed.push(push),
                    Err(error) => tracing::error!(%error, "a stored message is skipped"),
                }
            }
        }
        Ok(claimed)
    }
}

struct Finish {
    hash: Hash,
    owner: String,
    end: PushEnd,
    now: Millis,
    traces: Traces,
}

#[async_trait]
impl Write for Finish {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const KEEP: &str = "update pushes set state = $3, outcome = $4, next_attempt_at = $5, \
             finished_at = $6, lease_owner = null, lease_until = null \
             where id = $1 and lease_owner = $2";
        const EMPTY: &str = "update pushes set state = $3, outcome = $4, next_attempt_at = $5, \
             finished_at = $6, lease_owner = null, lease_until = null, body = null, sealed_with = null \
             where id = $1 and lease_owner = $2";
        let end = &self.end;
        let waits = end.state == PushState::Waiting;
        let values = values![
            hex::encode(self.hash),
            self.owner.as_str(),
            end.state.as_str(),
            end.outcome.as_str(),
            end.next_attempt_at.filter(|_| waits),
            (!waits).then_some(self.now),
        ];
        let sql = if end.state.keeps_body() { KEEP } else { EMPTY };
        if session.execute(sql, values).await? == 0 {
            return Ok(false);
        }
        leave(session, &self.traces).await?;
        Ok(true)
    }
}

#[async_trait]
impl PushRepository for DatabaseStore {
    async fn take_push(&self, new: NewPush, traces: Traces) -> Result<bool, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.database
            .write(Take {
                sealer,
                new,
                traces,
            })
            .await
    }

    async fn claim_pushes(
        &self,
        owner: &str,
        lease_until: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ClaimedPush>, StoreError> {
        let claim = Claim {
            sealer: Arc::clone(&self.sealer),
            owner: owner.to_owned(),
            lease_until,
            now,
            limit,
        };
        self.database.write(claim).await
    }

    async fn finish_push(
        &self,
        hash: &Hash,
        owner: &str,
        end: PushEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let finish = Finish {
            hash: *hash,
            owner: owner.to_owned(),
            end,
            now,
            traces,
        };
        self.database.write(finish).await
    }

    async fn next_push_due(&self) -> Result<Option<Millis>, StoreError> {
        // The larger of the two, in words that both databases share.
        const NEXT: &str = "select 'next' as name, case when lease_until > next_attempt_at \
             then lease_until else next_attempt_at end as due from pushes \
             where next_attempt_at is not null order by due limit 1";
        let row = self.database.first(NEXT, values![]).await?;
        row.map(|row| Ok(row.fields(TABLE, "name")?.moment("due")?))
            .transpose()
    }

    async fn count_pushes(&self) -> Result<Vec<(String, i64)>, StoreError> {
        const COUNT: &str =
            "select state, count(*) as messages from pushes group by state order by state";
        let rows = self.database.all(COUNT, values![]).await?;
        rows.iter()
            .map(|row| {
                let fields = row.fields(TABLE, "state")?;
                Ok((fields.text("state")?, fields.int("messages")?))
            })
            .collect()
    }

    async fn prune_pushes(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from pushes where id in \
             (select id from pushes where received_at < $1 order by received_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

fn claimed_push(sealer: &Sealer, row: &Row) -> Result<ClaimedPush, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(ClaimedPush {
        hash: hash(&fields)?,
        message_type: fields.maybe_int("message_type")?,
        body: body(sealer, &fields)
            .inspect_err(|error| tracing::error!(%error, "the body of a stored message is lost"))
            .ok(),
        received_at: fields.moment("received_at")?,
        attempts: fields.int("attempts")?,
    })
}

/// The body of a message that waits.
fn body(sealer: &Sealer, fields: &Fields<'_>) -> Result<SecretString, StoreError> {
    let blob = fields.maybe_blob("body")?;
    let blob = blob.ok_or_else(|| fields.wrong("body"))?;
    sealer.open(place(fields.id()), &blob)
}

fn hash(fields: &Fields<'_>) -> Result<Hash, Inconsistency> {
    let mut hash = Hash::default();
    hex::decode_to_slice(fields.text("id")?, &mut hash).map_err(|_| fields.wrong("id"))?;
    Ok(hash)
}
