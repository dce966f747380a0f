//! `GET /aliexpress`

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use jiff::SignedDuration;
use smartlinks_core::Core;
use smartlinks_core::doctor::{Check, Level};

use super::frame::query_value;
use super::{Visit, authentication, render, views_of};
use crate::page::views::{
    CallBudget, CallOutcome, Concern, GatewayHealth, HourOfDay, MethodBudget, OverviewPage,
    Problem as ProblemView, Upkeep,
};
use crate::problem::Problem;
use crate::state::AppState;

/// How many events are shown.
const EVENTS: u32 = 10;

/// The overview; or, when AliExpress has just sent the browser back, the tab where the person had been.
pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if query_value(&uri, "auth").is_some() {
        return authentication::page(&state, &headers, &uri).await;
    }
    let core = state.core();
    let visit = Visit::of(&state, &headers, &uri);
    let connections: Vec<_> = core
        .connections()
        .await?
        .iter()
        .map(views_of::connection)
        .collect();
    let events = core.latest_events(EVENTS).await?;
    let page = OverviewPage {
        frame: visit.frame(&state).await,
        app: views_of::app(core),
        gateway: gateway(core.gateway_health()),
        events: events
            .into_iter()
            .map(|event| views_of::event(event, &connections))
            .collect(),
        orders: views_of::order_counts(core.orders_by_state(None).await?),
        alerts: views_of::alerts(core.order_alerts().await?),
        budget: core.call_budget().await?.map(budget),
        upkeep: upkeep(core).await?,
        connections,
    };
    Ok(render(&page, &visit, &state))
}

/// What goes on by itself. The glance of the doctor calls nobody and writes nothing.
async fn upkeep(core: &Core) -> Result<Upkeep, Problem> {
    let seen = core.outlook().await?;
    let age = core.now().duration_since(seen.at);
    let hour = |hour: &smartlinks_core::Hour| HourOfDay {
        begins_ms: hour.begins_s * 1000,
        counts: (hour.refreshes, hour.failed_refreshes),
    };
    let report = core.glance().await;
    let concerns = report
        .troubles()
        // Connections and refused keys have their own places on the page.
        .filter(|finding| finding.check != Check::SignIn)
        .filter(|finding| !matches!(finding.code, "secret_wrong" | "app_key_unknown"))
        .map(|finding| Concern {
            code: finding.code.to_owned(),
            bad: finding.level == Level::Problem,
        });
    Ok(Upkeep {
        due: seen.outlook.due,
        sign_in_within: seen.outlook.sign_in_within,
        counted_ms: (age >= SignedDuration::from_secs(1)).then(|| seen.at.as_millisecond()),
        hours: core.last_day().iter().map(hour).collect(),
        concerns: concerns.collect(),
    })
}

fn gateway(health: smartlinks_core::GatewayHealth) -> Option<GatewayHealth> {
    let since = health.since?;
    Some(GatewayHealth {
        last_answer_ms: health.last_answer.map(jiff::Timestamp::as_millisecond),
        calls: Some(health.calls),
        failed: Some(health.failed),
        since_ms: Some(since.as_millisecond()),
        clock_skew_seconds: health.clock_ahead.map(|ahead| ahead.as_secs()),
        problem: health.trouble.map(ProblemView::from_code),
    })
}

fn budget(budget: smartlinks_core::CallBudget) -> CallBudget {
    let method = |one: smartlinks_core::MethodBudget| MethodBudget {
        method: one.method,
        per_second: one.per_second.map(i64::from),
        held: one.held.into(),
        instances: one.instances.into(),
        last_hour: one.last_hour,
        last_day: one.last_day,
    };
    let outcome = |one: smartlinks_core::OutcomeCalls| CallOutcome {
        outcome: one.outcome,
        last_hour: one.last_hour,
        last_day: one.last_day,
    };
    let hour = |one: smartlinks_core::CallHour| HourOfDay {
        begins_ms: one.begins_ms,
        counts: (one.went_well, one.failed),
    };
    CallBudget {
        app_key: budget.app_key,
        divided: budget.divided,
        methods: budget.methods.into_iter().map(method).collect(),
        outcomes: budget.outcomes.into_iter().map(outcome).collect(),
        hours: budget.hours.into_iter().map(hour).collect(),
    }
}
