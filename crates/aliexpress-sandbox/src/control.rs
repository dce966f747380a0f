//! `/_sandbox/`: how tests and demos look at the sandbox and change it. JSON in and out.

mod commissions;
pub(crate) mod forms;
mod journal;
mod orders;
mod page;
mod products;
mod push;
mod summary;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{any, get, post};
use serde_json::{Map, Value, json};

use crate::accounts::{self, ACCOUNTS};
use crate::error::SandboxError;
use crate::faults;
use crate::sandbox::{Inner, locked};
use crate::tokens::Issuing;
use crate::web::typed;

/// Largest body, in bytes.
const MOST_BODY_BYTES: usize = 64 * 1024;
/// Largest single step of the clock, in seconds: 20 years.
const LONGEST_STEP_S: i64 = 20 * 365 * 86_400;
/// Furthest the clock can be ahead, in milliseconds: 200 years.
const FURTHEST_MS: i64 = 200 * 365 * 86_400 * 1000;

pub(crate) fn routes() -> Router<Arc<Inner>> {
    Router::new()
        .route("/_sandbox", get(page::show))
        .route("/_sandbox/", get(page::show))
        .route("/_sandbox/state", get(summary::show))
        .route("/_sandbox/reset", post(reset))
        .route("/_sandbox/clock", get(summary::clock).post(clock))
        .route("/_sandbox/codes", post(codes))
        .route("/_sandbox/secrets", post(change_secrets))
        .route("/_sandbox/profile", get(profile).post(change_profile))
        .route(
            "/_sandbox/faults",
            get(list_faults).post(add_fault).delete(clear_faults),
        )
        .route(
            "/_sandbox/journal",
            get(journal::show)
                .post(journal::keep)
                .delete(journal::clear),
        )
        .route("/_sandbox/push", get(push::show).post(push::act))
        .route("/_sandbox/orders/{id}/advance", post(orders::advance))
        .route(
            "/_sandbox/commissions",
            get(commissions::show).post(commissions::place),
        )
        .route(
            "/_sandbox/commissions/{id}/advance",
            post(commissions::advance),
        )
        .route(
            "/_sandbox/products/{id}",
            get(products::show).post(products::change),
        )
        .route("/_sandbox/{*rest}", any(nothing_here))
}

/// Why a control request was not carried out.
#[derive(Debug)]
struct Problem {
    status: StatusCode,
    text: String,
}

type Answer = Result<Response, Problem>;

impl Problem {
    fn bad(text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            text: text.into(),
        }
    }

    fn not_found(text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            text: text.into(),
        }
    }

    fn conflict(text: impl Into<String>) -> Self {
        Self {
            status: StatusCode::CONFLICT,
            text: text.into(),
        }
    }
}

impl From<SandboxError> for Problem {
    fn from(error: SandboxError) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "sandbox state not written"
        );
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            text: error.to_string(),
        }
    }
}

impl axum::response::IntoResponse for Problem {
    fn into_response(self) -> Response {
        answer(self.status, &json!({ "error": self.text }))
    }
}

fn answer(status: StatusCode, body: &Value) -> Response {
    typed(status, "application/json", "no-store", body.to_string())
}

fn ok(body: &Value) -> Response {
    answer(StatusCode::OK, body)
}

/// The JSON object of a request; an empty body counts as an empty object.
async fn object(request: Request) -> Result<Map<String, Value>, Problem> {
    let bytes = to_bytes(Body::new(request.into_body()), MOST_BODY_BYTES)
        .await
        .map_err(|_| Problem {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            text: format!("the body is larger than {MOST_BODY_BYTES} bytes or broke off"),
        })?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::bad(format!("the body must be a JSON object: {error}")))
}

/// Refuses fields that would otherwise be silently ignored.
fn only(body: &Map<String, Value>, accepted: &[&str]) -> Result<(), Problem> {
    match body.keys().find(|name| !accepted.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(Problem::bad(format!(
            "{name} is not accepted here; accepted: {}",
            if accepted.is_empty() {
                "an empty object".to_owned()
            } else {
                accepted.join(", ")
            }
        ))),
    }
}

/// The step that `to` names, of those that can be asked for.
fn step<T: Copy>(
    body: &Map<String, Value>,
    steps: &[T],
    name: fn(T) -> &'static str,
) -> Result<T, Problem> {
    only(body, &["to"])?;
    let to = body.get("to").and_then(Value::as_str);
    let step = steps.iter().copied().find(|step| Some(name(*step)) == to);
    step.ok_or_else(|| {
        let names: Vec<&str> = steps.iter().copied().map(name).collect();
        Problem::bad(format!("to must be one of {}", names.join(", ")))
    })
}

