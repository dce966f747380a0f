//! The service for real accounts.

use std::sync::Arc;
use std::time::Duration;

use aliexpress::{Clock, SystemClock};
use smartlinks_core::{BudgetAppetite, Core, IssuedLink};
use smartlinks_server::{Access, Environment, Exposition, Hosts, Limits, ServerOptions};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Bound, POOL_SIZE, Service, Signals, announce, beyond, counted, drain, oidc};
use crate::assemble::{Plan, assemble};
use crate::config::{Config, Live};
use crate::failure::Failure;
use crate::output::Output;
use crate::telemetry::Export;

/// How long a start waits for a database server: machine, database and service are often switched on together.
const DATABASE_STARTS_WITHIN: Duration = Duration::from_secs(30);

pub(super) async fn serve(
    live: Live,
    config: Config,
    page: Bound,
    export: Option<&Export>,
    output: Output,
    mut signals: Signals,
) -> Result<(), Failure> {
    warn(&live, &page, output);
    let reach = Reach::of(&live, &page);
    let (is_shared, behind_tls) = (live.database.is_shared(), live.behind_tls());
    let (metrics, exposition) = counted(export);
    let stop = CancellationToken::new();
    let options = options(&live, &page, config.limits, exposition, stop.clone());
    let plan = plan(live, reach.origin())?.counted(metrics);
    let core = tokio::select! {
        core = assemble(plan, &config, output) => core?,
        () = signals.next() => return Ok(()),
    };
    if let Err(refused) = beyond::check(&core, page.address, behind_tls, &config.data_dir).await {
        core.store().close().await;
        return Err(refused);
    }
    let first_link = core.first_start_link().await?;
    for problem in core.app().problems() {
        output.warn(&format!("{problem}\n  {}", problem.fix));
    }
    // Nobody moves the machine's clock; the sender has to live for the receiver to be quiet.
    let (_still, clock_moved) = watch::channel(0);
    let service = Service {
        // Alone on its database, the server has the app's whole call budgets.
        leases: is_shared.then(|| core.lease_budgets(BudgetAppetite::Whole)),
        options: options(core.clone()),
        core,
        stop,
        listener: page.listener,
        refresh: config.background_refresh,
        measured_every: export.and_then(Export::interval),
    };
    let running = service.start(clock_moved);
    announce(output, &reach.addresses());
    if let Some(link) = first_link {
        say(&link, reach.origin(), output);
    }
    drain::until_signal(running, None, signals).await
}

/// On purpose, to the person at the terminal, and never through the log.
fn say(link: &IssuedLink, origin: &str, output: Output) {
    output.say(&format!(
        "nobody can sign in yet; this link, which works once and for 30 minutes, makes the first operator:\n\
         sign-in link: {origin}{}",
        link.path()
    ));
}

/// What a person should know who starts a server like this.
fn warn(live: &Live, page: &Bound, output: Output) {
    let warnings = [live.about_keys(), live.about_proxy(), elsewhere(live, page)];
    for warning in warnings.iter().flatten() {
        output.warn(warning);
    }
}

/// What is to be opened, and how long it is waited for.
fn plan(live: Live, origin: &str) -> Result<Plan, Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let provider = match live.oidc.clone() {
        Some(settings) => Some(oidc::provider(settings, origin, Arc::clone(&clock))?),
        None => None,
    };
    let plan = Plan::live(live, clock, POOL_SIZE).waiting(DATABASE_STARTS_WITHIN);
    Ok(plan.with_provider(provider))
}

/// How the server behaves, once there are use cases.
fn options(
    live: &Live,
    page: &Bound,
    limits: Limits,
    metrics: Exposition,
    stop: CancellationToken,
) -> impl FnOnce(Core) -> ServerOptions + use<> {
    let mut hosts = Hosts::loopback(page.address.port());
    if let Some(public) = &live.public_url {
        hosts = hosts.and_public(public);
    }
    let (secure_cookies, trusted_proxies) = (live.behind_tls(), live.trusted_proxies.clone());
    move |core| ServerOptions {
        core,
        access: Access::Operators,
        environment: Environment::Live,
        hosts,
        secure_cookies,
        trusted_proxies,
        limits,
        metrics,
        stop,
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
