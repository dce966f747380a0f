//! Messages that AliExpress has sent us: stored before they are acknowledged, worked on afterwards, and remembered for
//! as long as a repeat of them may come.

mod storage;

use async_trait::async_trait;
use secrecy::SecretString;

use crate::login_attempts::Hash;
use crate::{Millis, StoreError, Traces};

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushState {
    /// To be worked on.
    Waiting,
    /// Worked on; its body is deleted.
    Done,
    /// Genuine, and nothing here knows what to do with it; its body is kept, sealed.
    Kept,
    /// Outside the time in which a message may come; its body was never kept.
    Ignored,
    /// Tried as often as is worth it; its body is deleted.
    GivenUp,
}

impl PushState {
    /// The stable text of the state.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Kept => "kept",
            Self::Ignored => "ignored",
            Self::GivenUp => "given_up",
        }
    }

    /// Whether the body is still of use.
    const fn keeps_body(self) -> bool {
        matches!(self, Self::Waiting | Self::Kept)
    }
}

/// A message that has arrived and whose signature is good.
#[derive(Clone, Debug)]
pub struct NewPush {
    /// SHA-256 of its raw body: what repeats have in common.
    pub hash: Hash,
    /// The number of its topic.
    pub message_type: Option<i64>,
    /// Its body. Stored sealed: it names people. Not stored at all where the state has no use for it.
    pub body: SecretString,
    /// [`PushState::Waiting`], or [`PushState::Ignored`] for what may not come now.
    pub state: PushState,
    /// Why it stands so.
    pub outcome: Option<String>,
    /// Now.
    pub received_at: Millis,
}

/// A message that was claimed.
#[derive(Clone, Debug)]
pub struct ClaimedPush {
    /// SHA-256 of its raw body.
    pub hash: Hash,
    /// The number of its topic.
    pub message_type: Option<i64>,
    /// Its body; none when what is stored does not open.
    pub body: Option<SecretString>,
    /// When it arrived.
    pub received_at: Millis,
    /// How often it was claimed, this time included.
    pub attempts: i64,
}

/// How the work on a message ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushEnd {
    /// Where it stands now.
    pub state: PushState,
    /// What came of it, or why it is to be tried again: a stable word.
    pub outcome: String,
    /// When it is tried again; only with [`PushState::Waiting`].
    pub next_attempt_at: Option<Millis>,
}

/// The stored messages.
///
/// Every method fails with a [`StoreError`] when the database cannot be used.
#[async_trait]
pub trait PushRepository: Send + Sync {
    /// Stores a message, durable when it returns. False when the same body is known: then nothing changes, and no
    /// trace is left.
    async fn take_push(&self, new: NewPush, traces: Traces) -> Result<bool, StoreError>;

    /// Takes up to `limit` messages that are due and that nobody holds, the oldest first, until `lease_until`.
    async fn claim_pushes(
        &self,
        owner: &str,
        lease_until: Millis,
        now: Millis,
        limit: u32,
    ) -> Result<Vec<ClaimedPush>, StoreError>;

    /// Ends the claim of `owner` on a message. False when it holds it no more: then nothing changes, and no trace is
    /// left.
    async fn finish_push(
        &self,
        hash: &Hash,
        owner: &str,
        end: PushEnd,
        now: Millis,
        traces: Traces,
    ) -> Result<bool, StoreError>;

    /// When the next message will be due; one under lease counts from the end of its lease.
    async fn next_push_due(&self) -> Result<Option<Millis>, StoreError>;

    /// How many messages stand in each state.
    async fn count_pushes(&self) -> Result<Vec<(String, i64)>, StoreError>;

    /// Deletes messages that arrived before `before`, whatever their state; gives how many.
    async fn prune_pushes(&self, before: Millis) -> Result<u64, StoreError>;
}
