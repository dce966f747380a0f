//! `sandbox`: the emulator alone, for tests in any language.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use aliexpress_sandbox::{Sandbox, SandboxConfig, SandboxError};
use tokio_util::sync::CancellationToken;

use crate::cli::{SandboxArgs, SettingFlags};
use crate::clock::machine_ms;
use crate::config::loopback_address;
use crate::config::setting::LISTEN;
use crate::failure::Failure;
use crate::output::Output;
use crate::push::HttpPush;
use crate::serve::{Signals, bind};

const DEFAULT_LISTEN: &str = "127.0.0.1:8090";
/// How long requests under way may take once a signal came.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// A flag is meant for this very start, so one that the sandbox alone would pass over is refused.
pub(crate) fn refuse_flags(flags: &SettingFlags) -> Result<(), Failure> {
    let others = [
        ("--sandbox-listen", flags.sandbox_listen.is_some()),
        ("--data-dir", flags.data_dir.is_some()),
        ("--gateway", flags.gateway.is_some()),
        ("--public-url", flags.public_url.is_some()),
        ("--key-file", flags.key_file.is_some()),
        ("--token-file", flags.token_file.is_some()),
        ("--ship-to", flags.ship_to.is_some()),
        ("--currency", flags.currency.is_some()),
        ("--language", flags.language.is_some()),
        ("--return-origin", !flags.return_origin.is_empty()),
        ("--background-refresh", flags.background_refresh.is_some()),
        ("--webhook-private", flags.webhook_private.is_some()),
    ];
    match others.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => Err(Failure::usage(
            "usage",
            format!("{flag} has no meaning for the sandbox alone"),
        )
        .hint("Use --listen for its address and --state-dir to keep its state.")),
    }
}

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
            push_url: arguments.push_url,
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
    sandbox.set_push_sender(Arc::new(HttpPush::default()));
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
