//! `serve`: page and API, and with `--sandbox` the sandbox beside them.
//!
//! Both listeners are bound before anything else is opened, so that port 0 works and a busy port is reported first.
//! The sandbox outlives the service: what is being finished may still have to call it.

mod announced;
mod beyond;
mod demo;
mod drain;
mod listener;
mod live;
mod oidc;

use std::net::SocketAddr;
use std::time::Duration;

use smartlinks_core::metrics::Metrics;
use smartlinks_core::store::with_causes;
use smartlinks_core::{BudgetLeases, Core};
use smartlinks_server::{Exposition, ServerOptions};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::setting::LISTEN;
use crate::config::{Config, Mode};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::telemetry::Export;

pub(crate) use announced::Announced;
pub(crate) use drain::Signals;
pub(crate) use listener::{Bound, bind, on_this_machine};

/// How many database connections a server holds.
const POOL_SIZE: u32 = 8;
/// Serves until a signal, then finishes what has begun.
pub(crate) async fn run(
    mode: Mode,
    config: Config,
    export: Option<&Export>,
    output: Output,
) -> Result<(), Failure> {
    let signals = Signals::install()?;
    let page = bind(config.listen, &LISTEN).await?;
    for warning in &config.warnings {
        output.warn(warning);
    }
    match mode {
        Mode::Live(live) => live::serve(*live, config, page, export, output, signals).await,
        Mode::Demo(demo) => demo::serve(&demo, config, page, export, output, signals).await,
    }
}

/// A service about to start.
struct Service {
    core: Core,
    stop: CancellationToken,
    options: ServerOptions,
    listener: TcpListener,
    refresh: bool,
    /// Where several servers share the call budgets.
    leases: Option<BudgetLeases>,
    /// How often the numbers that come from the database are brought up to date, where nobody scrapes them.
    measured_every: Option<Duration>,
}

impl Service {
    /// Starts the server and what goes on by itself.
    fn start(self, clock_moved: watch::Receiver<i64>) -> drain::Running {
        let name = instance_name(self.listener.local_addr().ok());
        let exposition = self.options.metrics.clone();
        let router = smartlinks_server::router(self.options);
        let mut server = JoinSet::new();
        server.spawn(smartlinks_server::serve(
            self.listener,
            router,
            self.stop.clone(),
        ));
        let mut workers = self
            .core
            .start_workers(self.refresh, &self.stop, &clock_moved);
        if let Some(leases) = self.leases {
            workers.spawn(leases.run(self.stop.clone()));
        }
        workers.spawn(exposition.keep_folded(self.stop.clone()));
        if let Some(interval) = self.measured_every {
            workers.spawn(measure(self.core.clone(), interval, self.stop.clone()));
        }
        let (core, stop) = (self.core.clone(), self.stop.clone());
        workers.spawn(async move { core.run_key_watch(&name, stop).await });
        drain::Running {
            core: self.core,
            stop: self.stop,
            server,
            workers,
        }
    }
}

/// Where numbers go: to whoever scrapes, and to the collector where there is one.
fn counted(export: Option<&Export>) -> (Metrics, Exposition) {
    let (metrics, exposition) = Exposition::new();
    match export.and_then(Export::recorder) {
        Some(recorder) => (metrics.and(recorder), exposition),
        None => (metrics, exposition),
    }
}

/// Brings the numbers that come from the database up to date, as a scrape does.
async fn measure(core: Core, interval: Duration, stop: CancellationToken) {
    loop {
        if let Err(error) = smartlinks_server::measure(&core).await {
            tracing::warn!(error = %with_causes(&error), "the numbers of the database are missing from the export");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(interval) => {}
        }
    }
}

/// Names this process for people who look after several: machine, address, process.
fn instance_name(address: Option<SocketAddr>) -> String {
    #[cfg(unix)]
    let machine = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    #[cfg(not(unix))]
    let machine = "this machine".to_owned();
    let address = address.map_or_else(String::new, |address| format!(" {address}"));
    format!("{machine}{address} (process {})", std::process::id())
}

/// Tells the addresses. A closed stdout is no reason not to serve.
fn announce(output: Output, addresses: &str) {
    if let Err(failure) = output.text(addresses) {
        tracing::warn!(failure.code, "the addresses could not be printed");
    }
}

/// A failure of a listener that was serving.
pub(crate) fn server_failed(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Failure, "server_failed", "the listener failed").because(error)
}
