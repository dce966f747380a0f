//! `/aliexpress/products/by-picture`: finding products that look like a picture.

use axum::Extension;
use axum::body::Bytes;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;
use smartlinks_core::{Error, PICTURE_LIMIT, SearchPage};

use super::products::{card, for_market};
use super::{Visit, market, problems, render, views_of};
use crate::guard::RequestId;
use crate::multipart;
use crate::page::views::{MarketView, PicturePage, PictureState, ProductResults};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let market = market::of(&state, &visit, &uri).await?;
    let found = before(&state).await?.unwrap_or(PictureState::Start);
    page(&state, &visit, market, found).await
}

/// The picture is not kept, so its results are the answer to the form itself.
pub(super) async fn find(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let market = market::of(&state, &visit, &uri).await?;
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let picture = multipart::field(kind.unwrap_or_default(), &body, "picture");
    let found = match (before(&state).await?, picture) {
        (Some(missing), _) => missing,
        (None, None | Some([])) => PictureState::NoPicture,
        (None, Some(picture)) if picture.len() > PICTURE_LIMIT => {
            PictureState::TooLarge(PICTURE_LIMIT)
        }
        (None, Some(picture)) => look(&state, &market, picture, &request_id).await,
    };
    page(&state, &visit, market, found).await
}

/// What keeps everything from being looked for.
async fn before(state: &AppState) -> Result<Option<PictureState>, Problem> {
    let missing = views_of::missing(state.core());
    if !missing.is_empty() {
        return Ok(Some(PictureState::NotConfigured(missing)));
    }
    let connections = state.core().connections().await?;
    let usable = connections.iter().any(|one| one.usable);
    Ok((!usable).then_some(PictureState::NotConnected))
}

async fn look(
    state: &AppState,
    market: &MarketView,
    picture: &[u8],
    request_id: &str,
) -> PictureState {
    let market = for_market(market);
    match state.core().find_by_picture(picture, &market).await {
        Ok(found) => PictureState::Results(results(state, found)),
        Err(Error::Invalid {
            field: "picture", ..
        }) => PictureState::NoPicture,
        Err(Error::NotConnected) => PictureState::NotConnected,
        Err(error) => PictureState::Trouble(problems::view(error.into(), request_id)),
    }
}

fn results(state: &AppState, found: SearchPage) -> ProductResults {
    ProductResults {
        total: found.total,
        page_size: u32::try_from(found.page_size).unwrap_or(1),
        fetched_at_ms: state.core().now().as_millisecond(),
        cards: found.products.into_iter().map(card).collect(),
    }
}

async fn page(
    state: &AppState,
    visit: &Visit,
    market: MarketView,
    found: PictureState,
) -> Result<Response, Problem> {
    let page = PicturePage {
        frame: visit.frame(state).await,
        market,
        state: found,
    };
    Ok(render(&page, visit, state))
}
