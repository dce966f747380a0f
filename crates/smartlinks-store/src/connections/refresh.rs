//! The claim, and what ends it. Every statement carries its condition in its own outer `where`, because under
//! PostgreSQL's default isolation a condition in a subquery lets several callers through.

use std::sync::Arc;

use async_trait::async_trait;

use super::reading::{
    PRESENT, PREVIOUS, connection, connection_columns, open_pair, seal_pair, sealed_columns,
};
use super::{Connection, ConnectionId, NewPair, TABLE, TokenMaterial};
use crate::seal::Sealer;
use crate::sql::{Session, Write, values};
use crate::traces::leave;
use crate::{Change, StoreError};

/// `$1` id, `$2` generation, `$3` owner, `$4` end of the lease, `$5` now. A claim that was begun and never ended
/// is remembered: the pair may have been rotated in a call whose answer was lost.
pub(crate) const CLAIM: &str = "update connections set refresh_owner = $3, refresh_lease_until = $4, \
     refresh_interrupted_at = coalesce(refresh_begun_at, refresh_interrupted_at), \
     refresh_begun_at = $5, updated_at = $5 \
     where id = $1 and generation = $2 and state <> 'disconnected' \
     and (refresh_lease_until is null or refresh_lease_until <= $5)";

/// `$1` id, `$2` owner, `$3` end of the lease.
pub(crate) const RENEW: &str = "update connections set refresh_lease_until = $3 \
     where id = $1 and refresh_owner = $2 and refresh_lease_until is not null";

/// `$1` id, `$2` owner.
pub(crate) const RELEASE: &str = "update connections set refresh_owner = null, \
     refresh_lease_until = null, refresh_begun_at = null \
     where id = $1 and refresh_owner = $2";

/// `$1` id, `$2` generation, `$3` owner, `$4` state, `$5` reason, `$6` next refresh, `$7` now, `$8` code.
pub(crate) const FAIL: &str = "update connections set state = $4, reason = $5, next_refresh_at = $6, \
     refresh_failures = refresh_failures + 1, last_failure_at = $7, last_failure_code = $8, \
     refresh_owner = null, refresh_lease_until = null, refresh_begun_at = null, updated_at = $7 \
     where id = $1 and generation = $2 and refresh_owner = $3 and state <> 'disconnected'";

/// `$1` id, `$2` generation, `$3` reason, `$4` now.
pub(crate) const ACCESS_REFUSED: &str = "update connections set state = 'reauthorization_required', \
     reason = $3, next_refresh_at = null, last_failure_at = $4, last_failure_code = $3, updated_at = $4 \
     where id = $1 and generation = $2 and state <> 'disconnected'";

/// Stores the pair a refresh brought, unless another came first.
pub(crate) struct Finish {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) id: ConnectionId,
    pub(crate) generation: i64,
    pub(crate) pair: NewPair,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Finish {
    type Output = Option<Connection>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Option<Connection>, StoreError> {
        const FORMER: &str = concat!(
            "select id, works_until, ",
            sealed_columns!(),
            " from connections where id = $1 and generation = $2 and state <> 'disconnected'"
        );
        const UPDATE: &str = concat!(
            "update connections set state = 'active', reason = null, generation = generation + 1, \
             access_token = $3, refresh_token = $4, previous_access_token = $5, \
             previous_refresh_token = $6, previous_generation = $2, previous_works_until = $7, \
             sealed_with = $8, obtained_at = $9, works_until = $10, \
             sign_in_again_by = coalesce($11, sign_in_again_by), next_refresh_at = $12, \
             refresh_owner = null, refresh_lease_until = null, refresh_begun_at = null, \
             refresh_interrupted_at = null, refresh_failures = 0, last_refresh_at = $13, \
             last_failure_at = null, last_failure_code = null, updated_at = $13 \
             where id = $1 and generation = $2 and state <> 'disconnected' returning ",
            connection_columns!()
        );
        let Some(row) = session
            .first(FORMER, values![&self.id, self.generation])
            .await?
        else {
            return Ok(None);
        };
        let fields = row.fields(TABLE, "id")?;
        let Some(former) = open_pair(&self.sealer, &fields, PRESENT)? else {
            return Ok(None);
        };
        let id = self.id.as_str();
        let new = &self.pair.material;
        // An answer without a refresh token means that the old one goes on.
        let material = TokenMaterial {
            access_token: new.access_token.clone(),
            refresh_token: new
                .refresh_token
                .clone()
                .or_else(|| former.refresh_token.clone()),
        };
        let sealing = self.sealer.sealing(session).await?;
        let present = seal_pair(&sealing, id, PRESENT, &material)?;
        let previous = seal_pair(&sealing, id, PREVIOUS, &former)?;
        let values = values![
            &self.id,
            self.generation,
            present.access,
            present.refresh,
            previous.access,
            previous.refresh,
            fields.maybe_moment("works_until")?,
            sealing.key_id(),
            self.pair.obtained_at,
            self.pair.works_until,
            self.pair.sign_in_again_by,
            self.pair.next_refresh_at,
            self.change.now,
        ];
        let Some(row) = session.first(UPDATE, values).await? else {
            return Ok(None);
        };
        let stored = connection(&row)?;
        leave(session, &self.change.traces).await?;
        Ok(Some(stored))
    }
}
