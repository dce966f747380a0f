//! How often something may be asked for over HTTP: one bucket for each address or key.

use std::num::NonZeroU32;

use smartlinks_core::{Buckets, Caller, Core};

/// Requests a minute that are taken, each number at once or spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins from one address.
    pub sign_in: NonZeroU32,
    /// Sign-ins at AliExpress from one address: begun over the API, callbacks, connect links.
    pub callback: NonZeroU32,
    /// Access tokens handed out to one key, or to one address without a key.
    pub vending: NonZeroU32,
    /// Keys made or revoked, and examinations (`doctor`) asked for, by one caller; wrong keys from one address.
    pub keys: NonZeroU32,
    /// Pushes from one address that AliExpress has not signed.
    pub push: NonZeroU32,
}

const fn number(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sign_in: number(10),
            callback: number(60),
            vending: number(1200),
            keys: number(60),
            push: number(6000),
        }
    }
}

impl Limits {
    /// So high that nobody reaches them: for measuring, and for tests of something else.
    #[must_use]
    pub const fn out_of_reach() -> Self {
        Self {
            sign_in: NonZeroU32::MAX,
            callback: NonZeroU32::MAX,
            vending: NonZeroU32::MAX,
            keys: NonZeroU32::MAX,
            push: NonZeroU32::MAX,
        }
    }
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    SignIn,
    Callback,
    Vending,
    Keys,
    Push,
}

/// The buckets of all limits.
pub(crate) struct Limiter {
    sign_in: Buckets<Caller>,
    callback: Buckets<Caller>,
    vending: Buckets<Caller>,
    keys: Buckets<Caller>,
    push: Buckets<Caller>,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits, core: &Core) -> Self {
        Self {
            sign_in: core.buckets_a_minute(limits.sign_in),
            callback: core.buckets_a_minute(limits.callback),
            vending: core.buckets_a_minute(limits.vending),
            keys: core.buckets_a_minute(limits.keys),
            push: core.buckets_a_minute(limits.push),
        }
    }

    /// Takes one from a caller's bucket.
    ///
    /// # Errors
    /// The seconds after which there will be one again.
    pub(crate) fn take(&self, limit: Limit, caller: &Caller) -> Result<(), u64> {
        let buckets = match limit {
            Limit::SignIn => &self.sign_in,
            Limit::Callback => &self.callback,
            Limit::Vending => &self.vending,
            Limit::Keys => &self.keys,
            Limit::Push => &self.push,
        };
        buckets.take(caller)
    }
}
