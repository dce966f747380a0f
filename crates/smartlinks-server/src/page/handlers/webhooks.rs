//! `/aliexpress/webhooks`

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::Response;
use axum::{Extension, Form};
use jiff::Timestamp;
use smartlinks_core::webhooks::{
    DeliveryAttempt, DeliveryDetail, DeliveryListing, WebhookChange, WebhookDraft, WebhookView,
    WebhookWithSecret,
};

use super::frame::query_value;
use super::{Visit, notice, problems, render};
use crate::guard::RequestId;
use crate::page::views::{
    AttemptLine, DeliveryLine, Endpoint, Notice, WebhookDeed, WebhookForm, WebhookPage,
    WebhookSecretPage, WebhooksPage,
};
use crate::problem::Problem;
use crate::state::AppState;

/// Deliveries on one page.
const PAGE_SIZE: u32 = 20;

pub(super) async fn list(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    listed(&state, &headers, &uri, WebhookForm::default()).await
}

async fn listed(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    form: WebhookForm,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let now = state.core().now();
    let endpoints = state.core().webhooks().await?;
    let page = WebhooksPage {
        frame: visit.frame(state).await,
        endpoints: endpoints
            .into_iter()
            .map(|one| endpoint(one, now))
            .collect(),
        form,
    };
    Ok(render(&page, &visit, state))
}

/// What a form sends, in its order: a kind of event stands in it once for each that was chosen.
pub(super) type Fields = Form<Vec<(String, String)>>;

struct Entered {
    url: String,
    events: Vec<String>,
    description: String,
}

impl From<Fields> for Entered {
    fn from(Form(fields): Fields) -> Self {
        let all = |wanted: &str| -> Vec<String> {
            let values = fields.iter().filter(|(name, _)| name == wanted);
            values.map(|(_, value)| value.clone()).collect()
        };
        Self {
            url: all("url").pop().unwrap_or_default(),
            events: all("events"),
            description: all("description").pop().unwrap_or_default(),
        }
    }
}

impl Entered {
    /// None chosen is every kind, as stands beside the choice.
    fn kinds(&self) -> Vec<String> {
        match self.events.as_slice() {
            [] => vec!["*".to_owned()],
            chosen => chosen.to_vec(),
        }
    }

    /// The form as it was entered, with what is wrong.
    fn refused(self, problem: Problem, request_id: &str) -> WebhookForm {
        WebhookForm {
            url: self.url,
            events: self.events,
            description: self.description,
            detail: problem.detail.clone(),
            problem: Some(problems::view(problem, request_id)),
        }
    }
}

