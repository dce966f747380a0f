//! A new order: what is to be ordered, every check of it with its outcome, and the one button that orders.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::product::FreightOption;
use crate::page::views::{Frame, MissingSetting, Price, Problem, Tab, Tone};

/// `GET` and `POST /aliexpress/orders/new`
#[derive(Debug, Clone, Template)]
#[template(path = "new_order.html")]
pub struct NewOrderPage {
    /// What every page carries.
    pub frame: Frame,
    /// Settings that are missing.
    pub missing: Vec<MissingSetting>,
    /// Id and name of each connection that can order.
    pub connections: Vec<(String, String)>,
    /// What was entered.
    pub form: NewOrderForm,
    /// What stands in the way.
    pub troubles: Vec<OrderTrouble>,
    /// What is to be said about the address without stopping the order.
    pub advice: Vec<AddressHint>,
    /// What the order would be.
    pub preview: Option<PreviewBox>,
    /// Why it could not be looked at, or not be placed.
    pub problem: Option<Problem>,
    /// Why nothing was ordered although the button was pressed.
    pub held: Option<HeldBack>,
}

/// Why a pressed button has ordered nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldBack {
    /// Something has changed since it was looked at.
    Changed,
    /// This very form was sent before with other contents.
    SentBefore,
}

/// What was entered.
#[derive(Clone, Default)]
pub struct NewOrderForm {
    /// Made up for this form: sent twice, it orders once.
    pub key: String,
    /// The chosen connection.
    pub connection: String,
    /// The goods. The last ones may be empty.
    pub lines: Vec<NewOrderRow>,
    /// Two capital letters.
    pub country: String,
    /// The parts of the address, by the names of [`ADDRESS`].
    pub address: Vec<(&'static str, String)>,
    /// Whether the recipient is a foreigner.
    pub is_foreigner: bool,
    /// Whether AliExpress is asked to pay at once.
    pub pay: bool,
    /// The most that it may cost.
    pub max_total: String,
    /// By how many per cent a piece may be dearer than expected.
    pub max_drift: String,
    /// The most days of delivery.
    pub max_days: String,
    /// The least margin, in per cent.
    pub min_margin: String,
    /// What the goods were sold for.
    pub sale_price: String,
}

impl std::fmt::Debug for NewOrderForm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NewOrderForm")
            .field("lines", &self.lines.len())
            .field("country", &self.country)
            .finish_non_exhaustive()
    }
}

/// One product of the form.
#[derive(Debug, Clone, Default)]
pub struct NewOrderRow {
    /// Number or address of the product.
    pub product: String,
    /// Number of the variant.
    pub sku: String,
    /// How many.
    pub quantity: String,
    /// The code of the delivery; empty for the cheapest.
    pub delivery: String,
    /// What a piece was thought to cost.
    pub expected: String,
    /// A message to the seller.
    pub memo: String,
    /// The ways to deliver, once they are known.
    pub options: Vec<FreightOption>,
}

impl NewOrderRow {
    /// Whether nothing was entered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.product.is_empty() && self.sku.is_empty()
    }

    /// The chosen delivery is none of those that are known.
    fn is_delivery_unlisted(&self) -> bool {
        !self.delivery.is_empty() && self.options.iter().all(|it| it.code != self.delivery)
    }
}

/// The parts of an address with their labels: those that everybody fills in, then those of some countries.
pub const ADDRESS: [(&str, Key); 19] = [
    ("contact_person", Key::AddressContactPerson),
    ("address", Key::AddressStreet),
    ("address2", Key::AddressFlat),
    ("zip", Key::AddressZip),
    ("city", Key::AddressCity),
    ("province", Key::AddressProvince),
    ("phone_country", Key::AddressPhoneCountry),
    ("mobile_no", Key::AddressMobile),
    ("full_name", Key::AddressFullName),
    ("tax_number", Key::AddressTaxNumber),
    ("cpf", Key::AddressCpf),
    ("rut_no", Key::AddressRut),
    ("vat_no", Key::AddressVat),
    ("tax_company", Key::AddressTaxCompany),
    ("passport_no", Key::AddressPassport),
    ("passport_no_date", Key::AddressPassportDate),
    ("passport_organization", Key::AddressPassportOffice),
    ("foreigner_passport_no", Key::AddressForeignerNumber),
    ("nat_addr", Key::AddressNational),
];
/// How many of them everybody fills in.
const USUAL: usize = 8;
/// The most lines of an order.
const MOST_LINES: usize = 20;

