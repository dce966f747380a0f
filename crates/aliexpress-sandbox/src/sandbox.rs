//! One sandbox: what it knows, and the public handle to it.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use axum::Router;
use tokio::net::TcpListener;

use crate::catalogue::Catalogue;
use crate::catalogue::changes::Changes;
use crate::clock::{SandboxClock, TimeBase};
use crate::commissions;
use crate::config::{SandboxConfig, web_address};
use crate::error::SandboxError;
use crate::faults::Faults;
use crate::gateway::envelope::Ids;
use crate::gateway::limits::Limits;
use crate::journal::Journal;
use crate::orders::{Orders, seeded};
use crate::profile::Profile;
use crate::push::queue::Pushes;
use crate::push::{PushSender, delivery};
use crate::reports::Reports;
use crate::state::{Book, State, clock_offset_ms};
use crate::tokens::Tokens;
use crate::web;

/// Addresses that may become known after the start.
#[derive(Clone, Debug)]
struct Addresses {
    callback_url: Option<String>,
    push_url: Option<String>,
    base_url: Arc<str>,
}

impl Addresses {
    fn of(config: &SandboxConfig) -> Self {
        Self {
            callback_url: config.callback_url.clone(),
            push_url: config.push_url.clone(),
            base_url: config.base_url.trim_end_matches('/').into(),
        }
    }
}

/// The port that `Host` must name.
fn port_of(base_url: &str) -> Result<u16, SandboxError> {
    let port = web_address("base_url", base_url)?.port_or_known_default();
    Ok(port.unwrap_or(80))
}

/// Everything behind the handle.
pub(crate) struct Inner {
    pub(crate) app_key: String,
    /// Those that count at the moment. Pushes are signed with the first.
    pub(crate) app_secrets: RwLock<Vec<String>>,
    /// The one it was started with.
    pub(crate) initial_secret: String,
    pub(crate) entropy_seed: u64,
    pub(crate) catalogue: Catalogue,
    pub(crate) clock: SandboxClock,
    pub(crate) book: Book,
    push_sender: OnceLock<Arc<dyn PushSender>>,
    pub(crate) journal: Mutex<Journal>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) limits: Mutex<Limits>,
    initial_profile: Profile,
    addresses: RwLock<Addresses>,
    port: AtomicU16,
    answers: AtomicU32,
}

