//! `/aliexpress/catalogue/rules`, `…/rates` and `…/runs`: what products sell for.

use axum::Extension;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use smartlinks_core::Error;
use smartlinks_core::catalogue::{
    PriceRunLineView, PriceRunRequest, PriceRunSummary, PriceRunView, PricingProblem, RateView,
    RuleDraft, RuleView, RunPage, Selection,
};
use smartlinks_core::pricing::{RateSource, minor_units};

use super::catalogue::{done, encoded, every, field, given, with_point};
use super::frame::query_value;
use super::webhooks::Fields;
use super::{Visit, notice, problems, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{
    Availability, CatalogueDeed, DryRunForm, Price, PriceRunPage, PricesPage,
    Problem as ProblemView, RateForm, RateRow, RuleContents, RulePage, RuleRow, RuleStep, RunFacts,
    RunLine, RunMoved, RunProblem, RunSelection, Standing,
};
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

const RULES: &str = "/aliexpress/catalogue/rules";
/// Lines of a run on one page.
const PAGE_SIZE: u32 = 100;
/// Differences that are shown when a run cannot be put in force.
const SHOWN: usize = 10;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(RULES, list)
        .post(RULES, create_rule)
        .get("/aliexpress/catalogue/rules/new", new_rule)
        .get("/aliexpress/catalogue/rules/{id}", show_rule)
        .post("/aliexpress/catalogue/rules/{id}", change_rule)
        .post("/aliexpress/catalogue/rules/{id}/delete", delete_rule)
        .post("/aliexpress/catalogue/rates", set_rate)
        .post(
            "/aliexpress/catalogue/rates/{from}/{to}/remove",
            remove_rate,
        )
        .post("/aliexpress/catalogue/dry-run", dry_run)
        .get("/aliexpress/catalogue/runs/{id}", show_run)
        .post("/aliexpress/catalogue/runs/{id}/apply", apply)
        .post("/aliexpress/catalogue/runs/{id}/again", again)
}

/// A refusal in the words of the page, with our sentence and its status.
pub(super) fn refusal(error: Error, request_id: &str) -> (StatusCode, (ProblemView, String)) {
    let problem = Problem::from(error);
    let (status, detail) = (problem.status(), problem.detail.clone());
    (status, (problems::view(problem, request_id), detail))
}

async fn list(state: AppState, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let rate = rate_form(&state);
    listed(&state, &headers, &uri, DryRunForm::default(), rate).await
}

/// An empty form: from dollars, in which AliExpress mostly asks, into the configured currency.
fn rate_form(state: &AppState) -> RateForm {
    RateForm {
        from: "USD".to_owned(),
        to: state.core().market().currency.clone(),
        ..RateForm::default()
    }
}

async fn listed(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    dry_run: DryRunForm,
    rate: RateForm,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let core = state.core();
    let rules = core.price_rules().await?;
    let rates = core.exchange_rates().await?;
    let page = PricesPage {
        frame: visit.frame(state).await,
        rules: rules.iter().map(rule_row).collect(),
        rates: rates.iter().map(rate_row).collect(),
        dry_run,
        rate,
    };
    Ok(render(&page, &visit, state))
}

fn rule_row(rule: &RuleView) -> RuleRow {
    RuleRow {
        id: rule.id.clone(),
        name: rule.name.clone(),
        contents: contents(rule),
        is_default: rule.is_default,
    }
}

/// A rule in texts, as JSON has it: the same form that it is made from.
fn contents(rule: &RuleView) -> RuleContents {
    let json = json!(rule.rule);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let steps = json["steps"].as_array().into_iter().flatten();
    RuleContents {
        currency: text(&json["currency"]),
        steps: steps
            .map(|step| RuleStep {
                up_to: text(&step["up_to"]),
                percent: text(&step["percent"]),
                plus: text(&step["plus"]),
            })
            .collect(),
        min_profit: text(&json["min_profit"]),
        min_margin: text(&json["min_margin"]),
        every: text(&json["rounding"]["every"]),
        ending: text(&json["rounding"]["ending"]),
    }
}

fn rate_row(rate: &RateView) -> RateRow {
    let rate = &rate.rate;
    RateRow {
        from: rate.from.clone(),
        to: rate.to.clone(),
        rate: rate.rate.to_string(),
        by_gateway: rate.source == RateSource::Gateway,
        at_ms: rate.at.as_millisecond(),
    }
}

