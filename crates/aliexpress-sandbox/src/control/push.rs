//! `/_sandbox/push`: messages to the registered address, seen and made to go wrong. No address is ever taken
//! from a request.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, Request, State};
use serde_json::{Map, Value, json};

use super::{Answer, Problem, object, ok, only};
use crate::accounts;
use crate::push::queue::{self, Message, Pushes, Signature};
use crate::sandbox::Inner;
use crate::state;

/// Most copies made at once.
const MOST_COPIES: u64 = 100;
/// Messages shown when no limit is given.
const SHOWN: usize = 100;
/// Longest raw body, in bytes.
const LONGEST_BODY: usize = 32 * 1024;

const FIELDS: [&str; 12] = [
    "resend",
    "duplicate",
    "times",
    "reorder",
    "hold",
    "order",
    "status",
    "message_type",
    "data",
    "seller_id",
    "timestamp",
    "signature",
];
const HELP: &str = "accepted, one at a time: {\"resend\":id}, {\"duplicate\":id, \"times\":1 to 100}, \
     {\"reorder\":true}, {\"hold\":true or false}, {\"order\":id, \"status\":\"OrderShipped\" …}, \
     {\"message_type\":number, \"data\":…, \"seller_id\":text, \"timestamp\":number} or {\"body\":raw text}; \
     the last three also with \"signature\":\"valid\"|\"wrong\"|\"missing\" and \"times\". The address is \
     the one of --push-url";

pub(super) async fn show(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    let limit = match query.get("limit") {
        None => SHOWN,
        Some(text) => text
            .parse()
            .map_err(|_| Problem::bad(format!("limit must be a whole number, not {text:?}")))?,
    };
    let state = inner.book.read();
    let messages: Vec<Value> = state
        .pushes
        .newest()
        .take(limit)
        .map(message_json)
        .collect();
    Ok(ok(&json!({
        "push_url": inner.push_url(),
        "held": state.pushes.held,
        "total": state.pushes.len(),
        "messages": messages,
    })))
}

/// A message in the words of the control API.
pub(super) fn message_json(message: &Message) -> Value {
    let waits = message.standing == queue::Standing::Waiting;
    json!({
        "id": message.id,
        "message_type": message.message_type,
        "standing": message.standing,
        "signature": message.signature,
        "created_ms": message.created_ms,
        "due_ms": waits.then_some(message.due_ms),
        "body": message.body,
        "attempts": message.attempts,
    })
}

/// What is to be done.
enum Wish {
    Resend(u64),
    Duplicate(u64, u32),
    Reorder,
    Hold(bool),
    Send(Draft),
}

/// A message to be written.
struct Draft {
    what: What,
    signature: Signature,
    times: u32,
}

enum What {
    Order {
        id: i64,
        status: String,
    },
    Any {
        message_type: i64,
        data: Value,
        seller_id: String,
        timestamp: Option<i64>,
    },
    Raw(String),
}

pub(super) async fn act(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    let accepted: Vec<&str> = FIELDS.into_iter().chain(["body"]).collect();
    only(&body, &accepted)?;
    let wish = read(&body).map_err(|problem| Problem::bad(format!("{problem}; {HELP}")))?;
    if inner.push_url().is_none() {
        return Err(Problem::conflict(
            "no push address is registered; start the sandbox with --push-url",
        ));
    }
    let now_ms = inner.clock.now_ms();
    let ids = inner
        .book
        .change(&inner.clock, |state| carry_out(wish, state, now_ms))??;
    let state = inner.book.read();
    let messages = ids.iter().filter_map(|id| state.pushes.get(*id));
    Ok(ok(&json!({
        "held": state.pushes.held,
        "messages": messages.map(message_json).collect::<Vec<_>>(),
    })))
}

fn carry_out(wish: Wish, state: &mut state::State, now_ms: i64) -> Result<Vec<u64>, Problem> {
    let unknown = |id: u64| Problem::not_found(format!("there is no message {id}"));
    let pushes = &mut state.pushes;
    match wish {
        Wish::Resend(id) => {
            pushes.resend(id, now_ms).ok_or_else(|| unknown(id))?;
            Ok(vec![id])
        }
        Wish::Duplicate(id, times) => pushes
            .duplicate(id, times, now_ms)
            .ok_or_else(|| unknown(id)),
        Wish::Reorder => Ok(pushes.reorder()),
        Wish::Hold(held) => {
            pushes.held = held;
            Ok(Vec::new())
        }
        Wish::Send(draft) => {
            let (message_type, body) = written(&draft.what, state, now_ms)?;
            let add = |pushes: &mut Pushes| {
                pushes.add(message_type, body.clone(), draft.signature, now_ms)
            };
            Ok((0..draft.times).map(|_| add(&mut state.pushes)).collect())
        }
    }
}

