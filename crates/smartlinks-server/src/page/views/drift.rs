//! What AliExpress has changed of imported products, what waits for a person, and what is done about changes.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::components::Badge;
use crate::page::views::deeds::Named;
use crate::page::views::upstream::encode;
use crate::page::views::{Frame, Price, Problem, SkuProperty, Tab, Tone};

/// `GET /aliexpress/drift`
#[derive(Debug, Clone, Template)]
#[template(path = "drift.html")]
pub struct DriftPage {
    /// What every page carries.
    pub frame: Frame,
    /// How the watch stands.
    pub watch: WatchStanding,
    /// Variants that wait for a person.
    pub waiting: Vec<WaitingVariant>,
    /// The value of `waiting` for those that follow.
    pub waiting_next: Option<String>,
    /// What has changed, the latest first.
    pub changes: Vec<DriftLine>,
    /// The kind of change that was asked for; empty for all.
    pub kind: String,
    /// The value of `after` for the page that follows.
    pub next: Option<String>,
    /// What is done about each kind of change.
    pub policies: Vec<PolicyRow>,
    /// Why the policies that were sent were not taken, and the precise reason in English.
    pub refused: Option<(Problem, String)>,
}

/// How the watch stands.
#[derive(Debug, Clone, Default)]
pub struct WatchStanding {
    /// How many products are looked at.
    pub watched: i64,
    /// How often each is, in hours.
    pub every_hours: i64,
    /// When the next one is. Milliseconds.
    pub next_ms: Option<i64>,
    /// About how many AliExpress could not be asked.
    pub failing: i64,
    /// Why not, a stable word.
    pub problem: Option<String>,
    /// How many variants wait for a person.
    pub waiting: i64,
}

/// A variant that is gone and waits for a person. Upstream texts: escape them.
#[derive(Debug, Clone)]
pub struct WaitingVariant {
    /// `prod_…`
    pub product: String,
    /// The merchant's title.
    pub title: String,
    /// Number of the variant.
    pub sku: String,
    /// Colour, size and the like.
    pub properties: Vec<SkuProperty>,
    /// What one cost.
    pub cost: Option<Price>,
    /// Since when it is gone. Milliseconds.
    pub gone_ms: Option<i64>,
    /// What is proposed.
    pub proposal: Option<Proposal>,
    /// What can be chosen.
    pub choices: Vec<VariantChoice>,
}

/// What is proposed in the place of a variant.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// Number of the variant.
    pub sku: String,
    /// Why: a stable word.
    pub reason: String,
    /// 0 to 100.
    pub confidence: i64,
    /// What differs: name, before, after.
    pub differs: Vec<(String, Option<String>, Option<String>)>,
}

/// A variant that could be chosen.
#[derive(Debug, Clone)]
pub struct VariantChoice {
    /// Number of the variant.
    pub sku: String,
    /// Colour, size and the like.
    pub properties: Vec<SkuProperty>,
    /// What one costs.
    pub cost: Option<Price>,
    /// How many are left.
    pub stock: Option<i64>,
}

/// What something was, or is.
#[derive(Debug, Clone)]
pub enum Said {
    /// It was not known, or there was nothing.
    Nothing,
    /// An amount.
    Money(Price),
    /// A number of pieces.
    Count(i64),
    /// A stable word of ours.
    Word(String),
    /// A text of somebody's.
    Text(String),
}

/// One change.
#[derive(Debug, Clone)]
pub struct DriftLine {
    /// When it was found. Milliseconds.
    pub at_ms: i64,
    /// The product: `prod_…` and its title; none on the page of the product itself.
    pub product: Option<(String, String)>,
    /// The kind, a stable word.
    pub kind: String,
    /// Number of the variant.
    pub sku: Option<String>,
    /// What it was.
    pub before: Said,
    /// What it is since.
    pub after: Said,
    /// What was done about it, a stable word; none for what AliExpress did not change.
    pub outcome: Option<String>,
}

/// What is done about a kind of change.
#[derive(Debug, Clone)]
pub struct PolicyRow {
    /// The kind, a stable word.
    pub kind: String,
    /// What is done, a stable word.
    pub action: String,
    /// From which change in per cent on; none where changes have no size.
    pub above: Option<String>,
}

/// The kinds of entries that can be looked for.
pub(crate) const KINDS: [&str; 6] = [
    "cost",
    "stock",
    "sku_gone",
    "sku_back",
    "sku_added",
    "availability",
];

/// What can be done about a change.
pub(crate) const ACTIONS: [&str; 4] = ["record", "notify", "hold", "unpublish"];

