//! What the interfaces for commission orders share: which rows are asked for, and how a row is written.

pub(super) mod dropshipping;
pub(super) mod get;
pub(super) mod list;
pub(super) mod list_by_index;
mod part;

use super::{Context, Reply};
use crate::addresses;
use crate::commissions::{Commission, Status};
use crate::gateway::refusal::Refusal;
use crate::json::{Json, Object, object};
use crate::money::dollar;
use crate::platform_time;

/// Most rows of one answer.
const LARGEST_PAGE: usize = 50;
const USUAL_PAGE: usize = 20;

/// The site of all orders here.
const SITE: &str = "global";

/// Which moment of an order must lie in the time span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Paid,
    Received,
    Settled,
}

/// Which lines are asked for.
struct Wanted {
    status: Status,
    moment: Moment,
    from_ms: i64,
    to_ms: i64,
}

impl Wanted {
    /// Reads the parameters that the lists have in common. A status or moment without meaning cannot be
    /// mapped (inferred).
    fn read(context: &Context<'_>) -> Result<Self, Refusal> {
        let status = Status::ALL
            .into_iter()
            .find(|status| status.order_status() == context.text("status"))
            .ok_or_else(|| Refusal::unmapped("status"))?;
        let moment = match context.text("time_type") {
            "" | "Payment Completed Time" => Moment::Paid,
            "Buyer Confirmed Receipt Time" => Moment::Received,
            "Completed Settlement Time" => Moment::Settled,
            _ => return Err(Refusal::unmapped("time_type")),
        };
        let time =
            |name| platform_time::read(context.text(name)).ok_or_else(|| Refusal::unmapped(name));
        Ok(Self {
            status,
            moment,
            from_ms: time("start_time")?,
            to_ms: time("end_time")?,
        })
    }

    /// Both ends of the time span belong to it.
    fn covers(&self, line: &Commission, now_ms: i64) -> bool {
        let at_ms = match self.moment {
            Moment::Paid => Some(line.paid_ms),
            Moment::Received => line.received_ms(now_ms),
            Moment::Settled => line.settled_ms(now_ms),
        };
        // Times are asked for in whole seconds.
        let second_ms = |at_ms: i64| at_ms - at_ms.rem_euclid(1000);
        line.status(now_ms) == self.status
            && at_ms.is_some_and(|at_ms| (self.from_ms..=self.to_ms).contains(&second_ms(at_ms)))
    }

    /// The lines of the affiliate programme, in no particular order.
    fn lines(&self, context: &Context<'_>) -> Vec<Commission> {
        let state = context.inner.book.read();
        state
            .commissions
            .lines()
            .filter(|line| self.covers(line, context.now_ms))
            .cloned()
            .collect()
    }
}

fn page_size(context: &Context<'_>) -> usize {
    number(context, "page_size", USUAL_PAGE).min(LARGEST_PAGE)
}

fn number(context: &Context<'_>, name: &str, default: usize) -> usize {
    context.text(name).parse().unwrap_or(default).max(1)
}

fn integer(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The answer with rows.
fn found(result: Object) -> Reply {
    Reply::ok(object! {
        "resp_result": object! {
            "result": result,
            "resp_code": 200,
            "resp_msg": "Call succeeds",
        },
    })
}

/// The answer without: nothing matches, or the page lies past the end.
fn empty() -> Reply {
    let result = object! { "resp_code": 405, "resp_msg": "The result is empty" };
    Reply::failed("405", object! { "resp_result": result })
}

/// Which interface a row is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    List,
    Index,
    Get,
}

/// Writes rows.
struct Rows<'a> {
    context: &'a Context<'a>,
    form: Form,
    base_url: std::sync::Arc<str>,
    /// Names of the fields that are asked for; none means all.
    fields: Vec<&'a str>,
}

impl<'a> Rows<'a> {
    fn new(context: &'a Context<'a>, form: Form) -> Self {
        let fields = context.text("fields").split(',').map(str::trim);
        Self {
            context,
            form,
            base_url: context.inner.base_url(),
            fields: fields.filter(|name| !name.is_empty()).collect(),
        }
    }

    /// The list of a page, in the form of the answer.
    fn list(&self, lines: &[Commission]) -> Json {
        let rows = lines.iter().map(|line| self.row(line).into()).collect();
        self.context.list("order", rows)
    }

