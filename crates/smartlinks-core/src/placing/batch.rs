//! Many orders from a CSV file: the file is looked at as a whole first, then its lines are ordered one after the other.
//!
//! Nothing of a batch is kept besides its orders: each line is one intent under the key `batch-…-line`. So sending the
//! same file again orders nothing twice, and that is how a batch that stopped goes on.

mod file;

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request::NewOrder;
use super::views::{OrderIntentView, OrderProblem};
use crate::catalogue::ImportProblem;
use crate::connect::sha256;
use crate::error::{Error, Result, Retry};
use crate::orders::MoneyView;
use crate::service::Core;
use crate::text::shortened;

/// The largest file of orders, in bytes: the most lines, each with two long addresses in it.
pub const ORDER_FILE_LIMIT: usize = 512 * 1024;
/// The most lines of a batch.
const MOST_LINES: usize = 1000;
/// How many problems of a file are reported.
const MOST_PROBLEMS: usize = 100;
/// The most lines that one request orders.
const MOST_AT_ONCE: u32 = 20;

/// Many orders to be placed. `Debug` does not show the file: it names people.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBatch {
    /// The file: CSV with a header. Each line below it is one order of one product.
    pub csv: String,
    /// What the keys of its orders are made of, 1 to 64 letters, digits, `-` and `_`; made of the file itself when left
    /// out. The same file under another name orders again.
    #[serde(default)]
    pub batch: Option<String>,
    /// Which connection orders; the default one when left out.
    #[serde(default)]
    pub connection: Option<String>,
    /// Whether the batch goes on when a line cannot be ordered. Otherwise it stops there.
    #[serde(default)]
    pub go_on: bool,
    /// Where to begin: the `next` of the answer before.
    #[serde(default)]
    pub from: Option<i64>,
    /// How many lines to order now, 1 to 20; 10 when left out. None at all with 0: the file is looked at only.
    #[serde(default)]
    pub limit: Option<u32>,
}

impl fmt::Debug for OrderBatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OrderBatch")
            .field("batch", &self.batch)
            .field("from", &self.from)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// How far a batch has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderBatchView {
    /// What the keys of its orders are made of.
    pub batch: String,
    /// How many lines are to be ordered in all.
    pub lines: usize,
    /// How many lines stand before `next`, these included.
    pub done: usize,
    /// The lines that were looked at now, in their order.
    pub results: Vec<BatchLineView>,
    /// The line at which the next request begins (`from`); absent when all lines were looked at.
    pub next: Option<i64>,
    /// Whether it stopped because of its last line.
    pub stopped: bool,
    /// What cannot be read, by line and column. Then nothing of the file is ordered.
    pub problems: Vec<ImportProblem>,
    /// How many of them there are; at most 100 are listed.
    pub problems_in_all: usize,
}

/// What came of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BatchLineView {
    /// The line of the file, the header being 1.
    pub line: i64,
    /// The key that it was ordered under.
    pub key: String,
    /// The state of its intent; `not_placeable` when something stands in the way, and `failed` when it could not be tried:
    /// then nothing was ordered.
    pub state: String,
    /// The record of the order.
    pub intent: Option<String>,
    /// AliExpress's numbers of the orders.
    pub order_ids: Vec<String>,
    /// What it cost when it was checked.
    pub total: Option<MoneyView>,
    /// What stands in the way, with `not_placeable`.
    pub problems: Vec<OrderProblem>,
    /// Why, in words.
    pub detail: Option<String>,
    /// What to do about it.
    pub fix: Option<String>,
}

/// One order of a file.
struct Line {
    number: i64,
    order: NewOrder,
}

impl BatchLineView {
    fn new(line: i64, key: &str, state: &str) -> Self {
        Self {
            line,
            key: key.to_owned(),
            state: state.to_owned(),
            intent: None,
            order_ids: Vec::new(),
            total: None,
            problems: Vec::new(),
            detail: None,
            fix: None,
        }
    }

    fn of(line: i64, key: &str, view: OrderIntentView) -> Self {
        Self {
            intent: Some(view.id),
            order_ids: view.order_ids,
            total: view.total,
            detail: view.detail.or(view.reason),
            fix: view.fix,
            ..Self::new(line, key, &view.state)
        }
    }

