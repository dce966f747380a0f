//! What every handler gets.

use std::sync::Arc;

use smartlinks_core::Core;

use crate::options::ServerOptions;

/// Shared by all handlers. Cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState {
    options: Arc<ServerOptions>,
}

impl AppState {
    pub(crate) fn new(options: ServerOptions) -> Self {
        Self {
            options: Arc::new(options),
        }
    }

    pub(crate) fn core(&self) -> &Core {
        &self.options.core
    }

    pub(crate) fn options(&self) -> &ServerOptions {
        &self.options
    }
}
