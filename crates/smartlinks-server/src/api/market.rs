//! `/api/aliexpress/market`: for whom products are looked at, and the parameters with which a single call says it.

use axum::Json;
use smartlinks_core::{MarketChange, OwnMarket};

use crate::extract::Body;
use crate::problem::Problem;
use crate::state::AppState;

/// A query of the address that ends with destination, currency and language, wherever products are asked for.
macro_rules! market_query {
    ($(#[$about:meta])* $name:ident { $($(#[$say:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, serde::Deserialize, utoipa::IntoParams)]
        #[into_params(parameter_in = Query)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$say])* $field: $kind,)*
            /// Destination, ISO 3166-1 alpha-2. When left out, the one that was chosen (`/api/aliexpress/market`), else
            /// the configured one.
            ship_to: Option<String>,
            /// Currency of prices, ISO 4217. When left out, the chosen or configured one.
            currency: Option<String>,
            /// `fr` or `en`. When left out, the chosen or configured one.
            language: Option<String>,
        }

        impl $name {
            /// What it says of destination, currency and language, for a connection.
            fn market(&mut self, connection: Option<String>) -> smartlinks_core::ProductQuery {
                smartlinks_core::ProductQuery {
                    ship_to: self.ship_to.take(),
                    currency: self.currency.take(),
                    language: self.language.take(),
                    connection,
                }
            }
        }
    };
}
pub(super) use market_query;

/// Destination, currency and language of questions that do not say them: as whoever asks has chosen them (each
/// operator, each key), else the configured ones.
#[utoipa::path(
    get,
    path = "/api/aliexpress/market",
    tag = "products",
    operation_id = "show_market",
    responses((status = 200, body = OwnMarket))
)]
pub(super) async fn show(state: AppState) -> Result<Json<OwnMarket>, Problem> {
    Ok(Json(state.core().own_market().await?))
}

/// Chooses them, for whoever asks; what is left out stays as it is.
#[utoipa::path(
    put,
    path = "/api/aliexpress/market",
    tag = "products",
    operation_id = "choose_market",
    request_body = MarketChange,
    responses((status = 200, body = OwnMarket))
)]
pub(super) async fn choose(
    state: AppState,
    Body(change): Body<MarketChange>,
) -> Result<Json<OwnMarket>, Problem> {
    Ok(Json(state.core().choose_market(&change).await?))
}

/// Goes back to the configured ones.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/market",
    tag = "products",
    operation_id = "forget_market",
    responses((status = 200, body = OwnMarket))
)]
pub(super) async fn forget(state: AppState) -> Result<Json<OwnMarket>, Problem> {
    Ok(Json(state.core().forget_market().await?))
}
