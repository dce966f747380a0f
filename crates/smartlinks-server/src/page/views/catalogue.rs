//! The catalogue: imported products, one of them, and taking one away.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::upstream::{encode, safe_href};
use crate::page::views::{Frame, Price, Problem, SkuProperty, Tab, Tone};

impl Frame {
    pub(crate) fn price_range(&self, range: &PriceRange) -> String {
        let (lowest, highest) = (self.money(&range.lowest), self.money(&range.highest));
        match lowest == highest {
            true => lowest,
            false => format!("{lowest} – {highest}"),
        }
    }
}

/// From the lowest to the highest.
#[derive(Debug, Clone)]
pub struct PriceRange {
    /// The lowest amount.
    pub lowest: Price,
    /// The highest amount, in the same currency.
    pub highest: Price,
}

/// What the merchant does with a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is for sale.
    Listed,
    /// It waits for a person.
    Held,
    /// It was taken off.
    Unpublished,
}

impl Standing {
    pub(crate) const ALL: [Self; 3] = [Self::Listed, Self::Held, Self::Unpublished];

    /// From the stable word.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.value() == value)
    }

    /// The stable word.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Held => "held",
            Self::Unpublished => "unpublished",
        }
    }

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Listed => Key::CatalogueListed,
            Self::Held => Key::CatalogueHeld,
            Self::Unpublished => Key::CatalogueUnpublished,
        }
    }

    pub(crate) const fn tone(self) -> Tone {
        match self {
            Self::Listed => Tone::Good,
            Self::Held => Tone::Warn,
            Self::Unpublished => Tone::Idle,
        }
    }
}

/// What AliExpress last said of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// It is on sale.
    OnSale,
    /// It is not there any more.
    NotFound,
    /// It is not sold to the destination.
    NotSoldHere,
    /// This application may not see it.
    NotForApp,
    /// The seller has taken it off.
    Offline,
}

impl Availability {
    pub(crate) const ALL: [Self; 5] = [
        Self::OnSale,
        Self::NotFound,
        Self::NotSoldHere,
        Self::NotForApp,
        Self::Offline,
    ];

    /// From the stable word.
    #[must_use]
    pub fn from_value(value: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.value() == value)
    }

    /// The stable word.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::OnSale => "on_sale",
            Self::NotFound => "not_found",
            Self::NotSoldHere => "not_sold_here",
            Self::NotForApp => "not_for_app",
            Self::Offline => "offline",
        }
    }

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::OnSale => Key::AvailabilityOnSale,
            Self::NotFound => Key::AvailabilityNotFound,
            Self::NotSoldHere => Key::AvailabilityNotSoldHere,
            Self::NotForApp => Key::AvailabilityNotForApp,
            Self::Offline => Key::AvailabilityOffline,
        }
    }

    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::OnSale => Tone::Good,
            _ => Tone::Bad,
        }
    }
}

/// `GET /aliexpress/catalogue`
#[derive(Debug, Clone, Template)]
#[template(path = "catalogue.html")]
pub struct CatalogueListPage {
    /// What every page carries.
    pub frame: Frame,
    /// What was asked for.
    pub asked: CatalogueAsked,
    /// How many products there are in each state, whatever was asked for.
    pub counts: Vec<(Standing, i64)>,
    /// The products of this page.
    pub rows: Vec<CatalogueRow>,
    /// `after` of the next page.
    pub next: Option<String>,
    /// The currency that files of shops are offered in first.
    pub currency: String,
}

/// What was asked for; empty texts restrict nothing.
#[derive(Debug, Clone, Default)]
pub struct CatalogueAsked {
    /// `q`
    pub q: String,
    /// `state`
    pub state: Option<Standing>,
    /// `label`
    pub label: String,
    /// `availability`
    pub availability: Option<Availability>,
}

/// An imported product in the list.
#[derive(Debug, Clone)]
pub struct CatalogueRow {
    /// `prod_…`
    pub id: String,
    /// AliExpress's number.
    pub number: String,
    /// The merchant's title.
    pub title: String,
    /// Address of its picture.
    pub picture: Option<String>,
    /// The merchant's labels.
    pub labels: Vec<String>,
    /// What the merchant does with it.
    pub standing: Standing,
    /// What AliExpress last said.
    pub availability: Availability,
    /// How many variants are sold.
    pub sold: i64,
    /// How many there are.
    pub variants: i64,
    /// How many of those that are sold are in stock.
    pub in_stock: i64,
    /// How many of those that are sold have no price.
    pub unpriced: i64,
    /// What they cost.
    pub cost: Option<PriceRange>,
    /// What they sell for.
    pub price: Option<PriceRange>,
    /// When AliExpress was last asked. Milliseconds.
    pub checked_ms: Option<i64>,
    /// That was long ago.
    pub stale: bool,
}

impl CatalogueRow {
    pub(crate) fn href(&self) -> String {
        format!("/aliexpress/catalogue/{}", encode(&self.id))
    }

    fn picture_src(&self) -> Option<String> {
        self.picture.as_deref().and_then(safe_href)
    }

