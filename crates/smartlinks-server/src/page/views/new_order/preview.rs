//! What an order would be, and every check of it with its outcome.

use super::NewOrderPage;
use crate::page::i18n::Key;
use crate::page::views::product::FreightOption;
use crate::page::views::{Frame, Price, Tone};

/// What the order would be.
#[derive(Debug, Clone)]
pub struct PreviewBox {
    /// Nothing stands in its way.
    pub placeable: bool,
    /// The name of the connection that would order.
    pub connection_name: String,
    /// The goods as they were found.
    pub rows: Vec<PreviewRow>,
    /// Price of all goods.
    pub goods: Option<Price>,
    /// Tax and import charges that are not in the prices; none where AliExpress does not say.
    pub charges: Option<Price>,
    /// Price of all deliveries.
    pub freight: Option<Price>,
    /// What would be paid.
    pub total: Option<Price>,
    /// The most days of delivery.
    pub max_days: Option<i64>,
    /// What is earned, in per cent.
    pub margin: Option<String>,
    /// AliExpress names no taxes and charges for this destination.
    pub charges_not_named: bool,
    /// Stands for what was seen.
    pub token: String,
}

/// One line as it was found.
#[derive(Debug, Clone)]
pub struct PreviewRow {
    /// The product's number.
    pub product_id: String,
    /// The variant's number.
    pub sku: String,
    /// The variant that was asked for, when this one takes its place.
    pub instead_of: Option<String>,
    /// Its title as AliExpress has it.
    pub title: String,
    /// Colour, size and the like.
    pub variant: String,
    /// How many.
    pub quantity: i64,
    /// What one costs.
    pub unit: Option<Price>,
    /// By how many per cent that is above what was expected.
    pub drift: Option<String>,
    /// How many are left.
    pub stock: Option<i64>,
    /// The delivery.
    pub delivery: Option<FreightOption>,
    /// Goods and delivery.
    pub total: Option<Price>,
}

impl FreightOption {
    /// In one line of a list.
    pub(super) fn line(&self, frame: &Frame) -> String {
        let mut parts = vec![self.company.clone()];
        if self.company != self.code {
            parts.push(self.code.clone());
        }
        parts.push(match &self.fee {
            _ if self.free => frame.t(Key::FreightFree),
            Some(fee) => frame.money(fee),
            None => frame.t(Key::PriceUnknown),
        });
        parts.extend(self.days(frame));
        parts.join(" · ")
    }
}

/// One check and how it ended.
pub(crate) struct Check {
    what: Key,
    tone: Tone,
    pub(super) words: String,
}

impl Check {
    fn new(what: Key, good: bool, words: String) -> Self {
        let tone = if good { Tone::Good } else { Tone::Bad };
        Self { what, tone, words }
    }

    fn warning(what: Key, words: String) -> Self {
        let tone = Tone::Warn;
        Self { what, tone, words }
    }

    pub(super) const fn what(&self) -> Key {
        self.what
    }

    pub(super) const fn tone(&self) -> Tone {
        self.tone
    }
}

/// One limit of the guard, and what was found.
struct Limit<'a> {
    what: Key,
    /// The word of what stands in the way when it is exceeded.
    code: &'static str,
    limit: &'a str,
    found: Option<String>,
    unit: &'static str,
}

impl NewOrderPage {
    fn troubled(&self, codes: &[&str]) -> bool {
        let mut troubles = self.troubles.iter();
        troubles.any(|trouble| codes.contains(&trouble.code.as_str()))
    }

    /// Every check by its name, with how it ended.
    pub(super) fn checks(&self, preview: &PreviewBox) -> Vec<Check> {
        let frame = &self.frame;
        let found = preview.rows.iter().all(|row| !row.title.is_empty());
        let goods = match found {
            true => Key::CheckGoodsGood,
            false => Key::CheckGoodsBad,
        };
        let name = preview.connection_name.clone();
        let mut checks = vec![
            Check::new(Key::CheckConnection, true, name),
            Check::new(Key::CheckGoods, found, frame.t(goods)),
            self.stock(preview, found),
            self.delivery(preview, found),
            self.address(),
            match &preview.total {
                Some(total) if preview.charges_not_named => Check::warning(
                    Key::CheckTotal,
                    frame.t1(Key::CheckTotalCustoms, "total", frame.money(total)),
                ),
                Some(total) => Check::new(Key::CheckTotal, true, frame.money(total)),
                None => Check::new(Key::CheckTotal, false, frame.t(Key::CheckTotalUnknown)),
            },
        ];
        checks.extend(self.guarded(preview));
        checks
    }

