//! Who is looking: language, time, and what the form that led here has done.

use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;

use super::notice;
use crate::cookies::Cookie;
use crate::options::{Access, Environment};
use crate::page::i18n::Locale;
use crate::page::views::{Frame, Notice};
use crate::state::AppState;

/// One visit of a page.
pub(crate) struct Visit {
    pub(crate) locale: Locale,
    /// The language came with the address and is to be kept.
    chosen: bool,
    path: String,
    note: Option<Notice>,
    had_note: bool,
    admitted_by_cookie: bool,
}

impl Visit {
    pub(crate) fn of(state: &AppState, headers: &HeaderMap, uri: &Uri) -> Self {
        let secure = state.options().secure_cookies;
        let asked = query_value(uri, "lang").and_then(|code| code.parse::<Locale>().ok());
        let kept = || {
            Cookie::Language
                .read(headers, secure)
                .and_then(|code| code.parse().ok())
        };
        let spoken = || {
            headers
                .get(header::ACCEPT_LANGUAGE)
                .and_then(|value| value.to_str().ok())
                .map_or_else(Locale::default, Locale::from_accept_language)
        };
        let raw_note = Cookie::Notice.read(headers, secure);
        Self {
            locale: asked.or_else(kept).unwrap_or_else(spoken),
            chosen: asked.is_some(),
            path: without_language(uri),
            note: raw_note.as_deref().and_then(notice::read),
            had_note: raw_note.is_some(),
            admitted_by_cookie: Cookie::Session.read(headers, secure).is_some(),
        }
    }

    pub(crate) async fn frame(&self, state: &AppState) -> Frame {
        let options = state.options();
        Frame {
            locale: self.locale,
            now_ms: state.core().now().as_millisecond(),
            sandbox: matches!(options.environment, Environment::Sandbox { .. }),
            path: self.path.clone(),
            can_sign_out: self.admitted_by_cookie && options.access == Access::Operators,
            notice: self.note.clone(),
        }
    }

    /// Sets what this visit leaves in the browser.
    pub(super) fn finish(&self, response: &mut Response, state: &AppState) {
        let secure = state.options().secure_cookies;
        if self.chosen {
            Cookie::Language.set(response, self.locale.code(), secure);
        }
        if self.had_note {
            Cookie::Notice.clear(response, secure);
        }
    }
}

/// One value of the query.
pub(super) fn query_value(uri: &Uri, name: &str) -> Option<String> {
    url::form_urlencoded::parse(uri.query()?.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn without_language(uri: &Uri) -> String {
    let Some(query) = uri.query() else {
        return uri.path().to_owned();
    };
    let kept: Vec<_> = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(key, _)| key != "lang")
        .collect();
    if kept.is_empty() {
        return uri.path().to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    format!("{}?{query}", uri.path())
}