    fn is_off(&self) -> bool {
        self.availability != Availability::OnSale
    }

    fn no_price(&self) -> bool {
        self.price.is_none() && self.unpriced >= self.sold
    }
}

impl CatalogueAsked {
    fn is_filtered(&self) -> bool {
        !self.q.is_empty()
            || self.state.is_some()
            || !self.label.is_empty()
            || self.availability.is_some()
    }

    fn is_in(&self, state: &Standing) -> bool {
        self.state == Some(*state)
    }

    fn is_said(&self, one: &Availability) -> bool {
        self.availability == Some(*one)
    }

    fn everywhere(&self) -> String {
        self.href(None, None)
    }

    fn in_state(&self, state: &Standing) -> String {
        self.href(Some(*state), None)
    }

    fn older(&self, after: &str) -> String {
        self.href(self.state, Some(after))
    }

    fn href(&self, state: Option<Standing>, after: Option<&str>) -> String {
        let state = state.map_or("", Standing::value);
        let availability = self.availability.map_or("", Availability::value);
        let pairs = [
            ("q", self.q.as_str()),
            ("state", state),
            ("label", &self.label),
            ("availability", availability),
            ("after", after.unwrap_or_default()),
        ];
        let pairs: Vec<_> = pairs
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        match pairs.is_empty() {
            true => "/aliexpress/catalogue".to_owned(),
            false => format!("/aliexpress/catalogue?{}", pairs.join("&")),
        }
    }
}

/// What kinds of files there are, with their words.
const FORMATS: [(&str, Key); 4] = [
    ("shopify", Key::ExportShopify),
    ("woocommerce", Key::ExportWoocommerce),
    ("csv", Key::ExportCsv),
    ("jsonl", Key::ExportJsonl),
];

impl CatalogueListPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::CatalogueTitle)
    }

    fn total(&self) -> i64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    fn count_of(&self, wanted: Standing) -> i64 {
        let counts = self.counts.iter().filter(|(one, _)| *one == wanted);
        counts.map(|(_, count)| count).sum()
    }

    /// States that have products, and the one chosen.
    fn standings(&self) -> Vec<(Standing, i64)> {
        let all = Standing::ALL.map(|one| (one, self.count_of(one)));
        let shown = all
            .into_iter()
            .filter(|(one, count)| *count > 0 || self.asked.state == Some(*one));
        shown.collect()
    }

    fn answer_tone(&self) -> Tone {
        match (self.total(), self.count_of(Standing::Held)) {
            (0, _) => Tone::Idle,
            (_, 0) => Tone::Good,
            _ => Tone::Warn,
        }
    }

    fn answer(&self) -> String {
        match (self.total(), self.count_of(Standing::Held)) {
            (0, _) => self.frame.t(Key::CatalogueAnswerNone),
            (all, 0) => self.frame.t1(Key::CatalogueAnswerWell, "count", all),
            (_, held) => self.frame.t1(Key::CatalogueAnswerHeld, "count", held),
        }
    }
}

/// `GET /aliexpress/catalogue/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "catalogue_product.html")]
pub struct CatalogueProductPage {
    /// What every page carries.
    pub frame: Frame,
    /// The facts of the list.
    pub row: CatalogueRow,
    /// What only this page shows.
    pub facts: CatalogueProductFacts,
    /// Its variants.
    pub skus: Vec<CatalogueSku>,
    /// The rules to choose from: id and name.
    pub rules: Vec<(String, String)>,
    /// The form.
    pub form: CatalogueForm,
    /// The form for a price that is set by hand.
    pub hand: HandPriceForm,
}

/// What a person enters to set a price by hand.
#[derive(Debug, Clone, Default)]
pub struct HandPriceForm {
    /// `sku`
    pub sku: String,
    /// `amount`
    pub amount: String,
    /// `price_currency`
    pub currency: String,
    /// What is wrong with it, and our sentence.
    pub problem: Option<(Problem, String)>,
}

/// What only the page of one product shows.
#[derive(Debug, Clone)]
pub struct CatalogueProductFacts {
    /// AliExpress's title.
    pub source_title: String,
    /// Name of the shop.
    pub shop: Option<String>,
    /// Country that costs are for.
    pub ship_to: String,
    /// Currency that costs were asked for in.
    pub currency: String,
    /// When it was imported. Milliseconds.
    pub added_ms: Option<i64>,
    /// Its page at AliExpress.
    pub item_url: String,
    /// Its price rule as it is kept; empty for the default one.
    pub rule: String,
}

