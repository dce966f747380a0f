//! A small HTTP client for tests. One [`Http`] is one visitor: it keeps cookies, follows no redirect, and any
//! status is an answer, not an error.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

/// Nothing that a test asks for may take longer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// One visitor of one server.
#[derive(Debug)]
pub struct Http {
    client: reqwest::Client,
    base: String,
    headers: HeaderMap,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Http {
    /// A new visitor without cookies. `base` is what paths are added to, as in `http://127.0.0.1:8080`.
    ///
    /// # Errors
    /// When the client cannot be built, which means a broken TLS set-up.
    #[expect(
        clippy::disallowed_methods,
        reason = "a visitor from outside, not a client of ours"
    )]
    pub fn new(base: impl Into<String>) -> Result<Self> {
        Self::of(base, reqwest::Client::builder())
    }

    /// A new visitor who believes the certificate in `pem`, and keeps no connection open.
    ///
    /// # Errors
    /// When it is no certificate.
    #[expect(
        clippy::disallowed_methods,
        reason = "a visitor from outside, not a client of ours"
    )]
    pub fn trusting(base: impl Into<String>, pem: &[u8]) -> Result<Self> {
        let certificate = reqwest::Certificate::from_pem(pem)?;
        let builder = reqwest::Client::builder()
            .tls_certs_only([certificate])
            .pool_max_idle_per_host(0);
        Self::of(base, builder)
    }

    fn of(base: impl Into<String>, builder: reqwest::ClientBuilder) -> Result<Self> {
        let client = builder
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(ANSWER_WITHIN)
            .build()
            .context("could not build the test client")?;
        let base = base.into().trim_end_matches('/').to_owned();
        Ok(Self {
            client,
            base,
            headers: HeaderMap::new(),
            cookies: Mutex::default(),
        })
    }

    /// Sends this header with every request.
    ///
    /// # Errors
    /// When the name or the value cannot stand in a header.
    pub fn with_header(mut self, name: &str, value: &str) -> Result<Self> {
        let name = HeaderName::from_bytes(name.as_bytes())?;
        self.headers.insert(name, HeaderValue::from_str(value)?);
        Ok(self)
    }

    /// Sends this API key with every request.
    ///
    /// # Errors
    /// When the key cannot stand in a header.
    pub fn with_api_key(self, key: &str) -> Result<Self> {
        self.with_header("authorization", &format!("Bearer {key}"))
    }

    /// `GET`.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn get(&self, path: &str) -> Result<Reply> {
        self.send(self.request(Method::GET, path)).await
    }

    /// `POST` with a JSON body.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post_json(&self, path: &str, body: &Value) -> Result<Reply> {
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/json");
        self.send(request.body(body.to_string())).await
    }

    /// `POST` as a form on a page does it.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Result<Reply> {
        let body = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)));
        let body = body.collect::<Vec<_>>().join("&");
        let request = self.request(Method::POST, path);
        self.send(
            request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body),
        )
        .await
    }

    /// A request of any kind, to be completed and given to [`Http::send`]. `path` may be a whole address.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = if path.contains("://") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let request = self
            .client
            .request(method, address)
            .headers(self.headers.clone());
        let cookies = self.cookies();
        if cookies.is_empty() {
            return request;
        }
        let cookies: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header(COOKIE, cookies.join("; "))
    }

    /// Sends a request and takes in the cookies of its answer.
    ///
    /// # Errors
    /// When no answer comes.
    pub async fn send(&self, request: RequestBuilder) -> Result<Reply> {
        let answer = request.send().await.context("the server gave no answer")?;
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        for cookie in headers.get_all(SET_COOKIE) {
            self.take(cookie.to_str().context("a cookie is not text")?);
        }
        let body = answer
            .bytes()
            .await
            .context("the answer ended early")?
            .to_vec();
        Ok(Reply {
            status,
            headers,
            body,
        })
    }

    /// The cookies held now, by name.
    #[must_use]
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// Puts a cookie in, as if the server had set it.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(name.to_owned(), value.to_owned());
    }

    /// Forgets all cookies, as another browser would not have them.
    pub fn clear_cookies(&self) {
        self.cookies
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clear();
    }

    /// One host, so that name and value are all; a cookie that ends at once is removed.
    fn take(&self, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let ends = parts.any(|part| {
            part.split_once('=').is_some_and(|(name, seconds)| {
                name.eq_ignore_ascii_case("max-age")
                    && seconds.parse().is_ok_and(|seconds: i64| seconds <= 0)
            })
        });
        let mut cookies = self
            .cookies
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if ends {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// What the server answered.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The status code.
    pub status: u16,
    /// All headers, `set-cookie` included.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Reply {
    /// Itself, if the status is this one.
    ///
    /// # Errors
    /// When it is another: with the body, which says why.
    pub fn expect_status(self, status: u16) -> Result<Self> {
        let text = self.text();
        anyhow::ensure!(
            self.status == status,
            "status {} instead of {status}: {text}",
            self.status
        );
        Ok(self)
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// When it is not JSON: with the body.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).with_context(|| format!("not JSON: {}", self.text()))
    }

    /// A header's first value.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where a redirect leads.
    ///
    /// # Errors
    /// When the answer is no redirect.
    pub fn location(&self) -> Result<&str> {
        self.header("location")
            .with_context(|| format!("status {} leads nowhere", self.status))
    }
}

/// Percent-encoding of everything that could mean something in an address or a form.
fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_kept_replaced_and_removed() {
        let visitor = Http::new("http://127.0.0.1:1/").unwrap();
        visitor.take("sid=one; Path=/; HttpOnly");
        visitor.take("theme=dark");
        visitor.take("sid=two; Max-Age=600");
        assert_eq!(
            visitor.cookies().get("sid").map(String::as_str),
            Some("two")
        );
        visitor.take("sid=; Max-Age=0");
        assert_eq!(visitor.cookies().len(), 1);
        visitor.clear_cookies();
        assert!(visitor.cookies().is_empty());
    }

    #[test]
    fn form_values_are_encoded() {
        assert_eq!(encode("a b&c=é~"), "a%20b%26c%3D%C3%A9~");
    }
}
