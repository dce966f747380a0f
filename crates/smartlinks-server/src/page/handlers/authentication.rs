//! The tab Authentication: the guided way to a connected account, and the connected accounts.

use axum::extract::Path;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Form};
use serde::Deserialize;
use smartlinks_core::{AttemptView, BeginLogin, Error, Requester};

use super::frame::query_value;
use super::{Visit, notice, render, views_of};
use crate::browsers::{self, Recognised};
use crate::cookies::Cookie;
use crate::guard::RequestId;
use crate::page::views::{
    Attempt, AuthError, AuthFailure, AuthOutcome, AuthenticationPage, CallbackPage, ConnectionView,
    DisconnectPage, Notice, OrderStage,
};
use crate::problem::Problem;
use crate::state::AppState;

const HERE: &str = "/aliexpress/authentication";

pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, &headers, &uri).await
}

pub(super) async fn page(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let core = state.core();
    let connections: Vec<_> = core
        .connections()
        .await?
        .iter()
        .map(views_of::connection)
        .collect();
    let attempt = own_attempt(state, headers).await?;
    let page = AuthenticationPage {
        frame: visit.frame(state).await,
        app: views_of::app(core),
        outcome: outcome(uri, attempt.as_ref(), &connections),
        attempt: attempt
            .filter(|attempt| attempt.open)
            .map(|attempt| Attempt {
                started_ms: attempt.started_at.0,
                expires_ms: attempt.expires_at.0,
            }),
        connections,
    };
    Ok(render(&page, &visit, state))
}

/// The login that this browser started last.
async fn own_attempt(
    state: &AppState,
    headers: &HeaderMap,
) -> Result<Option<AttemptView>, Problem> {
    let secure = state.options().secure_cookies;
    let browser = browsers::known(state, headers);
    match (Cookie::Attempt.read(headers, secure), browser) {
        (Some(reference), Some(browser)) => {
            Ok(state.core().login_attempt(&reference, &browser).await?)
        }
        _ => Ok(None),
    }
}

/// How the sign-in ended that led here, as the address says. What AliExpress said about it is not in
/// the address; it comes from the attempt of this browser.
fn outcome(
    uri: &Uri,
    attempt: Option<&AttemptView>,
    connections: &[ConnectionView],
) -> Option<AuthOutcome> {
    match query_value(uri, "auth")?.as_str() {
        "success" => {
            let id = query_value(uri, "connection")?;
            let connection = connections.iter().find(|one| one.id == id)?;
            Some(AuthOutcome::Success {
                connection_name: connection.name().to_owned(),
                reconnected: connection.generation > 1,
            })
        }
        "error" => Some(AuthOutcome::Failure(failure(uri, attempt))),
        _ => None,
    }
}

fn failure(uri: &Uri, attempt: Option<&AttemptView>) -> AuthFailure {
    let slug = query_value(uri, "error").unwrap_or_default();
    let short = |name| query_value(uri, name).map(|text| smartlinks_core::shortened(&text, 80));
    AuthFailure {
        description: attempt
            .filter(|attempt| attempt.refused.as_deref() == Some(slug.as_str()))
            .and_then(|attempt| attempt.description.clone()),
        error: AuthError::from_slug(&smartlinks_core::shortened(&slug, 40)),
        gateway_code: short("gateway_code"),
        request_id: short("request"),
    }
}

/// Where a login ends that a program started: this page grants nothing and leads nowhere.
pub(super) async fn received(state: AppState, uri: Uri, headers: HeaderMap) -> Response {
    let visit = Visit::of(&state, &headers, &uri);
    let failed = query_value(&uri, "auth").as_deref() == Some("error");
    let page = CallbackPage {
        frame: visit.frame(&state).await,
        failure: failed.then(|| failure(&uri, None)),
    };
    render(&page, &visit, &state)
}

#[derive(Deserialize)]
pub(super) struct Authorize {
    connection: Option<String>,
}

