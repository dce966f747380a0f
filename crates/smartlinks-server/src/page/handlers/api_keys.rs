//! API keys on the page: made, looked at once, revoked.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use axum::{Extension, Form};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use smartlinks_core::{ApiKeyView, CreateApiKey, Scope};

use super::{Visit, notice, problems, render};
use crate::guard::{Principal, RequestId};
use crate::page::views::{
    ApiKeyForm, ApiKeyRow, ApiKeyState, ApiKeysPage, MadeApiKey, Notice, RevokeApiKeyPage,
    ScopeChoice,
};
use crate::problem::Problem;
use crate::state::AppState;

const HERE: &str = "/aliexpress/keys";

pub(super) async fn list(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let form = ApiKeyForm {
        scopes: vec![ScopeChoice::Read],
        ..ApiKeyForm::default()
    };
    page(&state, &visit, None, form).await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    made: Option<MadeApiKey>,
    form: ApiKeyForm,
) -> Result<Response, Problem> {
    let keys = state.core().api_keys().await?;
    let page = ApiKeysPage {
        frame: visit.frame(state).await,
        keys: keys.into_iter().rev().map(row).collect(),
        made,
        form,
    };
    Ok(render(&page, visit, state))
}

/// The form: one field for each scope, so that it works without script.
#[derive(Deserialize)]
pub(super) struct NewKey {
    #[serde(default)]
    name: String,
    read: Option<String>,
    token: Option<String>,
    call: Option<String>,
    order: Option<String>,
    admin: Option<String>,
    /// How long it lives; 0 for one that does not end by itself.
    #[serde(default)]
    days: u32,
}

impl NewKey {
    fn scopes(&self) -> Vec<ScopeChoice> {
        let chosen = [
            &self.read,
            &self.token,
            &self.call,
            &self.order,
            &self.admin,
        ];
        ScopeChoice::ALL
            .into_iter()
            .zip(chosen)
            .filter_map(|(scope, chosen)| chosen.as_ref().map(|_| scope))
            .collect()
    }

    fn expires_at(&self, now: Timestamp) -> Option<Timestamp> {
        let life = SignedDuration::from_hours(24 * i64::from(self.days));
        (self.days > 0)
            .then(|| now.saturating_add(life))
            .and_then(Result::ok)
    }
}

/// Makes a key and shows it in the answer itself: it must stand in no address and in no cookie.
pub(super) async fn create(
    state: AppState,
    Extension(principal): Extension<Principal>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    Form(new): Form<NewKey>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &Uri::from_static(HERE));
    let chosen = new.scopes();
    let create = CreateApiKey {
        name: new.name.clone(),
        scopes: chosen.iter().copied().map(scope).collect(),
        expires_at: new.expires_at(state.core().now()),
        grantable: principal.grantable(),
    };
    match state.core().create_api_key(create).await {
        Ok(made) => {
            let made = MadeApiKey {
                key: made.key.reveal().to_owned(),
                name: made.view.name,
            };
            page(&state, &visit, Some(made), ApiKeyForm::default()).await
        }
        Err(error) => {
            let problem = Problem::from(error);
            let status = problem.status();
            let form = ApiKeyForm {
                name: new.name,
                scopes: chosen,
                problem: Some(problems::view(problem, &request_id)),
            };
            let mut response = page(&state, &visit, None, form).await?;
            if response.status() == StatusCode::OK {
                *response.status_mut() = status;
            }
            Ok(response)
        }
    }
}

/// Asks once, saying what stops.
pub(super) async fn ask_revoke(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let page = RevokeApiKeyPage {
        frame: visit.frame(&state).await,
        key: row(state.core().api_key(&id).await?),
    };
    Ok(render(&page, &visit, &state))
}

pub(super) async fn revoke(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
) -> Response {
    match state.core().revoke_api_key(&id).await {
        Ok(key) => notice::go(&state, HERE, &Notice::ApiKeyRevoked(key.name)),
        Err(error) => notice::go_failed(&state, HERE, error.into(), &request_id),
    }
}

fn row(key: ApiKeyView) -> ApiKeyRow {
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_millisecond);
    ApiKeyRow {
        id: key.id,
        prefix: key.prefix,
        name: key.name,
        scopes: key.scopes.into_iter().map(choice).collect(),
        state: match key.state {
            smartlinks_core::ApiKeyState::Active => ApiKeyState::Active,
            smartlinks_core::ApiKeyState::Expired => ApiKeyState::Expired,
            smartlinks_core::ApiKeyState::Revoked => ApiKeyState::Revoked,
        },
        expires_ms: ms(key.expires_at),
        last_used_ms: ms(key.last_used_at),
        created_ms: ms(key.created_at),
        created_by: key.created_by,
    }
}

const fn scope(choice: ScopeChoice) -> Scope {
    match choice {
        ScopeChoice::Read => Scope::Read,
        ScopeChoice::Token => Scope::Token,
        ScopeChoice::Call => Scope::Call,
        ScopeChoice::Order => Scope::Order,
        ScopeChoice::Admin => Scope::Admin,
    }
}

const fn choice(scope: Scope) -> ScopeChoice {
    match scope {
        Scope::Read => ScopeChoice::Read,
        Scope::Token => ScopeChoice::Token,
        Scope::Call => ScopeChoice::Call,
        Scope::Order => ScopeChoice::Order,
        Scope::Admin => ScopeChoice::Admin,
    }
}
