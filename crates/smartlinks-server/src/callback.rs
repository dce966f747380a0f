//! `GET /aliexpress/callback`: where AliExpress sends the browser back.
//!
//! Every way it can be wrong has its own name (`RefusalKind` in `smartlinks-core`). The answer is always
//! a redirect, so that the code leaves the address bar, and it never carries more than the name.

use axum::Extension;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use smartlinks_core::store::with_causes;
use smartlinks_core::{CallbackParams, Completed, Ending, Error, Refusal};

use crate::browsers;
use crate::guard::RequestId;
use crate::problem::Problem;
use crate::routes::Routes;
use crate::state::AppState;

pub(crate) fn routes() -> Routes {
    Routes::default()
        .get("/aliexpress/callback", callback)
        .get("/aliexpress/callback/{*rest}", not_here)
}

async fn callback(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    if method == Method::HEAD {
        // A link checker must not use up somebody's sign-in.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let browser = browsers::known(&state, &headers);
    let params = CallbackParams::from_query(query.as_deref().unwrap_or_default());
    let place = match state.core().finish_login(params, browser).await {
        Ok(completed) => after_success(&completed),
        Err(Error::Refused(refusal)) => {
            tracing::warn!(
                refusal = refusal.code(),
                told = refusal.told(),
                gateway.code = refusal.gateway_code(),
                "sign-in refused"
            );
            after_refusal(&refusal, &request_id)
        }
        Err(Error::NotConfigured(_)) => place(
            "/aliexpress",
            &[("auth", "error"), ("error", "not_configured")],
        ),
        Err(Error::Storage(error)) => {
            tracing::error!(error = %with_causes(&error), "a sign-in could not be looked up");
            place(
                "/aliexpress",
                &[
                    ("auth", "error"),
                    ("error", "storage_failed"),
                    ("request", &request_id),
                ],
            )
        }
        Err(error) => return Err(error.into()),
    };
    let mut response = Redirect::to(&place).into_response();
    response.headers_mut().insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    Ok(response)
}

/// The registered address is compared by AliExpress character by character, and so it is here.
async fn not_here(Path(_): Path<String>) -> StatusCode {
    StatusCode::NOT_FOUND
}

fn after_success(completed: &Completed) -> String {
    let state = completed.caller_state.as_deref();
    if let Some(neutral) = neutral_page(completed.ending) {
        return with_state(neutral, &[("auth", "success")], None);
    }
    let target = completed.return_to.as_deref().unwrap_or("/aliexpress");
    with_state(
        target,
        &[
            ("auth", "success"),
            ("connection", &completed.connection.id),
        ],
        state,
    )
}

fn after_refusal(refusal: &Refusal, request_id: &str) -> String {
    let mut pairs = vec![("auth", "error"), ("error", refusal.code())];
    if let Some(code) = refusal.gateway_code() {
        pairs.push(("gateway_code", code));
    }
    pairs.push(("request", request_id));
    if let Some(neutral) = neutral_page(refusal.ending) {
        return with_state(neutral, &pairs, None);
    }
    // Our page can then say what may be done about that connection.
    let wanted = refusal.wanted.as_ref().map(ToString::to_string);
    pairs.extend(wanted.as_deref().map(|id| ("connection", id)));
    let target = refusal.return_to.as_deref().unwrap_or("/aliexpress");
    with_state(target, &pairs, refusal.caller_state.as_deref())
}

/// The page that grants nothing, for those who are no operators.
const fn neutral_page(ending: Ending) -> Option<&'static str> {
    match ending {
        Ending::Here => None,
        Ending::Program => Some("/aliexpress/received"),
        Ending::Merchant => Some("/connect/done"),
    }
}

fn with_state(target: &str, pairs: &[(&str, &str)], state: Option<&str>) -> String {
    let mut pairs = pairs.to_vec();
    pairs.extend(state.map(|state| ("state", state)));
    place(target, &pairs)
}

/// A checked target with further pairs in its query.
fn place(target: &str, pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    let (before, fragment) = match target.split_once('#') {
        Some((before, fragment)) => (before, format!("#{fragment}")),
        None => (target, String::new()),
    };
    let join = if before.contains('?') { '&' } else { '?' };
    format!("{before}{join}{query}{fragment}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_added_to_whatever_the_target_has() {
        assert_eq!(place("/a", &[("b", "c d")]), "/a?b=c+d");
        assert_eq!(
            place("https://shop.example.com/x?y=1#z", &[("b", "&")]),
            "https://shop.example.com/x?y=1&b=%26#z"
        );
    }
}