    fn stock(&self, preview: &PreviewBox, found: bool) -> Check {
        let frame = &self.frame;
        let enough = found && !self.troubled(&["out_of_stock"]);
        match (enough, preview.rows.iter().any(|row| row.stock.is_none())) {
            (true, true) => Check::warning(Key::CheckStock, frame.t(Key::CheckStockUnknown)),
            (true, false) => Check::new(Key::CheckStock, true, frame.t(Key::CheckStockGood)),
            (false, _) => Check::new(Key::CheckStock, false, frame.t(Key::CheckStockBad)),
        }
    }

    fn delivery(&self, preview: &PreviewBox, found: bool) -> Check {
        let frame = &self.frame;
        let offered = found
            && !self.troubled(&["delivery_not_offered", "no_delivery", "freight_unknown"])
            && preview.rows.iter().all(|row| row.delivery.is_some());
        let words = match (offered, preview.max_days) {
            (true, Some(days)) => frame.t1(Key::CheckDeliveryDays, "days", days),
            (true, None) => frame.t(Key::CheckDeliveryGood),
            (false, _) => frame.t(Key::CheckDeliveryBad),
        };
        Check::new(Key::CheckDelivery, offered, words)
    }

    fn address(&self) -> Check {
        let frame = &self.frame;
        let blocked = self.advice.iter().any(|hint| hint.blocking);
        match (blocked, self.advice.is_empty()) {
            (true, _) => Check::new(Key::CheckAddress, false, frame.t(Key::CheckAddressBad)),
            (false, true) => Check::new(Key::CheckAddress, true, frame.t(Key::CheckAddressGood)),
            (false, false) => Check::warning(Key::CheckAddress, frame.t(Key::CheckAddressAdvice)),
        }
    }

    /// What the guard says of each of its limits.
    fn guarded(&self, preview: &PreviewBox) -> Vec<Check> {
        let drifts: Option<Vec<&str>> = preview
            .rows
            .iter()
            .map(|row| row.drift.as_deref())
            .collect();
        let limits = [
            Limit {
                what: Key::GuardMaxTotal,
                code: "guard_max_total",
                limit: &self.form.max_total,
                found: preview.total.as_ref().map(|total| total.amount.clone()),
                unit: "USD",
            },
            Limit {
                what: Key::GuardMaxDrift,
                code: "guard_price_drift",
                limit: &self.form.max_drift,
                found: drifts.map(|drifts| drifts.join(", ")),
                unit: "%",
            },
            Limit {
                what: Key::GuardMaxDays,
                code: "guard_delivery_days",
                limit: &self.form.max_days,
                found: preview.max_days.map(|days| days.to_string()),
                unit: "",
            },
            Limit {
                what: Key::GuardMinMargin,
                code: "guard_min_margin",
                limit: &self.form.min_margin,
                found: preview.margin.clone(),
                unit: "%",
            },
        ];
        limits.into_iter().map(|limit| self.held(limit)).collect()
    }

    fn held(&self, limit: Limit<'_>) -> Check {
        let (frame, what) = (&self.frame, limit.what);
        if limit.limit.trim().is_empty() {
            return Check {
                what,
                tone: Tone::Idle,
                words: frame.t(Key::GuardNoLimit),
            };
        }
        let with_unit = |text: &str| match limit.unit {
            "" => text.to_owned(),
            unit => format!("{text}\u{a0}{unit}"),
        };
        let stopped = self.troubled(&[limit.code]);
        let key = match stopped {
            true => Key::GuardStops,
            false => Key::GuardPasses,
        };
        let found = limit.found.as_deref();
        let shown = found.map_or_else(|| "–".to_owned(), with_unit);
        let words = frame.t2(key, "found", shown, "limit", with_unit(limit.limit.trim()));
        match (stopped, found) {
            (true, _) => Check::new(what, false, words),
            // What is not known is not known to be within.
            (false, None) => Check::warning(what, words),
            (false, Some(_)) => Check::new(what, true, words),
        }
    }
}
