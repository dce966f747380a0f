//! The call budget, on the overview: what was called in the last day, how it ended, and what is held of each budget.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::Frame;
use crate::page::views::upkeep::{DayChart, HourOfDay};

/// The app's call budget.
#[derive(Debug, Clone, Default)]
pub struct CallBudget {
    /// Whose it is.
    pub app_key: String,
    /// The budgets are divided among instances.
    pub divided: bool,
    /// Methods with a documented rate, and those that were called in the last day.
    pub methods: Vec<MethodBudget>,
    /// How calls ended.
    pub outcomes: Vec<CallOutcome>,
    /// The last 24 hours, the oldest first.
    pub hours: Vec<HourOfDay>,
}

/// One method.
#[derive(Debug, Clone, Default)]
pub struct MethodBudget {
    /// Its name at the gateway, or `other`.
    pub method: String,
    /// The documented rate, in calls per second.
    pub per_second: Option<i64>,
    /// How much of it is held now, in calls per second.
    pub held: i64,
    /// By how many instances.
    pub instances: i64,
    /// Calls in the last hour.
    pub last_hour: i64,
    /// Calls in the last 24 hours.
    pub last_day: i64,
}

/// Calls that ended in one way.
#[derive(Debug, Clone, Copy)]
pub struct CallOutcome {
    /// Its stable name.
    pub outcome: &'static str,
    /// Calls in the last hour.
    pub last_hour: i64,
    /// Calls in the last 24 hours.
    pub last_day: i64,
}

impl CallOutcome {
    fn key(self) -> Key {
        match self.outcome {
            "ok" => Key::OutcomeOk,
            "wait" => Key::OutcomeWait,
            "retry" => Key::OutcomeRetry,
            "refresh" => Key::OutcomeRefresh,
            "reauthorize" => Key::OutcomeReauthorize,
            "fix" => Key::OutcomeFix,
            "unreachable" => Key::OutcomeUnreachable,
            _ => Key::OutcomeUnreadable,
        }
    }
}

/// What is held of one budget, as a bar with its words above. Lengths are in units of the drawing, which is 280 wide.
#[derive(Debug)]
struct Share {
    words_y: usize,
    bar_y: usize,
    held_width: i64,
    method: String,
    rate: String,
}

/// How wide a whole budget is.
const WIDTH: i64 = 280;
/// How high a row of the drawing is.
const ROW: usize = 36;

/// The section of the overview.
#[derive(Debug, Template)]
#[template(path = "parts/budget.html")]
pub(crate) struct BudgetSection<'a> {
    frame: &'a Frame,
    budget: &'a CallBudget,
}

impl HtmlSafe for BudgetSection<'_> {}

impl BudgetSection<'_> {
    fn calls_chart(&self) -> DayChart {
        let title = Key::ChartCalls;
        self.frame.chart("chart-calls", title, &self.budget.hours)
    }

    /// The budgets in use: held by somebody for a while, or called in the last day.
    fn shares(&self) -> Vec<Share> {
        let in_use = |method: &&MethodBudget| {
            method.last_day > 0 || (self.budget.divided && method.held > 0)
        };
        let rated = self.budget.methods.iter().filter(in_use);
        rated
            .filter_map(|method| Some((method, method.per_second?)))
            .enumerate()
            .map(|(row, (method, whole))| Share {
                words_y: row * ROW + 14,
                bar_y: row * ROW + 20,
                held_width: width(method.held, whole),
                method: method.method.clone(),
                rate: self.frame.t2(
                    Key::BudgetShare,
                    "held",
                    self.frame.number(method.held),
                    "rate",
                    self.frame.number(whole),
                ),
            })
            .collect()
    }

    fn height(&self) -> usize {
        self.shares().len() * ROW
    }

    fn divided(&self) -> Key {
        if self.budget.divided {
            Key::BudgetDivided
        } else {
            Key::BudgetWhole
        }
    }
}

/// What is held at all is seen, however small it is beside the whole.
fn width(held: i64, whole: i64) -> i64 {
    let part = held.min(whole) * WIDTH / whole.max(1);
    part.max(held.min(1) * 2)
}

impl Frame {
    pub(crate) fn budget<'a>(&'a self, budget: &'a CallBudget) -> BudgetSection<'a> {
        BudgetSection {
            frame: self,
            budget,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_the_share() {
        let widths = [
            (0, 1000),
            (1, 1000),
            (500, 1000),
            (1000, 1000),
            (9, 4),
            (0, 0),
        ];
        let widths = widths.map(|(held, whole)| width(held, whole));
        assert_eq!(widths, [0, 2, 140, 280, 280, 0]);
    }
}