/// Makes an endpoint and shows its secret, this once: it can travel in no redirect.
pub(super) async fn create(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let entered = Entered::from(fields);
    let draft = WebhookDraft {
        url: entered.url.clone(),
        description: Some(entered.description.clone()),
        events: entered.kinds(),
    };
    let here = Uri::from_static("/aliexpress/webhooks");
    match state.core().create_webhook(&draft).await {
        Ok(made) => Ok(secret(&state, &headers, &here, made).await),
        Err(error) => {
            let problem = Problem::from(error);
            let status = problem.status();
            let form = entered.refused(problem, &request_id);
            let mut response = listed(&state, &headers, &here, form).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

async fn secret(
    state: &AppState,
    headers: &HeaderMap,
    here: &Uri,
    made: WebhookWithSecret,
) -> Response {
    let visit = Visit::of(state, headers, here);
    let page = WebhookSecretPage {
        frame: visit.frame(state).await,
        id: made.webhook.id,
        url: made.webhook.url,
        secret: made.secret,
    };
    let mut response = render(&page, &visit, state);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    shown(&state, &headers, &uri, &id, None).await
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    id: &str,
    form: Option<WebhookForm>,
) -> Result<Response, Problem> {
    let core = state.core();
    let visit = Visit::of(state, headers, uri);
    let webhook = core.webhook(id).await?;
    let listing = DeliveryListing {
        state: None,
        before: query_value(uri, "before").and_then(|before| before.parse().ok()),
        limit: Some(PAGE_SIZE),
    };
    let listed = core.webhook_deliveries(id, &listing).await?;
    let mut deliveries = Vec::new();
    for one in &listed.deliveries {
        deliveries.push(delivery(core.webhook_delivery(&one.id).await?));
    }
    let endpoint = endpoint(webhook, core.now());
    let page = WebhookPage {
        frame: visit.frame(state).await,
        form: form.unwrap_or_else(|| WebhookForm::of(&endpoint)),
        endpoint,
        deliveries,
        next: listed.next,
    };
    Ok(render(&page, &visit, state))
}

pub(super) async fn change(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
    fields: Fields,
) -> Result<Response, Problem> {
    let entered = Entered::from(fields);
    let change = WebhookChange {
        url: Some(entered.url.clone()),
        description: Some(entered.description.clone()),
        events: Some(entered.kinds()),
    };
    match state.core().change_webhook(&id, &change).await {
        Ok(_) => Ok(done(&state, &id, WebhookDeed::Changed)),
        Err(error) => {
            let problem = Problem::from(error);
            let status = problem.status();
            let form = entered.refused(problem, &request_id);
            let mut response = shown(&state, &headers, &uri, &id, Some(form)).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}

pub(super) async fn rotate(
    state: AppState,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let rotated = state.core().rotate_webhook_secret(&id).await?;
    let here: Uri = place(&rotated.webhook.id)
        .parse()
        .unwrap_or_else(|_| Uri::from_static("/aliexpress/webhooks"));
    Ok(secret(&state, &headers, &here, rotated).await)
}

pub(super) async fn enable(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    state.core().enable_webhook(&id).await?;
    Ok(done(&state, &id, WebhookDeed::Enabled))
}

pub(super) async fn disable(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    state.core().disable_webhook(&id).await?;
    Ok(done(&state, &id, WebhookDeed::Disabled))
}

pub(super) async fn test(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    state.core().test_webhook(&id).await?;
    Ok(done(&state, &id, WebhookDeed::Tested))
}

pub(super) async fn delete(state: AppState, Path(id): Path<String>) -> Result<Response, Problem> {
    state.core().delete_webhook(&id).await?;
    let deed = Notice::Webhook(WebhookDeed::Deleted);
    Ok(notice::go(&state, "/aliexpress/webhooks", &deed))
}

pub(super) async fn resend(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path((id, message)): Path<(String, String)>,
) -> Response {
    match state.core().resend_webhook(&message).await {
        Ok(sent) => done(&state, &sent.webhook, WebhookDeed::Resent),
        Err(error) => notice::go_failed(&state, &place(&id), error.into(), &request_id),
    }
}

fn done(state: &AppState, id: &str, deed: WebhookDeed) -> Response {
    notice::go(state, &place(id), &Notice::Webhook(deed))
}

/// The page of an endpoint. The id may come from an address, so it is written as one part of a path.
fn place(id: &str) -> String {
    let id: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    format!("/aliexpress/webhooks/{id}")
}

fn endpoint(webhook: WebhookView, now: Timestamp) -> Endpoint {
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
    Endpoint {
        active: webhook.is_active(),
        former_secret_until_ms: ms(webhook.former_secret_until.filter(|until| *until > now)),
        failing_since_ms: ms(webhook.failing_since),
        last_success_ms: ms(webhook.last_success_at),
        last_failure_ms: ms(webhook.last_failure_at),
        last_failure: webhook.last_failure,
        disabled_reason: webhook.disabled_reason,
        id: webhook.id,
        url: webhook.url,
        description: webhook.description,
        events: webhook.events,
    }
}

fn delivery(detail: DeliveryDetail) -> DeliveryLine {
    let delivery = detail.delivery;
    DeliveryLine {
        id: delivery.id,
        kind: delivery.kind,
        state: delivery.state,
        created_ms: delivery.created_at.map(Timestamp::as_millisecond),
        next_attempt_ms: delivery.next_attempt_at.map(Timestamp::as_millisecond),
        attempts: detail.attempts.into_iter().map(attempt).collect(),
    }
}

fn attempt(attempt: DeliveryAttempt) -> AttemptLine {
    AttemptLine {
        at_ms: attempt.at.map(Timestamp::as_millisecond),
        duration_ms: attempt.duration_ms,
        status: attempt.status,
        error: attempt.error,
        answer: attempt.answer,
    }
}
