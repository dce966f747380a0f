//! `orders batch`

use std::collections::HashMap;

use jiff::Timestamp;
use smartlinks_core::{BatchLineView, OrderBatch, OrderBatchView};

use super::amount;
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::{ProgressLine, plain, table, when};

/// Orders the lines of a file step by step, with how far it has come.
pub(super) async fn run(mut batch: OrderBatch, session: &Session) -> Result<(), Failure> {
    let progress = ProgressLine::new(session.output);
    let mut whole = session.core.order_batch(&batch).await?;
    let looks = batch.limit == Some(0);
    // Why a line was not ordered is known to the step that has tried it.
    let mut tried = HashMap::new();
    note(&mut tried, &whole);
    while let Some(next) = whole.next.filter(|_| !whole.stopped && !looks) {
        progress.show(&format!("{} of {} lines", whole.done, whole.lines));
        batch.from = Some(next);
        whole = session.core.order_batch(&batch).await?;
        note(&mut tried, &whole);
    }
    for line in &mut whole.results {
        if let Some(result) = tried.remove(&line.line) {
            *line = result;
        }
    }
    drop(progress);
    let now = session.core.now();
    session.output.data(&whole, |whole| shown(whole, now))?;
    if !whole.problems.is_empty() {
        return Err(Failure::silent(Exit::Usage));
    }
    let as_wanted = |line: &BatchLineView| line.is_ordered() && !line.otherwise;
    match looks || whole.results.iter().all(as_wanted) {
        true => Ok(()),
        false => Err(Failure::silent(Exit::Failure)),
    }
}

fn note(tried: &mut HashMap<i64, BatchLineView>, step: &OrderBatchView) {
    let now = |line: &&BatchLineView| !line.earlier && line.state != "not_ordered";
    let results = step.results.iter().filter(now).cloned();
    tried.extend(results.map(|line| (line.line, line)));
}

fn shown(view: &OrderBatchView, now: Timestamp) -> String {
    if !view.problems.is_empty() {
        let rows = view.problems.iter().map(|problem| {
            [
                problem.line.to_string(),
                problem.column.clone().unwrap_or_default(),
                plain(&problem.message),
            ]
        });
        let rows = table(["LINE", "COLUMN", "WHAT IS WRONG"], rows);
        let count = view.problems_in_all;
        return format!("{rows}\n\nnothing was ordered; {count} things cannot be read");
    }
    if view.results.is_empty() {
        return format!("{} orders can be read; nothing was ordered", view.lines);
    }
    let rows = view.results.iter().map(|line| {
        let problems = line.problems.iter().map(|problem| plain(&problem.detail));
        let problems: Vec<String> = problems.collect();
        [
            line.line.to_string(),
            line.state.clone(),
            line.intent.clone().unwrap_or_default(),
            line.order_ids.join(" "),
            amount(line.total.as_ref()),
            match problems.is_empty() {
                true if line.earlier && !line.otherwise => "ordered before".to_owned(),
                true => match (&line.instead, &line.detail) {
                    (Some(sku), _) if line.is_ordered() => format!("variant {sku} instead"),
                    (_, detail) => detail.as_deref().map(plain).unwrap_or_default(),
                },
                false => problems.join("; "),
            },
            when(line.ordered_at, now),
        ]
    });
    let rows = table(
        [
            "LINE", "STATE", "INTENT", "ORDERS", "TOTAL", "WHY", "ORDERED",
        ],
        rows,
    );
    let rest = match view.next {
        Some(line) => format!("; line {line} comes next"),
        None => String::new(),
    };
    format!(
        "{rows}\n\n{} of {} lines are done{rest}",
        view.done, view.lines
    )
}
