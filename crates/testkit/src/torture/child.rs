//! The process that is killed: a store, a core and a clock that it is told, and nothing that a server would add.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aliexpress::{
    AppKey, AppSecret, Client, GatewayUrl, Policy, ReqwestTransport, Transport, TransportOptions,
};
use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use smartlinks_core::{
    App, AppSetup, Core, CoreOptions, RefreshPolicy, RefreshStep, RefreshSteps, Vended,
};
use smartlinks_store::{
    ConnectionId, DatabaseUrl, Millis, OpenOptions, Store, SystemEntropy, open_or_create_keys,
    stored_key_fingerprint,
};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::process::{Order, Setting, Word};
use super::sabotage::Saboteur;
use crate::app::APP_SECRET;

/// A product that every sandbox has.
const PRODUCT: &str = "1005006000000001";

/// How long a caller beside a refresh waits for its token.
const CALLER_WAITS: Duration = Duration::from_secs(2);

/// Whether a process that stands at this step has ended all its refreshes: it was given a token then, or has used it.
pub(super) fn comes_after_the_refreshes(step: &str) -> bool {
    [RefreshStep::HandedOut, RefreshStep::Served]
        .iter()
        .any(|late| late.as_str() == step)
}

/// A clock that shows what it was told last. Milliseconds since the epoch.
#[derive(Debug, Clone, Default)]
pub(super) struct Moment(Arc<AtomicI64>);

impl Moment {
    pub(super) fn set(&self, ms: i64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

impl aliexpress::Clock for Moment {
    fn now(&self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0.load(Ordering::SeqCst))
            .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }
}

/// Stands still where it is told to, until it is told to go on or killed; and asks for a token at every step of a
/// refresh, as any caller may at any time.
#[derive(Debug)]
struct StandStill {
    stop_at: Mutex<Option<String>>,
    go_on: Mutex<Receiver<()>>,
    /// Set once it exists.
    core: OnceLock<Core>,
    saboteur: Saboteur,
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RefreshSteps for StandStill {
    fn reached(&self, connection: &ConnectionId, step: RefreshStep) {
        self.saboteur.reached(step);
        if !comes_after_the_refreshes(step.as_str()) {
            let asked = self.ask_beside(connection, step);
            tokio::task::block_in_place(|| Handle::current().block_on(asked));
        }
        let here = locked(&self.stop_at)
            .take_if(|stop_at| stop_at == step.as_str())
            .is_some();
        if here {
            say(&Word::At {
                step: step.as_str().to_owned(),
                connection: connection.to_string(),
            });
            // An end of the channel is an end of the harness.
            let _ = locked(&self.go_on).recv();
        }
    }
}

impl StandStill {
    /// A caller beside the refresh. One that is given nothing has no story.
    async fn ask_beside(&self, connection: &ConnectionId, step: RefreshStep) {
        let word = match (self.saboteur.hands_out(connection, step), self.core.get()) {
            (Some(early), _) => early,
            (None, Some(core)) => {
                let asked = connection.to_string();
                // Whoever asks for more than a token that works would wait for the refresh that stands here.
                match core.connection(&asked).await {
                    Ok(view) if view.usable => {}
                    _ => return,
                }
                // It may have become so between the two, by another process: then this caller goes away, as callers do.
                let vended = core.vend(Some(&asked), Duration::ZERO);
                match tokio::time::timeout(CALLER_WAITS, vended).await {
                    Ok(Ok(vended)) => handed(&vended),
                    _ => return,
                }
            }
            (None, None) => return,
        };
        say(&word);
    }
}

fn handed(vended: &Vended) -> Word {
    Word::Handed {
        connection: vended.connection().id.to_string(),
        generation: vended.connection().generation,
        token: fingerprint(vended.token().expose()),
    }
}

/// The main program of the process. Orders come line by line on standard input.
///
/// # Errors
/// When an order cannot be read or the database cannot be opened.
pub fn child() -> Result<()> {
    let mut first = String::new();
    std::io::stdin().read_line(&mut first)?;
    let setting: Setting = serde_json::from_str(&first).context("no setting")?;
    let (orders, mut ordered) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, told) = channel();
    std::thread::spawn(move || listen(&orders, &go_on));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async move {
        let worker = Worker::start(&setting, told).await?;
        say(&Word::Ready);
        while let Some(order) = ordered.recv().await {
            match order {
                Order::Work {
                    now_ms,
                    stop_at,
                    serve,
                } => worker.work(now_ms, stop_at, serve).await?,
                Order::GoOn => bail!("told to go on while at rest"),
            }
            say(&Word::Done);
        }
        Ok(())
    })
}

fn listen(orders: &tokio::sync::mpsc::UnboundedSender<Order>, go_on: &Sender<()>) {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(Order::GoOn) => drop(go_on.send(())),
            Ok(order) => drop(orders.send(order)),
            Err(_) => return,
        }
    }
}