/// Something that stands in the way of the order.
#[derive(Debug, Clone, Default)]
pub struct OrderTrouble {
    /// The line, from 1; none when it is about the whole order.
    pub line: Option<usize>,
    /// The field of the request, such as `address.city`.
    pub field: String,
    /// Stable word, such as `out_of_stock`.
    pub code: String,
    /// What was found.
    pub found: String,
    /// What is accepted.
    pub limit: String,
    /// The precise reason, in English.
    pub detail: String,
}

/// A word about a part of the address.
#[derive(Debug, Clone)]
pub struct AddressHint {
    /// The part.
    pub field: String,
    /// Stable word, such as `spelling`.
    pub code: String,
    /// What would be accepted instead.
    pub proposed: Option<String>,
    /// Nothing is ordered before it is mended.
    pub blocking: bool,
}

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

/// One check and how it ended.
pub(crate) struct Check {
    what: Key,
    tone: Tone,
    words: String,
}

impl Check {
    const fn what(&self) -> Key {
        self.what
    }

    const fn tone(&self) -> Tone {
        self.tone
    }
}

impl NewOrderForm {
    fn part(&self, name: &str) -> &str {
        let mut parts = self.address.iter();
        parts
            .find(|(known, _)| *known == name)
            .map_or("", |(_, text)| text)
    }

    fn filled(&self) -> usize {
        let last = self.lines.iter().rposition(|row| !row.is_empty());
        last.map_or(1, |last| last + 1)
    }

    /// Rows that are shown at once, with their numbers.
    fn rows(&self) -> Vec<(usize, NewOrderRow)> {
        self.numbered(0, self.filled())
    }

    /// Empty rows for more.
    fn spare(&self) -> Vec<(usize, NewOrderRow)> {
        let filled = self.filled();
        self.numbered(filled, (filled + 4).min(MOST_LINES))
    }

    fn numbered(&self, from: usize, to: usize) -> Vec<(usize, NewOrderRow)> {
        let row = |at: usize| self.lines.get(at).cloned().unwrap_or_default();
        (from..to).map(|at| (at + 1, row(at))).collect()
    }

    /// Everything that was entered, for the button that orders.
    fn everything(&self, token: &str) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("key", self.key.clone()),
            ("preview", token.to_owned()),
            ("connection", self.connection.clone()),
            ("country", self.country.clone()),
        ];
        for row in self.lines.iter().filter(|row| !row.is_empty()) {
            all.push(("product", row.product.clone()));
            all.push(("sku", row.sku.clone()));
            all.push(("quantity", row.quantity.clone()));
            all.push(("delivery", row.delivery.clone()));
            all.push(("expected", row.expected.clone()));
            all.push(("memo", row.memo.clone()));
        }
        let parts = self.address.iter().filter(|(_, text)| !text.is_empty());
        all.extend(parts.map(|(name, text)| (*name, text.clone())));
        for (name, chosen) in [("is_foreigner", self.is_foreigner), ("pay", self.pay)] {
            all.extend(chosen.then(|| (name, "on".to_owned())));
        }
        for (name, text) in [
            ("max_total", &self.max_total),
            ("max_drift", &self.max_drift),
            ("max_days", &self.max_days),
            ("min_margin", &self.min_margin),
            ("sale_price", &self.sale_price),
        ] {
            all.push((name, text.clone()));
        }
        all
    }

    fn has_more_address(&self) -> bool {
        let more = ADDRESS.iter().skip(USUAL);
        self.is_foreigner
            || more
                .into_iter()
                .any(|(name, _)| !self.part(name).is_empty())
    }
}

