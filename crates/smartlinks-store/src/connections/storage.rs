//! The repository over a database.

use std::sync::Arc;

use async_trait::async_trait;

use super::lifecycle::{Connect, Disconnect, Reconnect, SetDefault, missing};
use super::outlook::{Outlook, outlook};
use super::reading::{connection, connection_columns, connections};
use super::refresh::{ACCESS_REFUSED, Claim, Fail, Finish, RENEW, Release};
use super::{
    Account, Connection, ConnectionId, ConnectionRepository, Failure, NewConnection, NewPair,
    PreviousPair, ReauthorizationReason, TokenMaterial, due, pairs,
};
use crate::refresh_journal::Spends;
use crate::sql::values;
use crate::store::DatabaseStore;
use crate::{Change, Millis, StoreError};

const BY_SELLER: &str = concat!(
    "select ",
    connection_columns!(),
    " from connections where account_seller_id = $1 order by id limit 1"
);

impl DatabaseStore {
    async fn claim(
        &self,
        id: &ConnectionId,
        generation: i64,
        spends: Spends,
        owner: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let write = Claim {
            id: id.clone(),
            generation,
            spends,
            owner: owner.to_owned(),
            lease_until,
            now,
        };
        self.database.write(write).await
    }
}

#[async_trait]
impl ConnectionRepository for DatabaseStore {
    async fn list(&self, include_disconnected: bool) -> Result<Vec<Connection>, StoreError> {
        const ALL: &str = concat!(
            "select ",
            connection_columns!(),
            " from connections where state <> 'disconnected' or $1 = 1 \
             order by is_default desc, created_at, id"
        );
        let all = i64::from(include_disconnected);
        connections(&self.database.all(ALL, values![all]).await?)
    }

    async fn page(
        &self,
        after: Option<&ConnectionId>,
        limit: u32,
    ) -> Result<Vec<Connection>, StoreError> {
        const PAGE: &str = concat!(
            "select ",
            connection_columns!(),
            " from connections where id > $1 and state <> 'disconnected' order by id limit $2"
        );
        let after = after.map_or("", ConnectionId::as_str);
        connections(&self.database.all(PAGE, values![after, limit]).await?)
    }

    async fn any_usable(&self, now: Millis) -> Result<bool, StoreError> {
        const ANY: &str = "select id from connections where state <> 'disconnected' \
             and (works_until is null or works_until > $1) \
             and (reason is null or reason <> 'access_token_refused') limit 1";
        Ok(self.database.first(ANY, values![now]).await?.is_some())
    }

    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError> {
        const BY_ID: &str = concat!(
            "select ",
            connection_columns!(),
            " from connections where id = $1"
        );
        let row = self.database.first(BY_ID, values![id]).await?;
        row.map(|row| connection(&row)).transpose()
    }

    async fn find_by_account(&self, user_id: &str) -> Result<Option<Connection>, StoreError> {
        const BY_ACCOUNT: &str = concat!(
            "select ",
            connection_columns!(),
            " from connections where account_user_id = $1"
        );
        let row = self.database.first(BY_ACCOUNT, values![user_id]).await?;
        row.map(|row| connection(&row)).transpose()
    }

    async fn find_by_seller(&self, seller_id: &str) -> Result<Option<Connection>, StoreError> {
        let row = self.database.first(BY_SELLER, values![seller_id]).await?;
        row.map(|row| connection(&row)).transpose()
    }

    async fn default_connection(&self) -> Result<Option<Connection>, StoreError> {
        const DEFAULT: &str = concat!(
            "select ",
            connection_columns!(),
            " from connections where is_default = 1"
        );
        let row = self.database.first(DEFAULT, values![]).await?;
        row.map(|row| connection(&row)).transpose()
    }

    async fn set_default(&self, id: &ConnectionId, change: Change) -> Result<(), StoreError> {
        let id = id.clone();
        self.database.write(SetDefault { id, change }).await
    }

    async fn connect(&self, new: NewConnection, change: Change) -> Result<Connection, StoreError> {
        let connect = Connect {
            sealer: Arc::clone(&self.sealer),
            new,
            change,
        };
        let connected = self.database.write(connect).await?;
        connected.map_err(|connection| StoreError::AccountAlreadyConnected { connection })
    }

    async fn reconnect(
        &self,
        id: &ConnectionId,
        account: Account,
        other_account: bool,
        label: Option<String>,
        pair: NewPair,
        change: Change,
    ) -> Result<Connection, StoreError> {
        let write = Reconnect {
            sealer: Arc::clone(&self.sealer),
            id: id.clone(),
            account,
            other_account,
            label,
            pair,
            change,
        };
        let (stored, replaced) = self.database.write(write).await??;
        if replaced {
            // The tokens of an account that was replaced are deleted, as in `disconnect`.
            self.scrub().await;
        }
        Ok(stored)
    }

