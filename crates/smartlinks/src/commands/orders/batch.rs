//! `orders batch`

use smartlinks_core::{BatchLineView, OrderBatch, OrderBatchView};

use super::amount;
use crate::commands::Session;
use crate::failure::{Exit, Failure};
use crate::output::{ProgressLine, plain, table};

/// Orders the lines of a file step by step, with how far it has come.
pub(super) async fn run(mut batch: OrderBatch, session: &Session) -> Result<(), Failure> {
    let progress = ProgressLine::new(session.output);
    let mut whole = session.core.order_batch(&batch).await?;
    while let Some(next) = whole
        .next
        .filter(|_| !whole.stopped && batch.limit != Some(0))
    {
        progress.show(&format!("{} of {} lines", whole.done, whole.lines));
        batch.from = Some(next);
        let step = session.core.order_batch(&batch).await?;
        whole.results.extend(step.results);
        (whole.done, whole.next, whole.stopped) = (step.done, step.next, step.stopped);
    }
    drop(progress);
    session.output.data(&whole, shown)?;
    if !whole.problems.is_empty() {
        return Err(Failure::silent(Exit::Usage));
    }
    match whole.results.iter().all(BatchLineView::is_ordered) {
        true => Ok(()),
        false => Err(Failure::silent(Exit::Failure)),
    }
}

fn shown(view: &OrderBatchView) -> String {
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
                true => line.detail.as_deref().map(plain).unwrap_or_default(),
                false => problems.join("; "),
            },
        ]
    });
    let rows = table(["LINE", "STATE", "INTENT", "ORDERS", "TOTAL", "WHY"], rows);
    let rest = match view.next {
        Some(line) => format!("; line {line} comes next"),
        None => String::new(),
    };
    format!(
        "{rows}\n\n{} of {} lines are done{rest}",
        view.done, view.lines
    )
}
