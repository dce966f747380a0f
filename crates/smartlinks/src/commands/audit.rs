//! `audit`

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use smartlinks_core::{AuditPage, AuditQuery, AuditView};

use super::Session;
use crate::cli::{AuditArgs, so_long};
use crate::failure::Failure;
use crate::output::table;

pub(crate) async fn run(arguments: AuditArgs, session: &Session) -> Result<(), Failure> {
    let since = match arguments.since {
        Some(text) => Some(moment(&text, session.core.now())?),
        None => None,
    };
    let query = AuditQuery {
        action: arguments.action,
        connection: arguments.connection,
        actor: arguments.actor,
        since,
        after: arguments.after,
        limit: arguments.limit,
    };
    let page = session.core.audit_log(&query).await?;
    session.output.data(&page, in_words)?;
    session.output.more("--after", page.next);
    Ok(())
}

fn in_words(page: &AuditPage) -> String {
    if page.entries.is_empty() {
        return "no such entries".to_owned();
    }
    let rows = page.entries.iter().map(|entry| {
        [
            entry.at.map_or_else(String::new, |at| {
                at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
            }),
            who(entry),
            entry.action.clone(),
            about(entry),
            entry.outcome.clone(),
        ]
    });
    table(["WHEN", "WHO", "WHAT", "ABOUT", "OUTCOME"], rows)
}

fn who(entry: &AuditView) -> String {
    let actor = &entry.actor;
    let mut text = actor.kind.clone();
    if let Some(name) = actor.name.as_ref().or(actor.id.as_ref()) {
        text.push_str(&format!(" {name}"));
    }
    if let Some(address) = &actor.address {
        text.push_str(&format!(" from {address}"));
    }
    text
}

fn about(entry: &AuditView) -> String {
    let parts = [entry.connection.as_deref(), entry.subject.as_deref()];
    let parts: Vec<&str> = parts.into_iter().flatten().collect();
    parts.join(" ")
}

/// A day, a moment, or so long before now.
fn moment(text: &str, now: Timestamp) -> Result<Timestamp, Failure> {
    let text = text.trim();
    let before = || now.checked_sub(so_long(text)?).ok();
    let day = || {
        let day: Date = text.parse().ok()?;
        let start = day.at(0, 0, 0, 0).to_zoned_datetime(TimeZone::UTC).ok()?;
        Some(start.timestamp())
    };
    let found = before().or_else(|| text.parse().ok()).or_else(day);
    found.ok_or_else(|| {
        Failure::usage("usage", "--since names no moment").hint(
            "Write for example 2026-11-01, 2026-11-01T08:00:00Z, or 7d for the last seven days.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_day_a_moment_or_so_long_ago() {
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        for (text, meant) in [
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00Z"),
            ("90m", "2026-11-26T10:30:00Z"),
            ("7d", "2026-11-19T12:00:00Z"),
        ] {
            assert_eq!(moment(text, now).unwrap().to_string(), meant, "{text}");
        }
        for text in ["", "d", "-1d", "yesterday", "99999999999999999999d", "é"] {
            assert!(moment(text, now).is_err(), "{text}");
        }
    }
}
