//! Work that goes on by itself: renewing what is due, forgetting what is old.

mod due;

use std::time::Duration;

use smartlinks_store::{Millis, StoreError, with_causes};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::to_millis;
use crate::error::Result;
use crate::service::Core;
pub(crate) use due::{DueWork, Look};

/// Kept after its end so that a late callback can still be told what happened to it.
const LOGINS_KEPT_MS: i64 = 24 * 3_600_000;
/// So long a repeat of a message of AliExpress may come.
const PUSHES_KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// How a connect link ended is shown for this long.
const LINKS_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Attempts to refresh that ended longer ago than this are forgotten.
const ATTEMPTS_KEPT_MS: i64 = 90 * 24 * 3_600_000;
/// Entries of the audit log: a year and a month, so that a year can be compared with the one before.
const AUDIT_KEPT_MS: i64 = 400 * 24 * 3_600_000;
/// What happened to imported products: as long, for the same reason.
const PRODUCT_CHANGES_KEPT_MS: i64 = 400 * 24 * 3_600_000;
/// Numbers in stock move all the time, and of those that are only recorded nobody asks later.
const STOCK_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Imports that ended longer ago than this are forgotten.
const IMPORTS_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Price runs that were made longer ago than this are forgotten.
const PRICE_RUNS_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Events older than this are forgotten.
const EVENTS_KEPT_MS: i64 = 90 * 24 * 3_600_000;
/// Webhook deliveries that ended before are forgotten.
const DELIVERIES_KEPT_MS: i64 = 30 * 24 * 3_600_000;

/// Orders that were placed or refused: as long as the audit log tells of them.
const INTENTS_KEPT_MS: i64 = 400 * 24 * 3_600_000;
/// Counts of calls: the overview shows the last day.
const CALLS_KEPT_MS: i64 = 2 * 24 * 3_600_000;
/// API keys stay listed for this long after they were revoked or have expired.
const API_KEYS_KEPT_MS: i64 = 90 * 24 * 3_600_000;

/// What has come of forgetting.
#[derive(Default)]
pub(crate) struct Forgotten {
    rows: u64,
    first_failure: Option<StoreError>,
}

impl Forgotten {
    /// Notes what has come of one kind of rows.
    pub(crate) fn note(&mut self, kind: &'static str, pruned: Result<u64, StoreError>) {
        match pruned {
            Ok(rows) => self.rows += rows,
            Err(error) => {
                tracing::warn!(kind, error = %with_causes(&error), "old rows could not be removed");
                self.first_failure.get_or_insert(error);
            }
        }
    }

    fn into_result(self) -> Result<u64> {
        match self.first_failure {
            Some(error) => Err(error.into()),
            None => Ok(self.rows),
        }
    }
}

impl Core {
    /// Starts everything that goes on by itself, until `stop`. `clock_moved` wakes what waits for a moment when
    /// somebody moves the clock (the sandbox). Without `refresh` no token is renewed here.
    #[must_use]
    pub fn start_workers(
        &self,
        refresh: bool,
        stop: &CancellationToken,
        clock_moved: &watch::Receiver<i64>,
    ) -> JoinSet<()> {
        let mut workers = JoinSet::new();
        let (core, ended) = (self.clone(), stop.clone());
        workers.spawn(async move { core.run_follower(ended).await });
        let (core, ended) = (self.clone(), stop.clone());
        workers.spawn(async move { core.run_keeper(ended).await });
        let (core, ended) = (self.clone(), stop.clone());
        workers.spawn(async move { core.run_token_file(ended).await });
        // Without keys there is nothing that a refresh could be signed with.
        if refresh && self.app().ready().is_ok() {
            let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
            workers.spawn(async move { core.run_refresher(ended, moved).await });
        }
        if self.app().ready().is_ok() {
            let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
            workers.spawn(async move { core.run_push_worker(ended, moved).await });
            let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
            workers.spawn(async move { core.run_order_worker(ended, moved).await });
            let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
            workers.spawn(async move { core.run_order_follower(ended, moved).await });
        }
        if self.app().ready().is_ok() {
            let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
            workers.spawn(async move { core.run_importer(ended, moved).await });
            let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
            workers.spawn(async move { core.run_product_watch(ended, moved).await });
        }
        let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
        workers.spawn(async move { core.run_warner(ended, moved).await });
        let (core, ended, moved) = (self.clone(), stop.clone(), clock_moved.clone());
        workers.spawn(async move { core.run_webhooks(core.webhook_sender(), ended, moved).await });
        let (core, ended) = (self.clone(), stop.clone());
        workers.spawn(async move { core.run_housekeeper(ended).await });
        let (core, ended) = (self.clone(), stop.clone());
        workers.spawn(async move { core.run_bookkeeper(ended).await });
        workers
    }

