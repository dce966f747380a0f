//! JSON routes take JSON and nothing else: a form of another site cannot send it unasked.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Next;
use crate::problem::Problem;

pub(super) async fn demand_json(request: Request, next: Next) -> Response {
    let changes = !matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if changes && request.uri().path().starts_with("/api/") && !acceptable(request.headers()) {
        return Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "this route takes application/json",
            "Send the header `content-type: application/json`.",
        )
        .into_response();
    }
    next.run(request).await
}

/// JSON, or no body at all.
fn acceptable(headers: &HeaderMap) -> bool {
    match headers.get(header::CONTENT_TYPE) {
        Some(kind) => kind
            .to_str()
            .ok()
            .and_then(|text| text.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json")),
        None => {
            let empty = headers
                .get(header::CONTENT_LENGTH)
                .is_none_or(|length| length.as_bytes() == b"0");
            empty && !headers.contains_key(header::TRANSFER_ENCODING)
        }
    }
}
