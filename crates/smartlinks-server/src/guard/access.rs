//! Who may pass: the rule of the route against who is asking.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::MatchedPath;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use smartlinks_core::store::{Actor, ActorKind};
use smartlinks_core::{API_KEY_MARK, ActiveSession, Caller, Grantable, KeyRefusal, Scope, Scopes};

use super::rules::{Rule, Ruled, rule};
use super::{client, moderation};
use crate::cookies::Cookie;
use crate::limits::Limit;
use crate::options::Access;
use crate::problem::Problem;
use crate::state::AppState;

/// Who sent a request, in its extensions. Missing where nobody is known, on public routes only.
#[derive(Debug, Clone)]
pub(crate) enum Principal {
    /// A person who has signed in.
    Operator(Arc<Actor>),
    /// A program with a key.
    Key(Arc<Actor>, Grantable),
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

    /// What whoever this is may pass on in a key of its own making.
    pub(crate) fn grantable(&self) -> Grantable {
        match self {
            Self::Key(_, own) => *own,
            Self::Operator(_) | Self::Anybody { .. } => Grantable::everything(),
        }
    }

    /// Whether whoever this is may do what a scope allows.
    pub(crate) fn holds(&self, scope: Scope) -> bool {
        self.grantable().scopes.holds(scope)
    }

    fn may(&self, rule: Rule) -> Result<(), Refused> {
        match (rule, self) {
            (Rule::Public, _) | (_, Self::Operator(_) | Self::Anybody { .. }) => Ok(()),
            (Rule::Needs(scope), Self::Key(_, own)) if own.scopes.holds(scope) => Ok(()),
            (Rule::Needs(scope), Self::Key(_, own)) => Err(Refused::Scope(scope, own.scopes)),
            (Rule::Operator, Self::Key(..)) => Err(Refused::NotAPerson),
        }
    }
}

enum Refused {
    Scope(Scope, Scopes),
    NotAPerson,
}

/// Whoever was let in.
pub(super) struct Visit {
    known: Option<Principal>,
    spent_cookie: bool,
}

impl Visit {
    /// What there is to do with the answer.
    pub(super) fn end(self, state: &AppState, mut response: Response) -> Response {
        // For the line in the log.
        self.known.map(|one| response.extensions_mut().insert(one));
        match self.spent_cookie {
            true => without_session(response, state.options().secure_cookies),
            false => response,
        }
    }
}

/// Notes who sends a request, for everything further in, unless they may not.
pub(super) async fn demand_access(state: &AppState, head: &mut Parts) -> Result<Visit, Response> {
    let path = head.extensions.get::<MatchedPath>().cloned();
    let ruled = path.as_ref().map(|path| rule(&head.method, path.as_str()));
    // Health says by itself that the database is away, and a code below the callback goes nowhere.
    let public = matches!(ruled, Some(Ruled::By(Rule::Public)))
        || (ruled.is_none() && head.uri.path() == "/aliexpress/callback/");
    let asking = match who_asks(state, head, public).await {
        Ok(asking) => asking,
        Err(_) if public => Asking::default(),
        Err(problem) => return Err(problem.into_response()),
    };
    let mut visit = Visit {
        known: None,
        spent_cookie: asking.spent_cookie,
    };
    let refusal = match verdict(head, asking.principal.as_ref(), ruled, public) {
        Verdict::Pass => {
            visit.known.clone_from(&asking.principal);
            asking.principal.map(|one| head.extensions.insert(one));
            asking.session.map(|one| head.extensions.insert(one));
            return Ok(visit);
        }
        Verdict::Unruled => unruled(path.as_ref()).into_response(),
        Verdict::Unknown => who_are_you(head, ruled),
        Verdict::FromAnotherSite => super::cross_site().into_response(),
        Verdict::Refused(refused) => refused.into_problem().into_response(),
    };
    Err(visit.end(state, refusal))
}

async fn who_asks(state: &AppState, head: &Parts, public: bool) -> Result<Asking, Problem> {
    let address = client::address(head);
    // What is open to everybody asks for no key, and so costs nothing, whatever is sent.
    let key = bearer(&head.headers).filter(|text| !public && text.starts_with(API_KEY_MARK));
    match key {
        Some(key) => by_key(state, key, address).await,
        None => {
            let address = address.map(|address| address.to_string());
            Ok(asking(state, &head.headers, address, !goes_on_by_itself(head)).await?)
        }
    }
}

