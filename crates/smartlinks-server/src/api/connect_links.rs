//! `/api/aliexpress/connect-links`

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use serde::Deserialize;
use smartlinks_core::{ConnectLinkPage, ConnectLinkView, CreatedLink, NewLink};
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query, limited};
use crate::problem::Problem;
use crate::state::AppState;

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Listing {
    /// How many, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    after: Option<String>,
}

/// The links that were made in the last 30 days, the latest first, with how each ended. Their addresses are not among
/// them.
#[utoipa::path(
    get,
    path = "/api/aliexpress/connect-links",
    tag = "connect-links",
    params(Listing),
    responses((status = 200, body = ConnectLinkPage))
)]
pub(super) async fn list(
    state: AppState,
    Query(listing): Query<Listing>,
) -> Result<Json<ConnectLinkPage>, Problem> {
    let (after, limit) = (listing.after.as_deref(), limited(listing.limit, 50, 200)?);
    Ok(Json(state.core().connect_links(after, limit).await?))
}

/// What the link is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewConnectLink {
    /// The connection to authorise again; left out, a further account is connected. The account has to be the same.
    connection: Option<String>,
    /// A name for the connection, at most 80 characters. The merchant sees it.
    label: Option<String>,
}

/// Makes a link to send to a merchant elsewhere: good for 30 minutes and one use. The answer is the only place where
/// its address ever stands.
#[utoipa::path(
    post,
    path = "/api/aliexpress/connect-links",
    tag = "connect-links",
    request_body = NewConnectLink,
    responses((status = 201, body = CreatedLink), (status = 404, body = Problem))
)]
pub(super) async fn create(
    state: AppState,
    Body(new): Body<NewConnectLink>,
) -> Result<(StatusCode, Json<CreatedLink>), Problem> {
    let new = NewLink {
        connection: new.connection,
        label: new.label,
    };
    let created = state.core().create_connect_link(new).await?;
    Ok((StatusCode::CREATED, Json(created)))
}

/// Takes a link back. One that was used or has ended stays as it is; the answer says how it stands.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/connect-links/{id}",
    tag = "connect-links",
    params(("id" = String, Path, description = "`link_…`")),
    responses((status = 200, body = ConnectLinkView), (status = 404, body = Problem))
)]
pub(super) async fn revoke(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<ConnectLinkView>, Problem> {
    Ok(Json(state.core().revoke_connect_link(&id).await?))
}
