//! The assembled service: what every use case works with.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aliexpress::Clock;
use jiff::Timestamp;
use smartlinks_store::{Actor, ActorKind, ConnectionId, Entropy, Store};
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::activity::{Activity, Hour};
use crate::api_keys::KnownKeys;
use crate::app::AppSetup;
use crate::call_budget::CallCounts;
use crate::catalogue::WatchRhythm;
use crate::changes::Changes;
use crate::counted::Counted;
use crate::doctor::Places;
use crate::error::{Error, Result};
use crate::events::EventView;
use crate::gateway_health::{Eye, GatewayHealth, Watch};
use crate::markets::MarketChange;
use crate::metrics::{Metrics, Refresh};
use crate::operators::{Desk, OperatorPolicy};
use crate::outlook::LastOutlook;
use crate::placing::{KnownPlaces, OrderPolicy};
use crate::products::Shelf;
use crate::refresh::Unsaved;
use crate::refresh_steps::RefreshSteps;
use crate::return_to::ReturnTo;
use crate::settings::Market;
use crate::single_flight::Flights;
use crate::snapshot::Snapshot;
use crate::token_file::Written;
use crate::webhooks::{Queued, Sender, Targets, WebhookOptions};

/// How refreshing behaves. The defaults suit production.
#[derive(Debug, Clone)]
pub struct RefreshPolicy {
    /// How long a claim on a connection is held before another process may take it over.
    pub lease: Duration,
    /// How long a caller waits for another process that is refreshing.
    pub patience: Duration,
    /// The longest the background worker rests when it thinks nothing is due.
    pub longest_rest: Duration,
    /// How many connections are refreshed at the same time.
    pub at_once: usize,
    /// Who is told of each step; nobody in production.
    pub steps: Option<Arc<dyn RefreshSteps>>,
}

impl Default for RefreshPolicy {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(60),
            patience: Duration::from_secs(45),
            longest_rest: Duration::from_secs(30),
            at_once: 16,
            steps: None,
        }
    }
}

/// Everything that is passed in. Nothing of it is looked up from the surroundings.
pub struct CoreOptions {
    /// The application, or what is missing of it.
    pub app: AppSetup,
    /// Where records are kept.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// Destination, currency and language when a caller says none.
    pub market: Market,
    /// Where a login may end besides our own pages.
    pub return_to: ReturnTo,
    /// Where the default connection's pair is written after each change, when asked for.
    pub token_file: Option<PathBuf>,
    /// How refreshing behaves.
    pub refresh: RefreshPolicy,
    /// How placing orders behaves.
    pub orders: OrderPolicy,
    /// When AliExpress is asked about imported products.
    pub watch: WatchRhythm,
    /// How operators sign in.
    pub operators: OperatorPolicy,
    /// Where webhooks may go, and how they get there.
    pub webhooks: WebhookOptions,
    /// Where things lie, for the doctor.
    pub places: Places,
    /// Where numbers go.
    pub metrics: Metrics,
}

impl CoreOptions {
    /// What has to be said; all else as in production: webhooks to public addresses only, no token file, numbers that
    /// nobody reads.
    #[must_use]
    pub fn new(
        app: AppSetup,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            app,
            store,
            clock,
            entropy,
            market: Market::default(),
            return_to: ReturnTo::default(),
            token_file: None,
            refresh: RefreshPolicy::default(),
            orders: OrderPolicy::default(),
            watch: WatchRhythm::default(),
            operators: OperatorPolicy::default(),
            webhooks: WebhookOptions::over_http(Targets::Public),
            places: Places::default(),
            metrics: Metrics::default(),
        }
    }
}

pub(crate) struct Inner {
    options: CoreOptions,
    /// Names this process in leases.
    owner: String,
    /// Work that must not be cut by a request that goes away.
    pub(crate) tracker: TaskTracker,
    events: broadcast::Sender<EventView>,
    pub(crate) changes: Changes,
    pub(crate) api_keys: KnownKeys,
    /// What is written to the audit log by the minute.
    pub(crate) counted: Counted,
    pub(crate) snapshot: Snapshot,
    pub(crate) gateway: Arc<Watch>,
    activity: Activity,
    /// Requests to the gateway that are not written down yet.
    pub(crate) calls: Arc<CallCounts>,
    /// Parts of the call budgets are leased.
    pub(crate) divided: AtomicBool,
    pub(crate) refreshes: Flights<ConnectionId>,
    pub(crate) logins: Flights<[u8; 32]>,
    /// Pairs that the gateway gave and the database would not take: tried again before any new call.
    pub(crate) unsaved: Unsaved,
    /// The newest generation of each connection that is known to have served a call.
    pub(crate) served: Mutex<HashMap<ConnectionId, i64>>,
    /// Rung when a change of a connection was heard of: the token file may have to follow.
    pub(crate) connections_changed: tokio::sync::Notify,
    /// One writer of the token file at a time, and what it did last.
    pub(crate) token_file_turn: tokio::sync::Mutex<Written>,
    pub(crate) orders: Flights<i64>,
    pub(crate) placings: Flights<String>,
    /// What AliExpress lists of countries.
    pub(crate) places: KnownPlaces,
    /// Wakes the worker of orders under way.
    pub(crate) order_due: tokio::sync::Notify,
    pub(crate) shelf: Shelf,
    /// Wakes the worker of AliExpress's messages.
    pub(crate) push_arrived: tokio::sync::Notify,
    /// Wakes the worker of imports.
    pub(crate) imports: tokio::sync::Notify,
    /// Where operators sign in.
    pub(crate) desk: Desk,
    pub(crate) webhooks: Queued,
    pub(crate) outlook: LastOutlook,
}

