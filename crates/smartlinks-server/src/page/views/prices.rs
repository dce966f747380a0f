//! Price rules, exchange rates, and price runs.

use askama::Template;

use crate::page::i18n::{Key, Locale};
use crate::page::views::upstream::encode;
use crate::page::views::{Availability, Frame, Price, Problem, Standing, Tab, Tone};

/// Lines for steps that a form has at least.
const FEWEST_STEPS: usize = 4;

/// `GET /aliexpress/catalogue/rules`
#[derive(Debug, Clone, Template)]
#[template(path = "prices.html")]
pub struct PricesPage {
    /// What every page carries.
    pub frame: Frame,
    /// The rules.
    pub rules: Vec<RuleRow>,
    /// The rates.
    pub rates: Vec<RateRow>,
    /// The form of a dry run.
    pub dry_run: DryRunForm,
    /// The form of a rate.
    pub rate: RateForm,
}

/// A price rule.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// `rule_…`
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Its contents, as texts.
    pub contents: RuleContents,
    /// It is for products without one of their own.
    pub is_default: bool,
}

/// How prices come from costs, as decimal texts; empty where there is nothing.
#[derive(Debug, Clone, Default)]
pub struct RuleContents {
    /// ISO 4217.
    pub currency: String,
    /// What is added, by cost.
    pub steps: Vec<RuleStep>,
    /// The least that a sale earns.
    pub min_profit: String,
    /// The same in per cent of the price.
    pub min_margin: String,
    /// The distance between two prices.
    pub every: String,
    /// What they end with.
    pub ending: String,
}

/// What is added to costs up to an amount.
#[derive(Debug, Clone, Default)]
pub struct RuleStep {
    /// The highest cost; empty in the last step.
    pub up_to: String,
    /// Per cent of the cost.
    pub percent: String,
    /// Added on top.
    pub plus: String,
}

/// An exchange rate.
#[derive(Debug, Clone)]
pub struct RateRow {
    /// ISO 4217.
    pub from: String,
    /// ISO 4217.
    pub to: String,
    /// Decimal text.
    pub rate: String,
    /// AliExpress said so; else a person has entered it.
    pub by_gateway: bool,
    /// When it was said. Milliseconds.
    pub at_ms: i64,
}

/// What a dry run is asked for.
#[derive(Debug, Clone, Default)]
pub struct DryRunForm {
    /// `rule`, empty for each product's own.
    pub rule: String,
    /// `q`
    pub words: String,
    /// `label`
    pub label: String,
    /// `state`
    pub state: String,
    /// What is wrong with it, and our sentence.
    pub problem: Option<(Problem, String)>,
}

/// A rate to be entered.
#[derive(Debug, Clone, Default)]
pub struct RateForm {
    /// `from`
    pub from: String,
    /// `to`
    pub to: String,
    /// `rate`
    pub rate: String,
    /// What is wrong with it, and our sentence.
    pub problem: Option<(Problem, String)>,
}

/// A decimal text as the language writes it.
fn decimal(frame: &Frame, text: &str) -> String {
    match frame.locale {
        Locale::En => text.to_owned(),
        Locale::Fr => text.replace('.', ","),
    }
}

fn percent(frame: &Frame, text: &str) -> String {
    frame.t1(Key::RulePercent, "percent", decimal(frame, text))
}

impl RuleContents {
    fn money(&self, frame: &Frame, amount: &str) -> String {
        frame.money(&Price::new(amount, self.currency.as_str()))
    }

    fn added(&self, frame: &Frame, step: &RuleStep) -> String {
        let mut parts = vec![frame.t(Key::RuleCost)];
        if !is_zero(&step.percent) {
            parts.push(percent(frame, &step.percent));
        }
        if !is_zero(&step.plus) {
            parts.push(self.money(frame, &step.plus));
        }
        parts.join(" + ")
    }

