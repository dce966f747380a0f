//! The process that is killed: a store, a core and a clock that it is told, and nothing that a server would add.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aliexpress::{
    AppKey, AppSecret, Client, GatewayUrl, Policy, ReqwestTransport, TransportOptions,
};
use anyhow::{Context, Result, bail};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use smartlinks_core::{App, AppSetup, Core, CoreOptions, RefreshPolicy, RefreshStep, RefreshSteps};
use smartlinks_store::{
    ConnectionId, DatabaseUrl, OpenOptions, Store, SystemEntropy, open_or_create_keys,
    stored_key_fingerprint,
};
use tokio_util::sync::CancellationToken;

use super::process::{Order, Setting, Word};
use crate::app::APP_SECRET;

/// A product that every sandbox has.
const PRODUCT: &str = "1005006000000001";

/// What a process does wrong on purpose.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sabotage {
    /// Nothing: the product as it is.
    #[default]
    None,
    /// It gives a token to a caller before it is durable.
    HandsOutEarly,
    /// Its clock is ahead by more than a lease, so it takes every lease for lapsed.
    IgnoresLeases,
    /// It ends a connection whose refresh was interrupted, without trying the durable token.
    GivesUp,
}

impl FromStr for Sabotage {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        serde_json::from_value(text.into()).with_context(|| format!("there is no sabotage {text}"))
    }
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

/// Stands still where it is told to, until it is told to go on or killed.
#[derive(Debug)]
struct StandStill {
    stop_at: Mutex<Option<String>>,
    go_on: Mutex<Receiver<()>>,
    sabotage: Sabotage,
    /// What was known of each connection when the work began.
    generations: Mutex<HashMap<ConnectionId, i64>>,
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RefreshSteps for StandStill {
    fn reached(&self, connection: &ConnectionId, step: RefreshStep) {
        if self.sabotage == Sabotage::HandsOutEarly && step == RefreshStep::Answered {
            let known = locked(&self.generations).get(connection).copied();
            say(&Word::Handed {
                connection: connection.to_string(),
                generation: known.unwrap_or_default() + 1,
                token: None,
            });
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
    sabotage: Sabotage,
    lease_ms: i64,
}

impl Worker {
    async fn start(setting: &Setting, go_on: Receiver<()>) -> Result<Self> {
        let steps = Arc::new(StandStill {
            stop_at: Mutex::default(),
            go_on: Mutex::new(go_on),
            sabotage: setting.sabotage,
            generations: Mutex::default(),
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
        Ok(Self {
            core: core(&setting.gateway, Arc::clone(&store), clock.clone(), policy)?,
            store,
            clock,
            steps,
            sabotage: setting.sabotage,
            lease_ms: i64::try_from(lease.as_millis())?,
        })
    }

    async fn work(&self, now_ms: i64, stop_at: Option<String>, serve: bool) -> Result<()> {
        let ahead = match self.sabotage {
            Sabotage::IgnoresLeases => self.lease_ms + 1,
            _ => 0,
        };
        self.clock.set(now_ms + ahead);
        let records = self.store.connections().list(false).await?;
        *locked(&self.steps.generations) = records
            .iter()
            .map(|record| (record.id.clone(), record.generation))
            .collect();
        *locked(&self.steps.stop_at) = stop_at;
        if self.sabotage == Sabotage::GivesUp {
            self.give_up_on_the_interrupted().await?;
        }
        self.core.refresh_due(&CancellationToken::new()).await?;
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
        say(&Word::Handed {
            connection: connection.to_owned(),
            generation: vended.connection().generation,
            token: Some(fingerprint(vended.token().expose())),
        });
        let params = [("product_id", PRODUCT), ("ship_to_country", "FR")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        self.core
            .call_read(Some(connection), "aliexpress.ds.product.get", &params)
            .await
            .map(drop)
    }

    /// What a program does that takes silence for a refusal.
    async fn give_up_on_the_interrupted(&self) -> Result<()> {
        use smartlinks_store::{Failure, FailureKind, Millis, ReauthorizationReason, StoredState};
        let now = Millis(self.clock.0.load(Ordering::SeqCst));
        let connections = self.store.connections();
        for record in connections.list(false).await? {
            let until = Millis(now.0 + self.lease_ms);
            let interrupted = record.refresh_begun_at.is_some();
            if interrupted
                && connections
                    .claim_refresh(&record.id, record.generation, "saboteur", until, now)
                    .await?
            {
                let failure = Failure {
                    kind: FailureKind::Refused,
                    code: "gave_up".to_owned(),
                    state: StoredState::ReauthorizationRequired,
                    reason: Some(ReauthorizationReason::RefreshInterrupted.into()),
                    next_refresh_at: None,
                };
                connections
                    .fail_refresh(
                        &record.id,
                        record.generation,
                        "saboteur",
                        failure,
                        now.into(),
                    )
                    .await?;
            }
        }
        Ok(())
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

pub(super) fn client(gateway: &str, clock: Moment) -> Result<Client> {
    let transport = ReqwestTransport::new(TransportOptions::default())?;
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
    gateway: &str,
    store: Arc<dyn Store>,
    clock: Moment,
    refresh: RefreshPolicy,
) -> Result<Core> {
    Ok(Core::new(CoreOptions {
        refresh,
        ..CoreOptions::new(
            AppSetup::Ready(App {
                client: client(gateway, clock.clone())?,
                callback_url: format!("{gateway}/aliexpress/callback").parse()?,
            }),
            store,
            Arc::new(clock),
            Arc::new(SystemEntropy),
        )
    })?)
}
