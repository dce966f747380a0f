//! The way to the collector.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use reqwest::{Client, redirect, retry};
use tokio::runtime::Handle;

/// How long one post may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts on the runtime of the server. The exporters call from threads of their own, which have none.
#[derive(Debug)]
pub(super) struct Collector {
    client: Client,
    runtime: Handle,
    /// The last post failed: an outage is logged once.
    failing: AtomicBool,
}

impl Collector {
    pub(super) fn new(runtime: Handle) -> Option<Self> {
        Some(Self {
            client: client()?,
            runtime,
            failing: AtomicBool::new(false),
        })
    }

    fn note(&self, went_well: bool) {
        if self.failing.swap(!went_well, Ordering::Relaxed) == went_well {
            if went_well {
                tracing::info!("the collector takes traces and metrics again");
            } else {
                tracing::warn!(
                    "the collector of OTEL_EXPORTER_OTLP_ENDPOINT does not take traces or metrics; what does not fit \
                     into the queue meanwhile is dropped"
                );
            }
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move {
            let (parts, body) = request.into_parts();
            let post = client
                .request(parts.method, parts.uri.to_string())
                .headers(parts.headers)
                .body(body);
            // Nobody reads the answer, so its body is left where it is.
            post.send().await.map(|answer| answer.status())
        });
        let answered = sent.await;
        self.note(matches!(&answered, Ok(Ok(status)) if status.is_success()));
        let status = answered?.map_err(reqwest::Error::without_url)?;
        Ok(Response::builder().status(status).body(Bytes::new())?)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the factory of the SDK sends forms to the gateway only; this one talks to the operator's collector"
)]
fn client() -> Option<Client> {
    let builder = || {
        Client::builder()
            .user_agent(concat!("smartlinks/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .timeout(PATIENCE)
            .no_proxy()
    };
    // Without certificate authorities on the machine, plain http still works.
    let plain = || builder().tls_certs_only([]).build();
    builder().build().or_else(|_| plain()).ok()
}
