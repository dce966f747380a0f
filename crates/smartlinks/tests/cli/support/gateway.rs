//! A sandbox on a free port, on threads of its own.

use std::net::TcpListener;
use std::sync::Arc;

use aliexpress::{Clock, SystemClock};
use aliexpress_sandbox::{Sandbox, SandboxConfig};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::{CANARY, http};

/// The callback that is registered. Port 9 is the discard service: nobody listens there.
pub(crate) const CALLBACK: &str = "http://127.0.0.1:9/aliexpress/callback";

/// A running sandbox. It ends with this value.
pub(crate) struct Gateway {
    address: String,
    /// Its threads run until it is dropped.
    _runtime: Runtime,
}

impl Gateway {
    /// Starts one with the registered callback of [`CALLBACK`].
    pub(crate) fn start() -> Self {
        Self::with_callback(CALLBACK)
    }

    /// Starts one with another registered callback.
    pub(crate) fn with_callback(callback: &str) -> Self {
        Self::start_with(callback, 0)
    }

    /// Starts one whose clock is ahead of this machine's.
    pub(crate) fn ahead_by_ms(ahead_ms: i64) -> Self {
        Self::start_with(CALLBACK, ahead_ms)
    }

    fn start_with(callback: &str, ahead_ms: i64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let config = SandboxConfig {
            app_secret: CANARY.to_owned(),
            callback_url: Some(callback.to_owned()),
            base_url: address.clone(),
            ..SandboxConfig::default()
        };
        let now_ms = move || SystemClock.now().as_millisecond() + ahead_ms;
        let sandbox = Sandbox::new(config, Arc::new(now_ms), 1).unwrap();
        let runtime = Runtime::new().unwrap();
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            sandbox.serve(listener, std::future::pending()).await
        });
        Self {
            address,
            _runtime: runtime,
        }
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// A fresh code of the demo buyer.
    pub(crate) fn code(&self) -> String {
        let answer = self.control("codes", &json!({}));
        answer["code"].as_str().unwrap().to_owned()
    }

    /// A call of the control API.
    pub(crate) fn control(&self, path: &str, body: &Value) -> Value {
        http::post(&format!("{}/_sandbox/{path}", self.address), body).json()
    }

    /// How many requests for an API were made.
    pub(crate) fn calls(&self, api: &str) -> usize {
        let journal = http::get(&format!("{}/_sandbox/journal?api={api}", self.address)).json();
        journal["entries"]
            .as_array()
            .or_else(|| journal.as_array())
            .map_or(0, Vec::len)
    }
}
