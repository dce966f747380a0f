//! Earning by recommending: tracked links, hot products, commissions.

use askama::Template;

use crate::page::i18n::Key;
use crate::page::views::upstream::{encode, safe_href};
use crate::page::views::{
    Frame, MarketView, MissingSetting, Price, Problem, ProblemKind, ProductCard, Tab, Tone,
};

/// The pages of the programme, in the order they are shown.
const SECTIONS: [(&str, Key); 3] = [
    ("/aliexpress/affiliate", Key::AffiliateLinks),
    ("/aliexpress/affiliate/hot", Key::AffiliateHot),
    ("/aliexpress/affiliate/orders", Key::AffiliateOrders),
];

/// What an answer of the programme is, whatever it is about.
#[derive(Debug, Clone)]
pub enum Earning<T> {
    /// Settings are missing.
    NotConfigured(Vec<MissingSetting>),
    /// Nothing was asked for yet.
    Start,
    /// The answer.
    Answer(T),
    /// The application may not use these methods.
    NotPermitted,
    /// It did not work.
    Trouble(Problem),
}

impl<T> Earning<T> {
    /// What a problem means here: without the permission there is something to do first.
    #[must_use]
    pub fn failed(problem: Problem) -> Self {
        match problem.kind {
            ProblemKind::Permission => Self::NotPermitted,
            _ => Self::Trouble(problem),
        }
    }

    fn is_bad(&self) -> bool {
        matches!(self, Self::NotPermitted | Self::Trouble(_))
    }
}

/// `GET` and `POST /aliexpress/affiliate`
#[derive(Debug, Clone, Template)]
#[template(path = "affiliate.html")]
pub struct AffiliatePage {
    /// What every page carries.
    pub frame: Frame,
    /// For whom links are made.
    pub market: MarketView,
    /// What was typed.
    pub form: LinkForm,
    /// Links that were made.
    pub state: Earning<Vec<LinkLine>>,
}

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct LinkForm {
    /// The tracking id.
    pub tracking_id: String,
    /// Numbers and addresses, one a line.
    pub sources: String,
    /// Links of the programme for hot products.
    pub hot: bool,
}

/// A line of the list, and what came of it.
#[derive(Debug, Clone)]
pub struct LinkLine {
    /// As it was pasted.
    pub source: String,
    /// The tracked link, or why there is none.
    pub link: Result<String, NoLink>,
}

/// Why a line gets no link.
#[derive(Debug, Clone)]
pub enum NoLink {
    /// It is neither a product number nor an address of AliExpress.
    NotAliexpress,
    /// AliExpress refuses it, in its own words.
    Refused(String),
    /// AliExpress gave no answer to it.
    NoAnswer,
}

/// `GET /aliexpress/affiliate/hot`
#[derive(Debug, Clone, Template)]
#[template(path = "affiliate_hot.html")]
pub struct HotPage {
    /// What every page carries.
    pub frame: Frame,
    /// For whom products are looked for.
    pub market: MarketView,
    /// What was asked for.
    pub query: HotQuery,
    /// What there is to show.
    pub state: Earning<HotResults>,
}

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub struct HotQuery {
    /// `q`: words; empty for all.
    pub q: String,
    /// `tracking_id`
    pub tracking_id: String,
    /// `page`, from 1.
    pub page: u32,
}

/// One page of hot products.
#[derive(Debug, Clone)]
pub struct HotResults {
    /// How many there are altogether.
    pub total: i64,
    /// How many a page holds.
    pub page_size: u32,
    /// The products of this page.
    pub rows: Vec<HotRow>,
}

/// A product with its commission.
#[derive(Debug, Clone)]
pub struct HotRow {
    /// The product.
    pub card: ProductCard,
    /// Commission on a sale, for example `7.0%`.
    pub rate: Option<String>,
    /// Tracked link to it.
    pub link: Option<String>,
}

/// `GET /aliexpress/affiliate/orders`
#[derive(Debug, Clone, Template)]
#[template(path = "affiliate_orders.html")]
pub struct CommissionsPage {
    /// What every page carries.
    pub frame: Frame,
    /// What was asked for.
    pub query: CommissionsQuery,
    /// What there is to show.
    pub state: Earning<CommissionResults>,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct CommissionsQuery {
    /// `from`: a day, `2026-11-01`.
    pub from: String,
    /// `until`: the last day.
    pub until: String,
    /// `state`
    pub stage: CommissionStage,
    /// `page`, from 1.
    pub page: u32,
}

/// How far the order behind a commission has come; value of `state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CommissionStage {
    /// `paid`: the commission is an estimate.
    #[default]
    Paid,
    /// `received`
    Received,
    /// `settled`: the commission is paid out.
    Settled,
    /// `invalid`: refunded or refused.
    Invalid,
}

impl CommissionStage {
    pub(crate) const ALL: [Self; 4] = [Self::Paid, Self::Received, Self::Settled, Self::Invalid];

