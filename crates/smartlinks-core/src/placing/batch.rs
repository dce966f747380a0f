//! Many orders from a CSV file: the file is looked at as a whole first, then its lines are ordered one after the other.
//!
//! Nothing of a batch is kept besides its orders, which are found again by what their lines ask for and for whom. So
//! sending the same file again orders nothing twice, nor does one that was mended: that is how a batch that stopped goes
//! on.

mod file;
mod known;

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smartlinks_store::OrderIntent;
use utoipa::ToSchema;

use super::request::NewOrder;
use super::send::Under;
use super::views::{self, OrderIntentView, OrderProblem};
use crate::catalogue::ImportProblem;
use crate::error::{Error, Result, Retry};
use crate::orders::MoneyView;
use crate::service::Core;
use crate::text::shortened;
use known::{Before, KnownLine, Scope, batch_line};

/// The largest file of orders, in bytes: the most lines, each with two long addresses in it.
pub const ORDER_FILE_LIMIT: usize = 512 * 1024;
/// The most lines of a batch.
const MOST_LINES: usize = 1000;
/// How many problems of a file are reported.
const MOST_PROBLEMS: usize = 100;
/// The most lines that one request orders.
const MOST_AT_ONCE: u32 = 20;

const SEND_AGAIN: &str =
    "Mend the line, and send the file again: what is ordered already is not ordered again.";
const UNDER_A_NAME: &str =
    "If it is wanted again, order the line in a file of its own under a new name (`batch`).";
const OTHERWISE: &str = "this variant is ordered already for this recipient, and something of that order is another \
     one; it was not ordered again";

/// Many orders to be placed. `Debug` does not show the file: it names people.
#[derive(Clone, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBatch {
    /// The file: CSV with a header, separated by commas, semicolons or tabs. Each line below it is one order of one
    /// product. Needed: `product` (number or address), `sku`, `quantity`, `country`, `contact_person`, `address`, `city`,
    /// `province`. As each country wants them: `address2`, `zip`, `phone_country`, `mobile_no`, `full_name`,
    /// `tax_number`, `cpf`, `rut_no`, `vat_no`, `tax_company`, `passport_no`, `passport_no_date`,
    /// `passport_organization`, `foreigner_passport_no`, `nat_addr`. The order: `delivery` (code of a freight option),
    /// `memo`, `pay` (`yes` or `no`, the default). Its limits, in USD, per cent and days: `max_total`, `max_drift` above
    /// `expected_price`, `max_days`, `min_margin` of `sale_price`.
    pub csv: String,
    /// A name, 1 to 64 letters, digits, `-` and `_`. What was ordered under another name or under none is ordered again
    /// under this one; without a name, nothing that any file has ordered is.
    #[serde(default)]
    pub batch: Option<String>,
    /// Which connection orders; the default one when left out.
    #[serde(default)]
    pub connection: Option<String>,
    /// Whether the batch goes on when a line cannot be ordered. Otherwise it stops there.
    #[serde(default)]
    pub go_on: bool,
    /// Where to begin: the `next` of the answer before. From the first line on when left out; what is ordered already is
    /// gone over.
    #[serde(default)]
    pub from: Option<i64>,
    /// How many lines to order now, 1 to 20, those that are ordered already not counted; 10 when left out. None at all
    /// with 0: the file is looked at only, and `results` says what of it is ordered already.
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OrderBatchView {
    /// The name that it was given.
    pub batch: Option<String>,
    /// How many lines are to be ordered in all.
    pub lines: usize,
    /// How many lines stand before `next`, these included.
    pub done: usize,
    /// How many of these there is no order of.
    pub not_ordered: usize,
    /// Every line of which something is known, in their order: those that stand before `next`, and those behind it that
    /// are ordered already.
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
    /// The state of its intent; `not_placeable` when something stands in the way, `failed` when it could not be tried, and
    /// `not_ordered` for one that an earlier request has not ordered: then there is no order of it.
    pub state: String,
    /// An earlier request has ordered it, of this file or of another one: nothing was ordered now.
    pub earlier: bool,
    /// What that request has ordered differs from the line in something besides its limits: the same variant, for the
    /// same recipient at the same address. It is not ordered a second time.
    pub otherwise: bool,
    /// When it was ordered. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ordered_at: Option<Timestamp>,
    /// The record of the order.
    pub intent: Option<String>,
    /// The variant that is ordered, when a person had chosen it in the place of the one that the line names.
    pub instead: Option<String>,
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
            earlier: false,
            otherwise: false,
            ordered_at: None,
            intent: None,
            instead: None,
            order_ids: Vec::new(),
            total: None,
            problems: Vec::new(),
            detail: None,
            fix: None,
        }
    }

    fn of(line: i64, key: &str, view: OrderIntentView) -> Self {
        let fix = match (view.state.as_str(), view.order_ids.is_empty()) {
            ("refused", true) => Some(SEND_AGAIN.to_owned()),
            ("refused", false) => Some(UNDER_A_NAME.to_owned()),
            _ => view.fix,
        };
        Self {
            ordered_at: view.created_at,
            intent: Some(view.id),
            instead: view.lines.into_iter().find_map(|line| {
                let wanted = line.instead_of.is_some();
                wanted.then_some(line.sku)
            }),
            order_ids: view.order_ids,
            total: view.total,
            detail: view.detail.or(view.reason),
            fix,
            ..Self::new(line, key, &view.state)
        }
    }

    /// A line that is ordered already, or that was `tried` by an earlier request.
    fn earlier(line: i64, known: &KnownLine, tried: bool) -> Option<Self> {
        let view = |intent: &OrderIntent| {
            let view = views::view(intent.clone(), Vec::new(), Vec::new());
            Self {
                earlier: true,
                ..Self::of(line, &known.key, view)
            }
        };
        match &known.before {
            Before::Ordered(intent) => Some(view(intent)),
            Before::OrderedOtherwise(intent) => Some(Self {
                otherwise: true,
                detail: Some(OTHERWISE.to_owned()),
                fix: Some(UNDER_A_NAME.to_owned()),
                ..view(intent)
            }),
            Before::Refused(intent) if tried => Some(view(intent)),
            Before::Nothing if tried => Some(Self {
                detail: Some("it could not be ordered".to_owned()),
                fix: Some(SEND_AGAIN.to_owned()),
                ..Self::new(line, &known.key, "not_ordered")
            }),
            Before::Refused(_) | Before::Nothing => None,
        }
    }

    /// Whether an order may exist for it.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        !matches!(
            self.state.as_str(),
            "not_placeable" | "failed" | "refused" | "not_ordered"
        )
    }
}

