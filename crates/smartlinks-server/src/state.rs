//! What every handler gets.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use smartlinks_core::Core;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::guard::{Principal, RequestIds, SecurityHeaders};
use crate::limits::Limiter;
use crate::options::ServerOptions;

/// How many may follow events of one process at a time. Each page that is open is one.
const STREAMS: usize = 256;

/// Shared by all handlers. Cheap to clone. As an argument of a handler it acts for whoever sent the request: what
/// [`core`](Self::core) does is signed with that name in the audit log.
#[derive(Clone)]
pub(crate) struct AppState {
    core: Core,
    shared: Arc<Shared>,
}

struct Shared {
    options: ServerOptions,
    limiter: Limiter,
    security: SecurityHeaders,
    request_ids: RequestIds,
    /// A place for each stream of events.
    streams: Arc<Semaphore>,
}

impl AppState {
    pub(crate) fn new(options: ServerOptions) -> Self {
        Self {
            core: options.core.clone(),
            shared: Arc::new(Shared {
                limiter: Limiter::new(&options.limits, &options.core),
                security: SecurityHeaders::new(&options),
                request_ids: RequestIds::new(&options.core),
                streams: Arc::new(Semaphore::new(STREAMS)),
                options,
            }),
        }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.shared.limiter
    }

    /// A place among the streams of events; none when all are taken. Given back when it is dropped.
    pub(crate) fn stream_place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.shared.streams).try_acquire_owned().ok()
    }

    pub(crate) fn options(&self) -> &ServerOptions {
        &self.shared.options
    }

    /// The headers of every answer.
    pub(crate) fn security(&self) -> &SecurityHeaders {
        &self.shared.security
    }

    pub(crate) fn request_ids(&self) -> &RequestIds {
        &self.shared.request_ids
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
            shared: Arc::clone(&state.shared),
        })
    }
}
