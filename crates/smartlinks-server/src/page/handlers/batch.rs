//! Many orders from a file, chosen or pasted, a few lines with each step.

use axum::Extension;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use sha2::{Digest, Sha256};
use smartlinks_core::{BatchLineView, Error, OrderBatch, OrderBatchView};

use super::catalogue::{field, given};
use super::upload::{self, Sent};
use super::webhooks::Fields;
use super::{Visit, new_order, problems, render, views_of};
use crate::guard::RequestId;
use crate::page::views::{BatchPage, BatchProgress, BatchRow, BatchState, IntentState};
use crate::problem::Problem;
use crate::state::AppState;

/// Lines of one step: few enough that nobody waits for long.
const STEP: u32 = 5;

/// What the form sends.
#[derive(Default)]
struct Entered {
    csv: String,
    go_on: bool,
    connection: String,
    /// What was looked at, by [`Entered::stands_for`].
    seen: String,
    /// The line to go on with.
    from: Option<i64>,
    /// The button that orders was pressed; else the file is looked at only.
    orders: bool,
}

impl Entered {
    /// A file that was chosen counts more than a text beside it.
    fn of(sent: Sent) -> (Self, String) {
        let Sent { fields, file } = sent;
        let pasted = all_of(&fields, "csv");
        let entered = Self {
            csv: file.unwrap_or_else(|| pasted.clone()),
            go_on: given(&fields, "go_on").is_some(),
            connection: field(&fields, "connection"),
            seen: field(&fields, "seen"),
            from: given(&fields, "from").and_then(|line| line.parse().ok()),
            orders: given(&fields, "order").is_some(),
        };
        (entered, pasted)
    }

    /// The button was pressed below what was looked at, and nothing was changed since.
    fn may_order(&self) -> bool {
        self.orders && self.seen == self.stands_for()
    }

    /// Stands for everything that is asked for, so that a change of it is noticed. Browsers end lines in two characters.
    fn stands_for(&self) -> String {
        let csv = self.csv.replace("\r\n", "\n");
        let text = format!("{}\n{}\n{}", self.connection, self.go_on, csv.trim());
        let mut text = hex::encode(Sha256::digest(text));
        text.truncate(32);
        text
    }
}

/// A text with its lines as they are.
fn all_of(fields: &Fields, name: &str) -> String {
    let mut named = fields.0.iter().filter(|(field, _)| field == name);
    named
        .next()
        .map(|(_, text)| text.clone())
        .unwrap_or_default()
}

pub(super) async fn show(
    state: AppState,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entered = Entered::default();
    shown(&state, &headers, &uri, entered, BatchState::Start).await
}

async fn shown(
    state: &AppState,
    headers: &HeaderMap,
    uri: &Uri,
    entered: Entered,
    batch: BatchState,
) -> Result<Response, Problem> {
    let visit = Visit::of(state, headers, uri);
    // What nobody has seen looked at is looked at first.
    let changed = entered.orders && !entered.may_order();
    let status = match &batch {
        BatchState::Unreadable(..) | BatchState::Trouble(_) => StatusCode::UNPROCESSABLE_ENTITY,
        BatchState::Start | BatchState::Going(_) => StatusCode::OK,
    };
    let page = BatchPage {
        frame: visit.frame(state).await,
        missing: views_of::missing(state.core()),
        accounts: new_order::connections(state).await?,
        seen: entered.stands_for(),
        connection: entered.connection,
        csv: entered.csv,
        go_on: entered.go_on,
        changed,
        state: batch,
    };
    let mut response = render(&page, &visit, state);
    *response.status_mut() = status;
    Ok(response)
}

/// Looks at the file, or orders its next lines.
pub(super) async fn step(
    state: AppState,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (mut entered, pasted) = Entered::of(upload::sent(&headers, &body)?);
    let orders = entered.may_order();
    let batch = OrderBatch {
        csv: entered.csv.clone(),
        batch: None,
        connection: Some(entered.connection.clone()).filter(|id| !id.is_empty()),
        go_on: entered.go_on,
        from: entered.from.filter(|_| orders),
        limit: Some(if orders { STEP } else { 0 }),
    };
    let outcome = match state.core().order_batch(&batch).await {
        Ok(view) if !view.problems.is_empty() => {
            let problems = view.problems.into_iter();
            let problems = problems.map(|one| (one.line, one.column, one.message));
            BatchState::Unreadable(problems.collect(), view.problems_in_all)
        }
        Ok(view) => BatchState::Going(progress(view)),
        Err(error @ Error::Storage(_)) => return Err(error.into()),
        Err(error) => BatchState::Trouble(problems::view(error.into(), &request_id)),
    };
    if !upload::is_whole(&entered.csv) {
        entered.csv = pasted;
    }
    let here = Uri::from_static("/aliexpress/orders/batch");
    shown(&state, &headers, &here, entered, outcome).await
}

fn progress(view: OrderBatchView) -> BatchProgress {
    BatchProgress {
        lines: view.lines,
        done: view.done,
        next: view.next,
        stopped: view.stopped,
        results: view.results.into_iter().map(row).collect(),
    }
}

fn row(line: BatchLineView) -> BatchRow {
    let words = line.problems.iter().map(|problem| problem.detail.clone());
    let problems: Vec<String> = words.collect();
    BatchRow {
        line: line.line,
        state: IntentState::from_value(&line.state),
        detail: match problems.is_empty() {
            true => line.detail.filter(|_| {
                line.ordered_at.is_none() && !matches!(&*line.state, "placed" | "created_unpaid")
            }),
            false => Some(problems.join("; ")),
        },
        earlier_ms: line
            .ordered_at
            .filter(|_| line.earlier)
            .map(jiff::Timestamp::as_millisecond),
        otherwise: line.otherwise,
        intent: line.intent,
        order_ids: line.order_ids,
        total: line.total.as_ref().map(views_of::price),
    }
}
