//! What the commands work with: the use cases, and the person or program that reads.

use std::net::SocketAddr;
use std::sync::Arc;

use aliexpress::SystemClock;
use aliexpress_sandbox::Sandbox;
use smartlinks_core::store::{Actor, ActorKind};
use smartlinks_core::{BudgetAppetite, ConnectionView, Core, MarketChange};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::assemble::{Plan, assemble};
use crate::clock::MovedClock;
use crate::config::{CALLBACK_PATH, Config, Demo, Mode};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::serve::{Announced, on_this_machine};

/// A command asks one thing after the other.
const POOL_SIZE: u32 = 1;

/// What a command works with.
pub(crate) struct Session {
    pub(crate) core: Core,
    pub(crate) output: Output,
    /// For which market the command line itself says that all is meant.
    pub(crate) said_market: MarketChange,
    /// The worker that leases this command's part of the call budgets, and what ends it.
    leasing: Option<(JoinHandle<()>, CancellationToken)>,
    /// Where people reach the page, without a path.
    pub(crate) page: String,
    /// Whether it works on the built-in sandbox.
    pub(crate) sandbox: bool,
    /// How the provider names itself with which operators may sign in too.
    pub(crate) issuer: Option<String>,
}

impl Session {
    /// Opens keys and database.
    pub(crate) async fn open(mode: Mode, config: &Config, output: Output) -> Result<Self, Failure> {
        for warning in &config.warnings {
            output.warn(warning);
        }
        let sandbox = matches!(mode, Mode::Demo(_));
        let page = page(&mode, config);
        let issuer = match &mode {
            Mode::Live(live) => live.oidc.as_ref().map(|oidc| oidc.issuer.clone()),
            Mode::Demo(_) => None,
        };
        let plan = plan(mode, config)?;
        let is_shared = plan.database.is_shared();
        let core = assemble(plan, config, output)
            .await?
            .acting_as(Actor::of(ActorKind::CommandLine))
            .insisting_on(config.said_market.clone());
        let leasing = take_part(&core, is_shared);
        Ok(Self {
            core,
            output,
            said_market: config.said_market.clone(),
            leasing,
            page,
            sandbox,
            issuer,
        })
    }

    /// Finishes what must not be half done.
    pub(crate) async fn close(self) {
        self.core.settle().await;
        self.core.drain().await;
        if let Some((leasing, stop)) = self.leasing {
            stop.cancel();
            // It gives back what it has; its failure would be about calls that are over.
            let _ = leasing.await;
        }
        self.core.store().close().await;
    }

    /// The connection named, else the default one.
    pub(crate) async fn connection_or_default(
        &self,
        id: Option<&str>,
    ) -> Result<ConnectionView, Failure> {
        if let Some(id) = id {
            return Ok(self.core.connection(id).await?);
        }
        let connections = self.core.connections().await?;
        let default = connections
            .into_iter()
            .find(|connection| connection.default);
        Ok(default.ok_or(smartlinks_core::Error::NotConnected)?)
    }
}

/// A command calls little, so that servers keep theirs: from a shared database it leases that, beside a single server
/// it just takes it.
fn take_part(core: &Core, is_shared: bool) -> Option<(JoinHandle<()>, CancellationToken)> {
    if !is_shared {
        core.take_little_of_budgets();
        return None;
    }
    let stop = CancellationToken::new();
    let leases = core.lease_budgets(BudgetAppetite::Little);
    Some((tokio::spawn(leases.run(stop.clone())), stop))
}

/// Where people reach the page: under the public address, else on this machine.
fn page(mode: &Mode, config: &Config) -> String {
    let public = match mode {
        Mode::Live(live) => live.public_url.as_ref(),
        Mode::Demo(_) => None,
    };
    match public {
        Some(url) => url.origin().ascii_serialization(),
        None => format!("http://{}", on_this_machine(config.listen)),
    }
}

/// What a command works on.
pub(crate) fn plan(mode: Mode, config: &Config) -> Result<Plan, Failure> {
    match mode {
        Mode::Live(live) => Ok(Plan::live(*live, Arc::new(SystemClock), POOL_SIZE)),
        Mode::Demo(demo) => plan_beside_sandbox(&demo, config),
    }
}

/// The sandbox's own time and addresses, so that a command says the same as the server beside it.
fn plan_beside_sandbox(demo: &Demo, config: &Config) -> Result<Plan, Failure> {
    let offset_ms = Sandbox::persisted_clock_offset_ms(&demo.dir).map_err(|error| {
        Failure::new(
            Exit::Failure,
            "sandbox",
            format!(
                "the clock of the sandbox in {} cannot be read",
                demo.dir.display()
            ),
        )
        .because(&error)
        .hint("Delete sandbox.json there to start afresh: its data is made up.")
    })?;
    let announced = Announced::read(&demo.dir);
    let sandbox = reachable(
        demo.listen,
        demo.listen_chosen,
        announced.map(|announced| announced.sandbox),
    );
    let page = reachable(
        config.listen,
        config.listen_chosen,
        announced.map(|announced| announced.page),
    );
    let callback = format!("http://{page}{CALLBACK_PATH}");
    Plan::demo(
        demo,
        &format!("http://{sandbox}"),
        &callback,
        Arc::new(MovedClock { offset_ms }),
        POOL_SIZE,
    )
}

/// The address that somebody chose, else the one that the running server has noted, else the default. "Any free
/// port" says nothing about where a server is.
fn reachable(configured: SocketAddr, chosen: bool, noted: Option<SocketAddr>) -> SocketAddr {
    match noted {
        Some(noted) if !chosen || configured.port() == 0 => noted,
        _ => configured,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_server_is_found_unless_another_was_named() {
        let [default, noted, any]: [SocketAddr; 3] =
            ["127.0.0.1:8090", "127.0.0.1:41", "127.0.0.1:0"].map(|text| text.parse().unwrap());
        assert_eq!(reachable(default, false, Some(noted)), noted);
        assert_eq!(reachable(default, true, Some(noted)), default);
        assert_eq!(reachable(any, true, Some(noted)), noted);
        assert_eq!(reachable(default, false, None), default);
    }
}
