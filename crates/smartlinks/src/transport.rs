//! The way to the gateway, made when it is first gone.

use std::sync::OnceLock;

use aliexpress::{
    HttpRequest, HttpResponse, ReqwestTransport, Transport, TransportError, TransportOptions,
};
use async_trait::async_trait;
use url::Url;

/// Builds the TLS client at the first call. Loading certificate authorities takes longer than everything else that
/// `auth get_oauth_url` does, and that command calls nobody.
#[derive(Default)]
pub(crate) struct LazyTransport {
    made: OnceLock<Result<ReqwestTransport, TransportError>>,
}

impl LazyTransport {
    fn made(&self) -> Result<&ReqwestTransport, TransportError> {
        let made = self
            .made
            .get_or_init(|| ReqwestTransport::new(TransportOptions::default()));
        made.as_ref().map_err(Clone::clone)
    }
}

#[async_trait]
impl Transport for LazyTransport {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        self.made()?.send(request).await
    }

    async fn look(&self, page: Url) -> Result<HttpResponse, TransportError> {
        self.made()?.look(page).await
    }
}
