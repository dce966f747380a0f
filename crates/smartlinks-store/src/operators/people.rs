//! The operators themselves.

use async_trait::async_trait;

use super::{NewOperator, Operator, OperatorId, OperatorRepository, PasswordHash};
use crate::sql::{Fields, Row, Session as Sql, Value, Write, values};
use crate::store::DatabaseStore;
use crate::traces::{Traced, leave};
use crate::{Change, Hash, Inconsistency, Millis, StoreError, Traces};

pub(super) const TABLE: &str = "operators";

impl From<&OperatorId> for Value {
    fn from(id: &OperatorId) -> Self {
        Self::from(id.as_str())
    }
}

impl From<Option<&OperatorId>> for Value {
    fn from(id: Option<&OperatorId>) -> Self {
        Self::from(id.map(OperatorId::as_str))
    }
}

impl From<&PasswordHash> for Value {
    fn from(hash: &PasswordHash) -> Self {
        Self::from(hash.expose())
    }
}

/// The columns of an operator, under names that can stand beside those of another table.
macro_rules! operator_columns {
    () => {
        "operators.id as id, operators.name as name, operators.password_hash as password_hash, \
         operators.created_at as operator_created_at, operators.password_set_at as password_set_at, \
         operators.disabled_at as disabled_at, \
         (select count(*) from oidc_identities where oidc_identities.operator_id = operators.id) \
         as identities"
    };
}
pub(crate) use operator_columns;

pub(super) fn operator(fields: &Fields<'_>) -> Result<Operator, Inconsistency> {
    Ok(Operator {
        id: fields.parsed("id")?,
        name: fields.text("name")?,
        password_hash: fields.maybe_text("password_hash")?.map(PasswordHash),
        created_at: fields.moment("operator_created_at")?,
        password_set_at: fields.maybe_moment("password_set_at")?,
        disabled_at: fields.maybe_moment("disabled_at")?,
        has_identity: fields.int("identities")? > 0,
    })
}

pub(crate) fn operator_of(row: &Row) -> Result<Operator, StoreError> {
    Ok(operator(&row.fields(TABLE, "id")?)?)
}

/// How names are compared.
fn name_key(name: &str) -> String {
    name.to_lowercase()
}

/// Counts an operator in. With `first` only where there was none: the row lock makes two of them take turns.
pub(super) async fn count_in(sql: &mut Sql<'_>, first: bool) -> Result<bool, StoreError> {
    const COUNT: &str = "update counters set value = value + 1 where name = 'operators'";
    const COUNT_FIRST: &str =
        "update counters set value = 1 where name = 'operators' and value = 0";
    let counted = sql
        .execute(if first { COUNT_FIRST } else { COUNT }, values![])
        .await?;
    Ok(counted > 0)
}

pub(super) async fn insert(
    sql: &mut Sql<'_>,
    new: &NewOperator,
    now: Millis,
) -> Result<(), StoreError> {
    const INSERT: &str = "insert into operators (id, name, name_key, password_hash, created_at, \
         password_set_at) values ($1, $2, $3, $4, $5, $6)";
    let hash = new.password_hash.as_ref().map(PasswordHash::expose);
    let set_at = new.password_hash.as_ref().map(|_| now);
    let values = values![
        &new.id,
        new.name.as_str(),
        name_key(&new.name),
        hash,
        now,
        set_at
    ];
    sql.execute(INSERT, values).await.map(|_| ())
}

/// Ends the sessions of an operator but one, and its unused links.
pub(crate) async fn shut_out(
    sql: &mut Sql<'_>,
    id: &OperatorId,
    keep: Option<&Hash>,
) -> Result<(), StoreError> {
    const SESSIONS: &str = "delete from sessions where operator_id = $1 and id_hash <> $2";
    let keep = keep.map(hex::encode).unwrap_or_default();
    sql.execute(SESSIONS, values![id, keep]).await?;
    shut_links(sql, id).await
}

/// Ends the unused links of an operator.
pub(crate) async fn shut_links(sql: &mut Sql<'_>, id: &OperatorId) -> Result<(), StoreError> {
    const LINKS: &str = "delete from sign_in_links where operator_id = $1 and consumed_at is null";
    sql.execute(LINKS, values![id]).await.map(|_| ())
}

pub(super) async fn store_password(
    sql: &mut Sql<'_>,
    id: &OperatorId,
    hash: &PasswordHash,
    now: Millis,
) -> Result<bool, StoreError> {
    const SET: &str = "update operators set password_hash = $2, password_set_at = $3 where id = $1";
    Ok(sql.execute(SET, values![id, hash, now]).await? > 0)
}

