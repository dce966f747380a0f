//! Connecting, reconnecting, disconnecting, and choosing the default.

use std::sync::Arc;

use async_trait::async_trait;

use super::reading::{PRESENT, connection, connection_columns, seal_pair};
use super::succession::{Former, sealed_values};
use super::{Account, Connection, ConnectionId, NewConnection, NewPair, TABLE};
use crate::refresh_journal::overtake;
use crate::seal::Sealer;
use crate::sql::{Session, Value, Write, values};
use crate::traces::{leave, take_turn};
use crate::{Change, StoreError};

/// The counter that whoever changes which connections there are, or which is the default, takes a turn at.
const TURN: &str = "connections";

/// Stores a first pair.
pub(crate) struct Connect {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) new: NewConnection,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Connect {
    /// The connection; or the one that the account has already, in which case nothing was changed. That is an answer
    /// and no error: an error would undo everything that shares the transaction.
    type Output = Result<Connection, ConnectionId>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Self::Output, StoreError> {
        const INSERT: &str = concat!(
            "insert into connections (id, label, account_user_id, account_seller_id, account_havana_id, \
             account_account_id, account_nick, account_platform, account_sp, account_locale, \
             state, generation, access_token, refresh_token, sealed_with, \
             obtained_at, works_until, sign_in_again_by, signed_in_at, next_warning_at, next_refresh_at, \
             refresh_failures, is_default, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'active', 1, $11, $12, $13, \
             $14, $15, $16, $17, $17, $18, 0, \
             case when exists (select 1 from connections where is_default = 1) then 0 else 1 end, $17, $17) \
             on conflict (account_user_id) do nothing returning ",
            connection_columns!()
        );
        let NewConnection {
            id,
            label,
            account,
            pair,
        } = &self.new;
        take_turn(session, TURN).await?;
        let sealing = self.sealer.sealing(session).await?;
        let sealed = seal_pair(&sealing, id.as_str(), PRESENT, &pair.material)?;
        let mut values = values![id, label.clone()];
        values.extend(account_values(account));
        values.extend(values![
            sealed.access,
            sealed.refresh,
            sealing.key_id(),
            pair.obtained_at,
            pair.works_until,
            pair.sign_in_again_by,
            self.change.now,
            pair.next_refresh_at,
        ]);
        let Some(row) = session.first(INSERT, values).await? else {
            let holder = holder(session, account).await?;
            return holder.map(Err).ok_or_else(|| session.overtaken());
        };
        let stored = connection(&row)?;
        leave(session, &self.change.traces).await?;
        Ok(Ok(stored))
    }
}

/// Stores the pair of a new sign-in under the same id.
pub(crate) struct Reconnect {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) id: ConnectionId,
    pub(crate) account: Account,
    /// Whether it may take the place of another account.
    pub(crate) other_account: bool,
    pub(crate) label: Option<String>,
    pub(crate) pair: NewPair,
    pub(crate) change: Change,
}

/// What stands in the row before a new sign-in.
const BEFORE: &str = "select id, account_user_id, generation, works_until, access_token, refresh_token \
     from connections where id = $1";

const RECONNECT: &str = concat!(
    "update connections set account_user_id = $2, account_seller_id = $3, account_havana_id = $4, \
     account_account_id = $5, account_nick = $6, account_platform = $7, account_sp = $8, \
     account_locale = $9, label = coalesce($10, label), state = 'active', reason = null, \
     generation = generation + 1, access_token = $11, refresh_token = $12, \
     previous_access_token = $13, previous_refresh_token = $14, previous_generation = $15, \
     previous_works_until = $16, sealed_with = $17, obtained_at = $18, works_until = $19, \
     sign_in_again_by = $20, signed_in_at = $21, next_warning_at = $21, warned_step = null, \
     next_refresh_at = $22, refresh_owner = null, \
     refresh_lease_until = null, refresh_begun_at = null, refresh_interrupted_at = null, \
     refresh_failures = 0, last_failure_at = null, last_failure_code = null, \
     is_default = case when exists (select 1 from connections where is_default = 1 and id <> $1) \
     then 0 else 1 end, updated_at = $21 \
     where id = $1 and generation = $23 returning ",
    connection_columns!()
);

impl Reconnect {
    /// Why an account may not take the place of another one, if so.
    async fn refusal(&self, session: &mut Session<'_>) -> Result<Option<StoreError>, StoreError> {
        if !self.other_account {
            let connection = self.id.clone();
            return Ok(Some(StoreError::OtherAccount { connection }));
        }
        let holder = holder(session, &self.account).await?;
        Ok(holder.map(|connection| StoreError::AccountAlreadyConnected { connection }))
    }

