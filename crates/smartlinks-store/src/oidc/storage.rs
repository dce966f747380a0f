//! The repository over a database.

use async_trait::async_trait;

use super::{NewOidcAttempt, OidcAttempt, OidcIdentity, OidcRepository};
use crate::operators::people::{operator_columns, operator_of, shut_links, shut_out};
use crate::sql::{Fields, Session as Sql, Write, values};
use crate::store::DatabaseStore;
use crate::traces::leave;
use crate::{Hash, Inconsistency, Millis, Operator, OperatorId, StoreError, Traces};

const ATTEMPTS: &str = "oidc_attempts";
const IDENTITIES: &str = "oidc_identities";

fn attempt(fields: &Fields<'_>) -> Result<OidcAttempt, Inconsistency> {
    let mut browser_hash = Hash::default();
    hex::decode_to_slice(fields.text("browser_hash")?, &mut browser_hash)
        .map_err(|_| fields.wrong("browser_hash"))?;
    Ok(OidcAttempt {
        browser_hash,
        return_to: fields.maybe_text("return_to")?,
        expires_at: fields.moment("expires_at")?,
        consumed_at: fields.maybe_moment("consumed_at")?,
    })
}

/// Links an identity, in place of the operator's former one or only where there is none.
struct Link {
    new: OidcIdentity,
    replaces: bool,
    traces: Traces,
}

#[async_trait]
impl Write for Link {
    type Output = bool;

    async fn run(&self, sql: &mut Sql<'_>) -> Result<bool, StoreError> {
        const FORMER: &str = "delete from oidc_identities where issuer = $1 and operator_id = $2 \
             and not exists (select 1 from oidc_identities as others where others.issuer = $1 \
             and others.subject = $3 and others.operator_id <> $2)";
        const INSERT: &str = "insert into oidc_identities (issuer, subject, operator_id, linked_at) \
             values ($1, $2, $3, $4) on conflict do nothing";
        let new = &self.new;
        let (issuer, subject) = (new.issuer.as_str(), new.subject.as_str());
        if self.replaces {
            let former = values![issuer, &new.operator, subject];
            sql.execute(FORMER, former).await?;
        }
        let values = values![issuer, subject, &new.operator, new.linked_at];
        if sql.execute(INSERT, values).await? == 0 {
            return Ok(false);
        }
        if self.replaces {
            shut_out(sql, &new.operator, None).await?;
        } else {
            shut_links(sql, &new.operator).await?;
        }
        leave(sql, &self.traces).await?;
        Ok(true)
    }
}

#[async_trait]
impl OidcRepository for DatabaseStore {
    async fn create_oidc_attempt(&self, new: NewOidcAttempt) -> Result<(), StoreError> {
        const INSERT: &str = "insert into oidc_attempts (state_hash, browser_hash, return_to, \
             created_at, expires_at) values ($1, $2, $3, $4, $5)";
        let values = values![
            hex::encode(new.state_hash),
            hex::encode(new.browser_hash),
            new.return_to,
            new.created_at,
            new.expires_at,
        ];
        self.database.execute(INSERT, values).await.map(|_| ())
    }

    async fn oidc_attempt(&self, state_hash: &Hash) -> Result<Option<OidcAttempt>, StoreError> {
        const FIND: &str = "select state_hash, browser_hash, return_to, expires_at, consumed_at \
             from oidc_attempts where state_hash = $1";
        let row = self
            .database
            .first(FIND, values![hex::encode(state_hash)])
            .await?;
        row.map(|row| Ok(attempt(&row.fields(ATTEMPTS, "state_hash")?)?))
            .transpose()
    }

    async fn consume_oidc_attempt(
        &self,
        state_hash: &Hash,
        now: Millis,
    ) -> Result<bool, StoreError> {
        const CONSUME: &str = "update oidc_attempts set consumed_at = $2 \
             where state_hash = $1 and consumed_at is null";
        self.changed(CONSUME, values![hex::encode(state_hash), now])
            .await
    }

    async fn prune_oidc_attempts(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from oidc_attempts where state_hash in \
             (select state_hash from oidc_attempts where expires_at < $1 order by expires_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }

    async fn operator_of_identity(
        &self,
        issuer: &str,
        subject: &str,
    ) -> Result<Option<Operator>, StoreError> {
        const FIND: &str = concat!(
            "select ",
            operator_columns!(),
            " from oidc_identities join operators on operators.id = oidc_identities.operator_id \
             where oidc_identities.issuer = $1 and oidc_identities.subject = $2"
        );
        let row = self.database.first(FIND, values![issuer, subject]).await?;
        row.as_ref().map(operator_of).transpose()
    }

    async fn identity_of(
        &self,
        issuer: &str,
        operator: &OperatorId,
    ) -> Result<Option<OidcIdentity>, StoreError> {
        const FIND: &str = "select subject, linked_at from oidc_identities \
             where issuer = $1 and operator_id = $2";
        let row = self.database.first(FIND, values![issuer, operator]).await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let fields = row.fields(IDENTITIES, "subject")?;
        Ok(Some(OidcIdentity {
            issuer: issuer.to_owned(),
            subject: fields.text("subject")?,
            operator: operator.clone(),
            linked_at: fields.moment("linked_at")?,
        }))
    }

    async fn link_identity(&self, new: OidcIdentity, traces: Traces) -> Result<bool, StoreError> {
        let link = Link {
            new,
            replaces: false,
            traces,
        };
        self.database.write(link).await
    }

    async fn replace_identity(
        &self,
        new: OidcIdentity,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let link = Link {
            new,
            replaces: true,
            traces,
        };
        self.database.write(link).await
    }
}