/// The words for a kind of entry, where there are any.
fn kind_key(kind: &str) -> Option<Key> {
    Some(match kind {
        "cost" => Key::DriftCost,
        "stock" => Key::DriftStock,
        "sku_gone" => Key::DriftSkuGone,
        "sku_back" => Key::DriftSkuBack,
        "sku_added" => Key::DriftSkuAdded,
        "sku_replaced" => Key::DriftSkuReplaced,
        "availability" => Key::DriftAvailability,
        "imported" => Key::DriftImported,
        "title" => Key::DriftChangedTitle,
        "source_title" => Key::DriftSourceTitle,
        "state" => Key::DriftState,
        "price" => Key::DriftPrice,
        "cost_up" => Key::DriftCostUp,
        "cost_down" => Key::DriftCostDown,
        "sold_out" => Key::DriftSoldOut,
        "unavailable" => Key::DriftUnavailable,
        "on_sale" => Key::DriftOnSale,
        _ => return None,
    })
}

/// The words for what can be done.
fn action_key(action: &str) -> Option<Key> {
    Some(match action {
        "record" => Key::DriftRecord,
        "notify" => Key::DriftNotify,
        "hold" => Key::DriftHold,
        "unpublish" => Key::DriftUnpublish,
        _ => return None,
    })
}

/// The words for what has been done.
fn done_key(outcome: &str) -> Option<Key> {
    Some(match outcome {
        "record" => Key::DriftRecorded,
        "notify" => Key::DriftNotified,
        "hold" => Key::DriftHeldBack,
        "unpublish" => Key::DriftUnpublished,
        _ => return None,
    })
}

/// The words for a state or an availability.
fn word_key(word: &str) -> Option<Key> {
    Some(match word {
        "on_sale" => Key::DriftSaysOnSale,
        "not_found" => Key::DriftSaysNotFound,
        "not_sold_here" => Key::DriftSaysNotSoldHere,
        "not_for_app" => Key::DriftSaysNotForApp,
        "offline" => Key::DriftSaysOffline,
        "listed" => Key::DriftListed,
        "held" => Key::DriftHeld,
        "unpublished" => Key::DriftUnpublished,
        _ => return None,
    })
}

fn words(frame: &Frame, key: Option<Key>, word: &str) -> String {
    key.map_or_else(|| word.to_owned(), |key| frame.t(key))
}

impl Said {
    /// What may not be broken in two: an amount, a number.
    fn is_short(&self) -> bool {
        matches!(self, Self::Money(_) | Self::Count(_))
    }

    fn in_words(&self, frame: &Frame) -> String {
        match self {
            Self::Nothing => "–".to_owned(),
            Self::Money(price) => frame.money(price),
            Self::Count(count) => frame.number(*count),
            Self::Word(word) => words(frame, word_key(word), word),
            Self::Text(text) => text.clone(),
        }
    }
}

impl DriftLine {
    fn what(&self, frame: &Frame) -> String {
        words(frame, kind_key(&self.kind), &self.kind)
    }

    fn done(&self, frame: &Frame) -> Option<Badge> {
        let outcome = self.outcome.as_deref()?;
        let tone = match outcome {
            "hold" => Tone::Warn,
            "unpublish" => Tone::Bad,
            _ => Tone::Idle,
        };
        Some(frame.badge(tone, done_key(outcome)?))
    }
}

impl PolicyRow {
    fn what(&self, frame: &Frame) -> String {
        words(frame, kind_key(&self.kind), &self.kind)
    }

    fn actions(&self, frame: &Frame) -> Vec<(&'static str, String, bool)> {
        let choice = |action: &'static str| {
            let chosen = action == self.action;
            (action, words(frame, action_key(action), action), chosen)
        };
        ACTIONS.map(choice).into()
    }
}

/// Properties in one line; the number where there are none.
fn line(properties: &[SkuProperty], sku: &str) -> String {
    let parts: Vec<String> = properties
        .iter()
        .map(|property| format!("{} {}", property.name, property.value))
        .collect();
    match parts.is_empty() {
        true => sku.to_owned(),
        false => parts.join(", "),
    }
}

impl WaitingVariant {
    fn in_words(&self) -> String {
        line(&self.properties, &self.sku)
    }

    fn is_proposed(&self, choice: &VariantChoice) -> bool {
        let proposed = self.proposal.as_ref();
        proposed.is_some_and(|proposed| proposed.sku == choice.sku)
    }

    /// The proposed one as a choice.
    fn proposed(&self) -> Option<&VariantChoice> {
        self.choices.iter().find(|choice| self.is_proposed(choice))
    }

