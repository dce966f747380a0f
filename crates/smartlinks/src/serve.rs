//! `serve`: page and API, and with `--sandbox` the sandbox beside them.
//!
//! Both listeners are bound before anything else is opened, so that port 0 works and a busy port is reported first.
//! The sandbox outlives the service: what is being finished may still have to call it.

mod announced;
mod beyond;
mod drain;
mod listener;
mod oidc;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aliexpress::{Clock, SystemClock};
use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxConfig};
use smartlinks_core::metrics::Metrics;
use smartlinks_core::store::with_causes;
use smartlinks_core::{BudgetAppetite, BudgetLeases, Core};
use smartlinks_server::{Access, Environment, Exposition, Hosts, ServerOptions};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::assemble::{Plan, assemble};
use crate::clock::{SharedClock, machine_ms};
use crate::config::setting::{LISTEN, SANDBOX_LISTEN};
use crate::config::{CALLBACK_PATH, Config, DEMO_APP_KEY, DEMO_APP_SECRET, Demo, Live, Mode};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::push::HttpPush;
use crate::telemetry::Export;

pub(crate) use announced::Announced;
pub(crate) use drain::Signals;
pub(crate) use listener::{Bound, bind, on_this_machine};

/// What the sandbox makes codes and tokens of. Open to whoever reads this: they open nothing but made-up data.
const TOKEN_SEED: u64 = 1;
/// Where the sandbox sends its messages about orders.
const PUSH_PATH: &str = "/aliexpress/push";
/// How many database connections a server holds.
const POOL_SIZE: u32 = 8;
/// How long a start waits for a database server: machine, database and service are often switched on together.
const DATABASE_STARTS_WITHIN: Duration = Duration::from_secs(30);

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
        Mode::Live(live) => serve_live(*live, config, page, export, output, signals).await,
        Mode::Demo(demo) => serve_demo(&demo, config, page, export, output, signals).await,
    }
}

async fn serve_live(
    live: Live,
    config: Config,
    page: Bound,
    export: Option<&Export>,
    output: Output,
    mut signals: Signals,
) -> Result<(), Failure> {
    if let Some(remark) = live.about_keys() {
        output.warn(&remark);
    }
    let warnings = [live.about_proxy(), elsewhere(&live, &page)];
    for warning in warnings.iter().flatten() {
        output.warn(warning);
    }
    let mut hosts = Hosts::loopback(page.address.port());
    if let Some(public) = &live.public_url {
        hosts = hosts.and_public(public);
    }
    let reach = Reach::of(&live, &page);
    let (secure_cookies, trusted_proxies) = (live.behind_tls(), live.trusted_proxies.clone());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let is_shared = live.database.is_shared();
    let provider = match live.oidc.clone() {
        Some(settings) => Some(oidc::provider(
            settings,
            reach.origin(),
            Arc::clone(&clock),
        )?),
        None => None,
    };
    let (metrics, exposition) = counted(export);
    let plan = Plan::live(live, clock, POOL_SIZE)
        .waiting(DATABASE_STARTS_WITHIN)
        .counted(metrics)
        .with_provider(provider);
    let core = tokio::select! {
        core = assemble(plan, &config, output) => core?,
        () = signals.next() => return Ok(()),
    };
    if let Err(refused) = beyond::check(&core, page.address, secure_cookies, &config.data_dir).await
    {
        core.store().close().await;
        return Err(refused);
    }
    let first_link = core.first_start_link().await?;
    // Alone on its database, the server has the app's whole call budgets.
    let leases = is_shared.then(|| core.lease_budgets(BudgetAppetite::Whole));
    for problem in core.app().problems() {
        output.warn(&format!("{problem}\n  {}", problem.fix));
    }
    let stop = CancellationToken::new();
    let options = ServerOptions {
        core: core.clone(),
        access: Access::Operators,
        environment: Environment::Live,
        hosts,
        secure_cookies,
        trusted_proxies,
        limits: config.limits,
        metrics: exposition,
        stop: stop.clone(),
    };
    // Nobody moves the machine's clock; the sender has to live for the receiver to be quiet.
    let (_still, clock_moved) = watch::channel(0);
    let service = Service {
        core,
        stop,
        options,
        listener: page.listener,
        refresh: config.background_refresh,
        leases,
        measured_every: export.and_then(Export::interval),
    };
    let running = service.start(clock_moved);
    announce(output, &reach.addresses());
    if let Some(link) = first_link {
        // On purpose, to the person at the terminal, and never through the log.
        output.say(&format!(
            "nobody can sign in yet; this link, which works once and for 30 minutes, makes the first operator:\n\
             sign-in link: {}{}",
            reach.origin(),
            link.path()
        ));
    }
    drain::until_signal(running, None, signals).await
}