/// The harness reads what is said line by line; nobody listening means that the harness is gone.
fn say(word: &Word) {
    let mut out = std::io::stdout().lock();
    let line = serde_json::to_string(word).unwrap_or_default();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

struct Worker {
    core: Core,
    store: Arc<dyn Store>,
    clock: Moment,
    steps: Arc<StandStill>,
    lease: Duration,
}

impl Worker {
    async fn start(setting: &Setting, go_on: Receiver<()>) -> Result<Self> {
        let steps = Arc::new(StandStill {
            stop_at: Mutex::default(),
            go_on: Mutex::new(go_on),
            core: OnceLock::new(),
            saboteur: Saboteur::new(setting.sabotage),
        });
        let clock = Moment::default();
        let lease = Duration::from_secs(setting.lease_s);
        let policy = RefreshPolicy {
            lease,
            // Whoever comes second looks again at once: no time passes here unless it is told.
            patience: Duration::ZERO,
            steps: Some(Arc::clone(&steps) as Arc<dyn RefreshSteps>),
            ..RefreshPolicy::default()
        };
        let store = open_store(&setting.database, &setting.keys).await?;
        let transport = ReqwestTransport::new(TransportOptions::default())?;
        let client = client(
            &setting.gateway,
            clock.clone(),
            steps.saboteur.listening(transport),
        )?;
        let core = core(client, Arc::clone(&store), clock.clone(), policy)?;
        steps.core.get_or_init(|| core.clone());
        Ok(Self {
            core,
            store,
            clock,
            steps,
            lease,
        })
    }

    async fn work(&self, now_ms: i64, stop_at: Option<String>, serve: bool) -> Result<()> {
        let saboteur = &self.steps.saboteur;
        self.clock.set(now_ms + saboteur.clock_ahead_ms(self.lease));
        let records = self.store.connections().list(false).await?;
        let (late, early) = match stop_at {
            Some(stop_at) if comes_after_the_refreshes(&stop_at) => (Some(stop_at), None),
            early => (None, early),
        };
        *locked(&self.steps.stop_at) = early;
        let now = Millis(self.clock.0.load(Ordering::SeqCst));
        saboteur
            .begin(&*self.store, late.is_some(), now, self.lease)
            .await?;
        self.core.refresh_due(&CancellationToken::new()).await?;
        // From here on no refresh is under way.
        *locked(&self.steps.stop_at) = late;
        if serve {
            for record in records {
                let connection = record.id.to_string();
                say(&match self.serve(&connection).await {
                    Ok(()) => Word::Served { connection },
                    Err(error) => Word::Failed {
                        connection,
                        code: error.code().to_owned(),
                    },
                });
            }
        }
        *locked(&self.steps.stop_at) = None;
        Ok(())
    }

    async fn serve(&self, connection: &str) -> smartlinks_core::Result<()> {
        let vended = self
            .core
            .vend(Some(connection), Duration::from_secs(1))
            .await?;
        say(&handed(&vended));
        let params = [("product_id", PRODUCT), ("ship_to_country", "FR")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.core
            .call_read(Some(connection), "aliexpress.ds.product.get", &params)
            .await
            .map(drop)
    }
}

/// The first 8 hexadecimal digits of the SHA-256, as the sandbox's journal shows a secret.
pub(super) fn fingerprint(secret: &str) -> String {
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(secret.as_bytes());
    hash.iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The fingerprint of the refresh token of a pair; empty when it has none.
pub(super) fn refresh_fingerprint(material: &smartlinks_store::TokenMaterial) -> String {
    material
        .refresh_token
        .as_ref()
        .map(|token| fingerprint(token.expose_secret()))
        .unwrap_or_default()
}

/// The fingerprint of the access token of a pair.
pub(super) fn access_fingerprint(material: &smartlinks_store::TokenMaterial) -> String {
    fingerprint(material.access_token.expose_secret())
}

pub(super) async fn open_store(database: &str, keys: &Path) -> Result<Arc<dyn Store>> {
    let url: DatabaseUrl = database.parse()?;
    let needed = stored_key_fingerprint(&url).await?;
    let (keys, _) = open_or_create_keys(keys, needed.as_deref(), &SystemEntropy)?;
    let mut options = OpenOptions::new(url, keys, Arc::new(SystemEntropy));
    options.pool_size = 4;
    Ok(smartlinks_store::open(options).await?)
}

pub(super) fn client<T: Transport>(gateway: &str, clock: Moment, transport: T) -> Result<Client> {
    Ok(
        Client::builder(AppKey::parse("500100")?, AppSecret::parse(APP_SECRET)?)
            .gateway(GatewayUrl::parse(gateway)?)
            .clock(Arc::new(clock))
            .transport(Arc::new(transport))
            .policy(Policy::default().backoff(Duration::ZERO, Duration::ZERO))
            .build()?,
    )
}

pub(super) fn core(
    client: Client,
    store: Arc<dyn Store>,
    clock: Moment,
    refresh: RefreshPolicy,
) -> Result<Core> {
    Ok(Core::new(CoreOptions {
        refresh,
        ..CoreOptions::new(
            AppSetup::Ready(App {
                client,
                callback_url: "http://127.0.0.1:8080/aliexpress/callback".parse()?,
            }),
            store,
            Arc::new(clock),
            Arc::new(SystemEntropy),
        )
    })?)
}
