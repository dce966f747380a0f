//! `/aliexpress/drift`, and the history of one imported product.

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use axum::{Extension, Form};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use smartlinks_core::MoneyView;
use smartlinks_core::catalogue::{
    CatalogueDetail, CatalogueEdit, CatalogueSkuView, CostCourse, DriftQuery, RepairView, SkuEdit,
    WatchChange, WatchKind, WatchPolicyView, WatchView,
};

use super::frame::query_value;
use super::{Visit, notice, problems, render};
use crate::guard::RequestId;
use crate::page::views::{
    CoursePoint, CourseView, DriftLine, DriftPage, Notice, PolicyRow, Price,
    Problem as ProblemView, ProductHistoryPage, Proposal, Said, SkuProperty, VariantChoice,
    WaitingVariant, WatchDeed, WatchStanding,
};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

/// Where changes are shown.
const DRIFT: &str = "/aliexpress/drift";
/// Changes on one page.
const PAGE_SIZE: u32 = 50;
/// Variants that wait, on one page.
const WAITING: u32 = 20;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(DRIFT, show)
        .post("/aliexpress/drift/policies", choose)
        .get("/aliexpress/catalogue/{id}/history", history)
        .post("/aliexpress/catalogue/{id}/check", check)
        .post("/aliexpress/catalogue/{id}/relist", relist)
        .post("/aliexpress/catalogue/{id}/repair", repair)
        .post("/aliexpress/catalogue/{id}/unsell", unsell)
}

async fn show(state: AppState, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    shown(&state, &headers, &uri, None).await
}

/// What was sent, with why it was not taken.
struct Refused {
    fields: Vec<(String, String)>,
    problem: ProblemView,
    detail: String,
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    refused: Option<Refused>,
) -> Result<Response, Problem> {
    let (core, visit) = (state.core(), Visit::of(state, headers, uri));
    let kind = query_value(uri, "kind").unwrap_or_default();
    let query = DriftQuery {
        kind: Some(kind.clone()),
        outcome: None,
        after: query_value(uri, "after"),
        limit: Some(PAGE_SIZE),
    };
    let changes = core.drift(&query).await?;
    let waiting_after = query_value(uri, "waiting");
    let waiting = core.open_repairs(waiting_after.as_deref(), Some(WAITING));
    let waiting = waiting.await?;
    let watch = core.watch().await?;
    let mut policies: Vec<_> = watch.policies.iter().map(policy).collect();
    let refused = refused.map(|refused| {
        entered(&mut policies, &refused.fields);
        (refused.problem, refused.detail)
    });
    let page = DriftPage {
        frame: visit.frame(state).await,
        watch: standing(&watch),
        waiting: waiting.repairs.into_iter().map(waiting_variant).collect(),
        waiting_next: waiting.next,
        changes: changes
            .changes
            .into_iter()
            .map(|one| DriftLine {
                at_ms: one.at.map_or(0, Timestamp::as_millisecond),
                product: Some((one.product, one.title)),
                before: said(&one.kind, one.before),
                after: said(&one.kind, one.after),
                kind: one.kind,
                sku: one.sku,
                outcome: Some(one.outcome),
            })
            .collect(),
        kind,
        next: changes.next,
        policies,
        refused,
    };
    Ok(render(&page, &visit, state))
}

fn standing(watch: &WatchView) -> WatchStanding {
    WatchStanding {
        watched: watch.watched,
        every_hours: watch.every_hours,
        next_ms: watch.next_check_at.map(Timestamp::as_millisecond),
        failing: watch.failing,
        problem: watch.problem.clone(),
        waiting: watch.open_repairs,
    }
}

fn policy(policy: &WatchPolicyView) -> PolicyRow {
    let above = || policy.above_percent.map(|above| above.to_string());
    PolicyRow {
        kind: policy.kind.as_str().to_owned(),
        action: policy.action.as_str().to_owned(),
        above: policy.kind.has_size().then(|| above().unwrap_or_default()),
    }
}

/// What was entered stays in the form.
fn entered(policies: &mut [PolicyRow], fields: &[(String, String)]) {
    let value = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone())
    };
    for row in policies {
        if let Some(action) = value(&row.kind) {
            row.action = action;
        }
        if let (Some(above), Some(given)) = (&mut row.above, value(&format!("{}_above", row.kind)))
        {
            *above = given;
        }
    }
}

