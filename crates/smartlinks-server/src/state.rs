//! What every handler gets.

use std::sync::Arc;

use smartlinks_core::Core;

use crate::limits::Limiter;
use crate::options::ServerOptions;

/// Shared by all handlers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState {
    options: Arc<ServerOptions>,
    limiter: Arc<Limiter>,
}

impl AppState {
    pub(crate) fn new(options: ServerOptions) -> Self {
        Self {
            limiter: Arc::new(Limiter::new(&options.limits, &options.core)),
            options: Arc::new(options),
        }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.options.core
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.limiter
    }

    pub(crate) fn options(&self) -> &ServerOptions {
        &self.options
    }
}
