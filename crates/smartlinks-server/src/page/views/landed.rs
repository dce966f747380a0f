//! What a variant costs delivered, with what stands behind the figures.

use std::collections::BTreeSet;

use crate::page::i18n::{Key, Locale};
use crate::page::views::{Frame, FreightOption, Price};

/// The ways to deliver a quantity, and what each comes to.
#[derive(Debug, Clone)]
pub struct Delivered {
    /// As AliExpress orders them.
    pub ways: Vec<Way>,
    /// The price of one.
    pub unit: Option<Price>,
    /// Price times quantity, above the limit of a promotion the normal price.
    pub goods: Option<Price>,
    /// Taxes and import charges on top, in each currency.
    pub charges: Vec<Price>,
    /// AliExpress takes no taxes and charges for this destination, and customs may.
    pub charges_not_named: bool,
    /// The rates that were used.
    pub rates: Vec<UsedRate>,
    /// What it sells for, where it is in the catalogue.
    pub selling: Option<SellingView>,
}

/// A way to deliver, and what it comes to.
#[derive(Debug, Clone)]
pub struct Way {
    /// The way; its `landed` is in the visitor's currency.
    pub option: FreightOption,
    /// Currencies that cannot be brought into the visitor's.
    pub no_rate: Vec<String>,
    /// What is left of the price for this quantity.
    pub margin: Option<Price>,
    /// The same in per cent of the price, decimal text.
    pub margin_percent: Option<String>,
}

/// A rate, who said it and when.
#[derive(Debug, Clone)]
pub struct UsedRate {
    /// Three capital letters.
    pub from: String,
    /// Three capital letters.
    pub to: String,
    /// Units of `to` for one of `from`, decimal text.
    pub rate: String,
    /// An operator entered it; else AliExpress named the amounts in `to` itself.
    pub entered: bool,
    /// When it was said. Milliseconds.
    pub at_ms: i64,
}

/// What it sells for, and what the rule makes of the present cost.
#[derive(Debug, Clone)]
pub struct SellingView {
    /// The name of the rule.
    pub rule: Option<String>,
    /// The price of one, or why there is none.
    pub price: Result<Price, NoPrice>,
    /// What the rule would make of the present cost, where that is another price.
    pub under_rule: Option<Price>,
}

/// Why a variant gets no price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPrice {
    /// AliExpress names no cost.
    Cost,
    /// No rule applies.
    Rule,
    /// Nobody has entered what the first currency is worth in the second.
    Rate(String, String),
    /// The cost is none that could be counted with.
    Impossible,
    /// The rule would give it away.
    Zero,
}

impl Delivered {
    /// Currencies that cannot be brought into the visitor's, each once.
    pub(crate) fn missing(&self) -> BTreeSet<&str> {
        let missing = self.ways.iter().flat_map(|way| &way.no_rate);
        missing.map(String::as_str).collect()
    }
}

impl NoPrice {
    pub(crate) fn words(&self, frame: &Frame) -> String {
        frame.t(match self {
            Self::Rate(from, to) => {
                return frame.t2(Key::LandedNoRate, "from", from.as_str(), "to", to.as_str());
            }
            Self::Cost => Key::SellingNoCost,
            Self::Rule => Key::SellingNoRule,
            Self::Impossible => Key::SellingImpossible,
            Self::Zero => Key::SellingZero,
        })
    }
}

impl Way {
    pub(crate) fn percent(&self, frame: &Frame) -> Option<String> {
        let percent = self.margin_percent.as_deref()?;
        let percent = match frame.locale {
            Locale::Fr => percent.replace('.', ","),
            Locale::En => percent.to_owned(),
        };
        Some(frame.t1(Key::LandedPercent, "percent", percent))
    }

    pub(crate) fn loses(&self) -> bool {
        let below = |price: &Price| price.amount.starts_with('-');
        self.margin.as_ref().is_some_and(below)
    }
}

impl UsedRate {
    pub(crate) fn words(&self, frame: &Frame) -> String {
        match self.entered {
            false => frame.t1(Key::RateByAliexpress, "currency", self.to.as_str()),
            true => {
                let (one, worth) = (
                    Price::new("1", &self.from),
                    Price::new(&self.rate, &self.to),
                );
                let (one, worth) = (frame.money(&one), frame.money(&worth));
                frame.t2(Key::RateEntered, "one", one, "worth", worth)
            }
        }
    }
}
