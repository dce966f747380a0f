//! How requests reach the provider: our own HTTP client, since what it answers is read before it is believed.

use std::error::Error as StdError;
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};

const USER_AGENT: &str = concat!("smartlinks/", env!("CARGO_PKG_VERSION"));
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The largest answer: documents of this kind have a few kilobytes.
const ANSWER_BYTES: usize = 256 * 1024;

/// Why there was no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    #[error("no certificate authority can be loaded")]
    Unable,
    #[error("{0} is no address to send requests to")]
    Address(String),
    #[error("{0} does not answer in time")]
    Timeout(String),
    #[error("{host} cannot be reached: {why}")]
    Unreachable { host: String, why: String },
    #[error("{0} answers with more than {ANSWER_BYTES} bytes")]
    TooLarge(String),
}

/// Sends requests: no redirect is followed, nothing is repeated, time and size are bounded.
#[derive(Debug)]
pub(super) struct Wire {
    encrypted: bool,
    /// Made when first needed: loading certificate authorities takes longer than everything else.
    made: OnceLock<Option<reqwest::Client>>,
}

impl Wire {
    /// With `encrypted` only over https.
    pub(super) const fn new(encrypted: bool) -> Self {
        Self {
            encrypted,
            made: OnceLock::new(),
        }
    }

    fn client(&self) -> Result<&reqwest::Client, WireError> {
        let made = self.made.get_or_init(|| build(self.encrypted));
        made.as_ref().ok_or(WireError::Unable)
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, WireError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        let request =
            reqwest::Request::try_from(request).map_err(|_| WireError::Address(host.clone()))?;
        let answered = self.client()?.execute(request).await;
        let mut answer = answered.map_err(|error| unsent(error, &host))?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| unsent(error, &host))? {
            if body.len() + chunk.len() > ANSWER_BYTES {
                return Err(WireError::TooLarge(host));
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = HttpResponse::new(body);
        *response.status_mut() = answer.status();
        *response.headers_mut() = answer.headers().clone();
        Ok(response)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one factory of clients for providers, whose rules are others than the gateway's"
)]
fn build(encrypted: bool) -> Option<reqwest::Client> {
    let built = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .https_only(encrypted)
        // The client secret goes to the provider and to nobody on the way.
        .no_proxy()
        .build();
    match built {
        Ok(client) => Some(client),
        Err(error) => {
            tracing::error!(%error, "the HTTP client for the identity provider could not be made");
            None
        }
    }
}

/// The address of a request can hold nothing secret, and is left out all the same: the host says enough.
fn unsent(error: reqwest::Error, host: &str) -> WireError {
    let host = host.to_owned();
    if error.is_timeout() {
        return WireError::Timeout(host);
    }
    let error = error.without_url();
    let mut why = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        why = inner.to_string();
        cause = inner.source();
    }
    WireError::Unreachable { host, why }
}

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = WireError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, WireError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