/// The use cases. Cheap to clone; all clones are the same service, and each acts for somebody.
#[derive(Clone)]
pub struct Core {
    pub(crate) inner: Arc<Inner>,
    actor: Arc<Actor>,
    /// What goes before the market that is remembered.
    insisted: Arc<MarketChange>,
    /// Nobody waits for what it does.
    in_background: bool,
}

impl std::fmt::Debug for Core {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Core")
            .field("owner", &self.inner.owner)
            .finish_non_exhaustive()
    }
}

impl Core {
    /// Puts the service together.
    ///
    /// # Errors
    /// [`Error::Internal`] when the operating system gives no randomness.
    pub fn new(mut options: CoreOptions) -> Result<Self> {
        let gateway = Arc::new(Watch::default());
        let calls = Arc::new(CallCounts::default());
        if let AppSetup::Ready(app) = &mut options.app {
            app.client = app.client.with_observer(Arc::new(Eye {
                watch: Arc::clone(&gateway),
                calls: Arc::clone(&calls),
                metrics: options.metrics.clone(),
            }));
        }
        let owner = random_hex::<16>(&*options.entropy)?;
        let desk = Desk::new(options.operators.clone(), &options.clock);
        Ok(Self {
            inner: Arc::new(Inner {
                options,
                owner,
                tracker: TaskTracker::new(),
                events: broadcast::channel(256).0,
                changes: Changes::default(),
                api_keys: KnownKeys::default(),
                counted: Counted::default(),
                snapshot: Snapshot::default(),
                gateway,
                activity: Activity::default(),
                calls,
                divided: AtomicBool::new(false),
                refreshes: Flights::new(),
                logins: Flights::new(),
                unsaved: Unsaved::default(),
                served: Mutex::new(HashMap::new()),
                connections_changed: tokio::sync::Notify::new(),
                token_file_turn: tokio::sync::Mutex::new(Written::default()),
                orders: Flights::new(),
                placings: Flights::new(),
                places: KnownPlaces::default(),
                order_due: tokio::sync::Notify::new(),
                shelf: Shelf::default(),
                push_arrived: tokio::sync::Notify::new(),
                imports: tokio::sync::Notify::new(),
                desk,
                webhooks: Queued::default(),
                outlook: LastOutlook::default(),
            }),
            actor: Arc::new(Actor::of(ActorKind::System)),
            insisted: Arc::default(),
            in_background: false,
        })
    }

