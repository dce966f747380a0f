//! What every handler gets.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use smartlinks_core::Core;

use crate::guard::{Principal, RequestIds, SecurityHeaders};
use crate::limits::Limiter;
use crate::options::ServerOptions;
use crate::streams::Streams;

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
    streams: Arc<Streams>,
}

impl AppState {
    pub(crate) fn new(options: ServerOptions) -> Self {
        Self {
            core: options.core.clone(),
            shared: Arc::new(Shared {
                limiter: Limiter::new(&options.limits, &options.core),
                security: SecurityHeaders::new(&options),
                request_ids: RequestIds::new(&options.core),
                streams: Arc::default(),
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

    /// The streams of events.
    pub(crate) fn streams(&self) -> &Arc<Streams> {
        &self.shared.streams
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