fn written(what: &What, state: &state::State, now_ms: i64) -> Result<(i64, String), Problem> {
    match what {
        What::Raw(body) => {
            let read: Option<Value> = serde_json::from_str(body).ok();
            let message_type = read.and_then(|read| read["message_type"].as_i64());
            Ok((message_type.unwrap_or(queue::ORDER_TYPE), body.clone()))
        }
        What::Order { id, status } => {
            let order = state
                .orders
                .get(*id)
                .ok_or_else(|| Problem::not_found(format!("there is no order {id}")))?;
            let body = queue::order_body(order, status, now_ms, &state.profile);
            Ok((queue::ORDER_TYPE, body))
        }
        What::Any {
            message_type,
            data,
            seller_id,
            timestamp,
        } => {
            let timestamp = timestamp.unwrap_or_else(|| queue::timestamp(now_ms, &state.profile));
            let body = queue::body(*message_type, data.clone(), seller_id, timestamp);
            Ok((*message_type, body))
        }
    }
}

fn read(body: &Map<String, Value>) -> Result<Wish, String> {
    const ACTS: [&str; 7] = [
        "resend",
        "duplicate",
        "reorder",
        "hold",
        "order",
        "message_type",
        "body",
    ];
    let named: Vec<&str> = ACTS
        .into_iter()
        .filter(|name| body.contains_key(*name))
        .collect();
    match named[..] {
        ["resend"] => Ok(Wish::Resend(id(body, "resend")?)),
        ["duplicate"] => Ok(Wish::Duplicate(id(body, "duplicate")?, times(body)?)),
        ["reorder"] if body["reorder"] == true => Ok(Wish::Reorder),
        ["reorder"] => Err("reorder can only be true".to_owned()),
        ["hold"] => Ok(Wish::Hold(truth(body, "hold")?)),
        ["order"] | ["message_type"] | ["body"] => Ok(Wish::Send(Draft {
            what: what(body)?,
            signature: signature(body)?,
            times: times(body)?,
        })),
        [] => Err("nothing is to be done".to_owned()),
        _ => Err(format!("{} exclude each other", named.join(" and "))),
    }
}

fn what(body: &Map<String, Value>) -> Result<What, String> {
    if let Some(raw) = body.get("body") {
        let raw = raw.as_str().filter(|raw| raw.len() <= LONGEST_BODY);
        let raw =
            raw.ok_or_else(|| format!("body must be text of at most {LONGEST_BODY} bytes"))?;
        return Ok(What::Raw(raw.to_owned()));
    }
    if body.contains_key("order") {
        let id = i64::try_from(id(body, "order")?).map_err(|error| format!("order: {error}"))?;
        let status = body.get("status").and_then(Value::as_str);
        let status = status.filter(|status| queue::is_event(status));
        let status = status.ok_or("status must be one of OrderCreated, PaymentAuthorized, paymentFailedEvent, OrderShipped, OrderConfirmed, OrderClosed")?;
        return Ok(What::Order {
            id,
            status: status.to_owned(),
        });
    }
    let number = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .map(Some)
            .ok_or_else(|| format!("{name}: {value} is no whole number")),
    };
    let seller_id = match body.get("seller_id") {
        None | Some(Value::Null) => accounts::DEFAULT.user_id.to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => return Err(format!("seller_id: {other} is no text")),
    };
    Ok(What::Any {
        message_type: number("message_type")?.ok_or("message_type is missing")?,
        data: body.get("data").cloned().unwrap_or_else(|| json!({})),
        seller_id,
        timestamp: number("timestamp")?,
    })
}

/// An id, as number or text.
fn id(body: &Map<String, Value>, name: &str) -> Result<u64, String> {
    let value = body.get(name).unwrap_or(&Value::Null);
    value
        .as_u64()
        .or_else(|| value.as_str()?.parse().ok())
        .ok_or_else(|| format!("{name}: {value} is no number"))
}

fn times(body: &Map<String, Value>) -> Result<u32, String> {
    match body.get("times") {
        None | Some(Value::Null) => Ok(1),
        Some(value) => value
            .as_u64()
            .filter(|times| (1..=MOST_COPIES).contains(times))
            .and_then(|times| u32::try_from(times).ok())
            .ok_or_else(|| format!("times: {value} is no whole number from 1 to {MOST_COPIES}")),
    }
}

fn truth(body: &Map<String, Value>, name: &str) -> Result<bool, String> {
    let value = body.get(name).unwrap_or(&Value::Null);
    value
        .as_bool()
        .ok_or_else(|| format!("{name}: {value} is not true or false"))
}

fn signature(body: &Map<String, Value>) -> Result<Signature, String> {
    match body.get("signature") {
        None | Some(Value::Null) => Ok(Signature::Valid),
        Some(value) => {
            serde_json::from_value(value.clone()).map_err(|error| format!("signature: {error}"))
        }
    }
}
