//! `sandbox`: the emulator alone, for tests in any language.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aliexpress_sandbox::{Sandbox, SandboxConfig, SandboxError};
use tokio_util::sync::CancellationToken;

use crate::cli::SandboxArgs;
use crate::clock::machine_ms;
use crate::config::loopback_address;
use crate::config::setting::LISTEN;
use crate::failure::Failure;
use crate::output::Output;
use crate::serve::{Signals, bind};

const DEFAULT_LISTEN: &str = "127.0.0.1:8090";
/// How long requests under way may take once a signal came.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// Serves until a signal.
pub(crate) async fn run(
    arguments: SandboxArgs,
    listen: Option<&str>,
    output: Output,
) -> Result<(), Failure> {
    let mut signals = Signals::install()?;
    let address: SocketAddr = loopback_address("--listen", listen.unwrap_or(DEFAULT_LISTEN))?;
    let bound = bind(address, &LISTEN).await?;
    let sandbox = Sandbox::new(
        SandboxConfig {
            app_key: arguments.app_key,
            app_secret: arguments.app_secret,
            callback_url: arguments.callback_url,
            products: arguments.products,
            seed: arguments.seed,
            base_url: bound.url(""),
            state_dir: arguments.state_dir,
            ..SandboxConfig::default()
        },
        Arc::new(machine_ms),
        arguments.seed,
    )
    .map_err(|error| failed(&error))?;
    output.text(&format!("sandbox: {}", bound.url("")))?;
    let stop = CancellationToken::new();
    let serving = sandbox.serve(bound.listener, stop.clone().cancelled_owned());
    tokio::pin!(serving);
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = signals.next() => {
            stop.cancel();
            tokio::select! {
                ended = &mut serving => ended,
                // Made-up data is written as it changes: nothing is lost by not waiting.
                () = tokio::time::sleep(ANSWERS_WITHIN) => Ok(()),
                () = signals.next() => Ok(()),
            }
        }
    };
    ended.map_err(|error| crate::serve::server_failed(&error))
}

/// A sandbox that cannot start says itself what to mend.
pub(crate) fn failed(error: &SandboxError) -> Failure {
    Failure::usage("sandbox", error.to_string()).because(error)
}
