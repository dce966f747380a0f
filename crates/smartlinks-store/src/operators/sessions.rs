//! The sessions of operators.

use async_trait::async_trait;

use super::people::{operator, operator_columns, stands};
use super::{NewSession, Operator, OperatorId, Session, SessionRepository};
use crate::sql::{Fields, Session as Sql, Write, values};
use crate::store::DatabaseStore;
use crate::traces::{Traced, leave};
use crate::{Hash, Inconsistency, Millis, StoreError, Traces};

const TABLE: &str = "sessions";

macro_rules! session_columns {
    () => {
        "sessions.id_hash as id_hash, sessions.operator_id as operator_id, \
         sessions.created_at as created_at, sessions.last_seen_at as last_seen_at, \
         sessions.expires_at as expires_at, sessions.address as address, sessions.agent as agent"
    };
}

fn session(fields: &Fields<'_>) -> Result<Session, Inconsistency> {
    let mut id_hash = Hash::default();
    hex::decode_to_slice(fields.text("id_hash")?, &mut id_hash)
        .map_err(|_| fields.wrong("id_hash"))?;
    Ok(Session {
        id_hash,
        operator: fields.parsed("operator_id")?,
        created_at: fields.moment("created_at")?,
        last_seen_at: fields.moment("last_seen_at")?,
        expires_at: fields.moment("expires_at")?,
        address: fields.maybe_text("address")?,
        agent: fields.maybe_text("agent")?,
    })
}

/// Begins a session in the place of another.
struct Begin {
    new: NewSession,
    replaces: Option<Hash>,
    traces: Traces,
}

#[async_trait]
impl Write for Begin {
    type Output = bool;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<bool, StoreError> {
        const END: &str = "delete from sessions where id_hash = $1";
        const INSERT: &str = "insert into sessions (id_hash, operator_id, created_at, last_seen_at, \
             expires_at, address, agent) values ($1, $2, $3, $3, $4, $5, $6)";
        if !stands(sql, &self.new.operator, self.new.verified.as_ref()).await? {
            return Ok(false);
        }
        if let Some(former) = &self.replaces {
            sql.execute(END, values![hex::encode(former)]).await?;
        }
        let values = values![
            hex::encode(self.new.id_hash),
            &self.new.operator,
            self.new.created_at,
            self.new.expires_at,
            self.new.address.as_deref(),
            self.new.agent.as_deref(),
        ];
        sql.execute(INSERT, values).await?;
        leave(sql, &self.traces).await?;
        Ok(true)
    }
}

struct EndAll {
    operator: OperatorId,
    keep: Option<Hash>,
    traces: Traces,
}

#[async_trait]
impl Write for EndAll {
    type Output = u64;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<u64, StoreError> {
        const END: &str = "delete from sessions where operator_id = $1 and id_hash <> $2";
        let keep = self.keep.map(hex::encode).unwrap_or_default();
        let ended = sql.execute(END, values![&self.operator, keep]).await?;
        if ended > 0 {
            leave(sql, &self.traces).await?;
        }
        Ok(ended)
    }
}

#[async_trait]
impl SessionRepository for DatabaseStore {
    async fn create_session(
        &self,
        new: NewSession,
        replaces: Option<Hash>,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        self.database
            .write(Begin {
                new,
                replaces,
                traces,
            })
            .await
    }

    async fn session(&self, id_hash: &Hash) -> Result<Option<(Session, Operator)>, StoreError> {
        const FIND: &str = concat!(
            "select ",
            session_columns!(),
            ", ",
            operator_columns!(),
            " from sessions join operators on operators.id = sessions.operator_id \
             where sessions.id_hash = $1"
        );
        let row = self
            .database
            .first(FIND, values![hex::encode(id_hash)])
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let fields = row.fields(TABLE, "id_hash")?;
        Ok(Some((session(&fields)?, operator(&fields)?)))
    }

    async fn sessions_of(&self, operator: &OperatorId) -> Result<Vec<Session>, StoreError> {
        const OF: &str = concat!(
            "select ",
            session_columns!(),
            " from sessions where operator_id = $1 order by last_seen_at desc, id_hash"
        );
        let rows = self.database.all(OF, values![operator]).await?;
        rows.iter()
            .map(|row| Ok(session(&row.fields(TABLE, "id_hash")?)?))
            .collect()
    }

    async fn touch_session(
        &self,
        id_hash: &Hash,
        now: Millis,
        unless_after: Millis,
    ) -> Result<bool, StoreError> {
        const TOUCH: &str = "update sessions set last_seen_at = $2 \
             where id_hash = $1 and last_seen_at <= $3";
        self.changed(TOUCH, values![hex::encode(id_hash), now, unless_after])
            .await
    }

    async fn end_session(
        &self,
        id_hash: &Hash,
        operator: Option<&OperatorId>,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        const END: &str = "delete from sessions where id_hash = $1";
        const END_OWN: &str = "delete from sessions where id_hash = $1 and operator_id = $2";
        let id = hex::encode(id_hash);
        let (sql, values) = match operator {
            Some(operator) => (END_OWN, values![id, operator]),
            None => (END, values![id]),
        };
        self.database
            .write(Traced {
                sql,
                values,
                traces,
            })
            .await
    }

    async fn end_sessions_of(
        &self,
        operator: &OperatorId,
        keep: Option<&Hash>,
        traces: Traces,
    ) -> Result<u64, StoreError> {
        let (operator, keep) = (operator.clone(), keep.copied());
        self.database
            .write(EndAll {
                operator,
                keep,
                traces,
            })
            .await
    }

    async fn prune_sessions(&self, expired: Millis, idle: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from sessions where id_hash in \
             (select id_hash from sessions where expires_at < $1 or last_seen_at < $2 limit $3)";
        self.prune_in_parts(PRUNE, values![expired, idle]).await
    }
}
