//! `/aliexpress/catalogue`: imported products, and a product on its way in.

use axum::Extension;
use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::Timestamp;
use smartlinks_core::Error;
use smartlinks_core::catalogue::{
    CatalogueDetail, CatalogueEdit, CatalogueImport, CatalogueQuery, CatalogueSkuView,
    CatalogueSummary, HandPrice, MoneyRange, SkuEdit,
};

use super::frame::query_value;
use super::webhooks::Fields;
use super::{Visit, notice, prices, problems, products, render, views_of};
use crate::api::catalogue_file;
use crate::guard::RequestId;
use crate::page::views::{
    Availability, CatalogueAsked, CatalogueDeed, CatalogueForm, CatalogueListPage,
    CatalogueProductFacts, CatalogueProductPage, CatalogueRow, CatalogueSku, HandPriceForm,
    ImportWish, KeptProduct, Notice, Price, PriceRange, Problem as ProblemView, RemoveProductPage,
    SkuProperty, Standing,
};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

/// Products on one page.
const PAGE_SIZE: u32 = 50;

pub(super) fn routes() -> Routes {
    Routes::default()
        .post("/aliexpress/products/{id}/import", import)
        .get("/aliexpress/catalogue", list)
        .get("/aliexpress/catalogue/export", export)
        .get("/aliexpress/catalogue/{id}", show)
        .post("/aliexpress/catalogue/{id}", change)
        .post("/aliexpress/catalogue/{id}/price", price)
        .post("/aliexpress/catalogue/{id}/refresh", refresh)
        .get("/aliexpress/catalogue/{id}/remove", ask_remove)
        .post("/aliexpress/catalogue/{id}/remove", remove)
}

/// What a form has sent under a name, the last one of several.
pub(super) fn field(fields: &Fields, name: &str) -> String {
    let mut values = fields.0.iter().rev().filter(|(field, _)| field == name);
    values
        .next()
        .map(|(_, value)| value.trim().to_owned())
        .unwrap_or_default()
}

/// The same, unless it is empty.
pub(super) fn given(fields: &Fields, name: &str) -> Option<String> {
    Some(field(fields, name)).filter(|value| !value.is_empty())
}

/// A number with a comma before its decimals, as some languages write it, with a point. What cannot be read so stays, and
/// is refused where it is used.
pub(super) fn with_point(text: &str) -> String {
    smartlinks_core::written_number(text).map_or_else(|| text.to_owned(), |it| it.to_string())
}

/// All that a form has sent under a name.
pub(super) fn every(fields: &Fields, name: &str) -> Vec<String> {
    let values = fields.0.iter().filter(|(field, _)| field == name);
    values.map(|(_, value)| value.clone()).collect()
}

/// Names with commas between them.
pub(super) fn labels_of(text: &str) -> Vec<String> {
    let labels = text.split(',').map(str::trim);
    labels
        .filter(|label| !label.is_empty())
        .map(str::to_owned)
        .collect()
}

/// An id or a name as one part of a path or a query.
pub(super) fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn place(id: &str) -> String {
    format!("/aliexpress/catalogue/{}", encoded(id))
}

async fn list(state: AppState, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let core = state.core();
    let text = |name| {
        query_value(&uri, name)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let asked = CatalogueAsked {
        q: text("q"),
        state: Standing::from_value(&text("state")),
        label: text("label"),
        availability: Availability::from_value(&text("availability")),
    };
    let query = CatalogueQuery {
        words: Some(asked.q.clone()),
        state: asked.state.map(|one| one.value().to_owned()),
        label: Some(asked.label.clone()),
        availability: asked.availability.map(|one| one.value().to_owned()),
        after: Some(text("after")),
        limit: Some(PAGE_SIZE),
        ..CatalogueQuery::default()
    };
    let found = core.catalogue(&query).await?;
    let counts = core.catalogue_by_state().await?;
    let now_ms = core.now().as_millisecond();
    let page = CatalogueListPage {
        frame: visit.frame(&state).await,
        asked,
        counts: counts
            .into_iter()
            .map(|one| (standing(one.state.as_str()), one.products))
            .collect(),
        rows: found.products.iter().map(|one| row(one, now_ms)).collect(),
        next: found.next,
        currency: core.market().currency.clone(),
    };
    Ok(render(&page, &visit, &state))
}

/// A file of the catalogue, or a page that says why there is none.
async fn export(state: AppState, uri: Uri) -> Result<Response, Problem> {
    let text = |name| query_value(&uri, name).filter(|text| !text.trim().is_empty());
    let query = CatalogueQuery {
        words: text("q"),
        state: text("state"),
        label: text("label"),
        availability: text("availability"),
        ..CatalogueQuery::default()
    };
    let format = text("format").unwrap_or_default();
    let currency = text("price_currency");
    catalogue_file(&state, &format, &query, currency.as_deref()).await
}

/// Takes a product in, or brings a known one up to date; says so on the product's page.
async fn import(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &Uri::from_static("/aliexpress/products"));
    let known = kept(&state, &id).await?.is_some();
    let chosen = every(&fields, "add");
    let new = |name| given(&fields, name).filter(|_| !known);
    let import = CatalogueImport {
        product: id.clone(),
        ship_to: new("ship_to"),
        currency: new("currency"),
        language: (!known).then(|| visit.locale.code().to_owned()),
        skus: (!chosen.is_empty()).then_some(chosen),
        labels: labels_of(&field(&fields, "labels")),
        ..CatalogueImport::default()
    };
    let back = format!(
        "/aliexpress/products/{}?ship_to={}&currency={}",
        encoded(&id),
        encoded(&field(&fields, "ship_to")),
        encoded(&field(&fields, "currency"))
    );
    Ok(match state.core().import_product(&import).await {
        Ok(_) => {
            let deed = match known {
                true => CatalogueDeed::Updated,
                false => CatalogueDeed::Added,
            };
            notice::go(&state, &back, &Notice::Catalogue(deed))
        }
        Err(error) => {
            import_refused(&state, &headers, &back, id, &fields, error, &request_id).await?
        }
    })
}