    /// What is proposed, where it can still be chosen.
    fn offered(&self) -> Option<(&Proposal, &VariantChoice)> {
        self.proposal.as_ref().zip(self.proposed())
    }

    fn because(&self, frame: &Frame) -> Vec<String> {
        let Some(proposal) = &self.proposal else {
            return Vec::new();
        };
        let mut because = vec![frame.t(match proposal.reason.as_str() {
            "same_properties" => Key::RepairSame,
            "closest_properties" => Key::RepairClosest,
            _ => Key::RepairPrice,
        })];
        because.extend(proposal.differs.iter().map(|(name, before, after)| {
            let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "–".to_owned());
            format!("{name} {} → {}", said(before), said(after))
        }));
        if let (Some(before), Some(after)) = (&self.cost, self.proposed()) {
            let after = after.cost.as_ref().map(|after| frame.money(after));
            let after = after.filter(|after| *after != frame.money(before));
            because.extend(after.map(|after| {
                frame.t2(
                    Key::RepairCosts,
                    "before",
                    frame.money(before),
                    "after",
                    after,
                )
            }));
        }
        because
    }

    fn place(&self, deed: &str) -> String {
        place(&self.product, deed)
    }
}

impl VariantChoice {
    fn in_words(&self, frame: &Frame) -> String {
        let mut parts = vec![line(&self.properties, &self.sku)];
        parts.extend(self.cost.as_ref().map(|cost| frame.money(cost)));
        parts.push(match self.stock {
            Some(stock) => frame.t1(Key::RepairLeft, "count", stock),
            None => frame.t(Key::StockUnknown),
        });
        parts.join(" · ")
    }
}

/// The address of something about a product.
fn place(product: &str, deed: &str) -> String {
    format!("/aliexpress/catalogue/{}/{deed}", encode(product))
}

/// The variants that wait, each with its form.
#[derive(Debug, Template)]
#[template(path = "parts/repairs.html")]
pub(crate) struct Repairs<'a> {
    frame: &'a Frame,
    waiting: &'a [WaitingVariant],
    /// Whether each names its product.
    named: bool,
}

/// A table of changes.
#[derive(Debug, Template)]
#[template(path = "parts/changes.html")]
pub(crate) struct Changes<'a> {
    frame: &'a Frame,
    changes: &'a [DriftLine],
    named: bool,
}

impl HtmlSafe for Repairs<'_> {}
impl HtmlSafe for Changes<'_> {}

impl Frame {
    pub(crate) fn repairs<'a>(&'a self, waiting: &'a [WaitingVariant], named: bool) -> Repairs<'a> {
        Repairs {
            frame: self,
            waiting,
            named,
        }
    }

    pub(crate) fn changes<'a>(&'a self, changes: &'a [DriftLine], named: bool) -> Changes<'a> {
        Changes {
            frame: self,
            changes,
            named,
        }
    }

    /// A state or an availability in words.
    pub(crate) fn catalogue_word(&self, word: &str) -> String {
        words(self, word_key(word), word)
    }
}

impl DriftPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::DriftTitle)
    }

    fn tone(&self) -> Tone {
        match &self.watch {
            watch if watch.waiting > 0 || watch.failing > 0 => Tone::Warn,
            watch if watch.watched == 0 => Tone::Idle,
            _ => Tone::Good,
        }
    }

    fn answer(&self) -> String {
        let (frame, watch) = (&self.frame, &self.watch);
        match watch {
            watch if watch.waiting > 0 => frame.t1(Key::DriftAnswerWaiting, "count", watch.waiting),
            watch if watch.failing > 0 => frame.t1(Key::DriftAnswerFailing, "count", watch.failing),
            watch if watch.watched == 0 => frame.t(Key::DriftAnswerNone),
            watch => frame.t1(Key::DriftAnswerWell, "count", watch.watched),
        }
    }

    /// Why AliExpress could not be asked.
    fn why(&self) -> Option<Named<'_>> {
        let problem = self.watch.problem.as_deref();
        problem.map(|problem| self.frame.reason(problem))
    }

    fn kinds(&self) -> Vec<(&'static str, String, bool)> {
        let kind = |kind: &'static str| {
            let name = words(&self.frame, kind_key(kind), kind);
            (kind, name, kind == self.kind)
        };
        KINDS.map(kind).into()
    }

    fn further(&self, after: &str) -> String {
        format!("/aliexpress/drift?waiting={}", encode(after))
    }

    fn older(&self, after: &str) -> String {
        let mut href = format!("/aliexpress/drift?after={}", encode(after));
        if !self.kind.is_empty() {
            href.push_str("&kind=");
            href.push_str(&encode(&self.kind));
        }
        href
    }
}
