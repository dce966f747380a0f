//! The answers that a fault asks for.

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use super::envelope::{Form, Ids};
use super::refusal::{Refusal, seconds_to_beijing_midnight};
use super::{json_response, text_of};
use crate::faults::{Fault, Then};
use crate::json::Object;

/// The answer that a fault asks for instead of `body`.
pub(super) fn response(
    fault: &Fault,
    body: &Object,
    now_ms: i64,
    form: &Form<'_>,
    ids: &Ids,
) -> Response {
    match fault.then {
        Then::Delay => json_response(StatusCode::OK, text_of(body)),
        Then::Reset => broken_connection(),
        Then::Http500 => html(
            StatusCode::INTERNAL_SERVER_ERROR,
            "500 Internal Server Error",
        ),
        Then::Html => page_not_found(),
        Then::Truncate => {
            let text = text_of(body);
            json_response(StatusCode::OK, text.slice(..text.len() / 2))
        }
        Then::Error => {
            let refusal = Refusal {
                numeric: fault.numeric,
                ..ordered_refusal(fault, now_ms)
            };
            json_response(StatusCode::OK, text_of(&form.refusal(&refusal, ids)))
        }
    }
}

fn ordered_refusal(fault: &Fault, now_ms: i64) -> Refusal {
    match fault.code.as_deref().unwrap_or_default() {
        "ApiCallLimit" => Refusal::call_limit("ApiCallLimit", fault.ban_s.unwrap_or(1)),
        "AppApiCallLimit" => {
            let ban_s = fault
                .ban_s
                .unwrap_or_else(|| seconds_to_beijing_midnight(now_ms));
            Refusal::call_limit("AppApiCallLimit", ban_s)
        }
        "MissingParameter" => Refusal::missing("sandbox_fault"),
        "15" => {
            let sub = fault
                .sub_code
                .clone()
                .unwrap_or_else(|| "isp.remote-service-error".to_owned());
            Refusal::remote(sub, "Ordered through the control API of the sandbox")
        }
        other => Refusal::named(other.to_owned()),
    }
}

/// An answer whose body fails at once: the server closes the connection before the first byte.
fn broken_connection() -> Response {
    let broken: Result<Bytes, _> = Err(std::io::Error::other("connection reset by the sandbox"));
    Body::from_stream(stream::iter([broken])).into_response()
}

/// The page of the edge in front of the gateway, with status 200.
pub(super) fn page_not_found() -> Response {
    let text = "Sorry, the page you requested can not be found";
    html(StatusCode::OK, text)
}

fn html(status: StatusCode, text: &str) -> Response {
    let page = format!(
        "<!doctype html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
    );
    (
        status,
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        page,
    )
        .into_response()
}