async fn choose(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Problem> {
    let value = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.clone())
    };
    let changes: Vec<WatchChange> = WatchKind::ALL
        .iter()
        .filter_map(|kind| {
            Some(WatchChange {
                kind: kind.as_str().to_owned(),
                action: value(kind.as_str())?,
                above_percent: value(&format!("{}_above", kind.as_str()))
                    .map(|above| super::catalogue::with_point(&above)),
            })
        })
        .collect();
    match state.core().choose_watch_policies(&changes).await {
        Ok(_) => Ok(done(&state, DRIFT, WatchDeed::PoliciesChosen)),
        Err(error) => {
            let problem = Problem::from(error);
            let (status, detail) = (problem.status(), problem.detail.clone());
            let refused = Refused {
                fields,
                problem: problems::view(problem, &request_id),
                detail,
            };
            let here = Uri::from_static(DRIFT);
            let mut response = shown(&state, &headers, &here, Some(refused)).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

fn done(state: &AppState, to: &str, deed: WatchDeed) -> Response {
    notice::go(state, to, &Notice::Watch(deed))
}

/// The history of a product. The id may come from an address, so it is written as one part of a path.
fn place(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/aliexpress/catalogue/{id}/history")
}

async fn history(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (core, visit) = (state.core(), Visit::of(&state, &headers, &uri));
    let product = core.catalogue_product(&id).await?;
    let watch = core.product_watch(&id).await?;
    let after = query_value(&uri, "after");
    let changes = core.product_history(&id, after.as_deref(), Some(PAGE_SIZE));
    let changes = changes.await?;
    let waiting = core.repairs_of(&id).await?;
    let course = match shown_variant(&product, query_value(&uri, "sku").as_deref()) {
        Some(sku) => Some(course(core.cost_course(&id, &sku.id).await?)),
        None => None,
    };
    let lines = changes.changes.into_iter().map(|one| DriftLine {
        at_ms: one.at.map_or(0, Timestamp::as_millisecond),
        product: None,
        before: said(&one.kind, one.before),
        after: said(&one.kind, one.after),
        kind: one.kind,
        sku: one.sku,
        outcome: one.outcome,
    });
    let summary = &product.summary;
    let page = ProductHistoryPage {
        frame: visit.frame(&state).await,
        id: summary.id.clone(),
        name: summary.title.clone(),
        state: summary.state.to_string(),
        availability: summary.availability.to_string(),
        checked_ms: summary.checked_at.map(Timestamp::as_millisecond),
        next_check_ms: watch.next_check_at.map(Timestamp::as_millisecond),
        problem: watch.problem,
        waiting: waiting.into_iter().map(waiting_variant).collect(),
        variants: product.skus.iter().map(variant).collect(),
        course,
        changes: lines.collect(),
        next: changes.next,
    };
    Ok(render(&page, &visit, &state))
}

/// The variant whose costs are shown: the one that was asked for, else one that is sold, else any.
fn shown_variant<'p>(
    product: &'p CatalogueDetail,
    asked: Option<&str>,
) -> Option<&'p CatalogueSkuView> {
    let skus = || product.skus.iter();
    let sold = |sku: &&CatalogueSkuView| sku.chosen && sku.gone_at.is_none();
    skus()
        .find(|sku| asked == Some(sku.id.as_str()))
        .or_else(|| skus().find(sold))
        .or_else(|| skus().next())
}

fn variant(sku: &CatalogueSkuView) -> (String, String) {
    let parts = sku.properties.iter().map(|property| property.value.clone());
    let words = parts.collect::<Vec<_>>().join(", ");
    let words = Some(words).filter(|words| !words.is_empty());
    (sku.id.clone(), words.unwrap_or_else(|| sku.id.clone()))
}

fn course(course: CostCourse) -> CourseView {
    let amounts = || course.points.iter().map(|point| point.cost.amount);
    let range = amounts().min().zip(amounts().max());
    let level = |cost: &MoneyView| {
        let level = range.and_then(|(least, most)| {
            let thousandths = (cost.amount - least).checked_mul(1000.into())?;
            thousandths.checked_div(most - least)
        });
        // One that never moved lies in the middle.
        level
            .and_then(|level| level.trunc().to_string().parse().ok())
            .unwrap_or(500)
    };
    let points = course.points.iter().map(|point| CoursePoint {
        at_ms: point.at.map_or(0, Timestamp::as_millisecond),
        level: level(&point.cost),
        cost: price(point.cost.clone()),
    });
    let currency = course
        .points
        .first()
        .map(|point| point.cost.currency.clone());
    let in_currency = |amount: String| Price {
        amount,
        currency: currency.clone().unwrap_or_default(),
    };
    CourseView {
        sku: course.sku.clone(),
        points: points.collect(),
        range: range.map(|(least, most)| {
            (
                in_currency(least.to_string()),
                in_currency(most.to_string()),
            )
        }),
    }
}