async fn new_rule(state: AppState, uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let page = RulePage {
        frame: visit.frame(&state).await,
        id: None,
        known_as: String::new(),
        name: String::new(),
        contents: RuleContents {
            currency: state.core().market().currency.clone(),
            ..RuleContents::default()
        },
        is_default: state.core().price_rules().await?.is_empty(),
        problem: None,
    };
    Ok(render(&page, &visit, &state))
}

async fn show_rule(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let rule = state.core().price_rule(&id).await?;
    let page = RulePage {
        frame: visit.frame(&state).await,
        contents: contents(&rule),
        id: Some(rule.id),
        known_as: rule.name.clone(),
        name: rule.name,
        is_default: rule.is_default,
        problem: None,
    };
    Ok(render(&page, &visit, &state))
}

/// What was entered, line by line; lines with nothing in them do not count.
fn entered(fields: &Fields) -> RuleContents {
    let text = |name| field(fields, name);
    let (ends, percents, pluses) = (
        every(fields, "up_to"),
        every(fields, "percent"),
        every(fields, "plus"),
    );
    let at = |column: &[String], index: usize| {
        column
            .get(index)
            .map(|value| value.trim().to_owned())
            .unwrap_or_default()
    };
    let lines = ends.len().max(percents.len()).max(pluses.len());
    let steps = (0..lines).map(|index| RuleStep {
        up_to: at(&ends, index),
        percent: at(&percents, index),
        plus: at(&pluses, index),
    });
    let filled = |step: &RuleStep| {
        !(step.up_to.is_empty() && step.percent.is_empty() && step.plus.is_empty())
    };
    RuleContents {
        currency: text("currency"),
        steps: steps.filter(filled).collect(),
        min_profit: text("min_profit"),
        min_margin: text("min_margin"),
        every: text("every"),
        ending: text("ending"),
    }
}

/// The same as JSON. What is empty is left out, so that the rule says itself what it needs.
fn rule_json(contents: &RuleContents) -> Value {
    let some = |pairs: &[(&str, &String)]| -> Map<String, Value> {
        let filled = pairs.iter().filter(|(_, text)| !text.is_empty());
        filled
            .map(|(name, text)| ((*name).to_owned(), json!(with_point(text))))
            .collect()
    };
    let steps: Vec<_> = contents
        .steps
        .iter()
        .map(|step| {
            some(&[
                ("up_to", &step.up_to),
                ("percent", &step.percent),
                ("plus", &step.plus),
            ])
        })
        .collect();
    let mut rule = some(&[
        ("currency", &contents.currency),
        ("min_profit", &contents.min_profit),
        ("min_margin", &contents.min_margin),
    ]);
    rule.insert("steps".to_owned(), json!(steps));
    let rounding = some(&[("every", &contents.every), ("ending", &contents.ending)]);
    if !rounding.is_empty() {
        rule.insert("rounding".to_owned(), json!(rounding));
    }
    Value::Object(rule)
}

fn draft(fields: &Fields) -> RuleDraft {
    RuleDraft {
        name: Some(field(fields, "name")),
        rule: Some(rule_json(&entered(fields))),
    }
}

async fn create_rule(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    match state.core().create_price_rule(&draft(&fields)).await {
        Ok(rule) => kept(&state, &rule, &fields).await,
        Err(error) => {
            let refused = refusal(error, &request_id);
            refused_rule(&state, &headers, None, &fields, refused).await
        }
    }
}

async fn change_rule(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let known = state.core().price_rule(&id).await?;
    match state.core().change_price_rule(&id, &draft(&fields)).await {
        Ok(rule) => kept(&state, &rule, &fields).await,
        Err(error) => {
            let refused = refusal(error, &request_id);
            refused_rule(&state, &headers, Some(&known), &fields, refused).await
        }
    }
}

/// The tick says which rule is the default one; the list says what was done.
async fn kept(state: &AppState, rule: &RuleView, fields: &Fields) -> Result<Response, Problem> {
    let wanted = given(fields, "default").is_some();
    match (wanted, rule.is_default) {
        (true, false) => {
            state
                .core()
                .choose_default_price_rule(Some(&rule.id))
                .await?
        }
        (false, true) => state.core().choose_default_price_rule(None).await?,
        _ => {}
    }
    Ok(done(state, RULES, CatalogueDeed::RuleSaved))
}

