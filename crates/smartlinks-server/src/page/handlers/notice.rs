//! What a form has done, carried over its redirect in a cookie that lives for one page.

use axum::response::{IntoResponse, Redirect, Response};

use crate::cookies::Cookie;
use crate::page::views::{CatalogueDeed, Notice, Problem as ProblemView, WatchDeed, WebhookDeed};
use crate::problem::Problem;
use crate::state::AppState;

/// Goes to a page and says there what was done.
pub(super) fn go(state: &AppState, to: &str, notice: &Notice) -> Response {
    let mut response = Redirect::to(to).into_response();
    Cookie::Notice.set(
        &mut response,
        &write(notice),
        state.options().secure_cookies,
    );
    response
}

/// The same for something that failed.
pub(super) fn go_failed(
    state: &AppState,
    to: &str,
    problem: Problem,
    request_id: &str,
) -> Response {
    go(
        state,
        to,
        &Notice::Failed(super::problems::view(problem, request_id)),
    )
}

fn write(notice: &Notice) -> String {
    let (kind, parts): (&str, Vec<&str>) = match notice {
        Notice::Refreshed(name) => ("refreshed", vec![name]),
        Notice::DefaultChanged(name) => ("default", vec![name]),
        Notice::Renamed(name) => ("renamed", vec![name]),
        Notice::Disconnected(name) => ("disconnected", vec![name]),
        Notice::OrderAdded(id) => ("order-added", vec![id]),
        Notice::OrderKnown(id) => ("order-known", vec![id]),
        Notice::OrderRefreshed(id) => ("order-refreshed", vec![id]),
        Notice::OrderDecided => ("order-decided", vec![]),
        Notice::OrderSentBefore => ("order-sent-before", vec![]),
        Notice::LinkRevoked => ("link-revoked", vec![]),
        Notice::LinkOver => ("link-over", vec![]),
        Notice::ApiKeyRevoked(name) => ("key-revoked", vec![name]),
        Notice::Webhook(deed) => ("webhook", vec![deed.key().id()]),
        Notice::Watch(deed) => ("watch", vec![deed.key().id()]),
        Notice::Catalogue(deed) => ("catalogue", vec![deed.key().id()]),
        Notice::SignedOut => ("signed-out", vec![]),
        Notice::PasswordChanged => ("password-changed", vec![]),
        Notice::SessionEnded => ("session-ended", vec![]),
        Notice::SessionsEnded => ("sessions-ended", vec![]),
        Notice::MarketChosen => ("market-chosen", vec![]),
        Notice::Failed(problem) => (
            "failed",
            vec![
                &problem.code,
                problem.request_id.as_deref().unwrap_or_default(),
            ],
        ),
    };
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.append_pair("n", kind);
    for part in parts {
        pairs.append_pair("p", part);
    }
    pairs.finish()
}

/// Reads a note back. It comes from the browser, so nothing but words is believed of it.
pub(super) fn read(cookie: &str) -> Option<Notice> {
    let mut kind = String::new();
    let mut parts = Vec::new();
    for (key, value) in url::form_urlencoded::parse(cookie.as_bytes()) {
        match &*key {
            "n" => kind = value.into_owned(),
            "p" => parts.push(smartlinks_core::shortened(&value, 120)),
            _ => return None,
        }
    }
    let mut parts = parts.into_iter();
    let mut next = || parts.next().unwrap_or_default();
    Some(match kind.as_str() {
        "refreshed" => Notice::Refreshed(next()),
        "default" => Notice::DefaultChanged(next()),
        "renamed" => Notice::Renamed(next()),
        "disconnected" => Notice::Disconnected(next()),
        "order-added" => Notice::OrderAdded(next()),
        "order-known" => Notice::OrderKnown(next()),
        "order-refreshed" => Notice::OrderRefreshed(next()),
        "order-decided" => Notice::OrderDecided,
        "order-sent-before" => Notice::OrderSentBefore,
        "link-revoked" => Notice::LinkRevoked,
        "link-over" => Notice::LinkOver,
        "key-revoked" => Notice::ApiKeyRevoked(next()),
        "webhook" => {
            let id = next();
            let deed = WebhookDeed::ALL
                .into_iter()
                .find(|deed| deed.key().id() == id);
            Notice::Webhook(deed?)
        }
        "watch" => {
            let id = next();
            let mut deeds = WatchDeed::ALL.into_iter();
            Notice::Watch(deeds.find(|deed| deed.key().id() == id)?)
        }
        "catalogue" => {
            let id = next();
            let deed = CatalogueDeed::ALL
                .into_iter()
                .find(|deed| deed.key().id() == id);
            Notice::Catalogue(deed?)
        }
        "signed-out" => Notice::SignedOut,
        "password-changed" => Notice::PasswordChanged,
        "session-ended" => Notice::SessionEnded,
        "sessions-ended" => Notice::SessionsEnded,
        "market-chosen" => Notice::MarketChosen,
        "failed" => {
            let mut problem = ProblemView::from_code(next());
            problem.request_id = Some(next()).filter(|id| !id.is_empty());
            Notice::Failed(problem)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_survives_the_cookie() {
        let note = write(&Notice::Renamed("Boutique « été »; Path=/evil".into()));
        assert!(
            note.is_ascii() && !note.contains([';', ',', ' ', '"', '\r', '\n']),
            "{note}"
        );
        assert!(
            matches!(read(&note), Some(Notice::Renamed(name)) if name == "Boutique « été »; Path=/evil")
        );
        assert!(read("n=unknown").is_none());
        assert!(read("x=1").is_none());
    }
}
