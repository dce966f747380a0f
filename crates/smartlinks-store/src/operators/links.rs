//! One-time links: the first start's, and those with which an operator chooses a password.

use async_trait::async_trait;

use super::people::{count_in, insert, is_invited, shut_out, stands, store_password};
use super::{
    LinkUse, NewOperator, NewSignInLink, OperatorId, PasswordHash, SignInLink, SignInLinkRepository,
};
use crate::sql::{Session as Sql, Write, values};
use crate::store::DatabaseStore;
use crate::traces::leave;
use crate::{Change, Hash, Millis, StoreError, Traces};

const TABLE: &str = "sign_in_links";
const FIRST_START: &str = "first_start";
const PASSWORD: &str = "password";

struct Create {
    new: NewSignInLink,
    traces: Traces,
}

#[async_trait]
impl Write for Create {
    type Output = bool;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<bool, StoreError> {
        const FORMER: &str =
            "delete from sign_in_links where operator_id = $1 and consumed_at is null";
        const FORMER_FIRST: &str =
            "delete from sign_in_links where purpose = 'first_start' and consumed_at is null";
        const INSERT: &str = "insert into sign_in_links (token_hash, purpose, operator_id, created_at, \
             expires_at) values ($1, $2, $3, $4, $5)";
        let new = &self.new;
        let purpose = match &new.operator {
            Some(operator) => {
                let may = match new.only_invited {
                    true => is_invited(sql, operator).await?,
                    false => stands(sql, operator, None).await?,
                };
                if !may {
                    return Ok(false);
                }
                sql.execute(FORMER, values![operator]).await?;
                PASSWORD
            }
            None => {
                sql.execute(FORMER_FIRST, values![]).await?;
                FIRST_START
            }
        };
        let values = values![
            hex::encode(new.token_hash),
            purpose,
            new.operator.as_ref(),
            new.created_at,
            new.expires_at,
        ];
        sql.execute(INSERT, values).await?;
        leave(sql, &self.traces).await?;
        Ok(true)
    }
}

struct MakeFirst {
    token_hash: Hash,
    new: NewOperator,
    change: Change,
}

#[async_trait]
impl Write for MakeFirst {
    type Output = LinkUse;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<LinkUse, StoreError> {
        const USE: &str = "update sign_in_links set consumed_at = $2 where token_hash = $1 \
             and purpose = 'first_start' and consumed_at is null and expires_at > $2";
        let values = values![hex::encode(self.token_hash), self.change.now];
        if sql.execute(USE, values).await? == 0 {
            return Ok(LinkUse::Spent);
        }
        if !count_in(sql, true).await? {
            return Ok(LinkUse::Late);
        }
        insert(sql, &self.new, self.change.now).await?;
        leave(sql, &self.change.traces).await?;
        Ok(LinkUse::Done(self.new.id.clone()))
    }
}

struct ChoosePassword {
    token_hash: Hash,
    hash: PasswordHash,
    change: Change,
}

#[async_trait]
impl Write for ChoosePassword {
    type Output = LinkUse;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<LinkUse, StoreError> {
        const USE: &str = "update sign_in_links set consumed_at = $2 where token_hash = $1 \
             and purpose = 'password' and consumed_at is null and expires_at > $2 \
             and exists (select 1 from operators \
             where operators.id = sign_in_links.operator_id and operators.disabled_at is null) \
             returning token_hash, operator_id";
        let values = values![hex::encode(self.token_hash), self.change.now];
        let Some(row) = sql.first(USE, values).await? else {
            return Ok(LinkUse::Spent);
        };
        let id: OperatorId = row.fields(TABLE, "token_hash")?.parsed("operator_id")?;
        store_password(sql, &id, &self.hash, self.change.now).await?;
        shut_out(sql, &id, None).await?;
        leave(sql, &self.change.traces).await?;
        Ok(LinkUse::Done(id))
    }
}

#[async_trait]
impl SignInLinkRepository for DatabaseStore {
    async fn create_sign_in_link(
        &self,
        new: NewSignInLink,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        self.database.write(Create { new, traces }).await
    }

    async fn sign_in_link(&self, token_hash: &Hash) -> Result<Option<SignInLink>, StoreError> {
        const FIND: &str = "select token_hash, operator_id, expires_at, consumed_at \
             from sign_in_links where token_hash = $1";
        let row = self
            .database
            .first(FIND, values![hex::encode(token_hash)])
            .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let fields = row.fields(TABLE, "token_hash")?;
        Ok(Some(SignInLink {
            operator: fields.maybe_parsed("operator_id")?,
            expires_at: fields.moment("expires_at")?,
            consumed_at: fields.maybe_moment("consumed_at")?,
        }))
    }

    async fn make_first_operator(
        &self,
        token_hash: &Hash,
        new: NewOperator,
        change: Change,
    ) -> Result<LinkUse, StoreError> {
        let token_hash = *token_hash;
        self.database
            .write(MakeFirst {
                token_hash,
                new,
                change,
            })
            .await
    }

    async fn choose_password(
        &self,
        token_hash: &Hash,
        hash: PasswordHash,
        change: Change,
    ) -> Result<LinkUse, StoreError> {
        let token_hash = *token_hash;
        self.database
            .write(ChoosePassword {
                token_hash,
                hash,
                change,
            })
            .await
    }

    async fn prune_sign_in_links(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from sign_in_links where token_hash in \
             (select token_hash from sign_in_links where expires_at < $1 order by expires_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}
