//! The `Date` header: the clock that timestamps are held against, so that a client can measure how far its own is off.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use jiff::Timestamp;

use crate::config::CheckTimestamp;
use crate::sandbox::Inner;

pub(super) async fn stamp(
    State(inner): State<Arc<Inner>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let now_ms = match inner.book.profile().check_timestamp {
        CheckTimestamp::Real => inner.clock.real_ms(),
        CheckTimestamp::Virtual => inner.clock.now_ms(),
    };
    let text = Timestamp::from_millisecond(now_ms)
        .map(|now| now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if let Some(value) = text.ok().and_then(|text| HeaderValue::try_from(text).ok()) {
        response.headers_mut().insert(header::DATE, value);
    }
    response
}
