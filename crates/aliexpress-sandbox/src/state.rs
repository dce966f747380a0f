//! Everything that survives a restart, behind one lock and, when a folder is given, in one file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::catalogue::changes::Changes;
use crate::clock::SandboxClock;
use crate::commissions::Commissions;
use crate::error::SandboxError;
use crate::orders::{Order, Orders};
use crate::profile::Profile;
use crate::push::queue::Pushes;
use crate::reports::Reports;
use crate::tokens::Tokens;

const FILE_NAME: &str = "sandbox.json";
const FORMAT: u32 = 1;

/// What is kept. Codes and tokens are in it as SHA-256 only.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct State {
    /// Shared, so that a call can hold on to it without copying it or keeping the lock.
    #[serde(with = "shared")]
    pub(crate) profile: Arc<Profile>,
    pub(crate) tokens: Tokens,
    pub(crate) orders: Orders,
    pub(crate) changes: Changes,
    /// Files of older sandboxes have none.
    #[serde(default)]
    pub(crate) commissions: Commissions,
    #[serde(default)]
    pub(crate) pushes: Pushes,
    #[serde(default)]
    pub(crate) reports: Reports,
}

impl State {
    /// Puts the goods of a closed order back on the shelf.
    pub(crate) fn release(&mut self, order: &Order) {
        for line in &order.basket.lines {
            self.changes.hold(line.product_id, line.sku_id, -line.count);
        }
    }

    /// Writes push messages about what has happened to orders.
    fn announce(&mut self, now_ms: i64) {
        self.pushes.announce(&self.orders, now_ms, &self.profile);
    }

    /// Closes the orders that nobody paid in time, which reading alone shows but does not note.
    pub(crate) fn close_unpaid(&mut self, now_ms: i64) {
        for order in self.orders.close_unpaid(now_ms) {
            self.release(&order);
        }
    }
}

/// Writes what is shared as if it were not.
mod shared {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &Arc<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        (**value).serialize(serializer)
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Arc<T>, D::Error> {
        T::deserialize(deserializer).map(Arc::new)
    }
}

/// The file: the state with format number and clock.
#[derive(Serialize, Deserialize)]
struct Kept<S> {
    format: u32,
    clock_offset_ms: i64,
    state: S,
}

/// Just enough of the file to read the clock, or to see that it is of another version.
#[derive(Deserialize)]
struct Head {
    format: u32,
    clock_offset_ms: i64,
}

/// The state and where it is written. The lock is held for the change and its writing, never longer,
/// and never across an await.
#[derive(Debug)]
pub(crate) struct Book {
    state: RwLock<State>,
    file: Option<PathBuf>,
    changed: Notify,
}

impl Book {
    pub(crate) fn new(state: State, folder: Option<&Path>) -> Self {
        Self {
            state: RwLock::new(state),
            file: folder.map(|folder| folder.join(FILE_NAME)),
            changed: Notify::new(),
        }
    }

    /// Reads what a folder holds; `None` when no sandbox has lived there.
    pub(crate) fn load(folder: &Path) -> Result<Option<(State, i64)>, SandboxError> {
        let path = folder.join(FILE_NAME);
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(SandboxError::ReadState { path, source }),
        };
        let damaged = |source| SandboxError::DamagedState {
            path: path.clone(),
            source,
        };
        let head: Head = serde_json::from_slice(&text).map_err(damaged)?;
        if head.format != FORMAT {
            return Err(SandboxError::ForeignState {
                path,
                found: head.format,
                expected: FORMAT,
            });
        }
        let kept: Kept<State> = serde_json::from_slice(&text).map_err(damaged)?;
        Ok(Some((kept.state, kept.clock_offset_ms)))
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resolves at the next change, or at once when there was one since the last time. For one waiter.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// The switches as they stand now.
    pub(crate) fn profile(&self) -> Arc<Profile> {
        Arc::clone(&self.read().profile)
    }

    /// Changes the state and writes it down before anyone hears of it. When writing fails, the change
    /// is taken back.
    pub(crate) fn change<T>(
        &self,
        clock: &SandboxClock,
        change: impl FnOnce(&mut State) -> T,
    ) -> Result<T, SandboxError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let offset_ms = clock.offset_ms();
        self.change_locked(&mut state, clock, offset_ms, change)
    }

    /// Moves the clock: the new offset is on disk before anyone is woken by it.
    pub(crate) fn advance_clock(
        &self,
        clock: &SandboxClock,
        seconds: i64,
    ) -> Result<(), SandboxError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let offset_ms = clock
            .offset_ms()
            .saturating_add(seconds.saturating_mul(1000));
        let now_ms = clock.real_ms().saturating_add(offset_ms);
        // What the step has closed is back on the shelf at once.
        self.change_locked(&mut state, clock, offset_ms, |state| {
            state.close_unpaid(now_ms);
        })?;
        clock.advance(seconds);
        Ok(())
    }

    /// Replaces the state and sets the clock back to real time.
    pub(crate) fn reset(
        &self,
        clock: &SandboxClock,
        fresh: impl FnOnce(&State) -> State,
    ) -> Result<(), SandboxError> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        self.change_locked(&mut state, clock, 0, |state| *state = fresh(state))?;
        clock.set_offset_ms(0);
        Ok(())
    }

    fn change_locked<T>(
        &self,
        state: &mut State,
        clock: &SandboxClock,
        offset_ms: i64,
        change: impl FnOnce(&mut State) -> T,
    ) -> Result<T, SandboxError> {
        let now_ms = clock.real_ms().saturating_add(offset_ms);
        let Some(file) = &self.file else {
            let result = change(state);
            state.announce(now_ms);
            self.changed.notify_one();
            return Ok(result);
        };
        let mut next = state.clone();
        let result = change(&mut next);
        next.announce(now_ms);
        write(file, offset_ms, &next).map_err(|source| SandboxError::WriteState {
            path: file.clone(),
            source,
        })?;
        *state = next;
        self.changed.notify_one();
        Ok(result)
    }
}

/// The clock offset in a state folder, in milliseconds; 0 when no sandbox has lived there.
pub(crate) fn clock_offset_ms(folder: &Path) -> io::Result<i64> {
    match fs::read(folder.join(FILE_NAME)) {
        Ok(text) => {
            let head: Head = serde_json::from_slice(&text)?;
            Ok(head.clock_offset_ms)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(error),
    }
}

/// Whole file beside the old one, then a rename: a process killed at any point leaves one or the other.
/// Not synced to the disk: the data is made up, and only a power cut could lose it.
fn write(file: &Path, clock_offset_ms: i64, state: &State) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        make_private_folder(folder)?;
    }
    let text = serde_json::to_vec(&Kept {
        format: FORMAT,
        clock_offset_ms,
        state,
    })?;
    let temporary = file.with_extension("json.new");
    if let Err(error) = fs::remove_file(&temporary)
        && error.kind() != io::ErrorKind::NotFound
    {
        return Err(error);
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut handle = options.open(&temporary)?;
    handle.write_all(&text)?;
    drop(handle);
    fs::rename(&temporary, file)
}

fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
