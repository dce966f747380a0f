//! The repository over a database.

use async_trait::async_trait;

use super::{ConnectLink, ConnectLinkCursor, ConnectLinkRepository, NewConnectLink};
use crate::login_attempts::{Hash, INSERT_ATTEMPT, NewLoginAttempt, attempt_values};
use crate::sql::{Row, Session, Write, values};
use crate::store::DatabaseStore;
use crate::traces::leave;
use crate::{Millis, StoreError, Traces};

const TABLE: &str = "connect_links";

macro_rules! link_columns {
    () => {
        "id, label, connection_id, created_by, created_at, expires_at, consumed_at, revoked_at, \
         outcome_result, outcome_connection_id, finished_at"
    };
}

/// The link and the sign-in it starts, together: a link that is used up has an attempt, and the other way round.
struct Use {
    token_hash: Hash,
    attempt: NewLoginAttempt,
    now: Millis,
    traces: Traces,
}

#[async_trait]
impl Write for Use {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const CONSUME: &str = "update connect_links set consumed_at = $2, attempt_hash = $3 \
             where token_hash = $1 and consumed_at is null and revoked_at is null and expires_at > $2";
        let values = values![
            hex::encode(self.token_hash),
            self.now,
            hex::encode(self.attempt.state_hash),
        ];
        if session.execute(CONSUME, values).await? == 0 {
            return Ok(false);
        }
        session
            .execute(INSERT_ATTEMPT, attempt_values(&self.attempt))
            .await?;
        leave(session, &self.traces).await?;
        Ok(true)
    }
}

#[async_trait]
impl ConnectLinkRepository for DatabaseStore {
    async fn create_link(&self, new: NewConnectLink, traces: Traces) -> Result<(), StoreError> {
        const INSERT: &str = "insert into connect_links (id, token_hash, label, connection_id, \
             created_by, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, $7)";
        let values = values![
            new.id,
            hex::encode(new.token_hash),
            new.label,
            new.connection.as_ref(),
            new.created_by,
            new.created_at,
            new.expires_at,
        ];
        self.traced(INSERT, values, traces).await.map(|_| ())
    }

    async fn link_by_token(&self, token_hash: &Hash) -> Result<Option<ConnectLink>, StoreError> {
        const BY_TOKEN: &str = concat!(
            "select ",
            link_columns!(),
            " from connect_links where token_hash = $1"
        );
        let row = self
            .database
            .first(BY_TOKEN, values![hex::encode(token_hash)])
            .await?;
        row.map(|row| link(&row)).transpose()
    }

    async fn link_by_attempt(&self, state_hash: &Hash) -> Result<Option<ConnectLink>, StoreError> {
        const BY_ATTEMPT: &str = concat!(
            "select ",
            link_columns!(),
            " from connect_links where attempt_hash = $1"
        );
        let row = self
            .database
            .first(BY_ATTEMPT, values![hex::encode(state_hash)])
            .await?;
        row.map(|row| link(&row)).transpose()
    }

    async fn links(
        &self,
        cursor: Option<&ConnectLinkCursor>,
        limit: u32,
    ) -> Result<Vec<ConnectLink>, StoreError> {
        const FIRST: &str = concat!(
            "select ",
            link_columns!(),
            " from connect_links order by created_at desc, id desc limit $1"
        );
        const AFTER: &str = concat!(
            "select ",
            link_columns!(),
            " from connect_links where (created_at, id) < ($2, $3) \
             order by created_at desc, id desc limit $1"
        );
        let rows = match cursor {
            None => self.database.all(FIRST, values![limit]).await?,
            Some(cursor) => {
                let values = values![limit, cursor.created_at, cursor.id.as_str()];
                self.database.all(AFTER, values).await?
            }
        };
        rows.iter().map(link).collect()
    }

    async fn use_link(
        &self,
        token_hash: &Hash,
        attempt: NewLoginAttempt,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let token_hash = *token_hash;
        self.database
            .write(Use {
                token_hash,
                attempt,
                now,
                traces,
            })
            .await
    }

    async fn revoke_link(&self, id: &str, now: Millis, traces: Traces) -> Result<bool, StoreError> {
        const REVOKE: &str = "update connect_links set revoked_at = $2 \
             where id = $1 and consumed_at is null and revoked_at is null";
        self.traced(REVOKE, values![id, now], traces).await
    }

    async fn link(&self, id: &str) -> Result<Option<ConnectLink>, StoreError> {
        const BY_ID: &str = concat!(
            "select ",
            link_columns!(),
            " from connect_links where id = $1"
        );
        let row = self.database.first(BY_ID, values![id]).await?;
        row.map(|row| link(&row)).transpose()
    }

    async fn prune_links(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from connect_links where id in \
             (select id from connect_links where created_at < $1 order by created_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

fn link(row: &Row) -> Result<ConnectLink, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(ConnectLink {
        id: fields.text("id")?,
        label: fields.maybe_text("label")?,
        connection: fields.maybe_parsed("connection_id")?,
        created_by: fields.text("created_by")?,
        created_at: fields.moment("created_at")?,
        expires_at: fields.moment("expires_at")?,
        consumed_at: fields.maybe_moment("consumed_at")?,
        revoked_at: fields.maybe_moment("revoked_at")?,
        result: fields.maybe_text("outcome_result")?,
        connected: fields.maybe_parsed("outcome_connection_id")?,
        finished_at: fields.maybe_moment("finished_at")?,
    })
}
