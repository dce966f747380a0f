//! The signed gateway: `/rest` and `/sync`, from the request to the spoilt or whole answer.

pub(crate) mod envelope;
pub(crate) mod params;
pub(crate) mod refusal;
pub(crate) mod signature;
pub(crate) mod timestamp;

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method as HttpMethod, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::config::CheckTimestamp;
use crate::faults::{Fault, Then};
use crate::journal;
use crate::json::Object;
use crate::methods::{self, Context, Method};
use crate::profile::{Profile, Simplify};
use crate::sandbox::{Inner, locked};
use envelope::{Form, Ids};
use params::Params;
use refusal::{Blame, Refusal, seconds_to_beijing_midnight};
use signature::Verdict;

/// Largest request body, in bytes: room for an image search.
pub(crate) const MOST_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Where a call came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// `/rest`, and every unknown address: flat answers.
    Rest,
    /// `/sync`: wrapped answers.
    Sync,
}

/// A request, read.
struct Call {
    door: Door,
    http_method: String,
    path: String,
    /// API path or method name; empty when none was given.
    api: String,
    params: Params,
}

/// An answer and what the journal says of it.
struct Answer {
    body: Object,
    outcome: Cow<'static, str>,
}

/// Handler of `/rest`, `/rest/…` and `/sync`.
pub(crate) async fn handle(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    if !matches!(*request.method(), HttpMethod::GET | HttpMethod::POST) {
        let refusal = Refusal {
            message: "Only GET and POST are supported".into(),
            blame: Blame::Isv,
            ..Refusal::named("InvalidHttpMethod")
        };
        return plain_refusal(&inner, StatusCode::METHOD_NOT_ALLOWED, &refusal);
    }
    match read(request).await {
        Some(call) => answer(&inner, &call).await,
        None => {
            let message = format!("The request body is larger than {MOST_BODY_BYTES} bytes");
            let refusal = Refusal {
                message: message.into(),
                blame: Blame::Isv,
                ..Refusal::named("RequestTooLarge")
            };
            plain_refusal(&inner, StatusCode::PAYLOAD_TOO_LARGE, &refusal)
        }
    }
}

/// Handler of every address that does not exist: flat, status 200, as on the real host.
pub(crate) async fn unknown_address(State(inner): State<Arc<Inner>>) -> Response {
    plain_refusal(&inner, StatusCode::OK, &Refusal::named("InvalidApiPath"))
}

fn plain_refusal(inner: &Inner, status: StatusCode, refusal: &Refusal) -> Response {
    let numbers = crate::profile::Numbers::Number;
    let form = Form {
        door: Door::Rest,
        api: "",
        streamlined: false,
        numbers,
    };
    let ids = inner.next_ids(inner.clock.now_ms());
    json_response(status, text_of(&form.refusal(refusal, &ids)))
}

/// Reads the body and merges the parameters. `None` when the body is too large or breaks off.
async fn read(request: Request) -> Option<Call> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, MOST_BODY_BYTES).await.ok()?;
    let form = is_form(&parts.headers).then_some(bytes.as_ref());
    let params = Params::merge(parts.uri.query(), form);
    let path = parts.uri.path().to_owned();
    let (door, in_path) = match path.strip_prefix("/rest") {
        Some(rest) => (Door::Rest, rest),
        None => (Door::Sync, ""),
    };
    let api = if in_path.len() > 1 {
        Some(in_path)
    } else {
        params.get("method")
    };
    let api = api.unwrap_or_default().to_owned();
    Some(Call {
        door,
        http_method: parts.method.to_string(),
        path,
        api,
        params,
    })
}

/// Other bodies than forms are not looked into, as on the real gateway.
fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| {
            let media_type = value.split(';').next().unwrap_or_default().trim();
            media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

async fn answer(inner: &Inner, call: &Call) -> Response {
    let now_ms = inner.clock.now_ms();
    let ids = inner.next_ids(now_ms);
    let profile = inner.book.read().profile.clone();
    let verdict = signature::verify(
        &inner.app_secret,
        &call.api,
        &call.params,
        profile.empty_params,
    );
    let method = methods::find(&call.api);
    let form = Form {
        door: call.door,
        api: &call.api,
        streamlined: call.door == Door::Sync && streamlined(&call.params, &profile),
        numbers: profile.numbers,
    };
    let fault = locked(&inner.faults).take(&call.api);
    let effect = fault.as_ref().is_none_or(|fault| fault.takes_effect);
    let answer = if effect {
        carry_out(inner, call, method, verdict, &profile, now_ms, &form, &ids)
    } else {
        Answer {
            body: Object::default(),
            outcome: Cow::Borrowed(""),
        }
    };

    let mut entry = journal::draft(
        now_ms,
        &call.http_method,
        &call.path,
        &call.api,
        &call.params,
        verdict,
    );
    entry.request_id.clone_from(&ids.request_id);
    entry.outcome = match &fault {
        Some(fault) if fault.then != Then::Delay => format!("fault:{}", fault.then.name()).into(),
        _ => answer.outcome,
    };
    locked(&inner.journal).note(entry, method.is_some());

    match fault {
        Some(fault) => spoil(&fault, answer.body, now_ms, &form, &ids).await,
        None => json_response(StatusCode::OK, text_of(&answer.body)),
    }
}

fn streamlined(params: &Params, profile: &Profile) -> bool {
    let asked = params.get("simplify") == Some("true");
    match profile.simplify {
        Simplify::WithFormatJson => asked && params.get("format") == Some("json"),
        Simplify::Alone => asked,
        Simplify::Ignored => false,
    }
}

#[expect(
    clippy::too_many_arguments,
    reason = "everything that is known about one call"
)]
fn carry_out(
    inner: &Inner,
    call: &Call,
    method: Option<&'static Method>,
    verdict: Verdict,
    profile: &Profile,
    now_ms: i64,
    form: &Form<'_>,
    ids: &Ids,
) -> Answer {
    let result = check(inner, call, verdict, profile)
        .and_then(|()| find_here(call, method))
        .and_then(|method| {
            let context = Context {
                inner,
                params: &call.params,
                profile,
                now_ms,
                streamlined: form.streamlined,
            };
            methods::run(method, &context).map(|reply| (method, reply))
        });
    match result {
        Ok((method, reply)) => Answer {
            body: form.success(reply.fields, ids, method.traced),
            outcome: reply.outcome,
        },
        Err(refusal) => Answer {
            body: form.refusal(&refusal, ids),
            outcome: refusal.code,
        },
    }
}

