//! Who may pass: the rule of the route against who is asking.

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use smartlinks_core::store::{Actor, ActorKind};
use smartlinks_core::{Scope, Scopes};

use super::rules::{Rule, Ruled, rule};
use crate::cookies::Cookie;
use crate::options::{Access, Bearer};
use crate::problem::Problem;
use crate::state::AppState;

/// Who sent a request, in its extensions. Missing where nobody is known, on public routes only.
#[derive(Debug, Clone)]
pub(crate) enum Principal {
    /// A person who has signed in.
    Operator(Arc<Actor>),
    /// A program with a key.
    Key(Arc<Actor>, Scopes),
    /// Whoever reached the open sandbox; `program` when it sent a bearer.
    Anybody {
        /// A bearer was sent, whatever it was.
        program: bool,
        /// With the address it came from.
        actor: Arc<Actor>,
    },
}

impl Principal {
    /// Whose name goes into the audit log.
    pub(crate) fn actor(&self) -> Arc<Actor> {
        match self {
            Self::Operator(actor) | Self::Key(actor, _) | Self::Anybody { actor, .. } => {
                Arc::clone(actor)
            }
        }
    }

    /// A program, which keeps no cookies and reads no pages.
    pub(crate) fn is_program(&self) -> bool {
        matches!(self, Self::Key(..) | Self::Anybody { program: true, .. })
    }

    fn may(&self, rule: Rule) -> Result<(), Refused> {
        match (rule, self) {
            (Rule::Public, _) | (_, Self::Operator(_) | Self::Anybody { .. }) => Ok(()),
            (Rule::Needs(scope), Self::Key(_, scopes)) if scopes.holds(scope) => Ok(()),
            (Rule::Needs(scope), Self::Key(_, scopes)) => Err(Refused::Scope(scope, *scopes)),
            (Rule::Operator, Self::Key(..)) => Err(Refused::NotAPerson),
        }
    }
}

enum Refused {
    Scope(Scope, Scopes),
    NotAPerson,
}

pub(super) async fn demand_access(
    State(state): State<AppState>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.extensions().get::<MatchedPath>().cloned();
    let ruled = path
        .as_ref()
        .map(|path| rule(request.method(), path.as_str()));
    let secure = state.options().secure_cookies;
    let principal = principal(&state.options().access, request.headers(), secure);
    match (&principal, ruled) {
        (_, Some(Ruled::Unruled)) => return unruled(path.as_ref()).into_response(),
        (_, Some(Ruled::By(Rule::Public))) => {}
        // There is nothing, and an address with a code must not be carried to the sign-in.
        (None, None) if request.uri().path() == "/aliexpress/callback/" => {}
        (None, _) => return who_are_you(&request),
        (Some(_), None | Some(Ruled::OtherMethods)) => {}
        (Some(principal), Some(Ruled::By(rule))) => {
            if let Err(refused) = principal.may(rule) {
                return refused.into_problem().into_response();
            }
        }
    }
    let Some(principal) = principal else {
        return next.run(request).await;
    };
    let known = principal.clone();
    request.extensions_mut().insert(principal);
    let mut response = next.run(request).await;
    // For the line in the log.
    response.extensions_mut().insert(known);
    response
}

/// Programs are told; people are sent to the sign-in page and come back to where they wanted to go.
fn who_are_you(request: &Request) -> Response {
    let path = request.uri().path();
    if path.starts_with("/api/") || path == "/metrics" || request.method() != Method::GET {
        return unauthenticated().into_response();
    }
    let here = request
        .uri()
        .path_and_query()
        .map_or("/aliexpress", |place| place.as_str());
    let back: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    Redirect::to(&format!("/aliexpress/sign-in?return_to={back}")).into_response()
}

fn principal(access: &Access, headers: &HeaderMap, secure: bool) -> Option<Principal> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    match access {
        Access::Open => Some(Principal::Anybody {
            program: bearer.is_some(),
            actor: Arc::new(Actor::of(ActorKind::Anybody)),
        }),
        Access::Bearer(expected) => by_bearer(expected, bearer).or_else(|| {
            let cookie = Cookie::Session.read(headers, secure)?;
            expected
                .admits_cookie(&cookie)
                .then(|| Principal::Operator(Arc::new(Actor::of(ActorKind::Operator))))
        }),
    }
}

fn by_bearer(expected: &Bearer, given: Option<&str>) -> Option<Principal> {
    expected
        .admits(given?)
        .then(|| Principal::Key(Arc::new(Actor::of(ActorKind::ApiKey)), Scopes::all()))
}

impl Refused {
    fn into_problem(self) -> Problem {
        match self {
            Self::Scope(needed, held) => Problem::new(
                StatusCode::FORBIDDEN,
                "missing_scope",
                format!("this route needs the scope `{needed}`; the key has `{held}`"),
                format!("Use a key with the scope `{needed}`, or ask the operator for one."),
            ),
            Self::NotAPerson => Problem::new(
                StatusCode::FORBIDDEN,
                "operators_only",
                "this page is for people who have signed in; a key does not open it",
                "Use the routes below /api/, or sign in with a browser.",
            ),
        }
    }
}

/// A route that was added without a rule is closed to everybody, and a test fails.
fn unruled(path: Option<&MatchedPath>) -> Problem {
    tracing::error!(
        path = path.map(MatchedPath::as_str),
        "a route has no access rule"
    );
    Problem::new(
        StatusCode::FORBIDDEN,
        "no_rule",
        "this route is closed: it has no access rule",
        "Report it to whoever builds this program.",
    )
}

fn unauthenticated() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "this route asks for the bearer",
        "Send `authorization: Bearer …` with the bearer that the server printed at its start.",
    )
}