    async fn store(
        &self,
        session: &mut Session<'_>,
        generation: i64,
        sealed: Vec<Value>,
    ) -> Result<Connection, StoreError> {
        let mut values = values![&self.id];
        values.extend(account_values(&self.account));
        values.extend(values![self.label.clone()]);
        values.extend(sealed);
        values.extend(values![
            self.pair.obtained_at,
            self.pair.works_until,
            self.pair.sign_in_again_by,
            self.change.now,
            self.pair.next_refresh_at,
            generation,
        ]);
        let row = session.first(RECONNECT, values).await?;
        connection(&row.ok_or_else(|| session.overtaken())?)
    }
}

#[async_trait]
impl Write for Reconnect {
    /// The connection, and whether it was another account's; or why nothing was changed, which is an answer and no
    /// error, as in [`Connect`].
    type Output = Result<(Connection, bool), StoreError>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Self::Output, StoreError> {
        take_turn(session, TURN).await?;
        let Some(row) = session.first(BEFORE, values![&self.id]).await? else {
            return Ok(Err(missing(&self.id)));
        };
        let before = row.fields(TABLE, "id")?;
        let replaced = before.text("account_user_id")? != self.account.user_id;
        if replaced && let Some(refusal) = self.refusal(session).await? {
            return Ok(Err(refusal));
        }
        // A pair of another account is of no use for this one.
        let former = match replaced {
            true => None,
            false => Former::if_it_opens(&self.sealer, &before)?,
        };
        let sealing = self.sealer.sealing(session).await?;
        let sealed = sealed_values(&sealing, &self.id, &self.pair.material, former.as_ref())?;
        let stored = self
            .store(session, before.int("generation")?, sealed)
            .await?;
        overtake(session, &self.id, self.change.now).await?;
        leave(session, &self.change.traces).await?;
        Ok(Ok((stored, replaced)))
    }
}

/// Makes one connection the default.
pub(crate) struct SetDefault {
    pub(crate) id: ConnectionId,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for SetDefault {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const CLEAR: &str = "update connections set is_default = 0, updated_at = $2 \
             where is_default = 1 and id <> $1";
        const SET: &str = "update connections set is_default = 1, updated_at = $2 \
             where id = $1 and state <> 'disconnected'";
        take_turn(session, TURN).await?;
        session
            .execute(CLEAR, values![&self.id, self.change.now])
            .await?;
        match session
            .execute(SET, values![&self.id, self.change.now])
            .await?
        {
            0 => Err(missing(&self.id)),
            _ => leave(session, &self.change.traces).await,
        }
    }
}

/// Deletes what is secret and plans nothing more; the account and its history stay as a stub. The journal of its
/// refreshes holds nothing secret.
pub(crate) struct Disconnect {
    pub(crate) id: ConnectionId,
    pub(crate) change: Change,
}

#[async_trait]
impl Write for Disconnect {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        let ended = || values![&self.id, self.change.now];
        take_turn(session, TURN).await?;
        if session.execute(DISCONNECT, ended()).await? == 0 {
            return Ok(false);
        }
        // Nobody comes back by a link or a sign-in from before.
        session.execute(REVOKE_LINKS, ended()).await?;
        session.execute(END_SIGN_INS, ended()).await?;
        overtake(session, &self.id, self.change.now).await?;
        leave(session, &self.change.traces).await?;
        Ok(true)
    }
}

const DISCONNECT: &str = "update connections set state = 'disconnected', reason = null, \
     access_token = null, refresh_token = null, previous_access_token = null, \
     previous_refresh_token = null, previous_generation = null, previous_works_until = null, \
     sealed_with = null, works_until = null, sign_in_again_by = null, next_warning_at = null, \
     warned_step = null, next_refresh_at = null, \
     refresh_owner = null, refresh_lease_until = null, refresh_begun_at = null, \
     refresh_interrupted_at = null, is_default = 0, updated_at = $2 \
     where id = $1 and state <> 'disconnected'";

const REVOKE_LINKS: &str = "update connect_links set revoked_at = $2 \
     where connection_id = $1 and consumed_at is null and revoked_at is null";

const END_SIGN_INS: &str = "update login_attempts set consumed_at = $2 \
     where connection_id = $1 and consumed_at is null";

/// The one connection that an account may have.
async fn holder(
    session: &mut Session<'_>,
    account: &Account,
) -> Result<Option<ConnectionId>, StoreError> {
    const HOLDER: &str = "select id from connections where account_user_id = $1";
    let row = session
        .first(HOLDER, values![account.user_id.as_str()])
        .await?;
    row.map(|row| Ok(row.fields(TABLE, "id")?.parsed("id")?))
        .transpose()
}

fn account_values(account: &Account) -> Vec<Value> {
    values![
        account.user_id.as_str(),
        account.seller_id.clone(),
        account.havana_id.clone(),
        account.account_id.clone(),
        account.nick.clone(),
        account.platform.clone(),
        account.sp.clone(),
        account.locale.clone(),
    ]
}

pub(crate) fn missing(id: &ConnectionId) -> StoreError {
    StoreError::NotFound {
        what: "connection",
        id: id.to_string(),
    }
}