/// The checks before the API is looked at, in the order of the protocol notes.
fn check(inner: &Inner, call: &Call, verdict: Verdict, profile: &Profile) -> Result<(), Refusal> {
    if let Some(name) = call.params.conflict() {
        let message = format!("The parameter \"{name}\" was sent twice with different values");
        return Err(Refusal {
            message: message.into(),
            ..Refusal::named("IncompleteSignature")
        });
    }
    let app_key = call
        .params
        .get("app_key")
        .ok_or_else(|| Refusal::missing("app_key"))?;
    if app_key != inner.app_key {
        return Err(Refusal::named("InvalidAppKey"));
    }
    let timestamp = call
        .params
        .get("timestamp")
        .ok_or_else(|| Refusal::missing("timestamp"))?;
    let clock_ms = match profile.check_timestamp {
        CheckTimestamp::Real => inner.clock.real_ms(),
        CheckTimestamp::Virtual => inner.clock.now_ms(),
    };
    if !timestamp::acceptable(timestamp, clock_ms) {
        return Err(Refusal::named("IllegalTimestamp"));
    }
    match verdict {
        Verdict::Ok => Ok(()),
        Verdict::Missing => Err(Refusal::missing("sign")),
        Verdict::MissingMethod => Err(Refusal::missing("sign_method")),
        Verdict::Mismatch | Verdict::UnsupportedMethod | Verdict::Ambiguous => {
            Err(Refusal::named("IncompleteSignature"))
        }
    }
}

/// Business methods live behind `/sync` only; token paths behind both doors.
fn find_here(call: &Call, method: Option<&'static Method>) -> Result<&'static Method, Refusal> {
    if call.door == Door::Sync && call.api.is_empty() {
        return Err(Refusal::missing("method"));
    }
    method
        .filter(|method| call.door == Door::Sync || method.name().starts_with('/'))
        .ok_or_else(|| Refusal::named("InvalidApiPath"))
}

/// Gives the answer that a fault asks for.
async fn spoil(fault: &Fault, body: Object, now_ms: i64, form: &Form<'_>, ids: &Ids) -> Response {
    if !fault.delay().is_zero() {
        tokio::time::sleep(fault.delay()).await;
    }
    match fault.then {
        Then::Delay => json_response(StatusCode::OK, text_of(&body)),
        Then::Reset => broken_connection(),
        Then::Http500 => html(
            StatusCode::INTERNAL_SERVER_ERROR,
            "500 Internal Server Error",
        ),
        Then::Html => html(
            StatusCode::OK,
            "Sorry, the page you requested can not be found",
        ),
        Then::Truncate => {
            let text = text_of(&body);
            json_response(StatusCode::OK, text.slice(..text.len() / 2))
        }
        Then::Error => {
            let refusal = Refusal {
                numeric: fault.numeric,
                ..ordered_refusal(fault, now_ms)
            };
            json_response(StatusCode::OK, text_of(&form.refusal(&refusal, ids)))
        }
    }
}

fn ordered_refusal(fault: &Fault, now_ms: i64) -> Refusal {
    match fault.code.as_deref().unwrap_or_default() {
        "ApiCallLimit" => Refusal::call_limit("ApiCallLimit", fault.ban_s.unwrap_or(1)),
        "AppApiCallLimit" => {
            let ban_s = fault
                .ban_s
                .unwrap_or_else(|| seconds_to_beijing_midnight(now_ms));
            Refusal::call_limit("AppApiCallLimit", ban_s)
        }
        "MissingParameter" => Refusal::missing("sandbox_fault"),
        "15" => {
            let sub = fault
                .sub_code
                .clone()
                .unwrap_or_else(|| "isp.remote-service-error".to_owned());
            Refusal::remote(sub, "Ordered through the control API of the sandbox")
        }
        other => Refusal::named(other.to_owned()),
    }
}

/// An answer whose body fails at once: the server closes the connection before the first byte.
fn broken_connection() -> Response {
    let broken: Result<Bytes, _> = Err(std::io::Error::other("connection reset by the sandbox"));
    Body::from_stream(stream::iter([broken])).into_response()
}

fn html(status: StatusCode, text: &str) -> Response {
    let page = format!(
        "<!doctype html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
    );
    (
        status,
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        page,
    )
        .into_response()
}

fn text_of(body: &Object) -> Bytes {
    Bytes::from(body.to_text())
}

fn json_response(status: StatusCode, text: Bytes) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "application/json;charset=UTF-8")],
        text,
    )
        .into_response()
}