    /// Whether an order may exist for it.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        !matches!(self.state.as_str(), "not_placeable" | "failed" | "refused")
    }
}

impl Core {
    /// Orders lines of a file, each once. What cannot be read of the file is reported by line and column, and then nothing
    /// of it is ordered. A line that fails for a passing reason ends the request, and the next one begins with it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what holds for the whole batch, [`Error::UnknownConnection`], [`Error::Storage`].
    pub async fn order_batch(&self, batch: &OrderBatch) -> Result<OrderBatchView> {
        let limit = batch.limit.unwrap_or(10);
        if limit > MOST_AT_ONCE {
            let message = format!("{limit} is out of range; 0 to {MOST_AT_ONCE} are accepted");
            return Err(Error::invalid("limit", message));
        }
        let name = name_of(batch)?;
        let mut view = OrderBatchView {
            batch: name.clone(),
            lines: 0,
            done: 0,
            results: Vec::new(),
            next: None,
            stopped: false,
            problems: Vec::new(),
            problems_in_all: 0,
        };
        let lines = match file::read(&batch.csv, batch.connection.as_deref(), MOST_LINES) {
            Ok(lines) => lines,
            Err(mut problems) => {
                view.problems_in_all = problems.len();
                problems.truncate(MOST_PROBLEMS);
                view.problems = problems;
                return Ok(view);
            }
        };
        view.lines = lines.len();
        let from = batch.from.unwrap_or(0);
        let begins = lines.iter().position(|line| line.number >= from);
        view.done = begins.unwrap_or(lines.len());
        for line in lines.iter().skip(view.done).take(limit as usize) {
            let key = format!("batch-{name}-{}", line.number);
            let (result, tried) = self.order_line(line, &key).await?;
            let ordered = result.is_ordered();
            view.results.push(result);
            // What was not tried is what the next request begins with.
            view.done += usize::from(tried);
            if !tried || (!ordered && !batch.go_on) {
                view.stopped = true;
                break;
            }
        }
        view.next = lines.get(view.done).map(|line| line.number);
        Ok(view)
    }

    /// What came of a line, and whether it is done with.
    async fn order_line(&self, line: &Line, key: &str) -> Result<(BatchLineView, bool)> {
        let error = match self.place_order(key, &line.order).await {
            Ok(placing) => return Ok((BatchLineView::of(line.number, key, placing.view), true)),
            Err(error @ Error::Storage(_)) => return Err(error),
            Err(error) => error,
        };
        let passing = error.retry() != Retry::No || needs_a_person(&error);
        let told = BatchLineView {
            detail: Some(error.to_string()),
            fix: Some(error.fix()),
            ..BatchLineView::new(line.number, key, "failed")
        };
        Ok(match error {
            Error::NotPlaceable(problems) => {
                let told = BatchLineView {
                    state: "not_placeable".to_owned(),
                    problems,
                    ..told
                };
                (told, true)
            }
            _ => (told, !passing),
        })
    }
}

/// No line can be ordered before somebody has done something.
const fn needs_a_person(error: &Error) -> bool {
    matches!(
        error,
        Error::NotConfigured(_)
            | Error::NotConnected
            | Error::NoDefault
            | Error::UnknownConnection(_)
            | Error::Disconnected(_)
            | Error::ReauthorizationRequired { .. }
    )
}

fn name_of(batch: &OrderBatch) -> Result<String> {
    let Some(name) = batch.batch.as_deref().map(str::trim) else {
        // Browsers end lines in two characters, and some programs begin a file with a mark; it has the same orders all
        // the same.
        let csv = batch.csv.trim_start_matches('\u{feff}');
        let csv = csv.replace("\r\n", "\n").replace('\r', "\n");
        let mut name = hex::encode(sha256(csv.trim().as_bytes()));
        name.truncate(24);
        return Ok(name);
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(name.to_owned());
    }
    let message = format!(
        "{:?} is no name of a batch: 1 to 64 letters, digits, - and _ are accepted",
        shortened(name, 40)
    );
    Err(Error::invalid("batch", message))
}
