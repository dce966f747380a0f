//! The catalogue against the sandbox: importing, editing, prices, and files for shops.

mod exports;
mod importing;
mod imports;
mod prices;
mod shops;
mod watching;

use anyhow::{Context as _, Result};
use serde_json::json;
use smartlinks_core::Error;
use smartlinks_core::catalogue::{CatalogueDetail, CatalogueImport, RuleDraft};
use testkit::app::App;

/// A connected service.
pub(crate) async fn connected() -> Result<App> {
    let app = App::start().await?;
    app.connect().await?;
    Ok(app)
}

/// The number of a product with at least so many variants.
pub(crate) async fn product_with(app: &App, variants: usize) -> Result<String> {
    for number in app.products().await? {
        let usual = smartlinks_core::ProductQuery::default();
        let product = app.core.product(&number, &usual);
        if product
            .await
            .is_ok_and(|product| product.skus.len() >= variants)
        {
            return Ok(number);
        }
    }
    anyhow::bail!("the sandbox has no such product")
}

pub(crate) async fn imported(app: &App, number: &str) -> Result<CatalogueDetail> {
    let import = CatalogueImport {
        product: number.to_owned(),
        ..CatalogueImport::default()
    };
    Ok(app.core.import_product(&import).await?)
}

/// A rule that adds so much per cent, in euros.
pub(crate) async fn rule(app: &App, name: &str, percent: &str) -> Result<String> {
    rule_in(app, name, percent, "EUR").await
}

pub(crate) async fn rule_in(
    app: &App,
    name: &str,
    percent: &str,
    currency: &str,
) -> Result<String> {
    let draft = RuleDraft {
        name: Some(name.to_owned()),
        rule: Some(json!({ "currency": currency, "steps": [{ "percent": percent }] })),
    };
    Ok(app.core.create_price_rule(&draft).await?.id)
}

/// The field that a refusal names, with what it says.
pub(crate) fn refused<T>(result: Result<T, Error>) -> Result<(&'static str, String)> {
    match result.err().context("nothing was refused")? {
        Error::Invalid { field, message } => Ok((field, message)),
        other => Err(other.into()),
    }
}