/// The product's page with what was entered to take it in; without the product, only why not.
async fn import_refused(
    state: &AppState,
    headers: &HeaderMap,
    back: &str,
    id: String,
    fields: &Fields,
    error: Error,
    request_id: &str,
) -> Result<Response, Problem> {
    let uri = Uri::try_from(back).unwrap_or_else(|_| Uri::from_static("/aliexpress/products"));
    let mut page = products::page_of(state, headers, &uri, id, request_id).await?;
    if !page.can_be_imported() {
        return Ok(notice::go_failed(state, back, error.into(), request_id));
    }
    let (status, refused) = prices::refusal(error, request_id);
    page.wish = ImportWish {
        labels: smartlinks_core::shortened(&field(fields, "labels"), 2_000),
        chosen: every(fields, "add"),
        refused: Some(refused),
    };
    let mut response = render(&page, &Visit::of(state, headers, &uri), state);
    *response.status_mut() = status;
    Ok(response)
}

/// The product in the catalogue that has AliExpress's number.
pub(super) async fn kept(state: &AppState, number: &str) -> Result<Option<KeptProduct>, Problem> {
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    let query = CatalogueQuery {
        words: Some(number.to_owned()),
        limit: Some(20),
        ..CatalogueQuery::default()
    };
    let found = state.core().catalogue(&query).await?.products;
    let found = found.into_iter().find(|one| one.product_id == number);
    Ok(found.map(|one| KeptProduct {
        id: one.id,
        title: one.title,
        sold: count(one.variants),
        variants: count(one.of_variants),
    }))
}

async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let product = state.core().catalogue_product(&id).await?;
    shown(&state, &headers, &uri, product, None).await
}

/// The forms of a product's page.
enum Form {
    Product,
    Price,
}

/// What was entered and refused.
struct Refused {
    form: Form,
    fields: Fields,
    problem: ProblemView,
    detail: String,
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    product: CatalogueDetail,
    refused: Option<Refused>,
) -> Result<Response, Problem> {
    let core = state.core();
    let visit = Visit::of(state, headers, uri);
    let rules = core.price_rules().await?.into_iter();
    let mut form = CatalogueForm {
        title: product.summary.title.clone(),
        state: product.summary.state.as_str().to_owned(),
        labels: product.summary.labels.join(", "),
        rule: product.summary.rule.clone().unwrap_or_default(),
        problem: None,
    };
    let rule = form.rule.clone();
    let mut hand = HandPriceForm {
        currency: price_currency(state, &product),
        ..HandPriceForm::default()
    };
    let mut skus: Vec<_> = product.skus.into_iter().map(sku).collect();
    match refused {
        Some(refused) if matches!(refused.form, Form::Price) => hand = entered_price(&refused),
        Some(refused) => {
            form = entered(&refused, form);
            for touched in variants_of(&refused.fields) {
                for sku in skus.iter_mut().filter(|sku| sku.id == touched.id) {
                    sku.code = touched.code().unwrap_or_else(|| sku.code.clone());
                    sku.chosen = touched.chosen().unwrap_or(sku.chosen);
                }
            }
        }
        None => {}
    }
    for priced in core.hand_prices(&product.summary.id).await? {
        for sku in skus.iter_mut().filter(|sku| sku.id == priced.sku) {
            sku.least = priced.least.as_ref().map(views_of::price);
        }
    }
    let summary = &product.summary;
    let page = CatalogueProductPage {
        frame: visit.frame(state).await,
        row: row(summary, core.now().as_millisecond()),
        facts: CatalogueProductFacts {
            source_title: summary.source_title.clone(),
            shop: summary.shop.clone(),
            ship_to: summary.ship_to.clone(),
            currency: summary.currency.clone(),
            added_ms: summary.added_at.map(Timestamp::as_millisecond),
            item_url: summary.url.clone(),
            rule,
        },
        skus,
        rules: rules.map(|rule| (rule.id, rule.name)).collect(),
        form,
        hand,
    };
    Ok(render(&page, &visit, state))
}

