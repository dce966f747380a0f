//! For whom products are looked at: what each page about products shows, and the form that changes it.

use axum::http::Uri;
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;
use smartlinks_core::{Market, MarketChange};

use super::frame::query_value;
use super::{Visit, notice};
use crate::guard::RequestId;
use crate::page::i18n::Locale;
use crate::page::views::{MarketStanding, MarketView, Notice};
use crate::problem::Problem;
use crate::state::AppState;

/// Parameters of an address that go before what is remembered.
const PARAMETERS: [&str; 3] = ["ship_to", "currency", "language"];
/// Where the form may lead back to.
const PAGES: [&str; 2] = ["/aliexpress/products", "/aliexpress/affiliate"];

/// What the address says, else what the visitor has chosen, else the configured market in the language of the page.
pub(super) async fn of(state: &AppState, visit: &Visit, uri: &Uri) -> Result<MarketView, Problem> {
    let own = state.core().own_market().await?;
    let chosen = own.chosen_at.is_some();
    let mut usual = own.market;
    if !chosen {
        visit.locale.code().clone_into(&mut usual.language);
    }
    let asked = PARAMETERS.map(|name| query_value(uri, name).unwrap_or_default());
    let said = said(&usual, &asked);
    let standing = match (said == usual, chosen) {
        (false, _) => MarketStanding::Address,
        (true, true) => MarketStanding::Chosen,
        (true, false) => MarketStanding::Configured,
    };
    Ok(MarketView {
        language: said.language.parse().unwrap_or(visit.locale),
        ship_to: said.ship_to,
        currency: said.currency,
        standing,
    })
}

/// Codes that cannot be are passed on in capitals, so that the answer of the search says what is wrong with them.
fn said(usual: &Market, [ship_to, currency, language]: &[String; 3]) -> Market {
    let upper = |asked: &str, usual: &str| match asked.trim() {
        "" => usual.to_owned(),
        text => text.to_uppercase(),
    };
    let language = language.trim().parse::<Locale>();
    Market {
        ship_to: upper(ship_to, &usual.ship_to),
        currency: upper(currency, &usual.currency),
        language: language.map_or_else(|_| usual.language.clone(), |one| one.code().to_owned()),
    }
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    ship_to: String,
    #[serde(default)]
    currency: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    back: String,
}

/// `POST /aliexpress/products/market`
pub(super) async fn choose(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Form(choice): Form<Choice>,
) -> Response {
    let back = way_back(&choice.back);
    let change = MarketChange {
        ship_to: Some(choice.ship_to),
        currency: Some(choice.currency),
        language: Some(choice.language),
    };
    match state.core().choose_market(&change).await {
        Ok(_) => notice::go(&state, &back, &Notice::MarketChosen),
        Err(error) => notice::go_failed(&state, &back, error.into(), &request_id),
    }
}

/// The page that the form stood on, without what would go before the new choice; never another site.
fn way_back(page: &str) -> String {
    let page = page.parse::<Uri>().ok();
    let page = page.filter(|page| {
        let path = page.path();
        let known = |start: &&str| {
            path.strip_prefix(*start)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        page.authority().is_none() && PAGES.iter().any(known)
    });
    let Some(page) = page else {
        return PAGES[0].to_owned();
    };
    let pairs = url::form_urlencoded::parse(page.query().unwrap_or_default().as_bytes());
    let kept: Vec<_> = pairs
        .filter(|(name, _)| !PARAMETERS.contains(&&**name))
        .collect();
    if kept.is_empty() {
        return page.path().to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish();
    format!("{}?{query}", page.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_a_page_about_products_without_the_former_market() {
        for (page, back) in [
            (
                "/aliexpress/products?q=lampe+d%27appoint&ship_to=FR&currency=EUR&language=fr&page=2",
                "/aliexpress/products?q=lampe+d%27appoint&page=2",
            ),
            (
                "/aliexpress/products/1005?ship_to=US",
                "/aliexpress/products/1005",
            ),
            (
                "/aliexpress/affiliate/hot?q=a",
                "/aliexpress/affiliate/hot?q=a",
            ),
            ("", "/aliexpress/products"),
            ("/aliexpress/keys", "/aliexpress/products"),
            ("/aliexpress/productsx", "/aliexpress/products"),
            ("//evil.example/aliexpress/products", "/aliexpress/products"),
            (
                "https://evil.example/aliexpress/products",
                "/aliexpress/products",
            ),
            ("/aliexpress/products\r\nx", "/aliexpress/products"),
        ] {
            assert_eq!(way_back(page), back, "{page:?}");
        }
    }
}