/// A variant of an imported product.
#[derive(Debug, Clone)]
pub struct CatalogueSku {
    /// Its number.
    pub id: String,
    /// What sets it apart.
    pub properties: Vec<SkuProperty>,
    /// Address of its picture.
    pub picture: Option<String>,
    /// What one costs.
    pub cost: Option<Price>,
    /// What it sells for.
    pub price: Option<Price>,
    /// The price was set by hand.
    pub by_hand: bool,
    /// The least that a price that was set by hand should be, when it is below.
    pub least: Option<Price>,
    /// Pieces there are.
    pub stock: Option<i64>,
    /// Since when AliExpress does not name it. Milliseconds.
    pub gone_ms: Option<i64>,
    /// The merchant's code as it stands in the form.
    pub code: String,
    /// Whether it is sold, as it stands in the form.
    pub chosen: bool,
    /// The merchant's code as it is kept.
    pub kept_code: String,
    /// Whether it is sold, as it is kept.
    pub kept_chosen: bool,
}

/// What a person enters of a product; codes and choices stand with the variants.
#[derive(Debug, Clone)]
pub struct CatalogueForm {
    /// `title`
    pub title: String,
    /// `state`
    pub state: String,
    /// `labels`, with commas.
    pub labels: String,
    /// `rule`, empty for the default one.
    pub rule: String,
    /// What is wrong with it, and our sentence.
    pub problem: Option<(Problem, String)>,
}

impl CatalogueSku {
    fn picture_src(&self) -> Option<String> {
        self.picture.as_deref().and_then(safe_href)
    }

    fn words(&self) -> String {
        let values: Vec<_> = self
            .properties
            .iter()
            .map(|one| one.value.as_str())
            .collect();
        match values.is_empty() {
            true => self.id.clone(),
            false => values.join(", "),
        }
    }
}

impl CatalogueProductPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.row.title.clone()
    }

    fn is_priced(&self, sku: &CatalogueSku) -> bool {
        self.hand.sku == sku.id
    }

    fn has_rule(&self, id: &str) -> bool {
        self.form.rule == id
    }

    fn place(&self, deed: &str) -> String {
        format!("{}/{deed}", self.row.href())
    }

    fn live_href(&self) -> String {
        format!(
            "/aliexpress/products/{}?ship_to={}&currency={}",
            encode(&self.row.number),
            encode(&self.facts.ship_to),
            encode(&self.facts.currency)
        )
    }

    fn item_href(&self) -> Option<String> {
        safe_href(&self.facts.item_url)
    }
}

/// `GET /aliexpress/catalogue/{id}/remove`
#[derive(Debug, Clone, Template)]
#[template(path = "catalogue_remove.html")]
pub struct RemoveProductPage {
    /// What every page carries.
    pub frame: Frame,
    /// `prod_…`
    pub id: String,
    /// The merchant's title.
    pub title: String,
}

impl RemoveProductPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame
            .t1(Key::CatalogueRemoveTitle, "title", self.title.as_str())
    }

    fn here(&self) -> String {
        format!("/aliexpress/catalogue/{}", encode(&self.id))
    }

    fn action(&self) -> String {
        format!("{}/remove", self.here())
    }
}

/// What can be done with the catalogue, said once afterwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CatalogueDeed {
    /// A product has come in.
    Added,
    /// A known product was read again.
    Updated,
    /// What is the merchant's was changed.
    Saved,
    /// A product is gone.
    Removed,
    /// A price rule is there, or is another.
    RuleSaved,
    /// A price rule is gone.
    RuleDeleted,
    /// An exchange rate is there, or is another.
    RateSaved,
    /// An exchange rate is gone.
    RateRemoved,
    /// A price was set by hand.
    PriceSet,
    /// A price was left to the rules again.
    PriceLeft,
    /// The prices of a run are in force.
    PricesApplied,
    /// An import of many products has begun.
    ImportStarted,
    /// An import of many products was stopped.
    ImportCancelled,
    /// An import of many products goes on.
    ImportResumed,
}

impl CatalogueDeed {
    pub(crate) const ALL: [Self; 14] = [
        Self::Added,
        Self::Updated,
        Self::Saved,
        Self::Removed,
        Self::RuleSaved,
        Self::RuleDeleted,
        Self::RateSaved,
        Self::RateRemoved,
        Self::PriceSet,
        Self::PriceLeft,
        Self::PricesApplied,
        Self::ImportStarted,
        Self::ImportCancelled,
        Self::ImportResumed,
    ];

    pub(crate) const fn key(self) -> Key {
        match self {
            Self::Added => Key::NoticeCatalogueAdded,
            Self::Updated => Key::NoticeCatalogueUpdated,
            Self::Saved => Key::NoticeCatalogueSaved,
            Self::Removed => Key::NoticeCatalogueRemoved,
            Self::RuleSaved => Key::NoticeRuleSaved,
            Self::RuleDeleted => Key::NoticeRuleDeleted,
            Self::RateSaved => Key::NoticeRateSaved,
            Self::RateRemoved => Key::NoticeRateRemoved,
            Self::PriceSet => Key::NoticePriceSet,
            Self::PriceLeft => Key::NoticePriceLeft,
            Self::PricesApplied => Key::NoticePricesApplied,
            Self::ImportStarted => Key::NoticeImportStarted,
            Self::ImportCancelled => Key::NoticeImportCancelled,
            Self::ImportResumed => Key::NoticeImportResumed,
        }
    }
}
