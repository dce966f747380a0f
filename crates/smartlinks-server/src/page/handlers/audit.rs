//! `GET /aliexpress/audit`

use std::collections::HashMap;

use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use smartlinks_core::{AuditQuery, AuditView, Error};

use super::frame::query_value;
use super::{Visit, render};
use crate::page::views::{AuditFilter, AuditLine, AuditPage};
use crate::problem::Problem;
use crate::state::AppState;

/// The log, newest first, as far as the filter asks for it.
pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let visit = Visit::of(&state, &headers, &uri);
    let asked = |name: &str| query_value(&uri, name).unwrap_or_default();
    let filter = AuditFilter {
        action: asked("action"),
        connection: asked("connection"),
        actor: asked("actor"),
    };
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let query = AuditQuery {
        action: some(&filter.action),
        connection: some(&filter.connection),
        actor: some(&filter.actor),
        after: some(&asked("after")),
        ..AuditQuery::default()
    };
    let (found, misunderstood) = match state.core().audit_log(&query).await {
        Ok(page) => (Some(page), false),
        // What was typed is shown again, with a way back.
        Err(Error::Invalid { .. }) => (None, true),
        Err(error) => return Err(error.into()),
    };
    let connections = names(&state).await?;
    let names: HashMap<_, _> = connections.iter().cloned().collect();
    let (entries, next) = found.map_or_else(Default::default, |page| (page.entries, page.next));
    let page = AuditPage {
        frame: visit.frame(&state).await,
        entries: entries
            .into_iter()
            .map(|entry| line(entry, &names))
            .collect(),
        connections,
        filter,
        misunderstood,
        next,
    };
    Ok(render(&page, &visit, &state))
}

/// The names of the connections that are listed elsewhere.
async fn names(state: &AppState) -> Result<Vec<(String, String)>, Problem> {
    let connections = state.core().connections().await?;
    let named = connections.into_iter().map(|connection| {
        let name = connection.label.or(connection.account.nick);
        (
            connection.id,
            name.unwrap_or_else(|| connection.account.user_id.clone()),
        )
    });
    Ok(named.collect())
}

fn line(entry: AuditView, names: &HashMap<String, String>) -> AuditLine {
    let named = |id: String| {
        let name = names.get(&id).unwrap_or(&id).clone();
        (id, name)
    };
    AuditLine {
        at_ms: entry.at.map_or(0, jiff::Timestamp::as_millisecond),
        actor: entry.actor.kind,
        name: entry.actor.name.or(entry.actor.id),
        address: entry.actor.address,
        action: entry.action,
        connection: entry.connection.map(named),
        subject: entry.subject,
        outcome: entry.outcome,
    }
}
