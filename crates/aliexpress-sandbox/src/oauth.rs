//! `/oauth/authorize`: the login-and-consent page.

mod texts;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use url::{Url, form_urlencoded};

use crate::accounts::{self, ACCOUNTS, Account};
use crate::gateway::refusal::Refusal;
use crate::language::Language;
use crate::pages::{Message, banner, language, page};
use crate::profile::{MissingRedirectUri, RedirectUriMatch};
use crate::sandbox::Inner;
use crate::tokens::Issuing;
use texts::Texts;

/// Largest form, in bytes: a long `state` fits.
const MOST_FORM_BYTES: usize = 64 * 1024;

pub(crate) fn routes() -> Router<Arc<Inner>> {
    Router::new().route("/oauth/authorize", get(show).post(decide))
}

/// An authorisation request that may be answered.
struct Asked {
    redirect_uri: Url,
    /// As sent, for the form.
    redirect_text: String,
    state: String,
}

/// Why it may not: machine word and sentence.
type Wrong = (&'static str, &'static str);

#[derive(Template)]
#[template(path = "authorize.html")]
struct AuthorizePage<'a> {
    language: &'static str,
    banner: &'a str,
    texts: &'a Texts,
    accounts: &'a [Account],
    client_id: &'a str,
    redirect_uri: &'a str,
    state: &'a str,
}

async fn show(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let language = language(request.headers());
    let texts = Texts::of(language);
    let fields = request.uri().query().unwrap_or_default().as_bytes();
    match parameters(fields, texts).and_then(|fields| asked(&inner, &fields, texts)) {
        Ok(asked) => {
            let policy = format!(
                "form-action 'self' {}",
                asked.redirect_uri.origin().ascii_serialization()
            );
            let template = AuthorizePage {
                language: language.tag(),
                banner: banner(language),
                texts,
                accounts: &ACCOUNTS,
                client_id: &inner.app_key,
                redirect_uri: &asked.redirect_text,
                state: &asked.state,
            };
            page(StatusCode::OK, &template, &policy)
        }
        Err(wrong) => refused(language, wrong),
    }
}

async fn decide(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let language = language(request.headers());
    let texts = Texts::of(language);
    let (parts, body) = request.into_parts();
    // A body that is no form, too large or broken off has no parameters: the page says which is missing.
    let body = match is_form(&parts.headers) {
        true => to_bytes(body, MOST_FORM_BYTES).await.unwrap_or_default(),
        false => Bytes::new(),
    };
    let fields = match parameters(&body, texts) {
        Ok(fields) => fields,
        Err(wrong) => return refused(language, wrong),
    };
    let asked = match asked(&inner, &fields, texts) {
        Ok(asked) => asked,
        Err(wrong) => return refused(language, wrong),
    };
    if fields.get("decision").map(String::as_str) != Some("approve") {
        return deny(&inner, &asked, language);
    }
    let name = fields
        .get("account")
        .map_or(accounts::DEFAULT.user_id, String::as_str);
    match accounts::find(name) {
        Some(account) if !on_whitelist(&inner, account) => {
            let wrong = ("sandbox.account.not-on-whitelist", texts.not_on_whitelist);
            refused(language, wrong)
        }
        Some(account) => approve(&inner, &asked, account, language),
        None => refused(language, ("sandbox.account.unknown", texts.unknown_account)),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/x-www-form-urlencoded"))
}

/// Decodes parameters; none may stand twice, so that no two readers can take different ones.
fn parameters(text: &[u8], texts: &Texts) -> Result<BTreeMap<String, String>, Wrong> {
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(text) {
        if fields
            .insert(name.into_owned(), value.into_owned())
            .is_some()
        {
            return Err(("sandbox.parameter.duplicate", texts.duplicate));
        }
    }
    Ok(fields)
}

fn asked(inner: &Inner, fields: &BTreeMap<String, String>, texts: &Texts) -> Result<Asked, Wrong> {
    let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    match text("client_id") {
        "" => return Err(("param-clientid.null", texts.missing_client)),
        client_id if client_id != inner.app_key => {
            return Err(("param-appkey.not.exists", texts.unknown_client));
        }
        _ => {}
    }
    if text("response_type") != "code" {
        return Err(("sandbox.response-type.invalid", texts.response_type));
    }
    let registered = inner.callback_url();
    let profile = inner.book.profile();
    let refused_without = profile.missing_redirect_uri == MissingRedirectUri::Refused;
    let redirect_text = match (text("redirect_uri"), registered) {
        ("", _) if refused_without => {
            return Err(("sandbox.redirect-uri.null", texts.missing_callback));
        }
        ("", None) => return Err(("sandbox.redirect-uri.null", texts.no_callback)),
        ("", Some(registered)) => registered,
        (sent, Some(registered)) if !fits(sent, &registered, profile.redirect_uri_match) => {
            return Err(("sandbox.redirect-uri.mismatch", texts.other_callback));
        }
        (sent, _) => sent.to_owned(),
    };
    let redirect_uri = Url::parse(&redirect_text)
        .ok()
        .filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some()
                && url.fragment().is_none()
        })
        .ok_or(("sandbox.redirect-uri.invalid", texts.bad_callback))?;
    Ok(Asked {
        redirect_uri,
        redirect_text,
        state: text("state").to_owned(),
    })
}