impl Core {
    /// Orders lines of a file, each once, also when it was mended and sent again and when another file has ordered it:
    /// see [`known`]. What cannot be read of the file is reported by line and column, and then nothing of it is ordered. A
    /// line that fails for a passing reason ends the request, and the next one begins with it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what holds for the whole batch, [`Error::UnknownConnection`], [`Error::NoDefault`],
    /// [`Error::NotConnected`], [`Error::Storage`].
    pub async fn order_batch(&self, batch: &OrderBatch) -> Result<OrderBatchView> {
        let limit = batch.limit.unwrap_or(10);
        if limit > MOST_AT_ONCE {
            let message = format!("{limit} is out of range; 0 to {MOST_AT_ONCE} are accepted");
            return Err(Error::invalid("limit", message));
        }
        let name = name_of(batch)?;
        let mut view = OrderBatchView {
            batch: name.map(str::to_owned),
            ..OrderBatchView::default()
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
        let connection = self.record_or_default(batch.connection.as_deref()).await?;
        let scope = Scope {
            account: &connection.account.user_id,
            of_the_account: batch.connection.is_some(),
            name,
        };
        let wanted: Vec<_> = lines.iter().map(|line| batch_line(&line.order)).collect();
        let intents = self.store().order_intents().intents_of_lines(&wanted);
        let known = scope.known(&lines, intents.await?)?;
        view.lines = lines.len();
        let from = batch.from.unwrap_or(0);
        let begins = lines.iter().position(|line| line.number >= from);
        view.done = begins.unwrap_or(lines.len());
        let caller = format!("batch:{}", scope.account);
        let mut tries = limit;
        for (at, (line, known)) in lines.iter().zip(known).enumerate() {
            let earlier = BatchLineView::earlier(line.number, &known, at < view.done);
            let is_next = at == view.done && limit > 0 && !view.stopped;
            let result = match earlier {
                Some(result) => {
                    // What is ordered already is gone over.
                    view.done += usize::from(is_next);
                    result
                }
                None if is_next && tries > 0 => {
                    tries -= 1;
                    let (result, tried) = self.order_line(line, &caller, known).await?;
                    // What was not tried is what the next request begins with.
                    view.done += usize::from(tried);
                    view.stopped = !tried || (!result.is_ordered() && !batch.go_on);
                    result
                }
                None => continue,
            };
            view.not_ordered += usize::from(at < view.done && !result.is_ordered());
            view.results.push(result);
        }
        view.next = lines.get(view.done).map(|line| line.number);
        Ok(view)
    }

    /// What came of a line, and whether it is done with.
    async fn order_line(
        &self,
        line: &Line,
        caller: &str,
        known: KnownLine,
    ) -> Result<(BatchLineView, bool)> {
        let key = known.key;
        let under = Under {
            // Whoever sends it and from wherever: a key of a line is there once.
            caller: caller.to_owned(),
            key: key.clone(),
            hash: known.hash,
            batch_line: Some(known.batch_line),
        };
        let error = match self.place_under(under, &line.order).await {
            Ok(placing) => {
                let result = BatchLineView {
                    earlier: !placing.is_new,
                    ..BatchLineView::of(line.number, &key, placing.view)
                };
                return Ok((result, true));
            }
            Err(error @ Error::Storage(_)) => return Err(error),
            Err(error) => error,
        };
        let passing = error.retry() != Retry::No || needs_a_person(&error);
        let told = BatchLineView {
            detail: Some(error.to_string()),
            fix: Some(error.fix()),
            ..BatchLineView::new(line.number, &key, "failed")
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

fn name_of(batch: &OrderBatch) -> Result<Option<&str>> {
    let Some(name) = batch.batch.as_deref().map(str::trim) else {
        return Ok(None);
    };
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        return Ok(Some(name));
    }
    let message = format!(
        "{:?} is no name of a batch: 1 to 64 letters, digits, - and _ are accepted",
        shortened(name, 40)
    );
    Err(Error::invalid("batch", message))
}