/// What was sent, where a person has made it another than the form was filled with. What nobody touched is not sent on:
/// it may have become another meanwhile.
fn touched(fields: &Fields, name: &str) -> Option<String> {
    let (sent, was) = (field(fields, name), every(fields, &format!("was_{name}")));
    let untouched = was.last().is_some_and(|was| was.trim() == sent);
    (!untouched).then_some(sent)
}

/// What was entered, over how the product stands by now.
fn entered(refused: &Refused, now: CatalogueForm) -> CatalogueForm {
    let text = |name, now: String| {
        let touched = touched(&refused.fields, name);
        touched.map_or(now, |text| smartlinks_core::shortened(&text, 2_000))
    };
    CatalogueForm {
        title: text("title", now.title),
        state: text("state", now.state),
        labels: text("labels", now.labels),
        rule: text("rule", now.rule),
        problem: Some((refused.problem.clone(), refused.detail.clone())),
    }
}

fn entered_price(refused: &Refused) -> HandPriceForm {
    let text = |name| smartlinks_core::shortened(&field(&refused.fields, name), 60);
    HandPriceForm {
        sku: text("sku"),
        amount: text("amount"),
        currency: text("price_currency"),
        problem: Some((refused.problem.clone(), refused.detail.clone())),
    }
}

/// The currency that the product's prices have, else that of the settings.
fn price_currency(state: &AppState, product: &CatalogueDetail) -> String {
    let mut prices = product.skus.iter().filter_map(|sku| sku.price.as_ref());
    match prices.next() {
        Some(price) => price.currency.clone(),
        None => state.core().market().currency.clone(),
    }
}

/// A variant as the form sends it: `sku`, what it was filled with, then its `code`, and `sold` when ticked.
#[derive(Default)]
struct SentVariant {
    id: String,
    was_code: Option<String>,
    was_sold: Option<bool>,
    code: String,
    sold: bool,
}

impl SentVariant {
    /// The code, where it was made another.
    fn code(&self) -> Option<String> {
        let untouched = self.was_code.as_ref() == Some(&self.code);
        (!untouched).then(|| self.code.clone())
    }

    /// Whether it is sold, where that was made another.
    fn chosen(&self) -> Option<bool> {
        (self.was_sold != Some(self.sold)).then_some(self.sold)
    }
}

fn variants_of(fields: &Fields) -> Vec<SentVariant> {
    let mut variants: Vec<SentVariant> = Vec::new();
    for (name, value) in &fields.0 {
        let text = value.trim().to_owned();
        match (name.as_str(), variants.last_mut()) {
            ("sku", _) => variants.push(SentVariant {
                id: text,
                ..SentVariant::default()
            }),
            ("was_code", Some(last)) => last.was_code = Some(text),
            ("was_sold", Some(last)) => last.was_sold = Some(!text.is_empty()),
            ("code", Some(last)) => last.code = text,
            ("sold", Some(last)) if last.id == text => last.sold = true,
            _ => {}
        }
    }
    variants
}

async fn change(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let skus = variants_of(&fields).into_iter().map(|sku| SkuEdit {
        own_code: sku.code(),
        chosen: sku.chosen(),
        id: sku.id,
    });
    let edit = CatalogueEdit {
        title: touched(&fields, "title"),
        state: touched(&fields, "state"),
        seen_state: given(&fields, "was_state"),
        labels: touched(&fields, "labels").map(|labels| labels_of(&labels)),
        rule: touched(&fields, "rule"),
        skus: skus.collect(),
    };
    match state.core().edit_product(&id, &edit).await {
        Ok(_) => Ok(done(&state, &place(&id), CatalogueDeed::Saved)),
        Err(error) => {
            let visitor = (&headers, &uri, request_id.as_str());
            refused(&state, visitor, &id, (Form::Product, fields), error).await
        }
    }
}