async fn reset(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    only(&object(request).await?, &[])?;
    let real_ms = inner.clock.real_ms();
    inner.book.reset(&inner.clock, |state| {
        inner.fresh_state(real_ms, state.tokens.cleared())
    })?;
    locked(&inner.faults).clear();
    locked(&inner.limits).clear();
    locked(&inner.journal).clear();
    inner.set_secrets(vec![inner.initial_secret.clone()]);
    Ok(ok(&json!({ "reset": true })))
}

async fn clock(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    only(&body, &["advance_seconds"])?;
    let seconds = body
        .get("advance_seconds")
        .and_then(Value::as_i64)
        .filter(|seconds| (0..=LONGEST_STEP_S).contains(seconds))
        .ok_or_else(|| {
            Problem::bad(format!(
                "advance_seconds must be a whole number from 0 to {LONGEST_STEP_S}"
            ))
        })?;
    if inner.clock.offset_ms().saturating_add(seconds * 1000) > FURTHEST_MS {
        return Err(Problem::conflict(
            "the clock would be more than 200 years ahead; POST /_sandbox/reset sets it back",
        ));
    }
    inner.book.advance_clock(&inner.clock, seconds)?;
    Ok(ok(&summary::clock_json(&inner)))
}

async fn codes(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    only(&body, &["account"])?;
    let account = match body.get("account") {
        None | Some(Value::Null) => Some(accounts::DEFAULT),
        Some(Value::String(name)) => accounts::find(name),
        Some(_) => None,
    };
    let account = account.ok_or_else(|| {
        let names: Vec<&str> = ACCOUNTS
            .iter()
            .flat_map(|account| [account.alias, account.user_id])
            .collect();
        Problem::bad(format!("account must be one of {}", names.join(", ")))
    })?;
    let (code, life_s) = inner.book.change(&inner.clock, |state| {
        let by = Issuing {
            seed: inner.entropy_seed,
            app_key: &inner.app_key,
            now_ms: inner.clock.now_ms(),
            profile: &state.profile,
        };
        (
            state.tokens.issue_code(account.user_id, &by),
            state.profile.code_life_s,
        )
    })?;
    Ok(ok(
        &json!({ "code": code, "expires_in": life_s, "account": account.user_id }),
    ))
}

/// What a change of the app secret in the console does: these count from now on, until the sandbox ends or is reset.
async fn change_secrets(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    only(&body, &["app_secrets"])?;
    let usable = |text: &&str| !text.is_empty() && text.trim() == *text;
    let secrets: Option<Vec<String>> = body.get("app_secrets").and_then(|list| {
        let texts = list
            .as_array()?
            .iter()
            .map(|value| value.as_str().filter(usable));
        texts.map(|text| text.map(str::to_owned)).collect()
    });
    let secrets = secrets
        .filter(|secrets| (1..=5).contains(&secrets.len()))
        .ok_or_else(|| {
            Problem::bad(
                "app_secrets must be a list of 1 to 5 texts without white space around them; made up, as everything here",
            )
        })?;
    let count = secrets.len();
    inner.set_secrets(secrets);
    Ok(ok(&json!({ "app_secrets": count })))
}

async fn profile(State(inner): State<Arc<Inner>>) -> Response {
    ok(&json!(*inner.book.profile()))
}

async fn change_profile(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    let changed = inner.book.change(&inner.clock, |state| {
        state.profile.changed(&body).map(|profile| {
            state.profile = Arc::new(profile);
            Arc::clone(&state.profile)
        })
    })?;
    changed
        .map(|profile| ok(&json!(*profile)))
        .map_err(Problem::bad)
}

async fn list_faults(State(inner): State<Arc<Inner>>) -> Response {
    ok(&json!({ "faults": locked(&inner.faults).list() }))
}

async fn add_fault(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    // What DELETE does, for forms, which can only post.
    if body.get("clear") == Some(&Value::Bool(true)) {
        only(&body, &["clear"])?;
        return Ok(clear_faults(State(inner)).await);
    }
    let fault = faults::parse(&body).map_err(Problem::bad)?;
    let shown = json!({ "fault": fault });
    locked(&inner.faults)
        .add(fault)
        .map_err(Problem::conflict)?;
    Ok(ok(&shown))
}

async fn clear_faults(State(inner): State<Arc<Inner>>) -> Response {
    locked(&inner.faults).clear();
    ok(&json!({ "faults": [] }))
}

/// Other addresses below `/_sandbox/`: a typing mistake should not look like an answer of the gateway.
async fn nothing_here() -> Problem {
    Problem::not_found("there is nothing at this address; GET /_sandbox/ lists what there is")
}
