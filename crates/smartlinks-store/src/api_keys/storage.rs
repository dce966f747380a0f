//! The repository over a database.

use async_trait::async_trait;

use super::{API_KEYS_AT_ONCE, ApiKey, ApiKeyId, ApiKeyRepository, CreatedBy, NewApiKey};
use crate::sql::{Row, Session, Write, values};
use crate::store::DatabaseStore;
use crate::{Change, Hash, Millis, StoreError, Traces};

const TABLE: &str = "api_keys";

macro_rules! columns {
    () => {
        "id, prefix, secret_hash, name, scopes, created_by_kind, created_by, created_at, expires_at, \
         revoked_at, last_used_at"
    };
}

#[async_trait]
impl ApiKeyRepository for DatabaseStore {
    async fn create_key(&self, new: NewApiKey, traces: Traces) -> Result<bool, StoreError> {
        // The bound stands in the statement: two at once may overshoot it by one, which harms nobody.
        const INSERT: &str = "insert into api_keys (id, prefix, secret_hash, name, scopes, created_by_kind, \
             created_by, created_at, expires_at) select $1, $2, $3, $4, $5, $6, $7, $8, $9 \
             where (select count(*) from api_keys where revoked_at is null \
             and (expires_at is null or expires_at > $8)) < $10";
        let values = values![
            new.id.as_str(),
            new.prefix,
            hex::encode(new.secret_hash),
            new.name,
            new.scopes.join(" "),
            new.created_by.kind,
            new.created_by.name,
            new.created_at,
            new.expires_at,
            API_KEYS_AT_ONCE,
        ];
        self.traced(INSERT, values, traces).await
    }

    async fn list_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        const ALL: &str = concat!(
            "select ",
            columns!(),
            " from api_keys order by created_at, id"
        );
        let rows = self.database.all(ALL, values![]).await?;
        rows.iter().map(api_key).collect()
    }

    async fn find_key(&self, id: &ApiKeyId) -> Result<Option<ApiKey>, StoreError> {
        const BY_ID: &str = concat!("select ", columns!(), " from api_keys where id = $1");
        let row = self.database.first(BY_ID, values![id.as_str()]).await?;
        row.map(|row| api_key(&row)).transpose()
    }

    async fn revoke_key(&self, id: &ApiKeyId, change: Change) -> Result<bool, StoreError> {
        const REVOKE: &str =
            "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null";
        let values = values![id.as_str(), change.now];
        self.traced(REVOKE, values, change.traces).await
    }

    async fn note_uses(&self, mut uses: Vec<(ApiKeyId, Millis)>) -> Result<(), StoreError> {
        // In one order everywhere, so that two instances do not wait for each other.
        uses.sort();
        self.database.write(Used { uses }).await
    }

    async fn prune_keys(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from api_keys where id in \
             (select id from api_keys where revoked_at < $1 or expires_at < $1 limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

struct Used {
    uses: Vec<(ApiKeyId, Millis)>,
}

#[async_trait]
impl Write for Used {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const USED: &str = "update api_keys set last_used_at = $2 \
             where id = $1 and (last_used_at is null or last_used_at < $2)";
        for (id, at) in &self.uses {
            session.execute(USED, values![id.as_str(), *at]).await?;
        }
        Ok(())
    }
}

fn api_key(row: &Row) -> Result<ApiKey, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    let mut secret_hash = Hash::default();
    hex::decode_to_slice(fields.text("secret_hash")?, &mut secret_hash)
        .map_err(|_| fields.wrong("secret_hash"))?;
    Ok(ApiKey {
        id: fields.parsed("id")?,
        prefix: fields.text("prefix")?,
        secret_hash,
        name: fields.text("name")?,
        scopes: fields
            .text("scopes")?
            .split_whitespace()
            .map(str::to_owned)
            .collect(),
        created_by: CreatedBy {
            kind: fields.text("created_by_kind")?,
            name: fields.maybe_text("created_by")?,
        },
        created_at: fields.moment("created_at")?,
        expires_at: fields.maybe_moment("expires_at")?,
        revoked_at: fields.maybe_moment("revoked_at")?,
        last_used_at: fields.maybe_moment("last_used_at")?,
    })
}
