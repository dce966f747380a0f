//! What signing in needs besides the database: how often somebody may try, and a turn to hash a password.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aliexpress::Clock;
use smartlinks_store::{Hash, OperatorId, PasswordHash};
use tokio::sync::{OnceCell, Semaphore};

use super::{OperatorPolicy, Visitor};
use crate::connect::sha256;
use crate::error::{Error, Result};
use crate::limits::{Buckets, Caller};
use crate::service::Core;

/// Argon2id takes 19 MiB and a core for a while; more at once would starve everything else.
const HASHES_AT_ONCE: usize = 2;
/// In which time so many attempts are allowed.
const WITHIN: Duration = Duration::from_secs(600);
/// How many networks may each use up theirs before a name is shut for those who are not known.
const NETWORKS: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Counts attempts and hashes passwords.
pub(crate) struct Desk {
    pub(super) policy: OperatorPolicy,
    /// Passwords tried for one name from one network.
    from_a_network: Buckets<(Hash, Caller)>,
    /// Passwords tried for one name from everywhere.
    from_everywhere: Buckets<Hash>,
    /// Former passwords tried by one operator who is signed in, from one network.
    changes: Buckets<(OperatorId, Caller)>,
    /// Lets only so many passwords be hashed at once.
    pub(super) hashing: Semaphore,
    /// How many passwords were hashed or compared.
    pub(super) hashed: AtomicU64,
    /// Verified against where there is no such operator, so that both take the same time.
    pub(super) nobody: OnceCell<PasswordHash>,
}

impl Desk {
    pub(crate) fn new(policy: OperatorPolicy, clock: &Arc<dyn Clock>) -> Self {
        let attempts = policy.attempts;
        let everywhere = attempts.saturating_mul(NETWORKS);
        Self {
            from_a_network: Buckets::new(attempts, WITHIN, Arc::clone(clock)),
            from_everywhere: Buckets::new(everywhere, WITHIN, Arc::clone(clock)),
            changes: Buckets::new(attempts, WITHIN, Arc::clone(clock)),
            policy,
            hashing: Semaphore::new(HASHES_AT_ONCE),
            hashed: AtomicU64::new(0),
            nobody: OnceCell::new(),
        }
    }

    /// Counts an attempt of an operator to change the password.
    pub(super) fn admit_change(&self, id: &OperatorId, visitor: &Visitor) -> Result<()> {
        let asks = (id.clone(), Caller::at(visitor.address));
        self.changes.take(&asks).map_err(too_many)
    }
}

fn too_many(seconds: u64) -> Error {
    Error::TooManyAttempts { seconds }
}

impl Core {
    /// Counts an attempt to sign in. Strangers who try a name from many networks shut it for each other, and not for
    /// the operator who comes from where a session of theirs began: nobody is kept out by whoever knows the name.
    pub(super) async fn admit_attempt(&self, name: &str, visitor: &Visitor) -> Result<()> {
        let desk = &self.inner.desk;
        let hash = sha256(name.trim().to_lowercase().as_bytes());
        let caller = Caller::at(visitor.address);
        desk.from_a_network
            .take(&(hash, caller))
            .map_err(too_many)?;
        match desk.from_everywhere.take(&hash) {
            Err(seconds) if !self.is_known_at(name, visitor.address).await? => {
                Err(too_many(seconds))
            }
            _ => Ok(()),
        }
    }

    /// Whether the operator of this name has a session that began in the network of an address.
    async fn is_known_at(&self, name: &str, address: Option<IpAddr>) -> Result<bool> {
        let Some(address) = address else {
            return Ok(false);
        };
        let Some(operator) = self.operator_called(name).await? else {
            return Ok(false);
        };
        let sessions = self.sessions_of(operator.id.as_str()).await?;
        let here = Caller::at(Some(address));
        Ok(sessions
            .iter()
            .filter_map(|session| session.address.as_deref()?.parse().ok())
            .any(|began| Caller::at(Some(began)) == here))
    }
}
