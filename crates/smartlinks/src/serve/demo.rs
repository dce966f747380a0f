//! The service with its sandbox: made-up data on this machine.

use std::sync::Arc;

use aliexpress::Clock;
use aliexpress_sandbox::{CheckTimestamp, Sandbox, SandboxConfig};
use smartlinks_server::{Access, Environment, Hosts, ServerOptions};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Announced, Bound, POOL_SIZE, Service, Signals, announce, bind, counted, drain};
use crate::assemble::{Plan, assemble};
use crate::clock::{SharedClock, machine_ms};
use crate::config::setting::SANDBOX_LISTEN;
use crate::config::{CALLBACK_PATH, Config, DEMO_APP_KEY, DEMO_APP_SECRET, Demo};
use crate::failure::Failure;
use crate::output::Output;
use crate::push::HttpPush;
use crate::telemetry::Export;

/// What the sandbox makes codes and tokens of. Open to whoever reads this: they open nothing but made-up data.
const TOKEN_SEED: u64 = 1;
/// Where the sandbox sends its messages about orders.
const PUSH_PATH: &str = "/aliexpress/push";
pub(super) async fn serve(
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
    let sandbox = sandbox(demo, &gateway, &callback, page.url(PUSH_PATH))?;
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

    let beside = serve_sandbox(sandbox, sandbox_bound);
    let stop = CancellationToken::new();
    let options = ServerOptions {
        core: core.clone(),
        limits: config.limits,
        metrics: exposition,
        stop: stop.clone(),
        access: Access::Open,
        environment: Environment::Sandbox {
            control_url: format!("{gateway}/_sandbox/"),
        },
        hosts: Hosts::loopback(page.address.port()),
        secure_cookies: false,
        trusted_proxies: Vec::new(),
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
    drain::until_signal(running, Some(beside), signals).await
}

fn serve_sandbox(sandbox: Sandbox, bound: Bound) -> drain::Beside {
    let stop = CancellationToken::new();
    let mut serving = JoinSet::new();
    serving.spawn(sandbox.serve(bound.listener, stop.clone().cancelled_owned()));
    (serving, stop)
}

/// The sandbox, with its state in the data directory and its messages going to the page.
fn sandbox(
    demo: &Demo,
    gateway: &str,
    callback: &str,
    push_url: String,
) -> Result<Sandbox, Failure> {
    let sandbox = Sandbox::new(
        SandboxConfig {
            app_key: DEMO_APP_KEY.to_owned(),
            app_secret: DEMO_APP_SECRET.to_owned(),
            callback_url: Some(callback.to_owned()),
            base_url: gateway.to_owned(),
            state_dir: Some(demo.dir.clone()),
            check_timestamp: CheckTimestamp::Virtual,
            ..SandboxConfig::default()
        },
        Arc::new(machine_ms),
        TOKEN_SEED,
    )
    .map_err(|error| crate::sandbox::failed(&error))?;
    sandbox
        .set_push_url(Some(push_url))
        .map_err(|error| crate::sandbox::failed(&error))?;
    sandbox.set_push_sender(Arc::new(HttpPush::default()));
    Ok(sandbox)
}
