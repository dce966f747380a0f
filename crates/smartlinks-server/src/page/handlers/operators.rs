//! The sub-page of operators: own sessions and password, and who else may sign in.

use std::convert::Infallible;

use axum::Form;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;
use smartlinks_core::{
    ActiveSession, Error, Invited, OperatorState as CoreState, OperatorView, Password, SessionView,
};

use super::sign_in::{let_in, visitor};
use super::{Visit, notice, render};
use crate::cookies::Cookie;
use crate::guard::ClientAddress;
use crate::page::views::{
    Invitation, Notice, OperatorRow, OperatorState, OperatorsError, OperatorsPage, OwnAccount,
    SessionRow,
};
use crate::problem::Problem;
use crate::state::AppState;

const HERE: &str = "/aliexpress/operators";

/// The session of whoever is looking; none where nobody has to sign in.
pub(super) struct Own(Option<ActiveSession>);

impl<S: Send + Sync> FromRequestParts<S> for Own {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.extensions.get::<ActiveSession>().cloned()))
    }
}

/// What came of the form that was just sent.
#[derive(Default)]
struct Said {
    invitation: Option<Invitation>,
    error: Option<OperatorsError>,
    new_name: String,
}

pub(super) async fn show(
    state: AppState,
    own: Own,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    page(&state, own.0.as_ref(), &uri, &headers, Said::default()).await
}

async fn page(
    state: &AppState,
    own: Option<&ActiveSession>,
    uri: &Uri,
    headers: &HeaderMap,
    said: Said,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    let core = state.core();
    let (account, operators) = match own {
        Some(own) => {
            let sessions = core.sessions_of(&own.operator_id).await?;
            let account = OwnAccount {
                sessions: sessions
                    .into_iter()
                    .map(|session| session_row(session, own))
                    .collect(),
            };
            (Some(account), core.operators().await?)
        }
        None => (None, Vec::new()),
    };
    let status = said.error.map_or(StatusCode::OK, status_of);
    let page = OperatorsPage {
        frame: visit.frame(state).await,
        own: account,
        operators: operators
            .into_iter()
            .map(|operator| operator_row(operator, own))
            .collect(),
        invitation: said.invitation,
        error: said.error,
        new_name: said.new_name,
    };
    let mut response = render(&page, &visit, state);
    *response.status_mut() = status;
    Ok(response)
}

fn session_row(session: SessionView, own: &ActiveSession) -> SessionRow {
    SessionRow {
        this_one: session.reference == own.reference,
        reference: session.reference,
        agent: session.agent,
        address: session.address,
        began_ms: session.created_at.map(Timestamp::as_millisecond),
        seen_ms: session.last_seen_at.map(Timestamp::as_millisecond),
    }
}

fn operator_row(operator: OperatorView, own: Option<&ActiveSession>) -> OperatorRow {
    OperatorRow {
        own: own.is_some_and(|own| own.operator_id == operator.id),
        id: operator.id,
        name: operator.name,
        state: match operator.state {
            CoreState::Active => OperatorState::Active,
            CoreState::Invited => OperatorState::Invited,
            CoreState::Disabled => OperatorState::Disabled,
        },
        added_ms: operator.created_at.map(Timestamp::as_millisecond),
    }
}

fn status_of(error: OperatorsError) -> StatusCode {
    match error {
        OperatorsError::Name | OperatorsError::Password | OperatorsError::Differ => {
            StatusCode::BAD_REQUEST
        }
        OperatorsError::NameTaken => StatusCode::CONFLICT,
        OperatorsError::WrongPassword => StatusCode::FORBIDDEN,
        OperatorsError::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
    }
}

#[derive(Deserialize)]
pub(super) struct NewOperator {
    #[serde(default)]
    name: String,
}

/// Adds an operator and shows the link for that person, once.
pub(super) async fn add(
    state: AppState,
    own: Own,
    uri: Uri,
    headers: HeaderMap,
    Form(form): Form<NewOperator>,
) -> Result<Response, Problem> {
    let Some(own) = own.0 else {
        return Ok(Redirect::to(HERE).into_response());
    };
    let said = match state.core().invite_operator(&form.name).await {
        Ok(invited) => Said {
            invitation: Some(invitation(&state, &headers, invited)),
            ..Said::default()
        },
        Err(error) => Said {
            error: Some(known(error)?),
            new_name: form.name,
            ..Said::default()
        },
    };
    page(&state, Some(&own), &uri, &headers, said).await
}