impl OrderTrouble {
    /// Where it can be mended: the id of the field.
    fn anchor(&self) -> String {
        let line = self.line.unwrap_or(1);
        match self.field.as_str() {
            "sku" => format!("sku-{line}"),
            "quantity" => format!("quantity-{line}"),
            "delivery_service" => format!("delivery-{line}"),
            "expected_price" => format!("expected-{line}"),
            "memo" => format!("memo-{line}"),
            "guard.max_total" => "max_total".to_owned(),
            "guard.max_unit_price_drift" => "max_drift".to_owned(),
            "guard.max_delivery_days" => "max_days".to_owned(),
            "guard.min_margin" => "min_margin".to_owned(),
            "sale_price" => "sale_price".to_owned(),
            "connection" => "connection".to_owned(),
            "address.country" => "country".to_owned(),
            field => match field.strip_prefix("address.") {
                Some(part) => part.to_owned(),
                None => format!("product-{line}"),
            },
        }
    }

    fn key(&self) -> Option<Key> {
        Some(match self.code.as_str() {
            "product" => Key::TroubleProduct,
            "short_link" => Key::TroubleShortLink,
            "sku" => Key::TroubleSku,
            "quantity" => Key::TroubleQuantity,
            "number" => Key::TroubleNumber,
            "days" => Key::TroubleDays,
            "no_lines" => Key::TroubleNoLines,
            "drift_without_price" => Key::TroubleDriftWithoutPrice,
            "margin_without_price" => Key::TroubleMarginWithoutPrice,
            "margin_range" => Key::TroubleMarginRange,
            "too_long" => Key::TroubleTooLong,
            "country" => Key::TroubleCountry,
            "sku_gone" => Key::TroubleSkuGone,
            "sku_held" => Key::TroubleSkuHeld,
            "product_held" => Key::TroubleProductHeld,
            "promotion_limit" => Key::TroublePromotionLimit,
            "charges_unknown" => Key::TroubleChargesUnknown,
            "out_of_stock" => Key::TroubleOutOfStock,
            "price_unknown" => Key::TroublePriceUnknown,
            "delivery_not_offered" => Key::TroubleDeliveryNotOffered,
            "freight_unknown" => Key::TroubleFreightUnknown,
            "no_delivery" => Key::TroubleNoDelivery,
            "guard_max_total" => Key::TroubleMaxTotal,
            "guard_price_drift" => Key::TroubleDrift,
            "guard_delivery_days" => Key::TroubleDeliveryDays,
            "guard_min_margin" => Key::TroubleMinMargin,
            "ITEM_ID_NOT_FOUND" => Key::TroubleProductGone,
            code => return address_key(code.strip_prefix("address_")?),
        })
    }

    fn words(&self, frame: &Frame) -> String {
        match self.key() {
            Some(key) => frame.t2(
                key,
                "found",
                self.found.as_str(),
                "limit",
                self.limit.as_str(),
            ),
            None => String::new(),
        }
    }

    /// Where it is, in words.
    fn place(&self, frame: &Frame) -> String {
        let part = self.field.strip_prefix("address.").unwrap_or_default();
        let label = ADDRESS.iter().find(|(name, _)| *name == part);
        match (self.line, label) {
            (Some(line), _) => frame.t1(Key::OrderLineNumber, "number", line),
            (None, Some((_, key))) => frame.t(*key),
            (None, None) if part == "country" => frame.t(Key::ShipTo),
            (None, None) if self.field.starts_with("guard.") => frame.t(Key::GuardTitle),
            (None, None) => frame.t(Key::NewOrderTitle),
        }
    }

    fn is_of(&self, line: usize, field: &str) -> bool {
        self.line == Some(line) && self.field == field
    }
}

fn address_key(code: &str) -> Option<Key> {
    Some(match code {
        "missing" => Key::AdviceMissing,
        "length" => Key::AdviceLength,
        "first_and_last_name" => Key::AdviceTwoNames,
        "digits" => Key::AdviceDigits,
        "tax_number" => Key::AdviceTaxNumber,
        "start" => Key::AdviceStart,
        "not_other" => Key::AdviceNotOther,
        "latin_letters" => Key::AdviceLatin,
        "province_unlisted" => Key::AdviceProvince,
        "city_unlisted" => Key::AdviceCity,
        "spelling" => Key::AdviceSpelling,
        _ => return None,
    })
}

