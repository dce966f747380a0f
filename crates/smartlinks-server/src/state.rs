//! What every handler gets.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use smartlinks_core::Core;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::guard::Principal;
use crate::limits::Limiter;
use crate::options::ServerOptions;

/// How many may follow events of one process at a time. Each page that is open is one.
const STREAMS: usize = 256;

/// Shared by all handlers. Cheap to clone. As an argument of a handler it acts for whoever sent the request: what
/// [`core`](Self::core) does is signed with that name in the audit log.
#[derive(Clone)]
pub(crate) struct AppState {
    options: Arc<ServerOptions>,
    core: Core,
    limiter: Arc<Limiter>,
    /// A place for each stream of events.
    streams: Arc<Semaphore>,
}

impl AppState {
    pub(crate) fn new(options: ServerOptions) -> Self {
        Self {
            core: options.core.clone(),
            limiter: Arc::new(Limiter::new(&options.limits, &options.core)),
            options: Arc::new(options),
            streams: Arc::new(Semaphore::new(STREAMS)),
        }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// A place among the streams of events; none when all are taken. Given back when it is dropped.
    pub(crate) fn stream_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.streams).try_acquire_owned().ok()
    }

    pub(crate) fn options(&self) -> &ServerOptions {
        &self.options
    }
}

impl FromRequestParts<AppState> for AppState {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let actor = parts.extensions.get::<Principal>().map(Principal::actor);
        Ok(Self {
            core: match actor {
                Some(actor) => state.core.acting_as(actor),
                None => state.core.clone(),
            },
            options: Arc::clone(&state.options),
            limiter: Arc::clone(&state.limiter),
            streams: Arc::clone(&state.streams),
        })
    }
}
