//! `/api/aliexpress/oauth`: the two promised routes.

use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use smartlinks_core::{BeginLogin, ConnectionView, LoginStarted, Requester};
use utoipa::{IntoParams, ToSchema};

use crate::browsers::{self, Recognised};
use crate::extract::{Body, Query};
use crate::guard::Principal;
use crate::problem::Problem;
use crate::state::AppState;

/// What a caller may say about a login.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct UrlQuery {
    /// The caller's own state, given back as `state` on the final redirect. At most 512 characters.
    state: Option<String>,
    /// Where to go at the end: a path of this server or an address on the allow-list.
    return_to: Option<String>,
    /// The connection to authorise again; the account has to be the same.
    connection: Option<String>,
    /// With `connection`: another account may take that connection over. Its former account's tokens are then deleted,
    /// and everything that uses the id acts for the new account from there on.
    other_account: Option<bool>,
    /// A name for the new connection. At most 80 characters.
    label: Option<String>,
}

/// The AliExpress address that starts a login. It is bound to this browser by a cookie, or, for a
/// program without cookies, ends on a neutral page.
#[utoipa::path(
    get,
    path = "/api/aliexpress/oauth/url",
    tag = "oauth",
    params(UrlQuery),
    responses((status = 200, body = LoginStarted), (status = 404, body = Problem))
)]
pub(super) async fn url(
    state: AppState,
    Extension(principal): Extension<Principal>,
    headers: HeaderMap,
    Query(query): Query<UrlQuery>,
) -> Result<Response, Problem> {
    let (requester, fresh) = match (browsers::known(&state, &headers), principal.is_program()) {
        (None, true) => (Requester::Headless, None),
        _ => {
            let (browser, fresh) = browsers::known_or_new(&state, &headers)?.into_parts();
            (Requester::Browser(browser), fresh)
        }
    };
    let begin = BeginLogin {
        requester,
        caller_state: query.state,
        return_to: query.return_to,
        connection: query.connection,
        other_account: query.other_account.unwrap_or(false),
        label: query.label,
    };
    let mut response = Json(state.core().begin_login(begin).await?).into_response();
    Recognised::remember(fresh, &mut response, &state);
    Ok(response)
}

/// A code copied by hand.
#[derive(Deserialize, ToSchema)]
// Unknown fields are passed over: the answer of another tool can be sent on as it is.
pub(super) struct CodeBody {
    /// The code, or the whole address that the browser ended on.
    code: String,
}

/// Exchanges a code that was copied by hand. The answer shows the connection, never a token.
#[utoipa::path(
    post,
    path = "/api/aliexpress/oauth/token",
    tag = "oauth",
    request_body = CodeBody,
    responses((status = 200, body = ConnectionView), (status = 409, body = Problem), (status = 502, body = Problem), (status = 504, body = Problem))
)]
pub(super) async fn token(
    state: AppState,
    headers: HeaderMap,
    Body(body): Body<CodeBody>,
) -> Result<Json<ConnectionView>, Problem> {
    let browser = browsers::known(&state, &headers);
    Ok(Json(
        state.core().exchange_pasted(&body.code, browser).await?,
    ))
}