    fn row(&self, line: &Commission) -> Object {
        let mut row = Object::default();
        let parts = self
            .numbers(line)
            .into_iter()
            .chain(self.life(line))
            .chain(self.goods(line))
            .chain(self.earnings(line))
            .chain(self.origin(line));
        for (name, value) in parts {
            if self.fields.is_empty() || self.fields.contains(&name) {
                row.set(name, value);
            }
        }
        row
    }

    fn numbers(&self, line: &Commission) -> Vec<(&'static str, Json)> {
        let mut numbers = vec![
            ("order_id", line.order_id.into()),
            ("sub_order_id", line.sub_order_id.into()),
        ];
        if self.form != Form::Index {
            numbers.push(("order_number", line.sub_order_id.into()));
            numbers.push(("parent_order_number", line.order_id.into()));
        }
        numbers
    }

    fn life(&self, line: &Commission) -> [(&'static str, Json); 8] {
        let now_ms = self.context.now_ms;
        let reason = line.invalid_reason();
        [
            ("order_status", line.status(now_ms).order_status().into()),
            (
                "effect_detail_status",
                reason.map_or("", |reason| reason.name()).into(),
            ),
            ("order_type", SITE.into()),
            ("order_platform", "affiliate_platform".into()),
            ("created_time", time(Some(line.created_ms))),
            ("paid_time", time(Some(line.paid_ms))),
            ("finished_time", time(line.received_ms(now_ms))),
            ("completed_settlement_time", time(line.settled_ms(now_ms))),
        ]
    }

    fn goods(&self, line: &Commission) -> [(&'static str, Json); 7] {
        let id = line.sale.product_id;
        [
            ("product_id", id.into()),
            ("product_title", line.sale.title.clone().into()),
            (
                "product_detail_url",
                addresses::item(&self.base_url, id).into(),
            ),
            (
                "product_main_image_url",
                addresses::picture(&self.base_url, id, 1).into(),
            ),
            ("product_count", line.sale.count.into()),
            ("category_id", line.sale.category_id.into()),
            ("ship_to_country", line.sale.country.clone().into()),
        ]
    }

    /// Amounts are cents of the settled currency.
    fn earnings(&self, line: &Commission) -> [(&'static str, Json); 10] {
        let now_ms = self.context.now_ms;
        [
            ("settled_currency", dollar().code.into()),
            ("paid_amount", line.sale.paid_cents.into()),
            ("finished_amount", line.finished_cents(now_ms).into()),
            ("commission_rate", percent(line.sale.rate).into()),
            (
                "estimated_paid_commission",
                line.paid_commission_cents().into(),
            ),
            (
                "estimated_finished_commission",
                line.finished_commission_cents(now_ms).into(),
            ),
            // The sandbox has no incentive programme.
            ("incentive_commission_rate", percent(0).into()),
            ("estimated_incentive_paid_commission", 0.into()),
            ("estimated_incentive_finished_commission", 0.into()),
            ("new_buyer_bonus_commission", line.bonus_cents().into()),
        ]
    }

    fn origin(&self, line: &Commission) -> [(&'static str, Json); 5] {
        let mut parameters = Object::default();
        for (name, value) in &line.origin.parameters {
            parameters.set(name.clone(), value.clone());
        }
        let parameters_name = if self.form == Form::Get {
            "customer_parameters"
        } else {
            "custom_parameters"
        };
        [
            ("is_new_buyer", flag(line.origin.new_buyer)),
            ("is_hot_product", flag(line.sale.hot)),
            ("is_affiliate_product", flag(true)),
            ("tracking_id", line.origin.tracking_id.clone().into()),
            (parameters_name, parameters.to_text().into()),
        ]
    }
}

/// A moment in platform time, or empty text when it has not come.
fn time(ms: Option<i64>) -> Json {
    ms.map(platform_time::written).unwrap_or_default().into()
}

fn flag(truth: bool) -> Json {
    if truth { "Y" } else { "N" }.into()
}

/// `7.00%` from hundredths of a percent.
fn percent(rate: i64) -> String {
    format!("{}.{:02}%", rate / 100, rate % 100)
}