    /// What it does, in a few lines.
    fn words(&self, frame: &Frame) -> Vec<String> {
        let several = self.steps.len() > 1;
        let mut lines: Vec<String> = Vec::new();
        for step in &self.steps {
            let what = self.added(frame, step);
            lines.push(match (several, step.up_to.as_str()) {
                (false, _) => what,
                (true, "") => frame.t1(Key::RuleAbove, "what", what),
                (true, end) => {
                    let end = self.money(frame, end);
                    frame.t2(Key::RuleUpTo, "amount", end, "what", what)
                }
            });
        }
        if !self.min_profit.is_empty() {
            let amount = self.money(frame, &self.min_profit);
            lines.push(frame.t1(Key::RuleLeastProfit, "amount", amount));
        }
        if !self.min_margin.is_empty() {
            let share = percent(frame, &self.min_margin);
            lines.push(frame.t1(Key::RuleLeastMargin, "percent", share));
        }
        if !self.every.is_empty() {
            let (every, ending) = (decimal(frame, &self.every), decimal(frame, &self.ending));
            lines.push(frame.t2(Key::RuleEnds, "every", every, "ending", ending));
        }
        lines
    }
}

fn is_zero(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

impl RuleRow {
    fn href(&self) -> String {
        format!("/aliexpress/catalogue/rules/{}", encode(&self.id))
    }
}

impl RateRow {
    fn words(&self, frame: &Frame) -> String {
        let values = [
            ("from", self.from.as_str().to_owned()),
            ("to", self.to.clone()),
            ("rate", decimal(frame, &self.rate)),
        ];
        frame.texts().with(
            Key::RateIs,
            values.map(|(name, value)| (name, crate::page::i18n::Arg::Text(value))),
        )
    }

    const fn source(&self) -> Key {
        match self.by_gateway {
            true => Key::RateByGateway,
            false => Key::RateByOperator,
        }
    }
}

impl PricesPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::PricesTitle)
    }

    fn default_rule(&self) -> Option<&RuleRow> {
        self.rules.iter().find(|rule| rule.is_default)
    }

    fn answer_tone(&self) -> Tone {
        match self.default_rule() {
            Some(_) => Tone::Good,
            None => Tone::Idle,
        }
    }

    fn answer(&self) -> String {
        match self.default_rule() {
            Some(rule) => self.frame.t1(Key::PricesAnswerWell, "name", &rule.name),
            None if self.rules.is_empty() => self.frame.t(Key::PricesAnswerNone),
            None => self
                .frame
                .t1(Key::PricesAnswerNoDefault, "count", self.rules.len()),
        }
    }

    fn is_chosen(&self, rule: &RuleRow) -> bool {
        self.dry_run.rule == rule.id
    }

    fn in_state(&self, one: &Standing) -> bool {
        self.dry_run.state == one.value()
    }
}

/// `GET /aliexpress/catalogue/rules/new` and `…/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "price_rule.html")]
pub struct RulePage {
    /// What every page carries.
    pub frame: Frame,
    /// `rule_…`; none for a new one.
    pub id: Option<String>,
    /// Its name as it is kept.
    pub known_as: String,
    /// `name`
    pub name: String,
    /// What was entered.
    pub contents: RuleContents,
    /// `default`
    pub is_default: bool,
    /// What is wrong with it, and our sentence.
    pub problem: Option<(Problem, String)>,
}

impl RulePage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        match &self.id {
            None => self.frame.t(Key::RuleTitleNew),
            Some(_) => self.frame.t1(Key::RuleTitle, "name", &self.known_as),
        }
    }

    fn action(&self) -> String {
        match &self.id {
            None => "/aliexpress/catalogue/rules".to_owned(),
            Some(id) => format!("/aliexpress/catalogue/rules/{}", encode(id)),
        }
    }

    /// The steps with some empty lines behind them.
    fn steps(&self) -> Vec<RuleStep> {
        let mut steps = self.contents.steps.clone();
        let lines = FEWEST_STEPS.max(steps.len() + 2);
        steps.resize_with(lines, RuleStep::default);
        steps
    }

    /// What is wrong names a step by its place, from 0.
    fn is_wrong(&self, index: &usize) -> bool {
        let place = format!("steps[{index}]");
        let problem = self.problem.as_ref();
        problem.is_some_and(|(_, detail)| detail.contains(&place))
    }

    fn is_wrong_part(&self, name: &str) -> bool {
        let problem = self.problem.as_ref();
        problem.is_some_and(|(_, detail)| detail.contains(name))
    }
}

