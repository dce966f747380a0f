//! Our cookies: read from and written to headers, all `HttpOnly` and `SameSite=Lax`.
//!
//! Lax, not Strict: the redirect back from AliExpress has to carry them.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

/// The cookies that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// The random id of this browser: a login has to come back to where it started.
    Browser,
    /// The login that this browser started last, by the hash of its state.
    Attempt,
    /// Admits this browser to the page.
    Session,
    /// The chosen language.
    Language,
    /// What the form that was just sent has done; shown once.
    Notice,
}

impl Cookie {
    const fn plain_name(self) -> &'static str {
        match self {
            Self::Browser => "smartlinks_browser",
            Self::Attempt => "smartlinks_attempt",
            Self::Session => "smartlinks_session",
            Self::Language => "smartlinks_language",
            Self::Notice => "smartlinks_notice",
        }
    }

    /// Seconds to keep it; `None` until the browser closes.
    const fn max_age(self) -> Option<u32> {
        match self {
            Self::Browser | Self::Language => Some(31_536_000),
            Self::Attempt => Some(600),
            // The end of a session whatever happens; the server keeps the limits.
            Self::Session => Some(7 * 86_400),
            Self::Notice => Some(60),
        }
    }

    /// `__Host-` ties a cookie to this host and to TLS; on plain http it would be refused.
    fn name(self, secure: bool) -> String {
        if secure {
            format!("__Host-{}", self.plain_name())
        } else {
            self.plain_name().to_owned()
        }
    }

    /// The value that the browser sent.
    pub(crate) fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .find_map(|header| {
                header.split(';').find_map(|pair| {
                    let (key, value) = pair.trim().split_once('=')?;
                    (key == name).then(|| value.to_owned())
                })
            })
    }

    /// Sets it on an answer. The value has to be plain (hexadecimal, a code, or encoded).
    pub(crate) fn set(self, response: &mut Response, value: &str, secure: bool) {
        let age = self
            .max_age()
            .map(|seconds| format!("; Max-Age={seconds}"))
            .unwrap_or_default();
        self.write(response, value, &age, secure);
    }

    /// Whether an answer sets it or takes it away already.
    pub(crate) fn is_set_by(self, response: &Response, secure: bool) -> bool {
        let begin = format!("{}=", self.name(secure));
        response
            .headers()
            .get_all(SET_COOKIE)
            .iter()
            .any(|value| value.as_bytes().starts_with(begin.as_bytes()))
    }

    /// Takes it away.
    pub(crate) fn clear(self, response: &mut Response, secure: bool) {
        self.write(response, "", "; Max-Age=0", secure);
    }

    fn write(self, response: &mut Response, value: &str, age: &str, secure: bool) {
        let flag = if secure { "; Secure" } else { "" };
        let text = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{age}{flag}",
            self.name(secure)
        );
        if let Ok(header) = HeaderValue::from_str(&text) {
            response.headers_mut().append(SET_COOKIE, header);
        }
    }
}