async fn serve_demo(
    demo: &Demo,
    config: Config,
    page: Bound,
    export: Option<&Export>,
    output: Output,
    signals: Signals,
) -> Result<(), Failure> {
    let sandbox_bound = bind(demo.listen, &SANDBOX_LISTEN).await?;
    let gateway = sandbox_bound.url("");
    let callback = page.url(CALLBACK_PATH);
    let sandbox = Sandbox::new(
        SandboxConfig {
            app_key: DEMO_APP_KEY.to_owned(),
            app_secret: DEMO_APP_SECRET.to_owned(),
            callback_url: Some(callback.clone()),
            base_url: gateway.clone(),
            state_dir: Some(demo.dir.clone()),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        },
        Arc::new(machine_ms),
        TOKEN_SEED,
    )
    .map_err(|error| crate::sandbox::failed(&error))?;
    sandbox
        .set_push_url(Some(page.url(PUSH_PATH)))
        .map_err(|error| crate::sandbox::failed(&error))?;
    sandbox.set_push_sender(Arc::new(HttpPush::default()));
    let clock = sandbox.clock();
    let shared: Arc<dyn Clock> = Arc::new(SharedClock(clock.clone()));
    let (metrics, exposition) = counted(export);
    let plan = Plan::demo(demo, &gateway, &callback, shared, POOL_SIZE)?.counted(metrics);
    let core = assemble(plan, &config, output).await?;
    Announced {
        page: page.address,
        sandbox: sandbox_bound.address,
    }
    .write(&demo.dir)?;

    let sandbox_stop = CancellationToken::new();
    let mut beside = JoinSet::new();
    beside.spawn(sandbox.serve(
        sandbox_bound.listener,
        sandbox_stop.clone().cancelled_owned(),
    ));

    let stop = CancellationToken::new();
    let options = ServerOptions {
        core: core.clone(),
        access: Access::Open,
        environment: Environment::Sandbox {
            control_url: format!("{gateway}/_sandbox/"),
        },
        hosts: Hosts::loopback(page.address.port()),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
        limits: config.limits,
        metrics: exposition,
        stop: stop.clone(),
    };
    let ready = format!("page: {}\nsandbox: {gateway}", page.url("/aliexpress"));
    let service = Service {
        core,
        stop,
        options,
        listener: page.listener,
        refresh: config.background_refresh,
        leases: None,
        measured_every: export.and_then(Export::interval),
    };
    let running = service.start(clock.subscribe());
    announce(output, &ready);
    drain::until_signal(running, Some((beside, sandbox_stop)), signals).await
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

/// Where the page can be opened.
struct Reach {
    /// On this machine, with `/aliexpress`.
    page: String,
    /// The public address, without a path.
    public: Option<String>,
}

impl Reach {
    fn of(live: &Live, page: &Bound) -> Self {
        Self {
            page: page_address(live, page),
            public: live
                .public_url
                .as_ref()
                .map(|url| url.origin().ascii_serialization()),
        }
    }

    /// What is printed once the server answers.
    fn addresses(&self) -> String {
        match &self.public {
            Some(public) => format!("page: {}\npublic: {public}/aliexpress", self.page),
            None => format!("page: {}", self.page),
        }
    }

    /// What links begin with: cookies of a page behind TLS work under the public address only.
    fn origin(&self) -> &str {
        match &self.public {
            Some(public) => public,
            None => self.page.trim_end_matches("/aliexpress"),
        }
    }
}

/// The address to open: under the name that AliExpress sends the browser back to, where that is us.
fn page_address(live: &Live, page: &Bound) -> String {
    let home = live.app.callback.as_ref().filter(|callback| {
        callback.host_str() == Some("localhost") && callback.port() == Some(page.address.port())
    });
    match home {
        Some(callback) => callback
            .join("/aliexpress")
            .map_or_else(|_| page.url("/aliexpress"), Into::into),
        None => page.url("/aliexpress"),
    }
}

/// A callback on this machine that names another port than ours reaches nobody.
fn elsewhere(live: &Live, page: &Bound) -> Option<String> {
    let callback = live.app.callback.as_ref()?;
    let loopback = matches!(
        callback.host_str(),
        Some("127.0.0.1" | "localhost" | "[::1]")
    );
    let port = callback.port_or_known_default()?;
    (loopback && port != page.address.port()).then(|| {
        format!(
            "ALIEXPRESS_CALLBACK_URL: {callback} names port {port}, and this server listens on {}; the answer of \
             AliExpress does not reach it by itself. Use --listen 127.0.0.1:{port}, or paste the address that the \
             browser ends on",
            page.address.port()
        )
    })
}

/// A failure of a listener that was serving.
pub(crate) fn server_failed(error: &std::io::Error) -> Failure {
    Failure::new(Exit::Failure, "server_failed", "the listener failed").because(error)
}
