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
    page(&state, &headers, &token, String::new(), None).await
}

async fn page(
    state: &AppState,
    headers: &HeaderMap,
    token: &str,
    name: String,
    error: Option<LinkError>,
) -> Result<Response, Problem> {
    let token = token.to_owned();
    let purpose = state.core().link_purpose(&token).await;
    // Back to this page in another language; only a token that was found goes into it.
    let place = match &purpose {
        Ok(_) => format!("/aliexpress/sign-in/link?token={token}"),
        Err(_) => "/aliexpress/sign-in/link".to_owned(),
    };
    let asked = Visit::of(state, headers, &place.parse().unwrap_or_default());
    let (link, status) = match purpose {
        Ok(LinkPurpose::FirstStart) => (LinkState::FirstStart { token, name }, StatusCode::OK),
        Ok(LinkPurpose::ChoosePassword { name, .. }) => {
            (LinkState::ChoosePassword { token, name }, StatusCode::OK)
        }
        Err(Error::LinkSpent) => (LinkState::Spent, StatusCode::GONE),
        Err(other) => return Err(other.into()),
    };
    let page = SignInLinkPage {
        frame: asked.frame(state).await,
        link,
        error,
    };
    let mut response = render(&page, &asked, state);
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
        return page(&state, &headers, &token, name, Some(LinkError::Differ)).await;
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
    page(&state, &headers, &token, name, error).await
}

/// Keeps `lang=` working on a page whose address is made here.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_page_can_be_read_back() {
        let uri: Uri = "/aliexpress/sign-in/link?token=ab".parse().unwrap();
        assert_eq!(query_value(&uri, "token").as_deref(), Some("ab"));
    }
}