/// Whether an operator may sign in, and with this password if there was one. It stays so until the commit: the update
/// takes the lock of the row, which whoever disables the operator or changes the password waits for.
pub(super) async fn stands(
    sql: &mut Sql<'_>,
    id: &OperatorId,
    verified: Option<&PasswordHash>,
) -> Result<bool, StoreError> {
    const MAY: &str =
        "update operators set disabled_at = null where id = $1 and disabled_at is null";
    const MAY_WITH: &str = "update operators set disabled_at = null where id = $1 and disabled_at is null \
         and password_hash = $2";
    let stands = match verified {
        None => sql.execute(MAY, values![id]).await?,
        Some(hash) => sql.execute(MAY_WITH, values![id, hash]).await?,
    };
    Ok(stands > 0)
}

/// Whether an operator cannot sign in yet. It stays so until the commit, as in [`stands`].
pub(super) async fn is_invited(sql: &mut Sql<'_>, id: &OperatorId) -> Result<bool, StoreError> {
    const INVITED: &str = "update operators set disabled_at = null where id = $1 and disabled_at is null \
         and password_hash is null \
         and not exists (select 1 from oidc_identities where oidc_identities.operator_id = $1)";
    Ok(sql.execute(INVITED, values![id]).await? > 0)
}

struct Create {
    new: NewOperator,
    change: Change,
}

#[async_trait]
impl Write for Create {
    type Output = Operator;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<Operator, StoreError> {
        count_in(sql, false).await?;
        insert(sql, &self.new, self.change.now).await?;
        leave(sql, &self.change.traces).await?;
        Ok(Operator {
            id: self.new.id.clone(),
            name: self.new.name.clone(),
            password_hash: self.new.password_hash.clone(),
            created_at: self.change.now,
            password_set_at: self.new.password_hash.as_ref().map(|_| self.change.now),
            disabled_at: None,
            has_identity: false,
        })
    }
}

struct SetPassword {
    id: OperatorId,
    hash: PasswordHash,
    keep: Option<Hash>,
    change: Change,
}

#[async_trait]
impl Write for SetPassword {
    type Output = bool;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<bool, StoreError> {
        let set = store_password(sql, &self.id, &self.hash, self.change.now).await?;
        shut_out(sql, &self.id, self.keep.as_ref()).await?;
        if set {
            leave(sql, &self.change.traces).await?;
        }
        Ok(set)
    }
}

struct Disable {
    id: OperatorId,
    change: Change,
}

#[async_trait]
impl Write for Disable {
    type Output = bool;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<bool, StoreError> {
        const DISABLE: &str =
            "update operators set disabled_at = $2 where id = $1 and disabled_at is null";
        let changed = sql
            .execute(DISABLE, values![&self.id, self.change.now])
            .await?;
        shut_out(sql, &self.id, None).await?;
        if changed > 0 {
            leave(sql, &self.change.traces).await?;
        }
        Ok(changed > 0)
    }
}

#[async_trait]
impl OperatorRepository for DatabaseStore {
    async fn create_operator(
        &self,
        new: NewOperator,
        change: Change,
    ) -> Result<Operator, StoreError> {
        self.database.write(Create { new, change }).await
    }

    async fn operator(&self, id: &OperatorId) -> Result<Option<Operator>, StoreError> {
        const BY_ID: &str = concat!(
            "select ",
            operator_columns!(),
            " from operators where id = $1"
        );
        let row = self.database.first(BY_ID, values![id]).await?;
        row.as_ref().map(operator_of).transpose()
    }

    async fn operator_named(&self, name: &str) -> Result<Option<Operator>, StoreError> {
        const BY_NAME: &str = concat!(
            "select ",
            operator_columns!(),
            " from operators where name_key = $1"
        );
        let row = self
            .database
            .first(BY_NAME, values![name_key(name)])
            .await?;
        row.as_ref().map(operator_of).transpose()
    }

    async fn list_operators(&self) -> Result<Vec<Operator>, StoreError> {
        const ALL: &str = concat!(
            "select ",
            operator_columns!(),
            " from operators order by id"
        );
        let rows = self.database.all(ALL, values![]).await?;
        rows.iter().map(operator_of).collect()
    }

    async fn set_password(
        &self,
        id: &OperatorId,
        hash: PasswordHash,
        keep: Option<Hash>,
        change: Change,
    ) -> Result<bool, StoreError> {
        let id = id.clone();
        self.database
            .write(SetPassword {
                id,
                hash,
                keep,
                change,
            })
            .await
    }

    async fn disable_operator(&self, id: &OperatorId, change: Change) -> Result<bool, StoreError> {
        let id = id.clone();
        self.database.write(Disable { id, change }).await
    }

    async fn enable_operator(&self, id: &OperatorId, traces: Traces) -> Result<bool, StoreError> {
        const ENABLE: &str =
            "update operators set disabled_at = null where id = $1 and disabled_at is not null";
        self.database
            .write(Traced {
                sql: ENABLE,
                values: values![id],
                traces,
            })
            .await
    }
}
