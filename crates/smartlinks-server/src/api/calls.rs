//! `POST /api/aliexpress/connections/{id}/call/{method}`: the signed proxy to the gateway's read methods.

use std::collections::BTreeMap;

use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;

use crate::extract::Body;
use crate::problem::Problem;
use crate::state::AppState;

/// Calls a read method of the gateway with the token of a connection; the service signs. The body holds the method's
/// own parameters: texts as they are, anything else is sent as its JSON text, `null` is left out. The answer is the
/// method's answer without the envelope. Writes and `/auth/…` are refused. `default` stands for the default
/// connection.
#[utoipa::path(
    post,
    path = "/api/aliexpress/connections/{id}/call/{method}",
    tag = "connections",
    params(
        ("id" = String, Path, description = "`conn_…`, or `default`"),
        ("method" = String, Path, description = "For example `aliexpress.ds.product.get`")
    ),
    request_body(content = Object, description = "Parameters by name"),
    responses((status = 200, body = Object, description = "The method's own fields"), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 502, body = Problem), (status = 503, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn call(
    state: AppState,
    Path((id, method)): Path<(String, String)>,
    Body(parameters): Body<BTreeMap<String, Value>>,
) -> Result<impl IntoResponse, Problem> {
    let parameters: Vec<(String, String)> = parameters
        .into_iter()
        .filter_map(|(name, value)| match value {
            Value::Null => None,
            Value::String(text) => Some((name, text)),
            other => Some((name, other.to_string())),
        })
        .collect();
    let id = super::connection_or_default(&id);
    let answer = state.core().call_read(id, &method, &parameters).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer))
}