/// The page again, with what was entered and why it cannot be.
async fn refused(
    state: &AppState,
    (headers, uri, request_id): (&HeaderMap, &Uri, &str),
    id: &str,
    (form, fields): (Form, Fields),
    error: smartlinks_core::Error,
) -> Result<Response, Problem> {
    let product = state.core().catalogue_product(id).await?;
    let problem = Problem::from(error);
    let status = problem.status();
    let refused = Refused {
        form,
        fields,
        detail: problem.detail.clone(),
        problem: problems::view(problem, request_id),
    };
    let mut response = shown(state, headers, uri, product, Some(refused)).await?;
    *response.status_mut() = status;
    Ok(response)
}

/// Sets the price of a variant by hand, or leaves it to the rules again.
async fn price(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let sku = field(&fields, "sku");
    let leaves = field(&fields, "deed") == "leave";
    let (priced, deed) = match leaves {
        true => {
            let left = state.core().price_by_rules(&id, &sku).await;
            (left, CatalogueDeed::PriceLeft)
        }
        false => {
            let price = HandPrice {
                amount: field(&fields, "amount"),
                currency: field(&fields, "price_currency"),
            };
            let set = state.core().price_by_hand(&id, &sku, &price).await;
            (set, CatalogueDeed::PriceSet)
        }
    };
    match priced {
        Ok(_) => Ok(done(&state, &place(&id), deed)),
        Err(error) => {
            let visitor = (&headers, &uri, request_id.as_str());
            refused(&state, visitor, &id, (Form::Price, fields), error).await
        }
    }
}

async fn refresh(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let product = state.core().catalogue_product(&id).await?.summary;
    let import = CatalogueImport {
        product: product.product_id,
        connection: Some(product.connection),
        ..CatalogueImport::default()
    };
    let here = place(&product.id);
    Ok(match state.core().import_product(&import).await {
        Ok(_) => done(&state, &here, CatalogueDeed::Updated),
        Err(error) => notice::go_failed(&state, &here, error.into(), &request_id),
    })
}

async fn ask_remove(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let product = state.core().catalogue_product(&id).await?.summary;
    let page = RemoveProductPage {
        frame: visit.frame(&state).await,
        id: product.id,
        title: product.title,
    };
    Ok(render(&page, &visit, &state))
}

async fn remove(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    state.core().remove_product(&id).await?;
    Ok(done(
        &state,
        "/aliexpress/catalogue",
        CatalogueDeed::Removed,
    ))
}

pub(super) fn done(state: &AppState, to: &str, deed: CatalogueDeed) -> Response {
    notice::go(state, to, &Notice::Catalogue(deed))
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn standing(word: &str) -> Standing {
    Standing::from_value(word).unwrap_or(Standing::Held)
}

fn range(range: &MoneyRange) -> PriceRange {
    let priced = |amount: &dyn ToString| Price::new(amount.to_string(), range.currency.clone());
    PriceRange {
        lowest: priced(&range.lowest),
        highest: priced(&range.highest),
    }
}

fn row(summary: &CatalogueSummary, now_ms: i64) -> CatalogueRow {
    let checked_ms = summary.checked_at.map(Timestamp::as_millisecond);
    CatalogueRow {
        id: summary.id.clone(),
        number: summary.product_id.clone(),
        title: summary.title.clone(),
        picture: summary.image.clone(),
        labels: summary.labels.clone(),
        standing: standing(summary.state.as_str()),
        availability: Availability::from_value(summary.availability.as_str())
            .unwrap_or(Availability::Offline),
        sold: count(summary.variants),
        variants: count(summary.of_variants),
        in_stock: count(summary.in_stock),
        unpriced: count(summary.unpriced),
        cost: summary.cost.as_ref().map(range),
        price: summary.price.as_ref().map(range),
        checked_ms,
        stale: views_of::is_stale(checked_ms, now_ms),
    }
}

fn sku(sku: CatalogueSkuView) -> CatalogueSku {
    let properties = sku.properties.into_iter().map(|one| SkuProperty {
        name: one.name,
        value: one.value,
        picture: one.image,
    });
    CatalogueSku {
        properties: properties.collect(),
        picture: sku.image,
        cost: sku.cost.as_ref().map(views_of::price),
        price: sku.price.as_ref().map(views_of::price),
        by_hand: sku.price_by_hand,
        least: None,
        stock: sku.stock,
        gone_ms: sku.gone_at.map(Timestamp::as_millisecond),
        kept_code: sku.own_code.clone().unwrap_or_default(),
        code: sku.own_code.unwrap_or_default(),
        kept_chosen: sku.chosen,
        chosen: sku.chosen,
        id: sku.id,
    }
}
