//! `/api/aliexpress/keys`

use axum::extract::Path;
use axum::http::StatusCode;
use axum::{Extension, Json};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_core::{ApiKeyView, CreateApiKey, Scope};
use utoipa::ToSchema;

use crate::extract::Body;
use crate::guard::Principal;
use crate::problem::Problem;
use crate::state::AppState;

/// All API keys, those that have ended included, the oldest first. What opens anything is not shown.
#[utoipa::path(
    get,
    path = "/api/aliexpress/keys",
    tag = "keys",
    responses((status = 200, body = Vec<ApiKeyView>))
)]
pub(super) async fn list(state: AppState) -> Result<Json<Vec<ApiKeyView>>, Problem> {
    Ok(Json(state.core().api_keys().await?))
}

/// What a new key is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    /// What a person calls it. 1 to 80 characters.
    name: String,
    /// What it may do. A key can only pass on what it holds itself.
    scopes: Vec<Scope>,
    /// When it ends by itself: within ten years, no later than a key that makes it. Left out, it does not. RFC 3339.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// A key that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeKey {
    /// The key, for `Authorization: Bearer`. It is shown this once and cannot be had again.
    key: String,
    #[serde(flatten)]
    about: ApiKeyView,
}

/// Makes an API key.
#[utoipa::path(
    post,
    path = "/api/aliexpress/keys",
    tag = "keys",
    request_body = NewKey,
    responses(
        (status = 201, body = MadeKey),
        (status = 403, body = Problem, description = "`scope_not_held`: a key passes on only what it holds itself; `missing_scope`, `cross_site`"),
        (status = 409, body = Problem, description = "`too_many_api_keys`")
    )
)]
pub(super) async fn create(
    state: AppState,
    Extension(principal): Extension<Principal>,
    Body(new): Body<NewKey>,
) -> Result<(StatusCode, Json<MadeKey>), Problem> {
    let create = CreateApiKey {
        name: new.name,
        scopes: new.scopes.into_iter().collect(),
        expires_at: new.expires_at,
        grantable: principal.grantable(),
    };
    let made = state.core().create_api_key(create).await?;
    let answer = MadeKey {
        key: made.key.reveal().to_owned(),
        about: made.view,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Revokes an API key: within a second it opens nothing any more. It stays listed.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/keys/{id}",
    tag = "keys",
    params(("id" = String, Path, description = "`key_…`")),
    responses((status = 200, body = ApiKeyView), (status = 404, body = Problem))
)]
pub(super) async fn revoke(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ApiKeyView>, Problem> {
    Ok(Json(state.core().revoke_api_key(&id).await?))
}
