//! `GET /api/aliexpress/connections/{id}/token`: an access token for the merchant's own software.

use std::time::Duration;

use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_core::from_millis;
use utoipa::{IntoParams, ToSchema};

use crate::extract::Query;
use crate::problem::Problem;
use crate::state::AppState;

/// How long a token has to last when the caller does not say. Seconds.
const USUAL_TTL: u64 = 60;
/// A year: no access token lasts longer. Seconds.
const LONGEST_TTL: u64 = 31_536_000;

/// How long the token has to last.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// Seconds from now for which the token has to work: 0 to 31536000, 60 when not said. The pair is renewed first
    /// where it would not last; where even that is not enough, the call fails. A token whose end AliExpress did not
    /// say (`works_until` is `null`) is taken for one that lasts.
    min_ttl: Option<u64>,
}

/// An access token with what its user has to know. The refresh token stays with us.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenView {
    /// What calls are signed in with: the parameter `session` or `access_token`.
    access_token: String,
    /// The connection that it belongs to.
    connection: String,
    /// Counts the token pairs of this connection: another number means another token.
    generation: i64,
    /// Until when it works; `null` when the gateway did not say. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    works_until: Option<Timestamp>,
    /// Seconds for which it works from now; `null` when the gateway did not say.
    expires_in: Option<i64>,
}

/// Hands out an access token that works for at least `min_ttl` seconds, renewed first where needed. Do not keep it
/// longer than `works_until`, and ask again after a refusal. `default` stands for the default connection.
#[utoipa::path(
    get,
    path = "/api/aliexpress/connections/{id}/token",
    tag = "connections",
    params(("id" = String, Path, description = "`conn_…`, or `default`"), Wanted),
    responses((status = 200, body = TokenView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn vend(
    state: AppState,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Problem> {
    let ttl = wanted.min_ttl.unwrap_or(USUAL_TTL);
    if ttl > LONGEST_TTL {
        return Err(smartlinks_core::Error::invalid(
            "min_ttl",
            format!("it is at most {LONGEST_TTL} seconds (a year)"),
        )
        .into());
    }
    let core = state.core();
    let id = super::connection_or_default(&id);
    let vended = core.vend(id, Duration::from_secs(ttl)).await?;
    let connection = vended.connection();
    core.note_vend(&connection.id);
    let left = |until: smartlinks_core::store::Millis| {
        (until.0 - core.now().as_millisecond()).max(0) / 1000
    };
    let view = TokenView {
        access_token: vended.token().expose().to_owned(),
        connection: connection.id.to_string(),
        generation: connection.generation,
        works_until: connection.works_until.and_then(from_millis),
        expires_in: connection.works_until.map(left),
    };
    let mut response = axum::Json(view).into_response();
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}
