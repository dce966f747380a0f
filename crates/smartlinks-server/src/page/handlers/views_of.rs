//! What the use cases say, in the plain data of the views.

use smartlinks_core::{
    ConnectionState as State, ConnectionView as Connection, Core, EventView, MoneyView,
    OrderSummary,
};

use crate::page::views::{
    AppKeys, AppView, ConnectionFailure, ConnectionState, ConnectionView, EventKind, EventLine,
    MissingSetting, OrderAlert, OrderCount, OrderRow, OrderStage, Price, Problem, StopReason,
};

/// After this long an order's last answer is shown as old.
const STALE_AFTER_MS: i64 = 24 * 3_600_000;

pub(super) fn app(core: &Core) -> AppView {
    let setup = core.app();
    let ready = setup.ready().ok();
    let health = core.gateway_health();
    let keys = match (ready, health.keys_refused) {
        (None, _) => AppKeys::Missing(missing(core)),
        (Some(_), Some(code)) => AppKeys::Refused(Problem::from_code(code)),
        (Some(_), None) if health.keys_accepted => AppKeys::Checked,
        (Some(_), None) => AppKeys::Found,
    };
    AppView {
        keys,
        app_key: ready.map(|app| app.client.app_key().to_string()),
        callback_url: ready.map(|app| app.callback_url.to_string()),
        callback_insecure: ready.is_some_and(|app| app.is_callback_insecure()),
        gateway: ready
            .map(|app| {
                app.client
                    .gateway()
                    .to_string()
                    .trim_end_matches('/')
                    .to_owned()
            })
            .unwrap_or_default(),
    }
}

pub(super) fn missing(core: &Core) -> Vec<MissingSetting> {
    core.app()
        .problems()
        .iter()
        .map(|problem| MissingSetting {
            variable: problem.variable.to_owned(),
            trouble: (problem.problem != "not set").then(|| problem.problem.clone()),
        })
        .collect()
}

pub(super) fn connection(view: &Connection) -> ConnectionView {
    let millis = |at: Option<jiff::Timestamp>| at.map(jiff::Timestamp::as_millisecond);
    ConnectionView {
        id: view.id.clone(),
        label: view.label.clone(),
        account_nick: view.account.nick.clone(),
        account_id: view.account.user_id.clone(),
        state: match view.state {
            State::Active => ConnectionState::Active,
            State::Expiring => ConnectionState::Expiring,
            State::Degraded => ConnectionState::Degraded,
            State::ReauthorizationRequired => ConnectionState::ReauthorizationRequired,
            State::Disconnected => ConnectionState::Disconnected,
        },
        reason: view
            .reason
            .as_deref()
            .filter(|_| view.state == State::ReauthorizationRequired)
            .map(StopReason::from_code),
        works_until_ms: millis(view.works_until),
        sign_in_again_by_ms: millis(view.sign_in_again_by),
        next_refresh_ms: millis(view.next_refresh_at),
        usable: view.usable,
        generation: view.generation,
        is_default: view.default,
        last_success_ms: millis(view.obtained_at),
        last_failure: view
            .last_failure_at
            .zip(view.last_failure_code.clone())
            .map(|(at, code)| ConnectionFailure {
                at_ms: at.as_millisecond(),
                code,
            }),
    }
}

/// The name of a connection by its id, as it is shown elsewhere.
pub(super) fn name_of(connections: &[ConnectionView], id: &str) -> Option<String> {
    connections
        .iter()
        .find(|one| one.id == id)
        .map(|one| one.name().to_owned())
}

pub(super) fn event(event: EventView, connections: &[ConnectionView]) -> EventLine {
    let fact = |name: &str| {
        event
            .data
            .get(name)
            .and_then(|value| value.as_str())
            .map(str::to_owned)
    };
    EventLine {
        at_ms: event
            .at
            .map(jiff::Timestamp::as_millisecond)
            .unwrap_or_default(),
        kind: EventKind::from_name(&event.kind),
        connection_name: event
            .connection
            .as_deref()
            .and_then(|id| name_of(connections, id)),
        order_id: event.order.clone(),
        detail: fact("alert")
            .or_else(|| fact("code"))
            .or_else(|| fact("reason"))
            .or_else(|| fact("outcome")),
    }
}

pub(super) fn order_counts(states: Vec<(String, i64)>) -> Vec<OrderCount> {
    states
        .into_iter()
        .map(|(status, count)| OrderCount {
            stage: OrderStage::from_gateway(&status, false),
            count,
        })
        .collect()
}

pub(super) fn order_row(
    order: &OrderSummary,
    connections: &[ConnectionView],
    now_ms: i64,
) -> OrderRow {
    let fetched = order.fetched_at.map(jiff::Timestamp::as_millisecond);
    OrderRow {
        id: order.id.clone(),
        title: order.title.clone(),
        store: order.store_name.clone(),
        stage: OrderStage::from_gateway(&order.status, false),
        gateway_status: order.status.clone(),
        amount: order.amount.as_ref().map(price),
        placed_at_ms: order.placed_at.map(jiff::Timestamp::as_millisecond),
        pay_by_ms: None,
        fetched_at_ms: fetched,
        stale: is_stale(fetched, now_ms),
        alert: order.alert.as_deref().and_then(OrderAlert::from_value),
        connection_name: name_of(connections, &order.connection),
    }
}

/// Reasons to look at orders, the most urgent first.
pub(super) fn alerts(counts: Vec<(String, i64)>) -> Vec<(OrderAlert, i64)> {
    let of = |alert: OrderAlert| {
        let mut counts = counts.iter();
        let found = counts.find(|(word, _)| word == alert.value())?;
        Some((alert, found.1))
    };
    OrderAlert::ALL.into_iter().filter_map(of).collect()
}

pub(super) fn is_stale(fetched_ms: Option<i64>, now_ms: i64) -> bool {
    fetched_ms.is_none_or(|at| now_ms - at > STALE_AFTER_MS)
}

pub(super) fn price(money: &MoneyView) -> Price {
    Price::new(money.amount.to_string(), money.currency.clone())
}
