//! What the commands work with: the use cases, and the person or program that reads.

use std::net::SocketAddr;
use std::sync::Arc;

use aliexpress::SystemClock;
use aliexpress_sandbox::Sandbox;
use smartlinks_core::store::{Actor, ActorKind};
use smartlinks_core::{ConnectionView, Core};

use crate::assemble::{Plan, assemble};
use crate::clock::MovedClock;
use crate::config::{CALLBACK_PATH, Config, Demo, Mode};
use crate::failure::{Exit, Failure};
use crate::output::Output;
use crate::serve::Announced;

/// A command asks one thing after the other.
const POOL_SIZE: u32 = 1;

/// What a command works with.
pub(crate) struct Session {
    pub(crate) core: Core,
    pub(crate) output: Output,
}

impl Session {
    /// Opens keys and database.
    pub(crate) async fn open(mode: Mode, config: &Config, output: Output) -> Result<Self, Failure> {
        for warning in &config.warnings {
            output.warn(warning);
        }
        Ok(Self {
            core: assemble(plan(mode, config)?, config, output)
                .await?
                .acting_as(Actor::of(ActorKind::CommandLine)),
            output,
        })
    }

    /// Finishes what must not be half done.
    pub(crate) async fn close(self) {
        self.core.drain().await;
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
