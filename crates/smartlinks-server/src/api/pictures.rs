//! `/api/aliexpress/products/by-picture`

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use smartlinks_core::{Error, SearchPage};

use super::market::market_query;
use crate::extract::Query;
use crate::problem::Problem;
use crate::state::AppState;

market_query! {
    /// For whom products are looked for.
    Looked {
        /// Which connection asks; the default one when left out.
        connection: Option<String>,
    }
}

/// Finds products that look like a picture (`aliexpress.ds.image.searchV2`), the most alike first. The body is the
/// picture itself, with its media type: JPEG, PNG, WebP or GIF, up to 700,000 bytes.
#[utoipa::path(
    post,
    path = "/api/aliexpress/products/by-picture",
    tag = "products",
    operation_id = "find_by_picture",
    params(Looked),
    request_body(description = "The bytes of the picture", content((Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"), (Vec<u8> = "image/webp"), (Vec<u8> = "image/gif"))),
    responses(
        (status = 200, body = SearchPage),
        (status = 404, body = Problem),
        (status = 409, body = Problem),
        (status = 413, description = "`too_large`: the picture is larger than 700,000 bytes", body = Problem),
        (status = 415, description = "`not_a_picture`: the content type is none of a picture", body = Problem),
        (status = 422, description = "`invalid_picture`: the bytes are none of a picture", body = Problem),
        (status = 502, body = Problem),
        (status = 504, body = Problem)
    )
)]
pub(super) async fn find(
    state: AppState,
    Query(mut looked): Query<Looked>,
    picture: Bytes,
) -> Result<Json<SearchPage>, Problem> {
    let connection = looked.connection.take();
    let market = looked.market(connection);
    match state.core().find_by_picture(&picture, &market).await {
        Ok(page) => Ok(Json(page)),
        Err(Error::Invalid {
            field: "picture",
            message,
        }) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_picture",
            message,
            "Send a JPEG, PNG, WebP or GIF file as it is.",
        )),
        Err(error) => Err(error.into()),
    }
}
