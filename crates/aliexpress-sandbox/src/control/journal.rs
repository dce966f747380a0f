//! `/_sandbox/journal`: what came in.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Answer, Problem, object, ok, only};
use crate::journal::{MOST_KEPT, Wanted};
use crate::sandbox::{Inner, locked};

const ACCEPTED: [&str; 4] = ["api", "limit", "after", "brief"];

pub(super) async fn show(
    State(inner): State<Arc<Inner>>,
    Query(query): Query<BTreeMap<String, String>>,
) -> Answer {
    if let Some(name) = query.keys().find(|name| !ACCEPTED.contains(&name.as_str())) {
        return Err(Problem::bad(format!(
            "{name} is not accepted here; accepted: {}",
            ACCEPTED.join(", ")
        )));
    }
    let api = query.get("api").filter(|api| !api.is_empty());
    let wanted = Wanted {
        api: api.map(String::as_str),
        after: whole(&query, "after")?.unwrap_or(0),
        limit: whole(&query, "limit")?.unwrap_or(usize::MAX),
    };
    let brief = match query.get("brief").map(String::as_str) {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            return Err(Problem::bad(format!(
                "brief must be true or false, not {other:?}"
            )));
        }
    };
    let journal = locked(&inner.journal);
    let (total, kept) = (journal.total(), journal.kept());
    let entries = if brief {
        json!(journal.briefs(wanted))
    } else {
        json!(journal.entries(wanted))
    };
    drop(journal);
    Ok(ok(
        &json!({ "entries": entries, "total": total, "keep": kept }),
    ))
}

fn whole<T: std::str::FromStr>(
    query: &BTreeMap<String, String>,
    name: &str,
) -> Result<Option<T>, Problem> {
    let number = |text: &String| {
        text.parse()
            .map_err(|_| Problem::bad(format!("{name} must be a whole number, not {text:?}")))
    };
    query.get(name).map(number).transpose()
}

/// Sets how many entries are kept, or forgets them all.
pub(super) async fn keep(State(inner): State<Arc<Inner>>, request: Request) -> Answer {
    let body = object(request).await?;
    only(&body, &["keep", "clear"])?;
    // What DELETE does, for forms, which can only post.
    if body.get("clear") == Some(&Value::Bool(true)) {
        return Ok(clear(State(inner)).await);
    }
    let keep = body
        .get("keep")
        .and_then(Value::as_u64)
        .and_then(|keep| usize::try_from(keep).ok())
        .filter(|keep| (1..=MOST_KEPT).contains(keep))
        .ok_or_else(|| {
            Problem::bad(format!("keep must be a whole number from 1 to {MOST_KEPT}"))
        })?;
    locked(&inner.journal).keep(keep);
    Ok(ok(&json!({ "keep": keep })))
}

pub(super) async fn clear(State(inner): State<Arc<Inner>>) -> Response {
    locked(&inner.journal).clear();
    ok(&json!({ "entries": [] }))
}
