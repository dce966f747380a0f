//! Places among the streams of events: each costs a connection and a look at its right every second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::guard::Principal;

/// How many may follow events of one process at a time. Each page that is open is one.
const ALL: usize = 256;
/// How many of them one operator or key may hold, so that nobody takes all.
const EACH: usize = 32;

/// The places that are taken.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// By the id of who holds them; nobody is known in the open sandbox.
    of: HashMap<String, usize>,
}

/// A place. Given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    streams: Arc<Streams>,
    holder: Option<String>,
}

impl Streams {
    /// A place for whoever asks; none when all are taken, or all of theirs.
    pub(crate) fn place(self: &Arc<Self>, principal: &Principal) -> Option<Place> {
        let holder = principal.actor().id.clone();
        let mut taken = self.lock();
        let held = holder.as_ref().and_then(|holder| taken.of.get(holder));
        if taken.all >= ALL || held.is_some_and(|held| *held >= EACH) {
            return None;
        }
        taken.all += 1;
        if let Some(holder) = &holder {
            *taken.of.entry(holder.clone()).or_default() += 1;
        }
        Some(Place {
            streams: Arc::clone(self),
            holder,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.streams.lock();
        taken.all = taken.all.saturating_sub(1);
        if let Some(holder) = &self.holder
            && let Some(held) = taken.of.get_mut(holder)
        {
            *held -= 1;
            if *held == 0 {
                taken.of.remove(holder);
            }
        }
    }
}
