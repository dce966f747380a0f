//! The signed gateway: `/rest` and `/sync`, from the request to the spoilt or whole answer.

mod checks;
pub(crate) mod envelope;
mod legacy;
pub(crate) mod limits;
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

use crate::faults::Then;
use crate::journal::{Arrival, Noted};
use crate::json::Object;
use crate::methods::{self, Context, Method};
use crate::profile::{CallWithoutMethod, Lists, Profile, Simplify, SimplifyDrops};
use crate::sandbox::{Inner, locked};
use envelope::{Form, Ids};
use params::Params;
use refusal::Refusal;
use request::{Call, Door};
use signature::Verdict;

/// A request with everything that is known about it before it is carried out.
struct Work<'a> {
    inner: &'a Inner,
    call: &'a Call,
    profile: &'a Profile,
    method: Option<&'static Method>,
    verdict: Verdict,
    now_ms: i64,
    form: Form<'a>,
    lists: Lists,
    ids: Ids,
}

/// An answer and what the journal says of it.
struct Answer {
    body: Object,
    outcome: Cow<'static, str>,
}

/// Handler of `/rest`, `/rest/…` and `/sync`.
pub(crate) async fn handle(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let arrival = Arrival {
        at_ms: inner.clock.now_ms(),
        real_ms: inner.clock.real_ms(),
    };
    match request::read(request).await {
        Ok(call) => answer(&inner, call, arrival).await,
        Err((status, refusal)) => plain_refusal(&inner, status, &refusal),
    }
}

/// Handler of every address that does not exist: flat, status 200, as on the real host.
pub(crate) async fn unknown_address(State(inner): State<Arc<Inner>>) -> Response {
    plain_refusal(&inner, StatusCode::OK, &Refusal::named("InvalidApiPath"))
}

fn plain_refusal(inner: &Inner, status: StatusCode, refusal: &Refusal) -> Response {
    let profile = inner.book.profile();
    let form = Form {
        door: Door::Rest,
        api: "",
        wrapped: false,
        profile: &profile,
    };
    let ids = inner.next_ids(inner.clock.now_ms());
    json_response(status, text_of(&form.refusal(refusal, &ids)))
}

async fn answer(inner: &Inner, call: Call, arrival: Arrival) -> Response {
    let profile = inner.book.profile();
    let nameless = call.door == Door::Sync && call.api.is_empty();
    if nameless && profile.call_without_method == CallWithoutMethod::Html {
        // The page comes from in front of the gateway, whose journal never hears of the call.
        return spoiled::page_not_found();
    }
    let fault = locked(&inner.faults).take(&call.api);
    let (dropped_wrapper, lists) = simplified(&call, &profile);
    let work = Work {
        inner,
        call: &call,
        profile: &profile,
        method: methods::find(&call.api),
        verdict: signature::verify_any(&inner.secrets(), &call.api, &call.params, &profile),
        now_ms: arrival.at_ms,
        form: Form {
            door: call.door,
            api: &call.api,
            wrapped: call.door == Door::Sync && !dropped_wrapper,
            profile: &profile,
        },
        lists,
        ids: inner.next_ids(arrival.at_ms),
    };
    let effect = fault.as_ref().is_none_or(|fault| fault.takes_effect);
    let answer = if effect {
        work.carry_out()
    } else {
        Answer {
            body: Object::default(),
            outcome: Cow::Borrowed(""),
        }
    };
    let response = match &fault {
        None => json_response(StatusCode::OK, text_of(&answer.body)),
        Some(fault) => spoiled::response(fault, &answer.body, work.now_ms, &work.form, &work.ids),
    };
    let outcome = match &fault {
        Some(fault) if fault.then != Then::Delay => format!("fault:{}", fault.then.name()).into(),
        _ => answer.outcome,
    };
    let (known, verdict, request_id) = (work.method.is_some(), work.verdict, work.ids.request_id);
    let noted = Noted::new(arrival, call, verdict, outcome, request_id);
    locked(&inner.journal).note(noted, known);
    if let Some(delay) = fault.map(|fault| fault.delay()).filter(|it| !it.is_zero()) {
        tokio::time::sleep(delay).await;
    }
    response
}

/// Whether the call loses its wrapper, and the form of its lists.
fn simplified(call: &Call, profile: &Profile) -> (bool, Lists) {
    if call.door == Door::Rest || !asks_to_simplify(&call.params, profile) {
        return (false, profile.lists);
    }
    match profile.simplify_drops {
        SimplifyDrops::Both => (true, Lists::Plain),
        SimplifyDrops::Lists => (false, Lists::Plain),
        SimplifyDrops::Wrapper => (true, profile.lists),
    }
}

fn asks_to_simplify(params: &Params, profile: &Profile) -> bool {
    let asked = params.get("simplify") == Some("true");
    match profile.simplify {
        Simplify::WithFormatJson => asked && params.get("format") == Some("json"),
        Simplify::Alone => asked,
        Simplify::Ignored => false,
    }
}

impl Work<'_> {
    fn carry_out(&self) -> Answer {
        let (inner, call, profile) = (self.inner, self.call, self.profile);
        let result =
            checks::admitted(inner, call, self.method, self.verdict, profile).and_then(|method| {
                let context = Context {
                    inner,
                    params: &call.params,
                    files: &call.files,
                    profile,
                    now_ms: self.now_ms,
                    http_method: &call.http_method,
                    lists: self.lists,
                };
                methods::run(method, &context).map(|reply| (method, reply))
            });
        match result {
            Ok((method, reply)) => Answer {
                body: self.form.success(reply.fields, &self.ids, method.traced),
                outcome: reply.outcome,
            },
            Err(refusal) => Answer {
                body: self.form.refusal(&refusal, &self.ids),
                outcome: refusal.code,
            },
        }
    }
}

fn text_of(body: &Object) -> Bytes {
    Bytes::from(body.to_bytes())
}

fn json_response(status: StatusCode, text: Bytes) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "application/json;charset=UTF-8")],
        text,
    )
        .into_response()
}
