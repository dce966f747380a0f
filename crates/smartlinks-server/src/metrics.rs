//! `GET /metrics`: the numbers in Prometheus's text form.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use smartlinks_core::Core;
use smartlinks_core::metrics::{DURATION_BUCKETS, Metrics};
use smartlinks_core::store::with_causes;
use tokio_util::sync::CancellationToken;

use crate::routes::Routes;
use crate::state::AppState;

/// How long measurements are kept one by one.
const FOLD_EVERY: Duration = Duration::from_secs(5);
const FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What `/metrics` renders. Cheap to clone.
#[derive(Clone)]
pub struct Exposition {
    handle: PrometheusHandle,
}

impl std::fmt::Debug for Exposition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exposition").finish_non_exhaustive()
    }
}

impl Exposition {
    /// A recorder of its own and what renders it. Nothing global is installed, so two services in one process do not
    /// mix their numbers.
    #[must_use]
    pub fn new() -> (Metrics, Self) {
        let builder = PrometheusBuilder::new();
        // Only an empty list of buckets is refused.
        let builder = builder
            .set_buckets(&DURATION_BUCKETS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        (Metrics::new(Arc::new(recorder)), Self { handle })
    }

    /// Folds what was measured into the histograms, every few seconds until `stop`. The recorder keeps each single
    /// measurement until then: in a server that nobody scrapes they would pile up.
    pub async fn keep_folded(self, stop: CancellationToken) {
        while stop
            .run_until_cancelled(tokio::time::sleep(FOLD_EVERY))
            .await
            .is_some()
        {
            self.handle.run_upkeep();
        }
    }

    /// The text, with everything that was counted since the last time taken in.
    fn render(&self) -> String {
        self.handle.run_upkeep();
        self.handle.render()
    }
}

pub(crate) fn routes() -> Routes {
    Routes::default().get("/metrics", scrape)
}

/// A database that does not answer costs the gauges that come from it (they are `NaN` then), not the rest.
async fn scrape(state: AppState) -> Response {
    if let Err(error) = measure(state.core()).await {
        tracing::warn!(error = %with_causes(&error), "the numbers of the database are missing from this scrape");
    }
    let mut response = state.options().metrics.render().into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, FORMAT);
    response
}

/// Brings the gauges up to date: those of this process, and those that come from the database.
///
/// # Errors
/// When the database cannot be read; the others are up to date then.
pub async fn measure(core: &Core) -> smartlinks_core::Result<()> {
    if let Some(bytes) = resident_memory() {
        core.metrics().resident_memory(bytes);
    }
    core.measure().await
}

/// Resident memory in bytes, where the system tells it in a file.
fn resident_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0)
}
