//! What all pages share: headers, style, escaping.

use std::borrow::Cow;

use askama::Template;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::language::Language;
use crate::web::typed;

/// Nothing from elsewhere, no script, no frames.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The language that a browser asks for.
pub(crate) fn language(headers: &HeaderMap) -> Language {
    headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .map_or(Language::English, Language::from_accept_language)
}

/// Renders a page. `more_policy` widens the content policy, for instance by where its form leads.
pub(crate) fn page(status: StatusCode, template: &impl Template, more_policy: &str) -> Response {
    let (status, body) = match template.render() {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "page not rendered"
            );
            (StatusCode::INTERNAL_SERVER_ERROR, "500".to_owned())
        }
    };
    let mut response = typed(status, "text/html; charset=utf-8", "no-store", body);
    let headers = response.headers_mut();
    let policy = HeaderValue::try_from(format!("{POLICY}; {more_policy}"))
        .unwrap_or(HeaderValue::from_static("default-src 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    // Not `no-referrer`: that would turn the `Origin` of our own forms into `null`.
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    headers.insert(
        "cross-origin-opener-policy",
        HeaderValue::from_static("same-origin"),
    );
    response
}

/// The style sheet.
pub(crate) async fn asset(Path(file): Path<String>) -> Response {
    match file.as_str() {
        "page.css" => typed(
            StatusCode::OK,
            "text/css; charset=utf-8",
            "no-cache",
            include_str!("../assets/page.css"),
        ),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Text made safe for HTML and SVG. Characters that those forbid are left out.
pub(crate) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        let replacement: Cow<'_, str> = match letter {
            '&' => "&amp;".into(),
            '<' => "&lt;".into(),
            '>' => "&gt;".into(),
            '"' => "&quot;".into(),
            '\'' => "&#39;".into(),
            control if control.is_control() && control != '\n' => "".into(),
            other => String::from(other).into(),
        };
        safe.push_str(&replacement);
    }
    safe
}

/// A page that says one thing.
#[derive(Template)]
#[template(path = "message.html")]
pub(crate) struct Message<'a> {
    pub(crate) language: &'static str,
    pub(crate) banner: &'a str,
    pub(crate) title: &'a str,
    pub(crate) text: &'a str,
    /// Machine word such as `param-appkey.not.exists`; empty when there is none.
    pub(crate) code: &'a str,
    pub(crate) detail: &'a str,
    /// Where a link back leads; empty when there is none.
    pub(crate) back: &'static str,
}

/// The sentence that stands on top of every page.
pub(crate) const fn banner(language: Language) -> &'static str {
    language.pick(
        "This is not AliExpress. It is the SmartLinks sandbox: every account, product and order here is made up.",
        "Ce site n'est pas AliExpress. C'est le bac à sable SmartLinks : comptes, produits et commandes sont fictifs.",
    )
}
