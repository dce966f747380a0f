//! `docs/webhooks.md` is what people write their receivers by: what it says is held against the code.

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use smartlinks_core::EventKind;
use smartlinks_core::webhooks::SigningSecret;

const DOCUMENT: &str = include_str!("../../../docs/webhooks.md");

/// The code in a row of the table of values.
fn value(name: &str) -> Result<&'static str> {
    let row = DOCUMENT
        .lines()
        .find_map(|line| line.strip_prefix(&format!("| {name} | `")))
        .with_context(|| format!("no row {name}"))?;
    row.strip_suffix("` |").context("not one value")
}

/// The only line of the first block in JSON.
fn body() -> Result<&'static str> {
    let (_, after) = DOCUMENT.split_once("```json\n").context("no JSON")?;
    let (body, _) = after.split_once("\n```").context("no end")?;
    ensure!(!body.contains('\n'), "the body has several lines");
    Ok(body)
}

#[test]
fn the_numbers_of_the_example_are_right() -> Result<()> {
    let (id, sent_at) = (value("`webhook-id`")?, value("`webhook-timestamp`")?);
    let (secret, signature) = (value("secret")?, value("`webhook-signature`")?);
    let signed = SigningSecret::parse(secret)?.sign(id, sent_at.parse()?, body()?.as_bytes());
    assert_eq!(signed, signature);
    for header in [
        format!("webhook-id: {id}"),
        format!("webhook-timestamp: {sent_at}"),
        format!("webhook-signature: {signature}"),
    ] {
        assert!(DOCUMENT.contains(&header), "{header}");
    }
    let message: Value = serde_json::from_str(body()?)?;
    let at: jiff::Timestamp = message["timestamp"]
        .as_str()
        .context("no moment")?
        .parse()?;
    assert_eq!(at.as_second().to_string(), sent_at);
    Ok(())
}

#[test]
fn every_kind_of_event_stands_there_with_an_example() -> Result<()> {
    let rows = DOCUMENT.lines().filter_map(|line| {
        let row = line.strip_prefix("| `")?.strip_suffix("` |")?;
        let (kind, rest) = row.split_once("` | ")?;
        let (when, details) = rest.rsplit_once(" | `")?;
        Some((kind, when, details))
    });
    let rows: Vec<_> = rows.filter(|(kind, ..)| kind.contains('.')).collect();
    let documented: Vec<&str> = rows
        .iter()
        .map(|(kind, ..)| *kind)
        .filter(|kind| !kind.starts_with("data."))
        .collect();
    let kinds: Vec<&str> = EventKind::offered()
        .chain([EventKind::WebhookTest])
        .map(EventKind::as_str)
        .collect();
    assert_eq!(documented, kinds);
    for (kind, when, details) in rows {
        let details: Value = serde_json::from_str(details).with_context(|| kind.to_owned())?;
        assert!(details.is_object() && !when.is_empty(), "{kind}");
    }
    let example: Value = serde_json::from_str(body()?)?;
    let kind = example["type"].as_str().context("no kind")?;
    let shown = format!("| `{kind}` |");
    let row = DOCUMENT.lines().find(|line| line.starts_with(&shown));
    let details = example["data"]["details"].to_string();
    assert!(row.context("no such kind")?.contains(&details), "{details}");
    Ok(())
}