/// `GET /aliexpress/catalogue/runs/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "price_run.html")]
pub struct PriceRunPage {
    /// What every page carries.
    pub frame: Frame,
    /// The run.
    pub run: RunFacts,
    /// A part of its lines.
    pub lines: Vec<RunLine>,
    /// `after` of the next part.
    pub next: Option<i64>,
    /// What differed when it was to be put in force.
    pub moved: Option<RunMoved>,
}

/// Which products a run is of: those that were named, or those that meet every condition.
#[derive(Debug, Clone, Default)]
pub struct RunSelection {
    /// How many were named one by one.
    pub named: Option<i64>,
    /// Found by these words.
    pub words: Option<String>,
    /// With this label.
    pub label: Option<String>,
    /// In this state.
    pub state: Option<Standing>,
    /// Of which AliExpress last said this.
    pub availability: Option<Availability>,
    /// Name of the connection they were imported with.
    pub connection: Option<String>,
    /// Name of the rule that is their own.
    pub rule: Option<String>,
}

impl RunSelection {
    /// Every condition in words; none when all products are meant.
    fn conditions(&self, frame: &Frame) -> Vec<String> {
        let with = |key, value: &Option<String>| {
            let value = value.as_ref()?;
            Some(format!("{} {value}", frame.t(key)))
        };
        let state = self.state.map(|state| frame.t(state.key()));
        let said = self.availability.map(|said| frame.t(said.key()));
        let all = [
            self.named
                .map(|count| frame.t1(Key::RunNamed, "count", count)),
            self.words
                .as_ref()
                .map(|words| frame.t1(Key::RunFound, "words", words)),
            with(Key::CatalogueLabel, &self.label),
            state,
            said,
            with(Key::OrderConnection, &self.connection),
            with(Key::CatalogueRule, &self.rule),
        ];
        all.into_iter().flatten().collect()
    }
}

/// A run in numbers.
#[derive(Debug, Clone)]
pub struct RunFacts {
    /// `run_…`
    pub id: String,
    /// Which products were meant.
    pub of: RunSelection,
    /// Name of the rule that was named.
    pub rule_name: Option<String>,
    /// How many products were looked at.
    pub products: i64,
    /// How many variants are sold.
    pub variants: i64,
    /// How many get another price.
    pub changes: i64,
    /// How many keep theirs.
    pub unchanged: i64,
    /// How many have a problem.
    pub problems: i64,
    /// How many keep a price that was set by hand.
    pub by_hand: i64,
    /// When it was made. Milliseconds.
    pub made_ms: Option<i64>,
    /// When it was put in force. Milliseconds.
    pub applied_ms: Option<i64>,
}

/// What becomes of one variant's price.
#[derive(Debug, Clone)]
pub struct RunLine {
    /// `prod_…`
    pub product: String,
    /// The merchant's title.
    pub title: String,
    /// Colour, size and the like.
    pub variant: String,
    /// Number of the variant.
    pub sku: String,
    /// The merchant's code.
    pub own_code: Option<String>,
    /// Name of the rule.
    pub rule: Option<String>,
    /// What one costs.
    pub cost: Option<Price>,
    /// What the cost was multiplied with, where currencies differ.
    pub rate: Option<RateRow>,
    /// The cost in the currency of the price.
    pub converted: Option<Price>,
    /// The price as it is.
    pub before: Option<Price>,
    /// The price as it would be.
    pub after: Option<Price>,
    /// What a sale earns.
    pub margin: Option<Price>,
    /// The same in per cent of the price.
    pub margin_percent: Option<String>,
    /// Why it gets no price.
    pub problem: Option<RunProblem>,
    /// It keeps a price that was set by hand.
    pub by_hand: bool,
    /// The least that such a price should be, when it is below.
    pub least: Option<Price>,
}

