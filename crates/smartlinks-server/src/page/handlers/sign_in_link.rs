//! One-time links: looking at one shows a form, sending the form uses it up.
//!
//! The token stands in the query, which is not logged, and goes on in the body of the form. Nothing that the page
//! loads learns of it: no referrer is sent.

use axum::Form;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use smartlinks_core::{Error, LinkPurpose, Password};

use super::frame::query_value;
use super::sign_in::{HOME, let_in, visitor};
use super::{Visit, render};
use crate::cookies::Cookie;
use crate::guard::ClientAddress;
use crate::options::Access;
use crate::page::views::{LinkError, LinkState, SignInLinkPage};
use crate::problem::Problem;
use crate::state::AppState;

pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if state.options().access == Access::Open {
        return Ok(Redirect::to(HOME).into_response());
    }
    let token = query_value(&uri, "token").unwrap_or_default();
    page(&state, &headers, &uri, &token, String::new(), None).await
}

/// Where the form of a token stands: back to it leads the choice of another language.
fn place_of(token: &str) -> Uri {
    let token: String = url::form_urlencoded::byte_serialize(token.as_bytes()).collect();
    format!("/aliexpress/sign-in/link?token={token}")
        .parse()
        .unwrap_or_default()
}

async fn page(
    state: &AppState,
    headers: &HeaderMap,
    place: &Uri,
    token: &str,
    name: String,
    error: Option<LinkError>,
) -> Result<Response, Problem> {
    let token = token.to_owned();
    let purpose = state.core().link_purpose(&token).await;
    let visit = Visit::of(state, headers, place);
    let (link, status) = match purpose {
        Ok(LinkPurpose::FirstStart) => (LinkState::FirstStart { token, name }, StatusCode::OK),
        Ok(LinkPurpose::ChoosePassword { name, .. }) => {
            (LinkState::ChoosePassword { token, name }, StatusCode::OK)
        }
        Err(Error::LinkSpent) => (LinkState::Spent, StatusCode::GONE),
        Err(other) => return Err(other.into()),
    };
    let page = SignInLinkPage {
        frame: visit.frame(state).await,
        link,
        error,
    };
    let mut response = render(&page, &visit, state);
    *response.status_mut() = match error {
        Some(_) => StatusCode::BAD_REQUEST,
        None => status,
    };
    Ok(without_referrer(response))
}

fn without_referrer(mut response: Response) -> Response {
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// What the form says.
#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    token: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: Password,
    #[serde(default)]
    again: Password,
}

pub(super) async fn choose(
    state: AppState,
    client: ClientAddress,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Result<Response, Problem> {
    if state.options().access == Access::Open {
        return Ok(Redirect::to(HOME).into_response());
    }
    let Choice {
        token,
        name,
        password,
        again,
    } = choice;
    if !password.matches(&again) {
        return page(
            &state,
            &headers,
            &place_of(&token),
            &token,
            name,
            Some(LinkError::Differ),
        )
        .await;
    }
    let former = Cookie::Session.read(&headers, state.options().secure_cookies);
    let visitor = visitor(&headers, client);
    let used = state
        .core()
        .use_link(&token, &name, password, &visitor, former.as_deref())
        .await;
    let error = match used {
        Ok(signed_in) => {
            let response = without_referrer(Redirect::to(HOME).into_response());
            return Ok(let_in(&state, response, &signed_in));
        }
        Err(Error::LinkSpent) => None,
        Err(Error::Invalid { field: "name", .. } | Error::OperatorExists(_)) => {
            Some(LinkError::Name)
        }
        Err(Error::Invalid { .. }) => Some(LinkError::Password),
        Err(other) => return Err(other.into()),
    };
    page(&state, &headers, &place_of(&token), &token, name, error).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_token_makes_an_address() {
        for token in ["", "ab", "a b&c=d#e\u{e9}"] {
            let uri = place_of(token);
            assert_eq!(query_value(&uri, "token").as_deref(), Some(token));
        }
    }
}
