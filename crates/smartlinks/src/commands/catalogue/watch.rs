//! `catalogue drift`, `catalogue repair` and `catalogue watch`.

use jiff::Timestamp;
use smartlinks_core::catalogue::{
    DriftPage, DriftQuery, RepairPage, RepairView, WatchChange, WatchView,
};

use super::words::{self, in_words, money, value};
use crate::cli::watch::{DriftArgs, RepairArgs, WatchCommand};
use crate::commands::Session;
use crate::failure::Failure;
use crate::output::{facts, plain, table, when};

pub(super) async fn drift(arguments: DriftArgs, session: &Session) -> Result<(), Failure> {
    let query = DriftQuery {
        kind: arguments.kind,
        outcome: arguments.outcome,
        after: arguments.after,
        limit: arguments.limit,
    };
    let (page, now) = (session.core.drift(&query).await?, session.core.now());
    session.output.data(&page, |page| changes(page, now))?;
    session.output.more("--after", page.next.as_ref());
    Ok(())
}

fn changes(page: &DriftPage, now: Timestamp) -> String {
    if page.changes.is_empty() {
        return "AliExpress has changed nothing of this kind".to_owned();
    }
    let rows = page.changes.iter().map(|change| {
        [
            when(change.at, now),
            change.kind.clone(),
            value(change.before.as_ref()),
            value(change.after.as_ref()),
            change.outcome.clone(),
            change.product.clone(),
            change.sku.clone().unwrap_or_default(),
            smartlinks_core::shortened(&plain(&change.title), 30),
        ]
    });
    let head = [
        "WHEN", "WHAT", "BEFORE", "AFTER", "DONE", "PRODUCT", "SKU", "TITLE",
    ];
    table(head, rows)
}

pub(super) async fn repair(arguments: RepairArgs, session: &Session) -> Result<(), Failure> {
    let (core, output, now) = (&session.core, session.output, session.core.now());
    let (Some(id), Some(sku), Some(with)) = (&arguments.id, &arguments.sku, &arguments.with) else {
        let page = core.open_repairs(arguments.after.as_deref(), arguments.limit);
        let page = page.await?;
        output.data(&page, |page| waiting(page, now))?;
        output.more("--after", page.next.as_ref());
        return Ok(());
    };
    let repaired = core.repair_sku(id, sku, with).await?;
    output.data(&repaired, |product| words::product(product, now))
}

fn waiting(page: &RepairPage, now: Timestamp) -> String {
    if page.repairs.is_empty() {
        return "no variant waits for anybody".to_owned();
    }
    let parts = page.repairs.iter().map(|repair| one(repair, now));
    parts.collect::<Vec<_>>().join("\n\n")
}

fn one(repair: &RepairView, now: Timestamp) -> String {
    let mut rows = vec![
        ("product", repair.product.clone()),
        ("title", plain(&repair.title)),
        ("variant", repair.sku.id.clone()),
        ("it was", in_words(&repair.sku)),
        ("gone", when(repair.gone_at, now)),
        ("cost", money(repair.sku.cost.as_ref())),
    ];
    match &repair.proposal {
        None => rows.push(("proposed", "nothing comes close".to_owned())),
        Some(proposal) => {
            rows.push(("proposed", proposal.sku.clone()));
            rows.push(("because", plain(&proposal.words)));
            rows.push(("confidence", format!("{} %", proposal.confidence)));
            let (product, sku, with) = (&repair.product, &repair.sku.id, &proposal.sku);
            let confirm = format!("smartlinks catalogue repair {product} {sku} --with {with}");
            rows.push(("confirm with", confirm));
        }
    }
    facts(rows)
}

pub(super) async fn watch(command: WatchCommand, session: &Session) -> Result<(), Failure> {
    let (core, output, now) = (&session.core, session.output, session.core.now());
    let shown = match command {
        WatchCommand::Show => core.watch().await?,
        WatchCommand::Set(arguments) => {
            let change = WatchChange {
                kind: arguments.kind,
                action: arguments.action,
                above_percent: arguments.above,
            };
            core.choose_watch_policies(&[change]).await?
        }
        WatchCommand::Check { id } => {
            let product = core.check_product(&id).await?;
            return output.data(&product, |product| words::product(product, now));
        }
    };
    output.data(&shown, |watch| state(watch, now))
}

fn state(watch: &WatchView, now: Timestamp) -> String {
    let mut rows = vec![
        ("watched", watch.watched.to_string()),
        (
            "each looked at",
            format!("every {} hours", watch.every_hours),
        ),
        ("looks next", when(watch.next_check_at, now)),
        (
            "calls",
            format!("at most {} % of the documented rate", watch.share_percent),
        ),
        ("variants that wait", watch.open_repairs.to_string()),
    ];
    if let Some(problem) = &watch.problem {
        let words = format!("{} products ({})", watch.failing, plain(problem));
        rows.push(("not asked", words));
    }
    let policies = watch.policies.iter().map(|policy| {
        let above = policy.above_percent.map(|above| format!("{above} %"));
        [
            policy.kind.as_str().to_owned(),
            policy.action.as_str().to_owned(),
            above.unwrap_or_default(),
        ]
    });
    format!(
        "{}\n\n{}",
        facts(rows),
        table(["CHANGE", "WHAT IS DONE", "FROM"], policies)
    )
}
