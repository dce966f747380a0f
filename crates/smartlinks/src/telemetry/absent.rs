//! A binary that was built without the feature `otlp`: it says so, and exports nothing.

use std::sync::Arc;
use std::time::Duration;

use metrics::Recorder;
use tokio::runtime::Handle;
use tracing_subscriber::layer::Identity;

use super::Asked;
use crate::environment::Environment;

/// There is none.
pub(crate) enum Export {}

impl Export {
    pub(crate) fn start(_: Asked, _: &Environment, _: &Handle) -> Result<Self, &'static str> {
        Err(
            "this binary cannot export traces and metrics: it was built without the feature `otlp` (cargo build \
             --features otlp); the variable has no effect",
        )
    }

    pub(crate) fn layer(&self) -> Option<Identity> {
        match *self {}
    }

    pub(crate) fn recorder(&self) -> Option<Arc<dyn Recorder + Send + Sync>> {
        match *self {}
    }

    pub(crate) fn interval(&self) -> Option<Duration> {
        match *self {}
    }

    pub(crate) async fn finish(self) {
        match self {}
    }
}
