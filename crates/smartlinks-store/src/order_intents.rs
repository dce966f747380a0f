//! Orders that somebody wants placed: written before AliExpress is called, so that no crash and no lost answer can lead
//! to a second order.

mod id;
mod storage;
mod writes;

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::login_attempts::Hash;
use crate::{ConnectionId, KnownOrder, Millis, StoreError, Traces};

pub use id::{IntentId, InvalidIntentId};

/// Where an intent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentState {
    /// Written; its first sending is ahead or under way.
    Placing,
    /// The orders exist and are paid.
    Placed,
    /// The orders exist and wait to be paid.
    CreatedUnpaid,
    /// AliExpress has no order of it.
    Refused,
    /// It was sent, and it is open whether an order exists; it is being found out.
    Unknown,
    /// It is open whether an order exists, and only a person can find out.
    AwaitingPerson,
}

impl IntentState {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Placing,
        Self::Placed,
        Self::CreatedUnpaid,
        Self::Refused,
        Self::Unknown,
        Self::AwaitingPerson,
    ];

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Placing => "placing",
            Self::Placed => "placed",
            Self::CreatedUnpaid => "created_unpaid",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::AwaitingPerson => "awaiting_person",
        }
    }

    /// Whether something is still to be sent or looked for without a person.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Placing | Self::Unknown)
    }

    /// Whether nothing will change it any more.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Placed | Self::CreatedUnpaid | Self::Refused)
    }
}

impl fmt::Display for IntentState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// The word is no state of an intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("states are placing, placed, created_unpaid, refused, unknown and awaiting_person")]
pub struct UnknownIntentState;

impl FromStr for IntentState {
    type Err = UnknownIntentState;

    fn from_str(text: &str) -> Result<Self, UnknownIntentState> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.as_str() == text)
            .ok_or(UnknownIntentState)
    }
}

/// An intent to be written.
#[derive(Clone)]
pub struct NewIntent {
    /// Its id.
    pub id: IntentId,
    /// Whose idempotency key it is.
    pub caller: String,
    /// The key.
    pub key: String,
    /// SHA-256 of what was asked for.
    pub request_hash: Hash,
    /// What a line of a file of orders asks for, and for whom, hashed; none of an order by itself.
    pub batch_line: Option<String>,
    /// The connection that orders.
    pub connection: ConnectionId,
    /// Its account now.
    pub account_user_id: String,
    /// Our number at AliExpress.
    pub out_order_id: String,
    /// What is sent, to the byte. Stored sealed: it names people.
    pub request: SecretString,
    /// What is ordered, as JSON without people.
    pub summary_json: String,
    /// Now.
    pub created_at: Millis,
}

impl fmt::Debug for NewIntent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("NewIntent")
            .field("id", &self.id)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

/// A written intent, without the people in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderIntent {
    /// Its id.
    pub id: IntentId,
    /// Whose idempotency key it is.
    pub caller: String,
    /// The key.
    pub key: String,
    /// SHA-256 of what was asked for.
    pub request_hash: Hash,
    /// [`NewIntent::batch_line`].
    pub batch_line: Option<String>,
    /// The connection that orders.
    pub connection: ConnectionId,
    /// Its account when the intent was written.
    pub account_user_id: String,
    /// Our number at AliExpress.
    pub out_order_id: String,
    /// What is ordered, as JSON.
    pub summary_json: String,
    /// Where it stands.
    pub state: IntentState,
    /// Why, in a stable word.
    pub reason: Option<String>,
    /// Why, in words.
    pub detail: Option<String>,
    /// The numbers that AliExpress gave.
    pub order_ids: Vec<String>,
    /// The first sending of which an order can have come; none as long as no order can exist.
    pub first_sent_at: Option<Millis>,
    /// How often it was sent.
    pub attempts: i64,
    /// How often in a row AliExpress has said that no stock could be reserved.
    pub stock_answers: i64,
    /// When it is looked at again.
    pub next_attempt_at: Option<Millis>,
    /// When it was written.
    pub created_at: Millis,
    /// When it changed last.
    pub changed_at: Millis,
    /// When it came to its end.
    pub finished_at: Option<Millis>,
}

/// An intent that was claimed.
#[derive(Clone, Debug)]
pub struct ClaimedIntent {
    /// The intent.
    pub intent: OrderIntent,
    /// What is sent; none when what is stored does not open.
    pub request: Option<SecretString>,
}

/// What came of the work on an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentEnd {
    /// Where it stands now.
    pub state: IntentState,
    /// Why, in a stable word.
    pub reason: Option<String>,
    /// Why, in words without people.
    pub detail: Option<String>,
    /// When it is looked at again; only while it is under way.
    pub next_attempt_at: Option<Millis>,
    /// No sending so far can have led to an order.
    pub nothing_sent: bool,
    /// How often in a row AliExpress has said by now that no stock could be reserved.
    pub stock_answers: i64,
    /// The orders that came of it. Each is added to the known orders unless it is among them, and belongs to this intent
    /// from now on.
    pub orders: Vec<KnownOrder>,
}