async fn refused_rule(
    state: &AppState,
    headers: &HeaderMap,
    known: Option<&RuleView>,
    fields: &Fields,
    (status, problem): (StatusCode, (ProblemView, String)),
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, &Uri::from_static(RULES));
    let page = RulePage {
        frame: visit.frame(state).await,
        id: known.map(|rule| rule.id.clone()),
        known_as: known.map(|rule| rule.name.clone()).unwrap_or_default(),
        name: field(fields, "name"),
        contents: entered(fields),
        is_default: given(fields, "default").is_some(),
        problem: Some(problem),
    };
    let mut response = render(&page, &visit, state);
    *response.status_mut() = status;
    Ok(response)
}

async fn delete_rule(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().delete_price_rule(&id).await {
        Ok(()) => done(&state, RULES, CatalogueDeed::RuleDeleted),
        Err(error) => {
            let here = format!("{RULES}/{}", encoded(&id));
            notice::go_failed(&state, &here, error.into(), &request_id)
        }
    }
}

async fn set_rate(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let (from, to) = (field(&fields, "from"), field(&fields, "to"));
    let rate = field(&fields, "rate");
    let number = with_point(&rate);
    match state.core().set_exchange_rate(&from, &to, &number).await {
        Ok(_) => Ok(done(&state, RULES, CatalogueDeed::RateSaved)),
        Err(error) => {
            let (status, problem) = refusal(error, &request_id);
            let form = RateForm {
                from,
                to,
                rate,
                problem: Some(problem),
            };
            let here = Uri::from_static(RULES);
            let mut response = listed(&state, &headers, &here, DryRunForm::default(), form).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

async fn remove_rate(
    state: AppState,
    Path((from, to)): Path<(String, String)>,
) -> Result<Response, Problem> {
    state.core().remove_exchange_rate(&from, &to).await?;
    Ok(done(&state, RULES, CatalogueDeed::RateRemoved))
}

async fn dry_run(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let request = PriceRunRequest {
        rule: given(&fields, "rule"),
        selection: Selection {
            words: given(&fields, "q"),
            label: given(&fields, "label"),
            state: given(&fields, "state"),
            ..Selection::default()
        },
    };
    match state.core().dry_run_prices(&request).await {
        Ok(page) => Ok(Redirect::to(&run_place(&page.run.id)).into_response()),
        Err(error) => {
            let (status, problem) = refusal(error, &request_id);
            let form = DryRunForm {
                problem: Some(problem),
                ..asked(&request.selection, request.rule.as_deref())
            };
            let here = Uri::from_static(RULES);
            let rate = rate_form(&state);
            let mut response = listed(&state, &headers, &here, form, rate).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

fn asked(selection: &Selection, rule: Option<&str>) -> DryRunForm {
    DryRunForm {
        rule: rule.unwrap_or_default().to_owned(),
        words: selection.words.clone().unwrap_or_default(),
        label: selection.label.clone().unwrap_or_default(),
        state: selection.state.clone().unwrap_or_default(),
        problem: None,
    }
}

fn run_place(id: &str) -> String {
    format!("/aliexpress/catalogue/runs/{}", encoded(id))
}

async fn show_run(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let after = query_value(&uri, "after").and_then(|after| after.parse().ok());
    let page = state.core().price_run(&id, after, Some(PAGE_SIZE)).await?;
    run_page(&state, &headers, &uri, page, None).await
}

async fn run_page(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    page: RunPage,
    moved: Option<RunMoved>,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let of = meant(state, page.run.summary.selection.clone()).await?;
    let page = PriceRunPage {
        frame: visit.frame(state).await,
        run: run_facts(page.run, of),
        lines: page.lines.into_iter().map(run_line).collect(),
        next: page.next,
        moved,
    };
    Ok(render(&page, &visit, state))
}

async fn apply(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let here = run_place(&id);
    let outcome = match state.core().apply_price_run(&id).await {
        Ok(outcome) => outcome,
        Err(error @ Error::UnknownRun(_)) => return Err(error.into()),
        Err(error) => return Ok(notice::go_failed(&state, &here, error.into(), &request_id)),
    };
    if outcome.applied {
        return Ok(done(&state, &here, CatalogueDeed::PricesApplied));
    }
    let differences = outcome.differences.into_iter().take(SHOWN);
    let moved = RunMoved {
        count: count(outcome.differing),
        lines: differences
            .map(|one| (run_line(one.shown), one.now.map(run_line)))
            .collect(),
    };
    let page = state.core().price_run(&id, None, Some(PAGE_SIZE)).await?;
    let uri = here.parse().unwrap_or_else(|_| Uri::from_static(RULES));
    let mut response = run_page(&state, &headers, &uri, page, Some(moved)).await?;
    *response.status_mut() = StatusCode::PRECONDITION_FAILED;
    Ok(response)
}

/// Another dry run of the same products by the same rule.
async fn again(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let core = state.core();
    let PriceRunSummary {
        selection, rule, ..
    } = core.price_run(&id, None, Some(1)).await?.run.summary;
    let request = PriceRunRequest {
        rule: rule.map(|rule| rule.id),
        selection,
    };
    Ok(match core.dry_run_prices(&request).await {
        Ok(page) => Redirect::to(&run_place(&page.run.id)).into_response(),
        Err(error) => notice::go_failed(&state, &run_place(&id), error.into(), &request_id),
    })
}

/// Which products a run is of, with the names that people have given.
async fn meant(state: &AppState, selection: Selection) -> Result<RunSelection, Problem> {
    let named = |id: String, names: Vec<(String, String)>| {
        let found = names.into_iter().find(|(known, _)| *known == id);
        found.map_or(id, |(_, name)| name)
    };
    let connection = match selection.connection {
        None => None,
        Some(id) => {
            let all = state.core().connections().await?;
            let all = all.iter().map(views_of::connection);
            let names = all.map(|one| (one.id.clone(), one.name().to_owned()));
            Some(named(id, names.collect()))
        }
    };
    let rule = match selection.rule {
        None => None,
        Some(id) => {
            let all = state.core().price_rules().await?.into_iter();
            Some(named(id, all.map(|rule| (rule.id, rule.name)).collect()))
        }
    };
    Ok(RunSelection {
        named: selection.products.map(|products| count(products.len())),
        words: selection.words,
        label: selection.label,
        state: selection.state.as_deref().and_then(Standing::from_value),
        availability: selection
            .availability
            .as_deref()
            .and_then(Availability::from_value),
        connection,
        rule,
    })
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn run_facts(run: PriceRunView, of: RunSelection) -> RunFacts {
    let summary = run.summary;
    RunFacts {
        id: run.id,
        of,
        rule_name: summary.rule.as_ref().map(|rule| rule.name.clone()),
        products: count(summary.products),
        variants: count(summary.variants),
        changes: count(summary.changes),
        unchanged: count(summary.unchanged),
        problems: count(summary.problems),
        by_hand: count(summary.by_hand),
        made_ms: run.created_at.map(Timestamp::as_millisecond),
        applied_ms: run.applied_at.map(Timestamp::as_millisecond),
    }
}

fn run_line(line: PriceRunLineView) -> RunLine {
    let currency = line
        .converted_cost
        .as_ref()
        .map(|cost| cost.currency.clone());
    let rate = line.rate.as_ref().map(rate_row);
    RunLine {
        product: line.product,
        title: line.title,
        variant: line.variant,
        sku: line.sku,
        own_code: line.own_code,
        rule: line.rule.map(|rule| rule.name),
        rate: rate.filter(|rate| rate.from != rate.to),
        margin: line
            .margin_before_freight
            .zip(currency)
            .map(|(margin, currency)| {
                // As with its share, it must not look better than it is.
                let shown = margin.trunc_with_scale(minor_units(&currency));
                Price::new(shown.to_string(), currency)
            }),
        margin_percent: line
            .margin_before_freight_percent
            .map(|share| share.to_string()),
        cost: line.cost.as_ref().map(views_of::price),
        converted: line.converted_cost.as_ref().map(views_of::price),
        before: line.before.as_ref().map(views_of::price),
        after: line.after.as_ref().map(views_of::price),
        by_hand: line.by_hand,
        least: line.least.as_ref().map(views_of::price),
        problem: line.problem.map(|problem| match problem {
            PricingProblem::NoCost => RunProblem::NoCost,
            PricingProblem::NoRule => RunProblem::NoRule,
            PricingProblem::NoRate { from, to } => RunProblem::NoRate(from, to),
            PricingProblem::ImpossibleCost => RunProblem::ImpossibleCost,
            PricingProblem::ZeroPrice => RunProblem::ZeroPrice,
        }),
    }
}