/// A new link for an operator who has not chosen a password yet. For anybody else there is the command line: one
/// operator cannot take over the account of another.
pub(super) async fn link(
    state: AppState,
    own: Own,
    uri: Uri,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let Some(own) = own.0 else {
        return Ok(Redirect::to(HERE).into_response());
    };
    let made = state.core().link_for_invited(&id).await?;
    let said = Said {
        invitation: Some(invitation(&state, &headers, made)),
        ..Said::default()
    };
    page(&state, Some(&own), &uri, &headers, said).await
}

fn invitation(state: &AppState, headers: &HeaderMap, invited: Invited) -> Invitation {
    // The guard has compared the host with our own names. With a public address sessions begin there alone.
    let host = || headers.get(header::HOST)?.to_str().ok();
    let options = state.options();
    let host = options.hosts.public().or_else(host).unwrap_or_default();
    let scheme = if options.secure_cookies {
        "https"
    } else {
        "http"
    };
    Invitation {
        name: invited.operator.name,
        link: format!("{scheme}://{host}{}", invited.link.path()),
        expires_ms: invited.link.expires_at.map(Timestamp::as_millisecond),
    }
}

#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    current: Password,
    #[serde(default)]
    password: Password,
    #[serde(default)]
    again: Password,
}

/// Changes the own password. The browser gets a new session; all others end.
pub(super) async fn password(
    state: AppState,
    own: Own,
    client: ClientAddress,
    uri: Uri,
    headers: HeaderMap,
    Form(form): Form<NewPassword>,
) -> Result<Response, Problem> {
    let Some(own) = own.0 else {
        return Ok(Redirect::to(HERE).into_response());
    };
    let changed = if form.password.matches(&form.again) {
        let visitor = visitor(&headers, client);
        let core = state.core();
        core.change_password(&own.operator_id, form.current, form.password, &visitor)
            .await
            .map_err(known)
    } else {
        Err(Ok(OperatorsError::Differ))
    };
    let error = match changed {
        Ok(signed_in) => {
            let response = notice::go(&state, HERE, &Notice::PasswordChanged);
            return Ok(let_in(&state, response, &signed_in));
        }
        Err(error) => error?,
    };
    let said = Said {
        error: Some(error),
        ..Said::default()
    };
    page(&state, Some(&own), &uri, &headers, said).await
}

/// Ends another session of whoever is looking.
pub(super) async fn end_session(
    state: AppState,
    own: Own,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let Some(own) = own.0 else {
        return Ok(Redirect::to(HERE).into_response());
    };
    let ended = state.core().end_session_of(&own.operator_id, &reference);
    // One that has ended by itself is not in the list any more, which says all there is to say.
    Ok(match ended.await? {
        true => notice::go(&state, HERE, &Notice::SessionEnded),
        false => Redirect::to(HERE).into_response(),
    })
}

/// Ends all sessions of whoever is looking but this one.
pub(super) async fn end_others(
    state: AppState,
    own: Own,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let cookie = Cookie::Session.read(&headers, state.options().secure_cookies);
    let (Some(own), Some(cookie)) = (own.0, cookie) else {
        return Ok(Redirect::to(HERE).into_response());
    };
    state
        .core()
        .end_other_sessions(&own.operator_id, &cookie)
        .await?;
    Ok(notice::go(&state, HERE, &Notice::SessionsEnded))
}

/// What the page has words for; everything else is a problem.
fn known(error: Error) -> smartlinks_core::Result<OperatorsError> {
    Ok(match error {
        Error::Invalid { field: "name", .. } => OperatorsError::Name,
        Error::Invalid { .. } => OperatorsError::Password,
        Error::OperatorExists(_) => OperatorsError::NameTaken,
        Error::WrongPassword => OperatorsError::WrongPassword,
        Error::TooManyAttempts { seconds } => {
            OperatorsError::TooManyAttempts(i64::try_from(seconds).unwrap_or(i64::MAX))
        }
        other => return Err(other),
    })
}
