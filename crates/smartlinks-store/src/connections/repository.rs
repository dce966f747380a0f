//! What can be asked of the stored connections.

use async_trait::async_trait;

use super::{
    Account, Connection, ConnectionId, Failure, NewConnection, NewPair, Outlook, PreviousPair,
    TokenMaterial,
};
use crate::{Change, Millis, StoreError};

/// The stored connections and their sealed token pairs.
///
/// Refreshing is a claim ([`claim_refresh`](Self::claim_refresh)), a call to the gateway, and one of
/// [`finish_refresh`](Self::finish_refresh), [`fail_refresh`](Self::fail_refresh) or
/// [`release_lease`](Self::release_lease). The claim and its row in the [journal](crate::RefreshJournal) are durable
/// before it returns, so after a crash the journal says that a call may have been made.
///
/// A [`Change`] is when something happens and what it leaves behind; its traces become durable together with the
/// change, and only if it took effect.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait ConnectionRepository: Send + Sync {
    /// All connections, the default first, then in the order in which they were made.
    async fn list(&self, include_disconnected: bool) -> Result<Vec<Connection>, StoreError>;

    /// Up to `limit` connections that are not disconnected and come after `after` in the order of their ids, which
    /// is the order in which they were made.
    async fn page(
        &self,
        after: Option<&ConnectionId>,
        limit: u32,
    ) -> Result<Vec<Connection>, StoreError>;

    /// Whether some connection has an access token that may be handed out at `now`.
    async fn any_usable(&self, now: Millis) -> Result<bool, StoreError>;

    /// One connection, in any state.
    async fn find(&self, id: &ConnectionId) -> Result<Option<Connection>, StoreError>;

    /// The connection of an account, in any state.
    async fn find_by_account(&self, user_id: &str) -> Result<Option<Connection>, StoreError>;

    /// The connection of an account by its number as a seller, the oldest one, in any state.
    async fn find_by_seller(&self, seller_id: &str) -> Result<Option<Connection>, StoreError>;

    /// The connection that calls without an id mean.
    async fn default_connection(&self) -> Result<Option<Connection>, StoreError>;

    /// Makes `id` the default.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such connection or it is disconnected.
    async fn set_default(&self, id: &ConnectionId, change: Change) -> Result<(), StoreError>;

    /// Stores a first pair as generation 1. Becomes the default when there is none.
    ///
    /// # Errors
    /// [`StoreError::AccountAlreadyConnected`] when the account has a connection, also a disconnected one:
    /// that one is to be reconnected and keeps its id.
    async fn connect(&self, new: NewConnection, change: Change) -> Result<Connection, StoreError>;

    /// Stores the pair of a new sign-in under the same id: next generation, active, failures forgotten. A label
    /// of none keeps the present one. The former pair is kept as the previous one when the account is the same and the
    /// pair can be read. Becomes the default when there is none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::OtherAccount`] when it is another account's and `other_account` does not
    /// allow that; [`StoreError::AccountAlreadyConnected`] when `account` belongs to another connection.
    async fn reconnect(
        &self,
        id: &ConnectionId,
        account: Account,
        other_account: bool,
        label: Option<String>,
        pair: NewPair,
        change: Change,
    ) -> Result<Connection, StoreError>;

    /// The present pair, unsealed; none when unknown or disconnected.
    async fn token(
        &self,
        id: &ConnectionId,
    ) -> Result<Option<(Connection, TokenMaterial)>, StoreError>;

    /// The pair before the present one, as long as it is kept.
    async fn previous_token(&self, id: &ConnectionId) -> Result<Option<PreviousPair>, StoreError>;

    /// Says that the pair of `generation` has served, so that the one before it can be deleted. False when
    /// nothing was kept or the generation has moved on.
    async fn pair_served(&self, id: &ConnectionId, generation: i64) -> Result<bool, StoreError>;

    /// Names or un-names a connection. Touches nothing else, so it can run beside a refresh.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    async fn set_label(
        &self,
        id: &ConnectionId,
        label: Option<&str>,
        change: Change,
    ) -> Result<(), StoreError>;

    /// Takes the right to refresh `generation` until `lease_until`. Exactly one caller wins; false when another
    /// holds a lease that runs, the generation has moved on, or the connection is gone.
    async fn claim_refresh(
        &self,
        id: &ConnectionId,
        generation: i64,
        owner: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// The same right, to spend the former pair: the last resort after the present one was refused. False also when
    /// no former pair with a refresh token is kept.
    async fn claim_last_resort(
        &self,
        id: &ConnectionId,
        generation: i64,
        owner: &str,
        lease_until: Millis,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// Moves the end of a lease that `owner` holds; false when it holds none any more.
    async fn renew_lease(
        &self,
        id: &ConnectionId,
        owner: &str,
        lease_until: Millis,
    ) -> Result<bool, StoreError>;

    /// Gives a lease back before any call was made; false when `owner` holds none.
    async fn release_lease(
        &self,
        id: &ConnectionId,
        owner: &str,
        now: Millis,
    ) -> Result<bool, StoreError>;

    /// Stores the pair a refresh brought, if the generation is still `expected_generation`, and ends the lease.
    /// None means that another pair came first: nothing was changed. The owner is not compared, because a pair
    /// whose lease ran out during the call is still the newest the gateway gave.
    async fn finish_refresh(
        &self,
        id: &ConnectionId,
        expected_generation: i64,
        owner: &str,
        pair: NewPair,
        change: Change,
    ) -> Result<Option<Connection>, StoreError>;

    /// Notes a refresh that failed, if the generation is still `expected_generation` and `owner` still holds the
    /// lease. False means that it is no longer this caller's to judge: nothing was changed.
    async fn fail_refresh(
        &self,
        id: &ConnectionId,
        expected_generation: i64,
        owner: &str,
        failure: Failure,
        change: Change,
    ) -> Result<bool, StoreError>;

    /// Notes that the gateway has refused the access token of this generation and will not renew it: nothing is
    /// handed out any more until the account signs in again. `false` when a newer pair is there.
    async fn access_refused(
        &self,
        id: &ConnectionId,
        generation: i64,
        change: Change,
    ) -> Result<bool, StoreError>;

    /// Up to `limit` connections whose refresh is due and that nobody holds, the longest overdue first.
    async fn due_for_refresh(
        &self,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ConnectionId>, StoreError>;

    /// When the next refresh will be due; a connection under lease counts from the end of its lease.
    async fn next_refresh_due(&self) -> Result<Option<Millis>, StoreError>;

    /// How all connections stand together, and what lies ahead of them. Reads every row once.
    async fn outlook(&self, now: Millis) -> Result<Outlook, StoreError>;

    /// Deletes all token material at once and keeps the rest as a stub. False when there was nothing to end.
    /// No other connection becomes the default in its place.
    async fn disconnect(&self, id: &ConnectionId, change: Change) -> Result<bool, StoreError>;
}
