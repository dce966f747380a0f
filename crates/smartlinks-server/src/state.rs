//! What every handler gets.

use std::convert::Infallible;
use std::sync::Arc;

use crate::guard::Principal;
use crate::limits::Limiter;
use crate::options::ServerOptions;
use crate::streams::Streams;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use smartlinks_core::Core;

/// Shared by all handlers. Cheap to clone. As an argument of a handler it acts for whoever sent the request: what
/// [`core`](Self::core) does is signed with that name in the audit log.
#[derive(Clone)]
pub(crate) struct AppState {
    options: Arc<ServerOptions>,
    core: Core,
    limiter: Arc<Limiter>,
    streams: Arc<Streams>,
}

impl AppState {
    pub(crate) fn new(options: ServerOptions) -> Self {
        Self {
            core: options.core.clone(),
            limiter: Arc::new(Limiter::new(&options.limits, &options.core)),
            options: Arc::new(options),
            streams: Arc::default(),
        }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    /// The streams of events.
    pub(crate) fn streams(&self) -> &Arc<Streams> {
        &self.streams
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