impl AddressHint {
    fn words(&self, frame: &Frame) -> String {
        address_key(&self.code).map_or_else(|| self.code.clone(), |key| frame.t(key))
    }
}

impl FreightOption {
    /// In one line of a list.
    fn line(&self, frame: &Frame) -> String {
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

impl NewOrderPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Orders)
    }

    fn title(&self) -> String {
        self.frame.t(Key::NewOrderTitle)
    }

    fn placeable(&self) -> Option<&PreviewBox> {
        self.preview.as_ref().filter(|preview| preview.placeable)
    }

    fn answer_tone(&self) -> Tone {
        if !self.troubles.is_empty() || self.problem.is_some() {
            Tone::Bad
        } else if self.held.is_some() {
            Tone::Warn
        } else if self.placeable().is_some() {
            Tone::Good
        } else {
            Tone::Idle
        }
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        if !self.troubles.is_empty() {
            return frame.t1(Key::NewOrderAnswerTroubles, "count", self.troubles.len());
        }
        match (
            &self.held,
            self.placeable().and_then(|it| it.total.as_ref()),
        ) {
            _ if self.problem.is_some() => frame.t(Key::NewOrderAnswerFailed),
            (Some(HeldBack::Changed), _) => frame.t(Key::NewOrderAnswerChanged),
            (Some(HeldBack::SentBefore), _) => frame.t(Key::NewOrderAnswerSentBefore),
            (None, Some(total)) => {
                frame.t1(Key::NewOrderAnswerPlaceable, "total", frame.money(total))
            }
            (None, None) => frame.t(Key::NewOrderAnswerStart),
        }
    }

    fn usual_address(&self) -> &'static [(&'static str, Key)] {
        ADDRESS.get(..USUAL).unwrap_or_default()
    }

    fn more_address(&self) -> &'static [(&'static str, Key)] {
        ADDRESS.get(USUAL..).unwrap_or_default()
    }

    fn label(&self, key: &Key) -> String {
        self.frame.t(*key)
    }

    fn is_needed(&self, part: &str) -> bool {
        matches!(part, "contact_person" | "address" | "city" | "province")
    }

    /// What is to be said about a part of the address.
    fn hint(&self, part: &str) -> Option<&AddressHint> {
        self.advice.iter().find(|hint| hint.field == part)
    }

    fn is_wrong(&self, field: &str) -> bool {
        self.troubles.iter().any(|trouble| trouble.field == field)
    }

    fn is_line_wrong(&self, line: &usize, field: &str) -> bool {
        self.troubles
            .iter()
            .any(|trouble| trouble.is_of(*line, field))
    }

    /// All proposed spellings, as one value of a button.
    fn proposals(&self) -> Option<String> {
        let proposed = self.advice.iter();
        let proposed: Vec<_> = proposed
            .filter_map(|hint| Some((hint.field.as_str(), hint.proposed.as_deref()?)))
            .collect();
        let mut pairs = url::form_urlencoded::Serializer::new(String::new());
        (!proposed.is_empty()).then(|| pairs.extend_pairs(proposed).finish())
    }

    fn troubled(&self, codes: &[&str]) -> bool {
        let mut troubles = self.troubles.iter();
        troubles.any(|trouble| codes.contains(&trouble.code.as_str()))
    }

    /// Every check by its name, with how it ended.
    fn checks(&self, preview: &PreviewBox) -> Vec<Check> {
        let frame = &self.frame;
        let check = |what, good: bool, words: String| Check {
            what,
            tone: if good { Tone::Good } else { Tone::Bad },
            words,
        };
        let found = preview.rows.iter().all(|row| !row.title.is_empty());
        let stock_unknown = preview.rows.iter().any(|row| row.stock.is_none());
        let stock = !self.troubled(&["out_of_stock"]);
        let delivery = found
            && !self.troubled(&["delivery_not_offered", "no_delivery", "freight_unknown"])
            && preview.rows.iter().all(|row| row.delivery.is_some());
        let blocked = self.advice.iter().any(|hint| hint.blocking);
        let mut checks = vec![
            check(Key::CheckConnection, true, preview.connection_name.clone()),
            check(
                Key::CheckGoods,
                found,
                frame.t(if found {
                    Key::CheckGoodsGood
                } else {
                    Key::CheckGoodsBad
                }),
            ),
        ];
        checks.push(match (found, stock, stock_unknown) {
            (true, true, true) => Check {
                what: Key::CheckStock,
                tone: Tone::Warn,
                words: frame.t(Key::CheckStockUnknown),
            },
            (found, stock, _) => check(
                Key::CheckStock,
                found && stock,
                frame.t(match found && stock {
                    true => Key::CheckStockGood,
                    false => Key::CheckStockBad,
                }),
            ),
        });
        checks.push(check(
            Key::CheckDelivery,
            delivery,
            match (delivery, preview.max_days) {
                (true, Some(days)) => frame.t1(Key::CheckDeliveryDays, "days", days),
                (true, None) => frame.t(Key::CheckDeliveryGood),
                (false, _) => frame.t(Key::CheckDeliveryBad),
            },
        ));
        checks.push(match (blocked, self.advice.is_empty()) {
            (true, _) => check(Key::CheckAddress, false, frame.t(Key::CheckAddressBad)),
            (false, true) => check(Key::CheckAddress, true, frame.t(Key::CheckAddressGood)),
            (false, false) => Check {
                what: Key::CheckAddress,
                tone: Tone::Warn,
                words: frame.t(Key::CheckAddressAdvice),
            },
        });
        checks.push(match &preview.total {
            Some(total) if preview.charges_not_named => Check {
                what: Key::CheckTotal,
                tone: Tone::Warn,
                words: frame.t1(Key::CheckTotalCustoms, "total", frame.money(total)),
            },
            Some(total) => check(Key::CheckTotal, true, frame.money(total)),
            None => check(Key::CheckTotal, false, frame.t(Key::CheckTotalUnknown)),
        });
        checks.extend(self.guarded(preview));
        checks
    }

    /// What the guard says of each of its limits.
    fn guarded(&self, preview: &PreviewBox) -> Vec<Check> {
        let frame = &self.frame;
        let unknown = || "–".to_owned();
        let days = preview
            .max_days
            .map_or_else(unknown, |days| days.to_string());
        let drift = preview.rows.iter().filter_map(|row| row.drift.as_deref());
        let drift = drift.collect::<Vec<_>>().join(", ");
        let total = preview.total.as_ref();
        let limits: [(Key, &str, &str, String, &str); 4] = [
            (
                Key::GuardMaxTotal,
                "guard_max_total",
                &self.form.max_total,
                total.map_or_else(unknown, |total| total.amount.clone()),
                "USD",
            ),
            (
                Key::GuardMaxDrift,
                "guard_price_drift",
                &self.form.max_drift,
                if drift.is_empty() { unknown() } else { drift },
                "%",
            ),
            (
                Key::GuardMaxDays,
                "guard_delivery_days",
                &self.form.max_days,
                days,
                "",
            ),
            (
                Key::GuardMinMargin,
                "guard_min_margin",
                &self.form.min_margin,
                preview.margin.clone().unwrap_or_else(unknown),
                "%",
            ),
        ];
        let check = |(what, code, limit, found, unit): (Key, &str, &str, String, &str)| {
            let unit = |text: &str| format!("{text}\u{a0}{unit}").trim_end().to_owned();
            let (limit, found) = (limit.trim(), unit(&found));
            if limit.is_empty() {
                return Check {
                    what,
                    tone: Tone::Idle,
                    words: frame.t(Key::GuardNoLimit),
                };
            }
            let stopped = self.troubled(&[code]);
            // A margin without a total is not known to be enough.
            let unknown = total.is_none() && matches!(code, "guard_max_total" | "guard_min_margin");
            let key = if stopped {
                Key::GuardStops
            } else {
                Key::GuardPasses
            };
            Check {
                what,
                tone: match (stopped, unknown) {
                    (true, _) => Tone::Bad,
                    (false, true) => Tone::Warn,
                    (false, false) => Tone::Good,
                },
                words: frame.t2(key, "found", found, "limit", unit(limit)),
            }
        };
        limits.into_iter().map(check).collect()
    }
}