/// Takes a lock whose holder cannot leave half a change behind: a panic elsewhere does not matter.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Inner {
    /// Lets these app secrets count, and no others.
    pub(crate) fn set_secrets(&self, secrets: Vec<String>) {
        *self
            .app_secrets
            .write()
            .unwrap_or_else(PoisonError::into_inner) = secrets;
    }

    /// The app secrets that count at the moment.
    pub(crate) fn secrets(&self) -> Vec<String> {
        self.app_secrets
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Ids for the next answer.
    pub(crate) fn next_ids(&self, now_ms: i64) -> Ids {
        Ids::new(now_ms, self.answers.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn base_url(&self) -> Arc<str> {
        Arc::clone(
            &self
                .addresses
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .base_url,
        )
    }

    fn set_base_url(&self, base_url: &str) {
        let mut addresses = self
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.base_url = base_url.trim_end_matches('/').into();
    }

    pub(crate) fn callback_url(&self) -> Option<String> {
        self.addresses
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .callback_url
            .clone()
    }

    pub(crate) fn push_url(&self) -> Option<String> {
        self.addresses
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .push_url
            .clone()
    }

    pub(crate) fn push_sender(&self) -> Option<Arc<dyn PushSender>> {
        self.push_sender.get().cloned()
    }

    /// The port that `Host` must name.
    pub(crate) fn port(&self) -> u16 {
        self.port.load(Ordering::Relaxed)
    }

    /// The state of a new sandbox, at a moment of virtual time.
    pub(crate) fn fresh_state(&self, now_ms: i64, tokens: Tokens) -> State {
        let mut state = fresh_state(self.catalogue, &self.initial_profile, now_ms, tokens);
        let on = self.push_url().is_some();
        state.pushes.switch(on, &state.orders, now_ms);
        state
    }
}

fn fresh_state(catalogue: Catalogue, profile: &Profile, now_ms: i64, tokens: Tokens) -> State {
    let mut orders = Orders::default();
    for order in seeded::orders(catalogue, now_ms) {
        orders.insert(order);
    }
    State {
        profile: Arc::new(profile.clone()),
        tokens,
        orders,
        changes: Changes::default(),
        commissions: commissions::seeded::commissions(catalogue, now_ms),
        pushes: Pushes::default(),
        reports: Reports::default(),
    }
}

/// An emulated gateway with its login page. Clones share everything.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

impl Sandbox {
    /// Starts a sandbox, taking up the state in `config.state_dir` when there is one.
    ///
    /// `clock_base` gives real time in milliseconds since the epoch; virtual time is that plus an offset.
    /// `entropy_seed` is what codes and tokens are made of: the same seed gives the same texts in the same
    /// order. A counter in the state keeps them from coming twice in one state folder.
    ///
    /// # Errors
    /// A setting is unusable, or the state folder is damaged, of another version, or cannot be written.
    pub fn new(
        config: SandboxConfig,
        clock_base: Arc<dyn Fn() -> i64 + Send + Sync>,
        entropy_seed: u64,
    ) -> Result<Self, SandboxError> {
        config.validate()?;
        let catalogue = Catalogue {
            seed: config.seed,
            products: config.products,
        };
        let profile = Profile {
            check_timestamp: config.check_timestamp,
            ..Profile::default()
        };
        let kept = config.state_dir.as_deref().map(Book::load).transpose()?;
        let kept = kept.flatten();
        let is_new = kept.is_none();
        let base: TimeBase = clock_base;
        let (mut state, offset_ms) = kept.unwrap_or_else(|| {
            let tokens = Tokens::default();
            (fresh_state(catalogue, &profile, base(), tokens), 0)
        });
        let clock = SandboxClock::new(base, offset_ms);
        let push_on = config.push_url.is_some();
        state.pushes.switch(push_on, &state.orders, clock.now_ms());
        let book = Book::new(state, config.state_dir.as_deref());
        if is_new {
            book.change(&clock, |_| ())?;
        }
        let inner = Inner {
            port: AtomicU16::new(port_of(&config.base_url)?),
            addresses: RwLock::new(Addresses::of(&config)),
            app_key: config.app_key,
            app_secrets: RwLock::new(vec![config.app_secret.clone()]),
            initial_secret: config.app_secret,
            entropy_seed,
            catalogue,
            clock,
            book,
            push_sender: OnceLock::new(),
            journal: Mutex::default(),
            faults: Mutex::default(),
            limits: Mutex::default(),
            initial_profile: profile,
            answers: AtomicU32::new(1),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// All routes, for any listener or for calls in process. `Host` must name a loopback address with the
    /// port of the base URL.
    pub fn router(&self) -> Router {
        web::router(Arc::clone(&self.inner))
    }

    /// The sandbox's clock; clones share its offset.
    #[must_use]
    pub fn clock(&self) -> SandboxClock {
        self.inner.clock.clone()
    }

    /// Answers on `listener` until `shutdown` resolves, then finishes the requests that are running.
    /// From here on `Host` must name the listener's port; a base URL with another port is replaced by
    /// the listener's address.
    ///
    /// # Errors
    /// The listener fails.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<()> {
        let address = listener.local_addr()?;
        if self.inner.port.swap(address.port(), Ordering::Relaxed) != address.port() {
            self.inner.set_base_url(&format!("http://{address}"));
        }
        let serving = axum::serve(listener, self.router()).with_graceful_shutdown(shutdown);
        tokio::select! {
            ended = serving.into_future() => ended,
            () = delivery::run(&self.inner) => Ok(()),
        }
    }

    /// Passes in how push messages are sent. Without it they wait. The first sender stays.
    pub fn set_push_sender(&self, sender: Arc<dyn PushSender>) {
        // A second one would leave it open which of the two a running attempt uses.
        let _ = self.inner.push_sender.set(sender);
    }

    /// Registers the address of push messages, or removes it with `None`. What happened to orders before is
    /// not told.
    ///
    /// # Errors
    /// The address is not an absolute `http` or `https` one, or the state cannot be written.
    pub fn set_push_url(&self, push_url: Option<String>) -> Result<(), SandboxError> {
        if let Some(push) = &push_url {
            web_address("push_url", push)?;
        }
        let on = push_url.is_some();
        let mut addresses = self
            .inner
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        addresses.push_url = push_url;
        drop(addresses);
        let now_ms = self.inner.clock.now_ms();
        self.inner.book.change(&self.inner.clock, |state| {
            state.pushes.switch(on, &state.orders, now_ms);
        })
    }

    /// Tries every push message that is due now, for those who do not call [`Sandbox::serve`], which does so
    /// by itself. Gives the number of attempts.
    ///
    /// # Errors
    /// The state cannot be written: the attempt was made, and will be made again.
    pub async fn deliver_pushes(&self) -> Result<usize, SandboxError> {
        delivery::deliver_due(&self.inner).await
    }

    /// Registers the callback, or removes it with `None`.
    ///
    /// # Errors
    /// The address is not an absolute `http` or `https` one.
    pub fn set_callback_url(&self, callback_url: Option<String>) -> Result<(), SandboxError> {
        if let Some(callback) = &callback_url {
            web_address("callback_url", callback)?;
        }
        self.inner
            .addresses
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .callback_url = callback_url;
        Ok(())
    }

    /// Sets the origin used in picture and item addresses, and the port that `Host` must name.
    ///
    /// # Errors
    /// The address is not an absolute `http` or `https` one.
    pub fn set_base_url(&self, base_url: &str) -> Result<(), SandboxError> {
        let port = port_of(base_url)?;
        self.inner.port.store(port, Ordering::Relaxed);
        self.inner.set_base_url(base_url);
        Ok(())
    }

    /// How far the clock of the sandbox that lived in `state_dir` was ahead, in milliseconds; 0 when none
    /// lived there.
    ///
    /// # Errors
    /// The state file cannot be read or is damaged.
    pub fn persisted_clock_offset_ms(state_dir: &Path) -> io::Result<i64> {
        clock_offset_ms(state_dir)
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sandbox")
            .field("app_key", &self.inner.app_key)
            .field("clock", &self.inner.clock)
            .finish_non_exhaustive()
    }
}