/// Starts a login for this browser and goes to AliExpress.
pub(super) async fn authorize(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(form): Form<Authorize>,
) -> Result<Response, Problem> {
    let secure = state.options().secure_cookies;
    let (browser, fresh) = browsers::known_or_new(&state, &headers)?.into_parts();
    let begin = BeginLogin {
        connection: form.connection,
        ..BeginLogin::by(Requester::Browser(browser))
    };
    let started = match state.core().begin_login(begin).await {
        Ok(started) => started,
        Err(error) => return Ok(notice::go_failed(&state, HERE, error.into(), &request_id)),
    };
    let mut response = Redirect::to(&started.url).into_response();
    Recognised::remember(fresh, &mut response, &state);
    Cookie::Attempt.set(&mut response, &started.reference(), secure);
    Ok(response)
}

#[derive(Deserialize)]
pub(super) struct Code {
    #[serde(default)]
    code: String,
}

/// Takes a code, or the whole address, that a person pasted.
pub(super) async fn code(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(form): Form<Code>,
) -> Result<Response, Problem> {
    let browser = browsers::known(&state, &headers);
    let pairs = match state.core().exchange_pasted(&form.code, browser).await {
        Ok(connection) => vec![
            ("auth", "success".to_owned()),
            ("connection", connection.id),
        ],
        Err(Error::Refused(refusal)) => {
            let mut pairs = vec![
                ("auth", "error".to_owned()),
                ("error", refusal.code().to_owned()),
            ];
            pairs.extend(
                refusal
                    .gateway_code()
                    .map(|code| ("gateway_code", code.to_owned())),
            );
            pairs.push(("request", request_id));
            pairs
        }
        Err(error) => return Ok(notice::go_failed(&state, HERE, error.into(), &request_id)),
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    Ok(Redirect::to(&format!("{HERE}?{query}")).into_response())
}

pub(super) async fn refresh(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().refresh_now(&id).await {
        Ok(view) => notice::go(
            &state,
            HERE,
            &Notice::Refreshed(views_of::connection(&view).name().to_owned()),
        ),
        Err(error) => notice::go_failed(&state, HERE, error.into(), &request_id),
    }
}

pub(super) async fn make_default(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().set_default(&id).await {
        Ok(view) => notice::go(
            &state,
            HERE,
            &Notice::DefaultChanged(views_of::connection(&view).name().to_owned()),
        ),
        Err(error) => notice::go_failed(&state, HERE, error.into(), &request_id),
    }
}

#[derive(Deserialize)]
pub(super) struct Label {
    #[serde(default)]
    label: String,
}

pub(super) async fn label(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
    Form(form): Form<Label>,
) -> Response {
    match state.core().set_label(&id, Some(&form.label)).await {
        Ok(view) => notice::go(
            &state,
            HERE,
            &Notice::Renamed(views_of::connection(&view).name().to_owned()),
        ),
        Err(error) => notice::go_failed(&state, HERE, error.into(), &request_id),
    }
}

/// Asks once, saying what will stop.
pub(super) async fn ask_disconnect(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let core = state.core();
    let view = core.connection(&id).await?;
    let page = DisconnectPage {
        frame: visit.frame(&state).await,
        connection: views_of::connection(&view),
        open_orders: open_orders(&state, &id).await?,
        writes_token_file: view.default && core.token_file().is_some(),
    };
    Ok(render(&page, &visit, &state))
}

async fn open_orders(state: &AppState, connection: &str) -> Result<i64, Problem> {
    let states = state.core().orders_by_state(Some(connection)).await?;
    let over = [OrderStage::Finished, OrderStage::Closed];
    Ok(views_of::order_counts(states)
        .iter()
        .filter(|one| !over.contains(&one.stage))
        .map(|one| one.count)
        .sum())
}

pub(super) async fn disconnect(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let name = views_of::connection(&state.core().connection(&id).await?)
        .name()
        .to_owned();
    Ok(match state.core().disconnect(&id).await {
        Ok(()) => notice::go(&state, HERE, &Notice::Disconnected(name)),
        Err(error) => notice::go_failed(&state, HERE, error.into(), &request_id),
    })
}