/// Where a page of intents ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentCursor {
    /// [`OrderIntent::created_at`] of its last one.
    pub created_at: Millis,
    /// [`OrderIntent::id`] of its last one.
    pub id: String,
}

/// The orders that somebody wants placed.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait OrderIntentRepository: Send + Sync {
    /// Writes an intent in the state [`IntentState::Placing`], held under `claim` until `lease_until`. Durable when it
    /// returns. Where the caller has used the key before, nothing is written and that intent comes back.
    ///
    /// A claim is a word of its own for each time that intents are taken: two tasks of one process must not take each
    /// other's for theirs.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when there is no such connection.
    async fn write_intent(
        &self,
        new: NewIntent,
        claim: &str,
        lease_until: Millis,
        traces: Traces,
    ) -> Result<Option<OrderIntent>, StoreError>;

    /// One intent.
    async fn intent(&self, id: &str) -> Result<Option<OrderIntent>, StoreError>;

    /// The intent under a caller's key.
    async fn intent_under(
        &self,
        caller: &str,
        key: &str,
    ) -> Result<Option<OrderIntent>, StoreError>;

    /// The oldest intent under a key, whoever has used it, for the same request.
    async fn intent_of_request(
        &self,
        key: &str,
        request_hash: &Hash,
    ) -> Result<Option<OrderIntent>, StoreError>;

    /// The intent that a known order came of.
    async fn intent_of_order(&self, order_id: &str) -> Result<Option<OrderIntent>, StoreError>;

    /// Every intent of one of these lines of files ([`NewIntent::batch_line`]), the oldest first for each line.
    async fn intents_of_lines(&self, lines: &[String]) -> Result<Vec<OrderIntent>, StoreError>;

    /// Up to `limit` intents after `cursor` of one state or of all, the latest first.
    async fn list_intents(
        &self,
        state: Option<IntentState>,
        cursor: Option<&IntentCursor>,
        limit: u32,
    ) -> Result<Vec<OrderIntent>, StoreError>;

    /// Notes, before it happens, that an intent is sent now. False when it is not held under `claim` any more, when that
    /// has ended at `now`, and when its first sending was at `sent_after` or before: then it must not be sent.
    async fn begin_sending(
        &self,
        id: &IntentId,
        claim: &str,
        lease_until: Millis,
        now: Millis,
        sent_after: Millis,
    ) -> Result<bool, StoreError>;

    /// Takes up to `limit` intents that are due and that nobody holds, the longest due first, until `lease_until`.
    async fn claim_intents(
        &self,
        claim: &str,
        lease_until: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ClaimedIntent>, StoreError>;

    /// Ends a claim. False when the intent is held under it no more: then nothing changes, and no trace is left.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when one of the orders belongs to another intent.
    async fn end_intent(
        &self,
        id: &IntentId,
        claim: &str,
        end: IntentEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// Ends an intent that waits for a person. False when it does not.
    ///
    /// # Errors
    /// As [`end_intent`](Self::end_intent).
    async fn decide_intent(
        &self,
        id: &IntentId,
        end: IntentEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// Writes what AliExpress has said of an intent that is not held any more, where it stands in one of the states
    /// `from`. False when it does not.
    ///
    /// # Errors
    /// As [`end_intent`](Self::end_intent).
    async fn correct_intent(
        &self,
        id: &IntentId,
        from: &[IntentState],
        end: IntentEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// When the next intent will be due; one under lease counts from the end of its lease.
    async fn next_intent_due(&self) -> Result<Option<Millis>, StoreError>;

    /// The intents of a connection that may have an order nobody here knows, the oldest first, at most 200.
    async fn open_intents(&self, connection: &ConnectionId)
    -> Result<Vec<OrderIntent>, StoreError>;

    /// Makes intents of a connection due whose outcome is open: something was heard of its orders. Those that AliExpress
    /// has no stock for rest all the same.
    async fn wake_intents(&self, connection: &ConnectionId, now: Millis) -> Result<(), StoreError>;

    /// Known orders of a connection that came of no intent, added at `since` or later, at most 200, the oldest first.
    async fn orders_of_no_intent(
        &self,
        connection: &ConnectionId,
        since: Millis,
    ) -> Result<Vec<KnownOrder>, StoreError>;

    /// How many of the intents that have not come to their end stand in each state.
    async fn count_open_intents(&self) -> Result<Vec<(IntentState, i64)>, StoreError>;

    /// Deletes intents that came to their end before `before`; gives how many.
    async fn prune_intents(&self, before: Millis) -> Result<u64, StoreError>;
}