    /// The same service, acting for somebody: what it does is signed with that name in the audit log.
    #[must_use]
    pub fn acting_as(&self, actor: impl Into<Arc<Actor>>) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            actor: actor.into(),
            insisted: Arc::clone(&self.insisted),
            in_background: self.in_background,
        }
    }

    /// The same service for work that nobody waits for: its calls of the gateway let interactive ones pass, and wait
    /// longer where calls are short.
    #[must_use]
    pub fn in_background(&self) -> Self {
        Self {
            in_background: true,
            ..self.clone()
        }
    }

    /// A client as urgent as this service's work.
    pub(crate) fn as_urgent(&self, client: aliexpress::Client) -> aliexpress::Client {
        match self.in_background {
            true => client.background(),
            false => client,
        }
    }

    /// The same service, for somebody who has said beforehand for which market all that follows is meant: that goes
    /// before what is remembered.
    #[must_use]
    pub fn insisting_on(&self, market: MarketChange) -> Self {
        Self {
            insisted: Arc::new(market),
            ..self.clone()
        }
    }

    pub(crate) fn insisted(&self) -> &MarketChange {
        &self.insisted
    }

    /// Whom it acts for. The service itself, unless somebody was named.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The application, or what is missing of it.
    #[must_use]
    pub fn app(&self) -> &AppSetup {
        &self.inner.options.app
    }

    /// Where records are kept.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.options.store
    }

    /// The moment now, on the service's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.inner.options.clock.now()
    }

    /// The service's clock itself.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.options.clock)
    }

    /// Where randomness comes from.
    #[must_use]
    pub fn entropy(&self) -> &dyn Entropy {
        &*self.inner.options.entropy
    }

    /// Where things lie.
    pub(crate) fn places(&self) -> &Places {
        &self.inner.options.places
    }

    /// Destination, currency and language when a caller says none.
    #[must_use]
    pub fn market(&self) -> &Market {
        &self.inner.options.market
    }

    /// How the gateway has answered lately, as this process has seen it.
    #[must_use]
    pub fn gateway_health(&self) -> GatewayHealth {
        self.inner.gateway.seen()
    }

    /// What this process has done in the last 24 hours, the oldest hour first.
    #[must_use]
    pub fn last_day(&self) -> Vec<Hour> {
        self.inner.activity.last_day(self.now())
    }

    pub(crate) fn metrics_handle(&self) -> &Metrics {
        &self.inner.options.metrics
    }

    /// Counts how a refresh ended.
    pub(crate) fn refresh_ended(&self, outcome: Refresh) {
        self.metrics_handle().refresh(outcome);
        tracing::Span::current().record("outcome", outcome.as_str());
        self.inner.activity.count(self.now(), |hour| match outcome {
            Refresh::Renewed => hour.refreshes += 1,
            _ => hour.failed_refreshes += 1,
        });
    }

    /// Notes how a gateway call ended, and gives the result on.
    pub(crate) fn noted<T>(
        &self,
        result: std::result::Result<T, aliexpress::Error>,
    ) -> std::result::Result<T, aliexpress::Error> {
        self.inner.gateway.note(&result, self.now());
        result
    }

    pub(crate) fn return_to(&self) -> &ReturnTo {
        &self.inner.options.return_to
    }

    /// Where the default connection's pair is written, when that was asked for.
    #[must_use]
    pub fn token_file(&self) -> Option<&std::path::Path> {
        self.inner.options.token_file.as_deref()
    }

    pub(crate) fn webhook_targets(&self) -> Targets {
        self.inner.options.webhooks.targets
    }

    pub(crate) fn webhook_sender(&self) -> Arc<dyn Sender> {
        Arc::clone(&self.inner.options.webhooks.sender)
    }

    pub(crate) fn refresh_policy(&self) -> &RefreshPolicy {
        &self.inner.options.refresh
    }

    pub(crate) fn order_policy(&self) -> &OrderPolicy {
        &self.inner.options.orders
    }

    pub(crate) fn watch_rhythm(&self) -> WatchRhythm {
        self.inner.options.watch
    }

    pub(crate) fn owner(&self) -> &str {
        &self.inner.owner
    }

    pub(crate) fn event_sender(&self) -> &broadcast::Sender<EventView> {
        &self.inner.events
    }

    /// Runs something to its end even when the request that asked for it goes away.
    pub(crate) async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        // What is logged and traced there belongs to the request all the same.
        let work = work.in_current_span();
        match self.inner.tracker.spawn(work).await {
            Ok(result) => result,
            Err(error) => Err(Error::Internal(format!("a task ended early: {error}"))),
        }
    }

    /// Whether something is under way that must not be cut.
    pub(crate) fn is_busy(&self) -> bool {
        !self.inner.tracker.is_empty()
    }

    /// Waits for what must not be cut, refreshes whose requesters have gone away among it. Call it after the last
    /// request was answered and the workers have stopped.
    pub async fn settle(&self) {
        self.inner.tracker.close();
        self.inner.tracker.wait().await;
    }

    /// Finishes what must not be half done, for some seconds at most. Call it after [`settle`](Self::settle) and before
    /// the store is closed.
    pub async fn drain(&self) {
        self.store_the_last().await;
        self.write_down(true).await;
    }
}

/// `N` random bytes.
pub(crate) fn random_bytes<const N: usize>(entropy: &dyn Entropy) -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    entropy.fill(&mut bytes).map_err(|error| {
        Error::Internal(format!("no randomness from the operating system: {error}"))
    })?;
    Ok(bytes)
}

/// `N` random bytes as lower-case hexadecimal.
pub(crate) fn random_hex<const N: usize>(entropy: &dyn Entropy) -> Result<String> {
    Ok(hex::encode(random_bytes::<N>(entropy)?))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use smartlinks_store::SystemEntropy;

    use super::*;

    /// R1: what states, links and cookies are made of.
    #[test]
    fn a_million_random_values_are_all_different() {
        let mut seen = HashSet::new();
        for _ in 0..1_000_000 {
            let value = random_bytes::<32>(&SystemEntropy).unwrap();
            // Half of it, so that the other half could not make up for it.
            let half: [u8; 16] = std::array::from_fn(|at| value[at]);
            assert!(seen.insert(half));
        }
        let text = random_hex::<32>(&SystemEntropy).unwrap();
        assert_eq!(text.len(), 64);
    }
}
