//! The end: the first signal finishes what has begun, the second one does not wait for it.

use std::io;
use std::time::Duration;

use smartlinks_core::Core;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::server_failed;
use crate::failure::{Exit, Failure};

/// How long requests and workers under way may take: longer than the longest call to the gateway, so that
/// the answer to a refresh is not thrown away.
const ANSWERS_WITHIN: Duration = Duration::from_secs(70);
/// How long everything after that may take; together 80 s, and supervisors usually kill after 90.
const REST_WITHIN: Duration = Duration::from_secs(10);

/// A service under way.
pub(crate) struct Running {
    pub(crate) core: Core,
    /// Tells server, streams and workers to end.
    pub(crate) stop: CancellationToken,
    pub(crate) server: JoinSet<io::Result<()>>,
    pub(crate) workers: JoinSet<()>,
}

/// The sandbox beside it, and what tells it to end.
pub(crate) type Beside = (JoinSet<io::Result<()>>, CancellationToken);

/// Runs until a signal, or until something that has to run has ended; then finishes.
pub(crate) async fn until_signal(
    mut running: Running,
    mut beside: Option<Beside>,
    mut signals: Signals,
) -> Result<(), Failure> {
    let ended = tokio::select! {
        () = signals.next() => Ok(()),
        ended = first_end(&mut running.server) => ended,
        ended = first_end_of(beside.as_mut()) => ended,
        failure = first_panic(&mut running.workers) => Err(failure),
    };
    tracing::info!("ending: finishing what has begun; a second signal ends at once");
    let finished = tokio::select! {
        finished = finish(running, beside) => finished,
        () = signals.next() => Err(Failure::new(
            Exit::Failure,
            "killed",
            "ended by a second signal, before everything was finished",
        )),
    };
    ended.and(finished)
}

/// In this order: no new requests, the requests, workers and refreshes under way, what must not be half done, the
/// database, and last the sandbox, which all of these may call. A client that never ends its request does not keep the
/// rest from being finished properly.
async fn finish(mut running: Running, beside: Option<Beside>) -> Result<(), Failure> {
    running.stop.cancel();
    let answered = timeout(ANSWERS_WITHIN, async {
        while running.server.join_next().await.is_some() {}
        while running.workers.join_next().await.is_some() {}
        running.core.settle().await;
    });
    let answered = answered.await.is_ok();
    // Whatever has not ended by now must not begin anything new while the rest is put away.
    running.server.abort_all();
    running.workers.abort_all();
    let stored = timeout(REST_WITHIN, async {
        running.core.drain().await;
        running.core.store().close().await;
        if let Some((mut sandbox, stop)) = beside {
            stop.cancel();
            while sandbox.join_next().await.is_some() {}
        }
    });
    let stored = stored.await.is_ok();
    let late = |code, message: &str| {
        Err(Failure::new(Exit::Failure, code, message)
            .hint("Nothing that was stored is lost; the log says what was under way."))
    };
    match (answered, stored) {
        (_, false) => late("drain_timeout", "not everything was finished within 80 s"),
        (false, true) => late(
            "requests_cut",
            "some requests did not end within 70 s and were cut off",
        ),
        (true, true) => Ok(()),
    }
}

async fn first_end(tasks: &mut JoinSet<io::Result<()>>) -> Result<(), Failure> {
    match tasks.join_next().await {
        Some(Ok(Ok(()))) | None => Ok(()),
        Some(Ok(Err(error))) => Err(server_failed(&error)),
        Some(Err(error)) => Err(server_failed(&io::Error::other(error))),
    }
}

/// The first worker that panics. What it did is done by nobody from then on, and nobody would notice: a new process does
/// it again. One that has nothing (more) to do ends without being missed.
async fn first_panic(workers: &mut JoinSet<()>) -> Failure {
    while let Some(ended) = workers.join_next().await {
        if let Err(error) = ended
            && error.is_panic()
        {
            tracing::error!(%error, "a background worker has panicked");
            return Failure::new(
                Exit::Failure,
                "worker_failed",
                "ended, because a background worker has panicked and its work would have stood still",
            )
            .hint("Start it again; report the panic, which the log names.");
        }
    }
    std::future::pending().await
}

async fn first_end_of(beside: Option<&mut Beside>) -> Result<(), Failure> {
    match beside {
        Some((tasks, _)) => first_end(tasks).await,
        None => std::future::pending().await,
    }
}

/// SIGINT and SIGTERM.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    /// Takes the signals over, so that they no longer end the process by themselves.
    #[cfg(unix)]
    pub(crate) fn install() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let failed = |error: io::Error| {
            Failure::new(Exit::Failure, "signals", "signals cannot be received").because(&error)
        };
        Ok(Self {
            interrupt: signal(SignalKind::interrupt()).map_err(failed)?,
            terminate: signal(SignalKind::terminate()).map_err(failed)?,
        })
    }

    #[cfg(not(unix))]
    pub(crate) fn install() -> Result<Self, Failure> {
        Ok(Self {})
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(crate) async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_worker_that_panics_is_noticed_and_one_that_ends_is_not() {
        let mut workers = JoinSet::new();
        workers.spawn(async {});
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        workers.spawn(async move {
            let _ = told.await;
            panic!("made up");
        });
        tokio::select! {
            biased;
            failure = first_panic(&mut workers) => panic!("nothing has happened yet: {failure:?}"),
            () = tokio::task::yield_now() => {}
        }
        let _ = tell.send(());
        assert_eq!(first_panic(&mut workers).await.code, "worker_failed");
    }
}