async fn check(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().check_product(&id).await {
        Ok(_) => done(&state, &place(&id), WatchDeed::Checked),
        Err(error) => notice::go_failed(&state, &place(&id), error.into(), &request_id),
    }
}

async fn relist(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    let edit = CatalogueEdit {
        state: Some("listed".to_owned()),
        ..CatalogueEdit::default()
    };
    state.core().edit_product(&id, &edit).await?;
    Ok(done(&state, &place(&id), WatchDeed::Relisted))
}

/// Which variant, and what takes its place.
#[derive(Debug, Deserialize)]
struct Chosen {
    sku: String,
    #[serde(default)]
    with: String,
}

async fn repair(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
    Form(chosen): Form<Chosen>,
) -> Response {
    let repaired = state.core().repair_sku(&id, &chosen.sku, &chosen.with);
    match repaired.await {
        Ok(_) => done(&state, &place(&id), WatchDeed::Repaired),
        Err(error) => notice::go_failed(&state, &place(&id), error.into(), &request_id),
    }
}

/// Which variant.
#[derive(Debug, Deserialize)]
struct Unsold {
    sku: String,
}

async fn unsell(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
    Form(unsold): Form<Unsold>,
) -> Response {
    let edit = CatalogueEdit {
        skus: vec![SkuEdit {
            id: unsold.sku,
            own_code: None,
            chosen: Some(false),
        }],
        ..CatalogueEdit::default()
    };
    match state.core().edit_product(&id, &edit).await {
        Ok(_) => done(&state, &place(&id), WatchDeed::Unsold),
        Err(error) => notice::go_failed(&state, &place(&id), error.into(), &request_id),
    }
}

fn price(money: MoneyView) -> Price {
    Price {
        amount: money.amount.to_string(),
        currency: money.currency,
    }
}

fn properties(sku: &CatalogueSkuView) -> Vec<SkuProperty> {
    let property = |property: &smartlinks_core::SkuPropertyView| SkuProperty {
        name: property.name.clone(),
        value: property.value.clone(),
        picture: None,
    };
    sku.properties.iter().map(property).collect()
}

fn waiting_variant(repair: RepairView) -> WaitingVariant {
    let choice = |sku: &CatalogueSkuView| VariantChoice {
        sku: sku.id.clone(),
        properties: properties(sku),
        cost: sku.cost.clone().map(price),
        stock: sku.stock,
    };
    WaitingVariant {
        properties: properties(&repair.sku),
        cost: repair.sku.cost.clone().map(price),
        gone_ms: repair.gone_at.map(Timestamp::as_millisecond),
        choices: repair.choices.iter().map(choice).collect(),
        proposal: repair.proposal.map(|proposal| Proposal {
            sku: proposal.sku,
            reason: proposal.reason,
            confidence: proposal.confidence,
            differs: proposal
                .differs
                .into_iter()
                .map(|one| (one.name, one.before, one.after))
                .collect(),
        }),
        product: repair.product,
        title: repair.title,
        sku: repair.sku.id,
    }
}

/// What an entry holds, as it is shown.
fn said(kind: &str, value: Option<Value>) -> Said {
    match value {
        None | Some(Value::Null) => Said::Nothing,
        Some(Value::Number(number)) => number.as_i64().map_or(Said::Nothing, Said::Count),
        Some(Value::String(text)) if matches!(kind, "availability" | "state") => Said::Word(text),
        Some(Value::String(text)) => Said::Text(smartlinks_core::shortened(&text, 120)),
        Some(Value::Object(fields)) => {
            let text = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
            match text("amount").zip(text("currency")) {
                Some((amount, currency)) => Said::Money(Price { amount, currency }),
                // How many variants an import has brought.
                None => fields
                    .get("skus")
                    .and_then(Value::as_i64)
                    .map_or(Said::Nothing, Said::Count),
            }
        }
        Some(other) => Said::Text(other.to_string()),
    }
}