enum Verdict {
    Pass,
    Unruled,
    Unknown,
    FromAnotherSite,
    Refused(Refused),
}

fn verdict(
    head: &Parts,
    principal: Option<&Principal>,
    ruled: Option<Ruled>,
    public: bool,
) -> Verdict {
    match (principal, ruled) {
        (_, Some(Ruled::Unruled)) => Verdict::Unruled,
        _ if public => Verdict::Pass,
        (None, _) => Verdict::Unknown,
        (Some(Principal::Operator(_)), _) if is_led_here(head) => Verdict::FromAnotherSite,
        (Some(_), None | Some(Ruled::OtherMethods)) => Verdict::Pass,
        (Some(principal), Some(Ruled::By(rule))) => match principal.may(rule) {
            Ok(()) => Verdict::Pass,
            Err(refused) => Verdict::Refused(refused),
        },
    }
}

/// Whether a page elsewhere made a browser ask the API. Some of its GETs do something too (they renew a pair, begin a
/// sign-in, try the gateway), and a link or a redirect carries the session along.
fn is_led_here(head: &Parts) -> bool {
    let from = head
        .headers
        .get("sec-fetch-site")
        .map(HeaderValue::as_bytes);
    head.uri.path().starts_with("/api/aliexpress/")
        && from.is_some_and(|site| site != b"same-origin" && site != b"none")
}

/// Takes away a cookie that opens nothing any more, unless the answer sets another one.
fn without_session(mut response: Response, secure: bool) -> Response {
    if !Cookie::Session.is_set_by(&response, secure) {
        Cookie::Session.clear(&mut response, secure);
    }
    response
}

/// Programs are told; people are sent to the sign-in page and come back to where they wanted to go.
fn who_are_you(head: &Parts, ruled: Option<Ruled>) -> Response {
    let for_programs =
        head.uri.path().starts_with("/api/") || matches!(ruled, Some(Ruled::By(Rule::Needs(_))));
    if for_programs || head.method != Method::GET {
        return unauthenticated().into_response();
    }
    let here = head
        .uri
        .path_and_query()
        .map_or("/aliexpress", |place| place.as_str());
    let back: String = url::form_urlencoded::byte_serialize(here.as_bytes()).collect();
    Redirect::to(&format!("/aliexpress/sign-in?return_to={back}")).into_response()
}

/// Whether who came with these headers may still read: for answers that go on for longer than a session or a key
/// may last.
pub(crate) async fn may_still_read(state: &AppState, headers: &HeaderMap) -> bool {
    let key = bearer(headers).filter(|text| text.starts_with(API_KEY_MARK));
    let principal = match key {
        Some(key) => match state.core().authenticate(key).await {
            Ok(Ok(holder)) => return holder.scopes.holds(Scope::Read),
            _ => None,
        },
        None => asking(state, headers, None, false)
            .await
            .ok()
            .and_then(|asking| asking.principal),
    };
    principal.is_some_and(|principal| principal.may(Rule::Needs(Scope::Read)).is_ok())
}

/// What a page that is open asks for by itself. It is not the use of a session: otherwise a tab that was left open
/// would keep it from ever ending. Whoever claims it in vain ends their own session sooner.
fn goes_on_by_itself(head: &Parts) -> bool {
    let path = head.extensions.get::<MatchedPath>();
    head.headers.contains_key("x-background")
        || path.is_some_and(|path| path.as_str() == "/api/aliexpress/events")
}

/// Who sends a request.
#[derive(Default)]
struct Asking {
    principal: Option<Principal>,
    session: Option<ActiveSession>,
    /// There was a session cookie, and it opens nothing: forged, ended, or its operator is disabled.
    spent_cookie: bool,
}

async fn asking(
    state: &AppState,
    headers: &HeaderMap,
    address: Option<String>,
    used: bool,
) -> smartlinks_core::Result<Asking> {
    let bearer = bearer(headers);
    match state.options().access {
        Access::Open => Ok(Asking {
            principal: Some(Principal::Anybody {
                program: bearer.is_some(),
                actor: Arc::new(Actor {
                    address,
                    ..Actor::of(ActorKind::Anybody)
                }),
            }),
            ..Asking::default()
        }),
        // No key of ours: a request with a bearer is a program's, whatever cookies it carries.
        Access::Operators if bearer.is_some() => Ok(Asking::default()),
        Access::Operators => by_session(state, headers, address, used).await,
    }
}

