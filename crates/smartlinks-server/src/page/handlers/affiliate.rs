//! `/aliexpress/affiliate`: tracked links, hot products, commissions.

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::{Extension, Form};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use smartlinks_core as core;

use super::frame::query_value;
use super::products::{card, for_market};
use super::{Visit, market, problems, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{
    AffiliatePage, CommissionResults, CommissionRow, CommissionStage, CommissionsPage,
    CommissionsQuery, Earning, HotPage, HotQuery, HotResults, HotRow, LinkForm, LinkLine, NoLink,
    Price,
};
use crate::problem::Problem;
use crate::state::AppState;

/// Products or order lines on one page.
const PAGE_SIZE: u32 = 20;
/// Hours from the first to the last of the thirty days of the usual span.
const USUAL_HOURS: i64 = 24 * 29;

/// `GET /aliexpress/affiliate`. The address may bring a product: `?sources=1005…`.
pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = LinkForm {
        sources: query_value(&uri, "sources").unwrap_or_default(),
        ..LinkForm::default()
    };
    let missing = views_of::missing(state.core());
    let found = match missing.is_empty() {
        true => Earning::Start,
        false => Earning::NotConfigured(missing),
    };
    links_page(&state, &uri, &headers, form, found).await
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default)]
    tracking_id: String,
    #[serde(default)]
    sources: String,
    #[serde(default)]
    hot: String,
}

/// `POST /aliexpress/affiliate`. Nothing is kept, so the links are the answer to the form itself.
pub(super) async fn make(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Problem> {
    let lines = wanted.sources.lines().map(str::trim);
    let new = core::NewLinks {
        tracking_id: wanted.tracking_id.clone(),
        sources: lines
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
        hot: wanted.hot == "on",
        ship_to: None,
    };
    let (status, found) = match state.core().promotion_links(&new).await {
        Ok(made) => {
            let links = made.links.into_iter().map(line).collect();
            (StatusCode::OK, Earning::Answer(links))
        }
        Err(error) => {
            let status = crate::problem::status_of(&error);
            (status, failed(&state, error, &request_id))
        }
    };
    let form = LinkForm {
        tracking_id: wanted.tracking_id,
        sources: wanted.sources,
        hot: new.hot,
    };
    let mut response = links_page(&state, &uri, &headers, form, found).await?;
    *response.status_mut() = status;
    Ok(response)
}

async fn links_page(
    state: &AppState,
    uri: &Uri,
    headers: &HeaderMap,
    form: LinkForm,
    found: Earning<Vec<LinkLine>>,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let page = AffiliatePage {
        market: market::of(state, &visit, uri).await?,
        frame: visit.frame(state).await,
        form,
        state: found,
    };
    Ok(render(&page, &visit, state))
}

fn line(made: core::PromotionLinkView) -> LinkLine {
    let none = |problem, message: Option<String>| match problem {
        Some(core::PromotionProblem::NotAliexpress) => NoLink::NotAliexpress,
        Some(core::PromotionProblem::Refused) => NoLink::Refused(message.unwrap_or_default()),
        Some(core::PromotionProblem::NoAnswer) | None => NoLink::NoAnswer,
    };
    LinkLine {
        source: made.source,
        link: match made.link {
            Some(link) => Ok(link),
            None => Err(none(made.problem, made.message)),
        },
    }
}

fn failed<T>(state: &AppState, error: core::Error, request_id: &str) -> Earning<T> {
    match error {
        core::Error::NotConfigured(_) => Earning::NotConfigured(views_of::missing(state.core())),
        error => Earning::failed(problems::view(error.into(), request_id)),
    }
}

fn page_number(uri: &Uri) -> u32 {
    let page = query_value(uri, "page").and_then(|page| page.parse().ok());
    page.unwrap_or(1).clamp(1, 1000)
}

/// `GET /aliexpress/affiliate/hot`
pub(super) async fn hot(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let market = market::of(&state, &visit, &uri).await?;
    let asked = |name| {
        query_value(&uri, name)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let query = HotQuery {
        q: asked("q"),
        tracking_id: asked("tracking_id"),
        page: page_number(&uri),
    };
    let wanted = core::HotQuery {
        words: Some(query.q.clone()),
        category: None,
        market: for_market(&market),
        page: Some(query.page),
        page_size: Some(PAGE_SIZE),
        sort: core::Sort::default(),
        tracking_id: Some(query.tracking_id.clone()),
    };
    let found = match state.core().hot_products(&wanted).await {
        Ok(found) => Earning::Answer(HotResults {
            total: found.total,
            page_size: PAGE_SIZE,
            rows: found.products.into_iter().map(hot_row).collect(),
        }),
        Err(error) => failed(&state, error, &request_id),
    };
    let page = HotPage {
        frame: visit.frame(&state).await,
        market,
        query,
        state: found,
    };
    Ok(render(&page, &visit, &state))
}

fn hot_row(mut hit: core::SearchHit) -> HotRow {
    HotRow {
        rate: hit.commission_rate.take(),
        link: hit.promotion_link.take(),
        card: card(hit),
    }
}

/// `GET /aliexpress/affiliate/orders`
pub(super) async fn commissions(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let (query, wanted) = span(&state, &uri);
    let found = match state.core().commissions(&wanted).await {
        Ok(found) => Earning::Answer(CommissionResults {
            total: found.total,
            page_size: PAGE_SIZE,
            rows: found.lines.into_iter().map(earned).collect(),
        }),
        Err(error) => failed(&state, error, &request_id),
    };
    let page = CommissionsPage {
        frame: visit.frame(&state).await,
        query,
        state: found,
    };
    Ok(render(&page, &visit, &state))
}

/// What the address asks for: from one day to another, both included; the last thirty days when it does not say it.
fn span(state: &AppState, uri: &Uri) -> (CommissionsQuery, core::CommissionQuery) {
    let now = state.core().now();
    let today = TimeZone::UTC.to_datetime(now).date();
    let day = |name| query_value(uri, name).and_then(|day| day.trim().parse::<Date>().ok());
    let until = day("until").unwrap_or(today);
    let before = until.checked_sub(SignedDuration::from_hours(USUAL_HOURS));
    let from = day("from").or(before.ok()).unwrap_or(until);
    let stage = query_value(uri, "state").unwrap_or_default();
    let query = CommissionsQuery {
        from: from.to_string(),
        until: until.to_string(),
        stage: CommissionStage::from_value(&stage),
        page: page_number(uri),
    };
    let end = until.tomorrow().ok().and_then(midnight);
    let wanted = core::CommissionQuery {
        from: midnight(from),
        // The last day belongs to the span, as far as it has come.
        until: end.map(|end| end.min(now)),
        state: match query.stage {
            CommissionStage::Paid => core::CommissionState::Paid,
            CommissionStage::Received => core::CommissionState::Received,
            CommissionStage::Settled => core::CommissionState::Settled,
            CommissionStage::Invalid => core::CommissionState::Invalid,
        },
        page: Some(query.page),
        page_size: Some(PAGE_SIZE),
    };
    (query, wanted)
}

fn midnight(day: Date) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(day.at(0, 0, 0, 0)).ok()
}

fn earned(line: core::CommissionLine) -> CommissionRow {
    let price = |money: core::MoneyView| Price::new(money.amount.to_string(), money.currency);
    CommissionRow {
        order_id: line.order_id,
        title: line.title,
        status: line.status,
        void_reason: line.void_reason,
        paid: line.paid.map(price),
        commission: line.commission.map(price),
        rate: line.rate,
        tracking_id: line.tracking_id,
        created: line.created,
    }
}