    /// Renews what is due until it is told to stop. `clock_moved` wakes it when somebody moves the
    /// clock (the sandbox); in production it never does.
    pub async fn run_refresher(&self, stop: CancellationToken, clock_moved: watch::Receiver<i64>) {
        let work = DueWork {
            // More may be due than one look takes.
            breath: Duration::from_millis(50),
            ..DueWork::on("connections")
        };
        let look = || async {
            let work = self.refresh_due(&stop).await?;
            Ok(match work.due > 0 && work.renewed == 0 {
                true => Look::InVain,
                false => Look::done(work.due),
            })
        };
        let next = || async { self.store().connections().next_refresh_due().await };
        self.work_when_due(work, look, next, &stop, clock_moved)
            .await;
    }

    /// Forgets what is past its time. Returns how many rows went. What cannot be forgotten of one kind keeps no other
    /// kind from it.
    ///
    /// # Errors
    /// [`crate::Error::Storage`]: the first failure, when everything was tried. Each is in the log.
    pub async fn forget_old(&self) -> Result<u64> {
        let (store, now) = (self.store(), to_millis(self.now()));
        let before = |kept_ms: i64| Millis(now.0 - kept_ms);
        let mut gone = Forgotten::default();
        let logins = store.login_attempts().prune(before(LOGINS_KEPT_MS));
        gone.note("sign-ins at AliExpress", logins.await);
        let events = store.events().prune(before(EVENTS_KEPT_MS));
        gone.note("events", events.await);
        let journal = store.refresh_journal();
        let attempts = journal.prune_attempts(before(ATTEMPTS_KEPT_MS));
        gone.note("attempts to refresh", attempts.await);
        let links = store.connect_links();
        let links = links.prune_links(before(LINKS_KEPT_MS));
        gone.note("connect links", links.await);
        let pushes = store.pushes().prune_pushes(before(PUSHES_KEPT_MS));
        gone.note("messages of AliExpress", pushes.await);
        self.forget_old_sign_ins(&mut gone).await;
        let keys = store.api_keys().prune_keys(before(API_KEYS_KEPT_MS));
        gone.note("API keys", keys.await);
        let webhooks = store.webhooks();
        let deliveries = webhooks.prune_deliveries(before(DELIVERIES_KEPT_MS));
        gone.note("webhook deliveries", deliveries.await);
        let secrets = webhooks.forget_former_secrets(now).await;
        // A row that has lost its former secret is not gone.
        gone.note("former webhook secrets", secrets.map(|_| 0));
        let calls = store.gateway_calls().prune_calls(before(CALLS_KEPT_MS));
        gone.note("counts of calls", calls.await);
        let changes = store
            .catalogue()
            .prune_product_changes(before(PRODUCT_CHANGES_KEPT_MS));
        gone.note("changes of products", changes.await);
        let stock = store.catalogue();
        let stock = stock.prune_stock_changes(before(STOCK_KEPT_MS));
        gone.note("numbers in stock", stock.await);
        let runs = store.prices().prune_price_runs(before(PRICE_RUNS_KEPT_MS));
        gone.note("price runs", runs.await);
        let imports = store.import_jobs();
        let imports = imports.prune_import_jobs(before(IMPORTS_KEPT_MS));
        gone.note("imports", imports.await);
        let intents = store.order_intents();
        let intents = intents.prune_intents(before(INTENTS_KEPT_MS));
        gone.note("orders that were placed or refused", intents.await);
        let audit = store.audit().prune(before(AUDIT_KEPT_MS));
        gone.note("entries of the audit log", audit.await);
        gone.into_result()
    }

    /// Forgets old rows now and then every hour, until it is told to stop.
    pub async fn run_housekeeper(&self, stop: CancellationToken) {
        loop {
            // What failed stands in the log, and is tried again.
            let _ = self.forget_old().await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(Duration::from_secs(3600)) => {}
            }
        }
    }
}