/// What was sent as `Authorization: Bearer`.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
}

/// Whoever holds an API key. Also where access is open: there, too, a key does what its scopes say and no more.
async fn by_key(state: &AppState, key: &str, address: Option<IpAddr>) -> Result<Asking, Problem> {
    let mut answer = state.core().recognise(key).await?;
    if let Err(KeyRefusal::NotAKey | KeyRefusal::Mistyped | KeyRefusal::Unknown) = answer {
        // Counted before the database is asked: guessing must not cost it anything.
        let counted = state.limiter().take(Limit::Keys, &Caller::at(address));
        counted.map_err(moderation::too_many)?;
        if answer == Err(KeyRefusal::Unknown) {
            answer = state.core().authenticate(key).await?;
        }
    }
    let holder = answer.map_err(bad_key)?;
    let actor = Actor {
        kind: ActorKind::ApiKey,
        id: Some(holder.id.to_string()),
        name: Some(holder.name.to_string()),
        address: address.map(|address| address.to_string()),
    };
    let own = Grantable {
        scopes: holder.scopes,
        until: holder.expires_at,
    };
    Ok(Asking {
        principal: Some(Principal::Key(Arc::new(actor), own)),
        ..Asking::default()
    })
}

/// That a key is expired or revoked is said to whoever holds all of it; that it is mistyped, it says itself.
fn bad_key(refusal: KeyRefusal) -> Problem {
    let (code, detail, fix) = match refusal {
        KeyRefusal::NotAKey | KeyRefusal::Unknown => (
            "invalid_api_key",
            "there is no such API key",
            "Use a key as it was shown when it was made, or make a new one (`smartlinks api-keys create`).",
        ),
        KeyRefusal::Mistyped => (
            "mistyped_api_key",
            "a character of the API key is wrong or missing",
            "Copy the key again, from `slk_` to its last character.",
        ),
        KeyRefusal::Expired => (
            "expired_api_key",
            "the time of this API key is over",
            "Make a new one on the page, tab Authentication, or with `smartlinks api-keys create`.",
        ),
        KeyRefusal::Revoked => (
            "revoked_api_key",
            "this API key was revoked",
            "Make a new one on the page, tab Authentication, or with `smartlinks api-keys create`.",
        ),
    };
    Problem::new(StatusCode::UNAUTHORIZED, code, detail, fix)
}

async fn by_session(
    state: &AppState,
    headers: &HeaderMap,
    address: Option<String>,
    used: bool,
) -> smartlinks_core::Result<Asking> {
    let secure = state.options().secure_cookies;
    let Some(cookie) = Cookie::Session.read(headers, secure) else {
        return Ok(Asking::default());
    };
    let session = match used {
        true => state.core().session(&cookie).await?,
        false => state.core().session_unused(&cookie).await?,
    };
    let Some(session) = session else {
        return Ok(Asking {
            spent_cookie: true,
            ..Asking::default()
        });
    };
    let actor = Actor {
        kind: ActorKind::Operator,
        id: Some(session.operator_id.clone()),
        name: Some(session.operator_name.clone()),
        address,
    };
    Ok(Asking {
        principal: Some(Principal::Operator(Arc::new(actor))),
        session: Some(session),
        spent_cookie: false,
    })
}

impl Refused {
    fn into_problem(self) -> Problem {
        match self {
            Self::Scope(needed, held) => Problem {
                needed_scope: Some(needed.to_string()),
                held_scopes: Some(held.to_string()),
                ..Problem::new(
                    StatusCode::FORBIDDEN,
                    "missing_scope",
                    format!("this route needs the scope `{needed}`; the key has `{held}`"),
                    format!("Use a key with the scope `{needed}`, or ask the operator for one."),
                )
            },
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
        "this route asks for an API key, or for an operator who has signed in",
        "Send `authorization: Bearer …` with an API key, or sign in at /aliexpress/sign-in.",
    )
}
