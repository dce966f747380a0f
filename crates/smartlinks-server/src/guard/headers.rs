//! The security headers of every answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::options::{Environment, ServerOptions};

/// Domains that a sign-in form may end on by way of redirects. Browsers check `form-action` on each hop.
const ALIEXPRESS: &str = "https://*.aliexpress.com https://*.aliexpress.us https://*.aliexpress.ru";

/// They are the same for all answers of a server, so they are made once.
pub(crate) struct SecurityHeaders(Vec<(HeaderName, HeaderValue)>);

impl SecurityHeaders {
    pub(crate) fn new(options: &ServerOptions) -> Self {
        let fixed = HeaderValue::from_static;
        let mut headers = vec![
            (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
            (header::X_FRAME_OPTIONS, fixed("DENY")),
            // Not `no-referrer`: with it browsers send `Origin: null` with our own forms. The callback has it.
            (header::REFERRER_POLICY, fixed("same-origin")),
            (header::CACHE_CONTROL, fixed("no-store")),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                fixed("same-origin"),
            ),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                fixed("same-origin"),
            ),
            (
                HeaderName::from_static("permissions-policy"),
                fixed("camera=(), geolocation=(), microphone=(), payment=()"),
            ),
        ];
        // The origins in it were parsed as URLs, so they hold nothing that a header may not.
        let policy = HeaderValue::try_from(policy(options))
            .unwrap_or_else(|_| fixed("default-src 'none'; frame-ancestors 'none'"));
        headers.push((header::CONTENT_SECURITY_POLICY, policy));
        if options.secure_cookies {
            headers.push((header::STRICT_TRANSPORT_SECURITY, fixed("max-age=31536000")));
        }
        Self(headers)
    }

    /// Puts them into an answer that does not have its own.
    pub(super) fn put_into(&self, headers: &mut HeaderMap) {
        headers.reserve(self.0.len() + 1);
        for (name, value) in &self.0 {
            headers.entry(name).or_insert_with(|| value.clone());
        }
    }
}

/// Own script, own style, nothing inline. Product pictures are the one thing from elsewhere.
fn policy(options: &ServerOptions) -> String {
    let elsewhere = elsewhere(options);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' https:{elsewhere}; form-action 'self' {ALIEXPRESS}{elsewhere}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// The gateway when it is not AliExpress itself: the sandbox, or somebody's own proxy.
fn elsewhere(options: &ServerOptions) -> String {
    let gateway = options
        .core
        .app()
        .ready()
        .ok()
        .map(|app| app.client.gateway().to_string());
    let sandbox = match &options.environment {
        Environment::Sandbox { control_url } => url::Url::parse(control_url)
            .ok()
            .map(|url| url.origin().ascii_serialization()),
        Environment::Live => None,
    };
    let mut origins: Vec<_> = [gateway, sandbox].into_iter().flatten().collect();
    origins.dedup();
    origins
        .into_iter()
        .map(|origin| format!(" {}", origin.trim_end_matches('/')))
        .collect()
}