    /// From the value in the address; anything unknown is the default.
    #[must_use]
    pub fn from_value(value: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.value() == value).unwrap_or_default()
    }

    const fn value(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Received => "received",
            Self::Settled => "settled",
            Self::Invalid => "invalid",
        }
    }

    const fn key(self) -> Key {
        match self {
            Self::Paid => Key::CommissionPaid,
            Self::Received => Key::CommissionReceived,
            Self::Settled => Key::CommissionSettled,
            Self::Invalid => Key::CommissionInvalid,
        }
    }
}

/// One page of commissions.
#[derive(Debug, Clone)]
pub struct CommissionResults {
    /// How many there are altogether.
    pub total: i64,
    /// How many a page holds.
    pub page_size: u32,
    /// The lines of this page.
    pub rows: Vec<CommissionRow>,
}

/// An order line that earned a commission.
#[derive(Debug, Clone)]
pub struct CommissionRow {
    /// AliExpress's order number.
    pub order_id: String,
    /// Title as AliExpress has it.
    pub title: Option<String>,
    /// AliExpress's word for its state.
    pub status: Option<String>,
    /// Why it is void.
    pub void_reason: Option<String>,
    /// What the buyer paid.
    pub paid: Option<Price>,
    /// What is earned.
    pub commission: Option<Price>,
    /// For example `7.0%`.
    pub rate: Option<String>,
    /// The tracking id that earned it.
    pub tracking_id: Option<String>,
    /// On AliExpress's clock: no time zone is documented.
    pub created: Option<String>,
}

impl Frame {
    /// The links between the pages of the programme: address, words, whether it is this one.
    pub(crate) fn affiliate_sections(&self) -> [(&'static str, String, bool); 3] {
        SECTIONS.map(|(href, key)| (href, self.t(key), self.is_at(href)))
    }
}

impl LinkLine {
    fn href(&self) -> Option<String> {
        self.link.as_deref().ok().and_then(safe_href)
    }
}

fn pages(total: i64, size: u32) -> u32 {
    let size = i64::from(size.max(1));
    u32::try_from((total + size - 1) / size)
        .unwrap_or(u32::MAX)
        .max(1)
}

impl AffiliatePage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::AffiliateTitle)
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        match &self.state {
            Earning::NotConfigured(_) => frame.t(Key::AnswerNotConfigured),
            Earning::Start => frame.t(Key::AffiliateAnswerStart),
            Earning::NotPermitted => frame.t(Key::AffiliateNotPermitted),
            Earning::Trouble(_) => frame.t(Key::AffiliateAnswerTrouble),
            Earning::Answer(lines) => {
                let made = lines.iter().filter(|line| line.link.is_ok()).count();
                frame.t2(Key::AffiliateAnswerMade, "count", made, "all", lines.len())
            }
        }
    }

    /// All links, one a line, to be copied together.
    fn links(&self) -> String {
        let Earning::Answer(lines) = &self.state else {
            return String::new();
        };
        let links = lines.iter().filter_map(|line| line.link.as_deref().ok());
        links.collect::<Vec<_>>().join("\n")
    }
}

impl HotPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::AffiliateHot)
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        match &self.state {
            Earning::NotConfigured(_) => frame.t(Key::AnswerNotConfigured),
            Earning::NotPermitted => frame.t(Key::AffiliateNotPermitted),
            Earning::Trouble(_) | Earning::Start => frame.t(Key::AffiliateAnswerTrouble),
            Earning::Answer(found) => frame.t1(Key::HotAnswer, "count", found.total),
        }
    }

    fn href(&self, page: u32) -> String {
        format!(
            "/aliexpress/affiliate/hot?q={}&tracking_id={}&page={page}",
            encode(&self.query.q),
            encode(&self.query.tracking_id),
        )
    }

    fn pages(&self) -> u32 {
        match &self.state {
            Earning::Answer(found) => pages(found.total, found.page_size),
            _ => 1,
        }
    }

    fn detail_href(&self, id: &str) -> String {
        format!(
            "/aliexpress/products/{}?ship_to={}&currency={}",
            encode(id),
            encode(&self.market.ship_to),
            encode(&self.market.currency),
        )
    }
}

impl CommissionsPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        self.frame.t(Key::AffiliateOrders)
    }

    fn answer(&self) -> String {
        let frame = &self.frame;
        match &self.state {
            Earning::NotConfigured(_) => frame.t(Key::AnswerNotConfigured),
            Earning::NotPermitted => frame.t(Key::AffiliateNotPermitted),
            Earning::Trouble(_) | Earning::Start => frame.t(Key::AffiliateAnswerTrouble),
            Earning::Answer(found) => frame.t1(Key::CommissionsAnswer, "count", found.total),
        }
    }

    fn href(&self, page: u32) -> String {
        format!(
            "/aliexpress/affiliate/orders?from={}&until={}&state={}&page={page}",
            encode(&self.query.from),
            encode(&self.query.until),
            self.query.stage.value(),
        )
    }

    fn pages(&self) -> u32 {
        match &self.state {
            Earning::Answer(found) => pages(found.total, found.page_size),
            _ => 1,
        }
    }
}
