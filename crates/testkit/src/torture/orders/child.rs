//! The process that is killed or overtaken: a store, a core and a clock that it is told, and nothing that a server would add.

use std::io::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aliexpress::{
    AppKey, AppSecret, Client, GatewayUrl, Policy, ReqwestTransport, TransportOptions,
};
use anyhow::{Context, Result, bail};
use smartlinks_core::{
    App, AppSetup, Core, CoreOptions, IntentListing, NewOrder, OrderPolicy, OrderStep, OrderSteps,
};
use smartlinks_store::{
    DatabaseUrl, OpenOptions, Store, SystemEntropy, open_or_create_keys, stored_key_fingerprint,
};

use tokio::runtime::Handle;

use super::OrderSabotage;
use super::process::{Setting, Task, Word};
use crate::app::APP_SECRET;

/// How long a call waits for its answer, so that an answer that does not come costs the harness little time.
const PATIENCE: Duration = Duration::from_millis(400);

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

/// What a process that stands still is told.
#[derive(Debug, Clone, Copy)]
struct GoOn {
    now_ms: i64,
    works: bool,
}

/// Stands still where it is told to, until it is killed or told to go on.
#[derive(Debug)]
struct StandStill {
    stop_at: Mutex<Option<String>>,
    go_on: Mutex<Receiver<GoOn>>,
    clock: Moment,
    /// Set once it exists.
    core: OnceLock<Core>,
}

impl StandStill {
    fn set(&self, stop_at: Option<String>) {
        *locked(&self.stop_at) = stop_at;
    }

    fn wait(&self) {
        // An end of the channel is an end of the harness.
        let Ok(told) = locked(&self.go_on).recv() else {
            return;
        };
        self.clock.set(told.now_ms);
        if let Some(core) = self.core.get().filter(|_| told.works) {
            // What it cannot do now falls due again.
            let _ = Handle::current().block_on(core.work_on_orders());
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OrderSteps for StandStill {
    fn reached(&self, step: OrderStep) {
        let here = locked(&self.stop_at)
            .take_if(|stop_at| stop_at == step.as_str())
            .is_some();
        if here {
            say(&Word::At {
                step: step.as_str().to_owned(),
            });
            tokio::task::block_in_place(|| self.wait());
        }
    }
}

/// The main program of the process. Tasks come line by line on standard input.
///
/// # Errors
/// When a task cannot be read or the database cannot be opened.
pub fn order_child() -> Result<()> {
    let mut first = String::new();
    std::io::stdin().read_line(&mut first)?;
    let setting: Setting = serde_json::from_str(&first).context("no setting")?;
    let (tasks, told) = channel();
    let (go_on, went_on) = channel();
    std::thread::spawn(move || listen(&tasks, &go_on));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let clock = Moment::default();
    let steps = Arc::new(StandStill {
        stop_at: Mutex::default(),
        go_on: Mutex::new(went_on),
        clock: clock.clone(),
        core: OnceLock::new(),
    });
    let core = runtime.block_on(async {
        let store = open_store(&setting.database, &setting.keys).await?;
        let policy = OrderPolicy {
            steps: Some(Arc::clone(&steps) as Arc<dyn OrderSteps>),
            ..OrderPolicy::default()
        };
        core(&setting.gateway, store, clock.clone(), policy)
    })?;
    steps.core.get_or_init(|| core.clone());
    say(&Word::Ready);
    for task in told {
        match task {
            Task::Place {
                now_ms,
                key,
                order,
                stop_at,
            } => {
                clock.set(now_ms);
                steps.set(stop_at);
                let state = runtime.block_on(place(&core, &key, &order));
                steps.set(None);
                say(&Word::Ended { state });
            }
            Task::Resolve { now_ms } => {
                clock.set(now_ms);
                runtime.block_on(resolve(&core, setting.sabotage))?;
            }
            Task::GoOn { .. } => bail!("told to go on while at rest"),
        }
        say(&Word::Done);
    }
    Ok(())
}

fn listen(tasks: &Sender<Task>, go_on: &Sender<GoOn>) {
    for line in std::io::stdin().lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(Task::GoOn { now_ms, works }) => drop(go_on.send(GoOn { now_ms, works })),
            Ok(task) => drop(tasks.send(task)),
            Err(_) => return,
        }
    }
}

async fn place(core: &Core, key: &str, order: &NewOrder) -> String {
    match core.place_order(key, order).await {
        Ok(placing) => placing.view.state,
        Err(error) => error.code().to_owned(),
    }
}

async fn resolve(core: &Core, sabotage: OrderSabotage) -> Result<()> {
    if sabotage == OrderSabotage::OrdersAgain {
        order_again(core).await?;
    }
    core.work_on_orders().await?;
    Ok(())
}

/// What a program does that takes a lost answer for no order: it orders the same under a new key, and so a new number.
async fn order_again(core: &Core) -> Result<()> {
    let listing = IntentListing {
        state: Some("unknown".to_owned()),
        ..IntentListing::default()
    };
    for intent in core.order_intents(&listing).await?.intents {
        let lines: Vec<_> = intent
            .lines
            .iter()
            .map(|line| {
                serde_json::json!({ "product_id": line.product_id, "sku": line.sku, "quantity": line.quantity })
            })
            .collect();
        let order = serde_json::json!({ "address": super::lane::address(), "lines": lines });
        let order: NewOrder = serde_json::from_value(order)?;
        core.place_order(&format!("{}-again", intent.id), &order)
            .await?;
    }
    Ok(())
}

/// The harness reads what is said line by line; nobody listening means that the harness is gone.
fn say(word: &Word) {
    let mut out = std::io::stdout().lock();
    let line = serde_json::to_string(word).unwrap_or_default();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

pub(super) async fn open_store(database: &str, keys: &Path) -> Result<Arc<dyn Store>> {
    let url: DatabaseUrl = database.parse()?;
    let needed = stored_key_fingerprint(&url).await?;
    let (keys, _) = open_or_create_keys(keys, needed.as_deref(), &SystemEntropy)?;
    let mut options = OpenOptions::new(url, keys, Arc::new(SystemEntropy));
    options.pool_size = 4;
    Ok(smartlinks_store::open(options).await?)
}

pub(super) fn core(
    gateway: &str,
    store: Arc<dyn Store>,
    clock: Moment,
    orders: OrderPolicy,
) -> Result<Core> {
    let transport = ReqwestTransport::new(TransportOptions {
        read_timeout: PATIENCE,
        ..TransportOptions::default()
    })?;
    let client = Client::builder(AppKey::parse("500100")?, AppSecret::parse(APP_SECRET)?)
        .gateway(GatewayUrl::parse(gateway)?)
        .clock(Arc::new(clock.clone()))
        .transport(Arc::new(transport))
        .policy(Policy::default().backoff(Duration::ZERO, Duration::ZERO))
        .build()?;
    Ok(Core::new(CoreOptions {
        orders,
        ..CoreOptions::new(
            AppSetup::Ready(App {
                client,
                callback_url: format!("{gateway}/aliexpress/callback").parse()?,
            }),
            store,
            Arc::new(clock),
            Arc::new(SystemEntropy),
        )
    })?)
}