/// Why a variant gets no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunProblem {
    /// AliExpress names no cost.
    NoCost,
    /// No rule applies.
    NoRule,
    /// Nobody has entered the rate between two currencies.
    NoRate(String, String),
    /// The cost cannot be.
    ImpossibleCost,
    /// The rule gives a price of zero.
    ZeroPrice,
}

/// What was not as it was shown.
#[derive(Debug, Clone)]
pub struct RunMoved {
    /// How many lines.
    pub count: i64,
    /// Some of them: as shown, and as it is now.
    pub lines: Vec<(RunLine, Option<RunLine>)>,
}

impl RunLine {
    fn href(&self) -> String {
        format!("/aliexpress/catalogue/{}", encode(&self.product))
    }

    fn why(&self, frame: &Frame) -> String {
        match (&self.problem, &self.rule) {
            (Some(RunProblem::NoCost), _) => frame.t(Key::RunNoCost),
            (Some(RunProblem::NoRule), _) => frame.t(Key::RunNoRule),
            (Some(RunProblem::NoRate(from, to)), _) => {
                frame.t2(Key::RunNoRate, "from", from, "to", to)
            }
            (Some(RunProblem::ImpossibleCost), _) => frame.t(Key::RunImpossible),
            (Some(RunProblem::ZeroPrice), _) => frame.t(Key::RunZero),
            (None, _) if self.by_hand => frame.t(Key::RunKept),
            (None, Some(name)) => frame.t1(Key::RunByRule, "name", name),
            (None, None) => String::new(),
        }
    }

    fn rate_words(&self, frame: &Frame) -> Option<String> {
        let rate = self.rate.as_ref()?;
        let values = [
            ("from", rate.from.clone()),
            ("to", rate.to.clone()),
            ("rate", decimal(frame, &rate.rate)),
            ("source", frame.t(rate.source())),
            ("when", frame.relative(rate.at_ms)),
        ];
        let values = values.map(|(name, value)| (name, crate::page::i18n::Arg::Text(value)));
        Some(frame.texts().with(Key::RunRate, values))
    }

    fn share(&self, frame: &Frame) -> Option<String> {
        self.margin_percent
            .as_deref()
            .map(|share| percent(frame, share))
    }

    /// Cost and outcome in short.
    fn short(&self, frame: &Frame) -> String {
        let money = |price: &Option<Price>| match price {
            Some(price) => frame.money(price),
            None => "–".to_owned(),
        };
        let after = match (&self.problem, &self.after) {
            (Some(_), _) => self.why(frame),
            (None, None) => frame.t(Key::RunKeeps),
            (None, after) => money(after),
        };
        format!(
            "{} {} · {} → {after}",
            frame.t(Key::CatalogueCost),
            money(&self.cost),
            money(&self.before)
        )
    }
}

impl PriceRunPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::RunTitle)
    }

    const fn can_apply(&self) -> bool {
        self.run.applied_ms.is_none() && self.run.changes > 0 && self.moved.is_none()
    }

    const fn answer_tone(&self) -> Tone {
        match (&self.moved, self.run.applied_ms) {
            (Some(_), _) => Tone::Warn,
            (None, Some(_)) => Tone::Good,
            (None, None) if self.run.problems > 0 => Tone::Warn,
            (None, None) if self.run.changes > 0 => Tone::Current,
            _ => Tone::Good,
        }
    }

    fn answer(&self) -> String {
        let (frame, changes) = (&self.frame, self.run.changes);
        match (&self.moved, self.run.applied_ms) {
            (Some(_), _) => frame.t(Key::RunAnswerMoved),
            (None, Some(_)) if changes == 0 => frame.t(Key::RunAnswerAppliedNone),
            (None, Some(_)) => frame.t1(Key::RunAnswerApplied, "count", changes),
            (None, None) if changes == 0 => frame.t(Key::RunAnswerNone),
            (None, None) => frame.t1(Key::RunAnswer, "count", changes),
        }
    }

    fn place(&self) -> String {
        format!("/aliexpress/catalogue/runs/{}", encode(&self.run.id))
    }
}