/// Whether a callback is the registered one, or lies below it where the profile tolerates that.
fn fits(sent: &str, registered: &str, how: RedirectUriMatch) -> bool {
    if sent == registered {
        return true;
    }
    let rest = sent.strip_prefix(registered);
    how == RedirectUriMatch::Below
        && rest.is_some_and(|rest| {
            let below = rest.starts_with(['?', '/']) || registered.ends_with('/');
            below && !rest.contains("..")
        })
}

/// Whether the app's policy lets an account authorise. What the real page says otherwise is unknown.
fn on_whitelist(inner: &Inner, account: &Account) -> bool {
    let profile = inner.book.profile();
    let named = |name: &String| accounts::find(name) == Some(account);
    profile.whitelist.is_empty() || profile.whitelist.iter().any(named)
}

fn approve(inner: &Inner, asked: &Asked, account: &Account, language: Language) -> Response {
    let code = inner.book.change(&inner.clock, |state| {
        let by = Issuing {
            seed: inner.entropy_seed,
            app_key: &inner.app_key,
            now_ms: inner.clock.now_ms(),
            profile: &state.profile,
        };
        state.tokens.issue_code(account.user_id, &by)
    });
    match code {
        Ok(code) => send_back(asked, &[("code", &code)]),
        Err(error) => {
            let refusal = Refusal::from(error);
            let texts = Texts::of(language);
            message(
                language,
                StatusCode::SERVICE_UNAVAILABLE,
                texts.refused_title,
                (&refusal.code, texts.failed),
            )
        }
    }
}

/// What the real page sends back on refusal is unknown, so nothing is sent unless the profile says so.
fn deny(inner: &Inner, asked: &Asked, language: Language) -> Response {
    let texts = Texts::of(language);
    if inner.book.profile().deny_redirects_with_error {
        let description = "The user denied the authorization request";
        return send_back(
            asked,
            &[
                ("error", "access_denied"),
                ("error_description", description),
            ],
        );
    }
    message(
        language,
        StatusCode::OK,
        texts.denied_title,
        ("", texts.denied),
    )
}

fn send_back(asked: &Asked, parameters: &[(&str, &str)]) -> Response {
    let mut url = asked.redirect_uri.clone();
    for (name, value) in parameters {
        url.query_pairs_mut().append_pair(name, value);
    }
    if !asked.state.is_empty() {
        url.query_pairs_mut().append_pair("state", &asked.state);
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::try_from(url.as_str()) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

fn refused(language: Language, wrong: Wrong) -> Response {
    message(
        language,
        StatusCode::BAD_REQUEST,
        Texts::of(language).refused_title,
        wrong,
    )
}

fn message(
    language: Language,
    status: StatusCode,
    title: &str,
    (code, text): (&str, &str),
) -> Response {
    let message = Message {
        language: language.tag(),
        banner: banner(language),
        title,
        text,
        code,
        detail: "",
        back: "",
    };
    page(status, &message, "form-action 'none'")
}