    async fn token(
        &self,
        id: &ConnectionId,
    ) -> Result<Option<(Connection, TokenMaterial)>, StoreError> {
        pairs::present(&self.database, &self.sealer, id).await
    }

    async fn previous_token(&self, id: &ConnectionId) -> Result<Option<PreviousPair>, StoreError> {
        pairs::previous(&self.database, &self.sealer, id).await
    }

    async fn pair_served(&self, id: &ConnectionId, generation: i64) -> Result<bool, StoreError> {
        self.changed(pairs::SERVED, values![id, generation]).await
    }

    async fn set_label(
        &self,
        id: &ConnectionId,
        label: Option<&str>,
        change: Change,
    ) -> Result<(), StoreError> {
        const SET: &str = "update connections set label = $2, updated_at = $3 where id = $1";
        let values = values![id, label, change.now];
        match self.traced(SET, values, change.traces).await? {
            true => Ok(()),
            false => Err(missing(id)),
        }
    }

    async fn claim_refresh(
        &self,
        id: &ConnectionId,
        generation: i64,
        owner: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError> {
        self.claim(id, generation, Spends::Present, owner, lease_until, now)
            .await
    }

    async fn claim_last_resort(
        &self,
        id: &ConnectionId,
        generation: i64,
        owner: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError> {
        self.claim(id, generation, Spends::Former, owner, lease_until, now)
            .await
    }

    async fn renew_lease(
        &self,
        id: &ConnectionId,
        owner: &str,
        lease_until: Millis,
    ) -> Result<bool, StoreError> {
        self.changed(RENEW, values![id, owner, lease_until]).await
    }

    async fn release_lease(
        &self,
        id: &ConnectionId,
        owner: &str,
        now: Millis,
    ) -> Result<bool, StoreError> {
        let (id, owner) = (id.clone(), owner.to_owned());
        self.database.write(Release { id, owner, now }).await
    }

    async fn finish_refresh(
        &self,
        id: &ConnectionId,
        expected_generation: i64,
        owner: &str,
        pair: NewPair,
        change: Change,
    ) -> Result<Option<Connection>, StoreError> {
        let write = Finish {
            sealer: Arc::clone(&self.sealer),
            id: id.clone(),
            generation: expected_generation,
            owner: owner.to_owned(),
            pair,
            change,
        };
        let stored = self.database.write(write).await?;
        if stored.is_none() {
            tracing::warn!(
                connection.id = %id,
                refresh.owner = owner,
                generation = expected_generation,
                "a refresh came second and stored nothing"
            );
        }
        Ok(stored)
    }

    async fn fail_refresh(
        &self,
        id: &ConnectionId,
        expected_generation: i64,
        owner: &str,
        failure: Failure,
        change: Change,
    ) -> Result<bool, StoreError> {
        let write = Fail {
            id: id.clone(),
            generation: expected_generation,
            owner: owner.to_owned(),
            failure,
            change,
        };
        self.database.write(write).await
    }

    async fn access_refused(
        &self,
        id: &ConnectionId,
        generation: i64,
        change: Change,
    ) -> Result<bool, StoreError> {
        let reason = ReauthorizationReason::AccessTokenRefused.as_str();
        let values = values![id, generation, reason, change.now];
        self.traced(ACCESS_REFUSED, values, change.traces).await
    }

    async fn due_for_refresh(
        &self,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ConnectionId>, StoreError> {
        due::due(&self.database, now, limit).await
    }

    async fn next_refresh_due(&self) -> Result<Option<Millis>, StoreError> {
        due::next(&self.database).await
    }

    async fn outlook(&self, now: Millis) -> Result<Outlook, StoreError> {
        outlook(&self.database, now).await
    }

    async fn disconnect(&self, id: &ConnectionId, change: Change) -> Result<bool, StoreError> {
        let id = id.clone();
        let ended = self.database.write(Disconnect { id, change }).await?;
        if ended {
            self.scrub().await;
        }
        Ok(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::Upkeep;

    /// Any message may name a seller, ours or not.
    #[tokio::test]
    async fn a_seller_is_found_without_a_look_at_every_connection() {
        let mut blank = Upkeep::blank().await.unwrap();
        let sql = BY_SELLER.replace("$1", "'77'");
        let plan = blank
            .all(format!("explain query plan {sql}"))
            .await
            .unwrap();
        let steps: Vec<_> = plan.iter().map(|row| row.text_at(3).unwrap()).collect();
        let [Some(step)] = steps.as_slice() else {
            panic!("{steps:?}");
        };
        assert!(step.contains("connections_seller"), "{step}");
    }
}
