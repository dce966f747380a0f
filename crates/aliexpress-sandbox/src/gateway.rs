//! The signed gateway: `/rest` and `/sync`, from the request to the spoilt or whole answer.

pub(crate) mod envelope;
pub(crate) mod multipart;
pub(crate) mod params;
pub(crate) mod refusal;
pub(crate) mod request;
pub(crate) mod signature;
mod spoiled;
pub(crate) mod timestamp;

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::config::CheckTimestamp;
use crate::faults::Then;
use crate::journal;
use crate::json::Object;
use crate::methods::{self, Context, Method};
use crate::profile::{Profile, Simplify};
use crate::sandbox::{Inner, locked};
use envelope::{Form, Ids};
use params::Params;
use refusal::Refusal;
use request::{Call, Door};
use signature::Verdict;

/// An answer and what the journal says of it.
struct Answer {
    body: Object,
    outcome: Cow<'static, str>,
}

/// Handler of `/rest`, `/rest/…` and `/sync`.
pub(crate) async fn handle(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    match request::read(request).await {
        Ok(call) => answer(&inner, &call).await,
        Err((status, refusal)) => plain_refusal(&inner, status, &refusal),
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

    let mut entry = journal::draft(now_ms, call, verdict);
    entry.request_id.clone_from(&ids.request_id);
    entry.outcome = match &fault {
        Some(fault) if fault.then != Then::Delay => format!("fault:{}", fault.then.name()).into(),
        _ => answer.outcome,
    };
    locked(&inner.journal).note(entry, method.is_some());

    match fault {
        Some(fault) => spoiled::answer(&fault, &answer.body, now_ms, &form, &ids).await,
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
                files: &call.files,
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
