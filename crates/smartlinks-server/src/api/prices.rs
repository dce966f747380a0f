//! `/api/aliexpress/catalogue/…`: price rules, exchange rates and price runs.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use smartlinks_core::catalogue::{
    PriceRunOutcome, PriceRunRequest, RateView, RuleDraft, RuleView, RunPage,
};
use smartlinks_core::pricing::PriceRule;
use utoipa::{IntoParams, ToSchema};

use crate::extract::{Body, Query};
use crate::problem::Problem;
use crate::state::AppState;

/// All price rules, in the order in which they were made.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/rules",
    tag = "prices",
    operation_id = "list_price_rules",
    responses((status = 200, body = Vec<RuleView>), (status = 503, body = Problem))
)]
pub(super) async fn rules(state: AppState) -> Result<Json<Vec<RuleView>>, Problem> {
    Ok(Json(state.core().price_rules().await?))
}

/// A price rule to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRule {
    /// What people call it, at most 80 characters; no other rule is called so.
    name: String,
    /// How prices come from costs. Amounts are decimal text.
    #[schema(value_type = PriceRule)]
    rule: Value,
}

/// Makes a price rule.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/rules",
    tag = "prices",
    operation_id = "create_price_rule",
    request_body = NewRule,
    responses((status = 201, body = RuleView), (status = 400, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn create_rule(
    state: AppState,
    Body(new): Body<NewRule>,
) -> Result<(StatusCode, Json<RuleView>), Problem> {
    let draft = RuleDraft {
        name: Some(new.name),
        rule: Some(new.rule),
    };
    let made = state.core().create_price_rule(&draft).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// One price rule.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/rules/{id}",
    tag = "prices",
    operation_id = "show_price_rule",
    params(("id" = String, Path, description = "`rule_…`")),
    responses((status = 200, body = RuleView), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn rule(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<RuleView>, Problem> {
    Ok(Json(state.core().price_rule(&id).await?))
}

/// What is to be changed of a price rule; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangedRule {
    /// Another name.
    name: Option<String>,
    /// Another rule in its place.
    #[schema(value_type = Option<PriceRule>)]
    rule: Option<Value>,
}

/// Changes name or contents of a price rule. Prices stay as they are until a run is applied.
#[utoipa::path(
    patch,
    path = "/api/aliexpress/catalogue/rules/{id}",
    tag = "prices",
    operation_id = "change_price_rule",
    params(("id" = String, Path, description = "`rule_…`")),
    request_body = ChangedRule,
    responses((status = 200, body = RuleView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn change_rule(
    state: AppState,
    Path(id): Path<String>,
    Body(changed): Body<ChangedRule>,
) -> Result<Json<RuleView>, Problem> {
    let draft = RuleDraft {
        name: changed.name,
        rule: changed.rule,
    };
    Ok(Json(state.core().change_price_rule(&id, &draft).await?))
}

/// Deletes a price rule that no product has as its own.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/catalogue/rules/{id}",
    tag = "prices",
    operation_id = "delete_price_rule",
    params(("id" = String, Path, description = "`rule_…`")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn delete_rule(
    state: AppState,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    state.core().delete_price_rule(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a price rule the one for products without a rule of their own.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/rules/{id}/default",
    tag = "prices",
    operation_id = "make_price_rule_default",
    params(("id" = String, Path, description = "`rule_…`")),
    responses((status = 200, body = RuleView), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn make_default(
    state: AppState,
    Path(id): Path<String>,
) -> Result<Json<RuleView>, Problem> {
    state.core().choose_default_price_rule(Some(&id)).await?;
    Ok(Json(state.core().price_rule(&id).await?))
}

/// Leaves products without a rule of their own without any, if this rule was theirs.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/catalogue/rules/{id}/default",
    tag = "prices",
    operation_id = "clear_default_price_rule",
    params(("id" = String, Path, description = "`rule_…`")),
    responses((status = 204), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn clear_default(
    state: AppState,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    if state.core().price_rule(&id).await?.is_default {
        state.core().choose_default_price_rule(None).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// What currencies are worth, as it was entered, each with its time.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/rates",
    tag = "prices",
    operation_id = "list_exchange_rates",
    responses((status = 200, body = Vec<RateView>), (status = 503, body = Problem))
)]
pub(super) async fn rates(state: AppState) -> Result<Json<Vec<RateView>>, Problem> {
    Ok(Json(state.core().exchange_rates().await?))
}

/// A rate to be entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRate {
    /// What one unit of the first currency is worth in the second, decimal text.
    rate: String,
}

/// Enters what one unit of a currency is worth in another, in the place of what was there.
#[utoipa::path(
    put,
    path = "/api/aliexpress/catalogue/rates/{from}/{to}",
    tag = "prices",
    operation_id = "set_exchange_rate",
    params(("from" = String, Path, description = "ISO 4217"), ("to" = String, Path, description = "ISO 4217")),
    request_body = NewRate,
    responses((status = 200, body = RateView), (status = 400, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn set_rate(
    state: AppState,
    Path((from, to)): Path<(String, String)>,
    Body(new): Body<NewRate>,
) -> Result<Json<RateView>, Problem> {
    let set = state.core().set_exchange_rate(&from, &to, &new.rate);
    Ok(Json(set.await?))
}

/// Takes away what was entered for two currencies.
#[utoipa::path(
    delete,
    path = "/api/aliexpress/catalogue/rates/{from}/{to}",
    tag = "prices",
    operation_id = "remove_exchange_rate",
    params(("from" = String, Path, description = "ISO 4217"), ("to" = String, Path, description = "ISO 4217")),
    responses((status = 204), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn remove_rate(
    state: AppState,
    Path((from, to)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    state.core().remove_exchange_rate(&from, &to).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows what price rules would do to a selection of products: every change with cost, rate, price and margin, and
/// every variant that gets no price, with the reason. Changes no price.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/dry-run",
    tag = "prices",
    operation_id = "dry_run_prices",
    request_body = PriceRunRequest,
    responses((status = 201, body = RunPage), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn dry_run(
    state: AppState,
    Body(request): Body<PriceRunRequest>,
) -> Result<(StatusCode, Json<RunPage>), Problem> {
    let shown = state.core().dry_run_prices(&request).await?;
    Ok((StatusCode::CREATED, Json(shown)))
}

/// Which part of a run.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct RunPart {
    /// The `next` of the part before.
    after: Option<i64>,
    /// 1 to 1000; 100 when left out.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u32>,
}

/// A price run with a part of its lines.
#[utoipa::path(
    get,
    path = "/api/aliexpress/catalogue/runs/{id}",
    tag = "prices",
    operation_id = "show_price_run",
    params(("id" = String, Path, description = "`run_…`"), RunPart),
    responses((status = 200, body = RunPage), (status = 400, body = Problem), (status = 404, body = Problem), (status = 503, body = Problem))
)]
pub(super) async fn run(
    state: AppState,
    Path(id): Path<String>,
    Query(part): Query<RunPart>,
) -> Result<Json<RunPage>, Problem> {
    let run = state.core().price_run(&id, part.after, part.limit);
    Ok(Json(run.await?))
}

/// Puts every price of a run in force, and gives its products its rule; or changes nothing, when a cost, a price, a
/// rate or a rule is not what it was when the run was shown.
#[utoipa::path(
    post,
    path = "/api/aliexpress/catalogue/runs/{id}/apply",
    tag = "prices",
    operation_id = "apply_price_run",
    params(("id" = String, Path, description = "`run_…`")),
    responses(
        (status = 200, description = "Every price is in force", body = PriceRunOutcome),
        (status = 404, body = Problem),
        (status = 409, description = "It was applied before (a Problem)", body = Problem),
        (status = 412, description = "Nothing was changed; `differences` says what is not as it was shown", body = PriceRunOutcome),
        (status = 503, body = Problem)
    )
)]
pub(super) async fn apply(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    let outcome = state.core().apply_price_run(&id).await?;
    let status = match outcome.applied {
        true => StatusCode::OK,
        false => StatusCode::PRECONDITION_FAILED,
    };
    Ok((status, Json(outcome)).into_response())
}
