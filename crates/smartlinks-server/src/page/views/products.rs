//! Products: search by words, or by a pasted link or number.

use askama::Template;

use crate::page::format::places;
use crate::page::i18n::Key;
use crate::page::views::upstream::{encode, safe_href};
use crate::page::views::{Frame, MarketView, MissingSetting, Problem, Tab, Tone};

/// `GET /aliexpress/products`
#[derive(Debug, Clone, Template)]
#[template(path = "products.html")]
pub struct ProductsPage {
    /// What every page carries.
    pub frame: Frame,
    /// What was asked for; the defaults before anything was.
    pub query: SearchQuery,
    /// For whom it is looked for.
    pub market: MarketView,
    /// Categories that narrow a search; none when they are not known.
    pub categories: Vec<CategoryChoice>,
    /// Ready-made lists; none when they are not known.
    pub feeds: Vec<FeedChoice>,
    /// What there is to show.
    pub state: ProductsState,
}

/// A category to choose.
#[derive(Debug, Clone)]
pub struct CategoryChoice {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
}

/// A feed to open.
#[derive(Debug, Clone)]
pub struct FeedChoice {
    /// Its name.
    pub name: String,
    /// How many products it holds.
    pub products: Option<i64>,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct SearchQuery {
    /// `q`: words, a link or a number; empty before the first search.
    pub q: String,
    /// `feed`: name of a feed to look through, while there are no words.
    pub feed: String,
    /// `category`: number of a category.
    pub category: Option<i64>,
    /// `free`: only what is sent free of charge.
    pub free_shipping: bool,
    /// `ship_to`: two capital letters.
    pub ship_to: String,
    /// `currency`: three capital letters.
    pub currency: String,
    /// `sort`
    pub sort: ProductSort,
    /// `page`, from 1.
    pub page: u32,
}

/// The orders a search can be in; value of `sort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProductSort {
    /// `orders`: most sold first.
    #[default]
    Orders,
    /// `price_asc`: cheapest first.
    PriceUp,
    /// `price_desc`: dearest first.
    PriceDown,
}

impl ProductSort {
    pub(crate) const ALL: [Self; 3] = [Self::Orders, Self::PriceUp, Self::PriceDown];

    /// From the value in the address; anything unknown is the default.
    #[must_use]
    pub fn from_value(value: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|sort| sort.value() == value)
            .unwrap_or_default()
    }

    /// The value in the address.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Orders => "orders",
            Self::PriceUp => "price_asc",
            Self::PriceDown => "price_desc",
        }
    }

    const fn key(self) -> Key {
        match self {
            Self::Orders => Key::SortOrders,
            Self::PriceUp => Key::SortPriceUp,
            Self::PriceDown => Key::SortPriceDown,
        }
    }
}

/// The states of the search.
#[derive(Debug, Clone)]
pub enum ProductsState {
    /// Settings are missing.
    NotConfigured(Vec<MissingSetting>),
    /// No account is connected, or none that works.
    NotConnected,
    /// Nothing was asked for yet.
    Start,
    /// A short link was pasted, which only AliExpress can follow.
    ShortLink,
    /// A page of AliExpress was pasted that is not of one product.
    OtherPage,
    /// The answer, which may be empty.
    Results(ProductResults),
    /// The gateway did not answer; the last known answer to the same question, if there is one.
    Trouble {
        /// What went wrong.
        problem: Problem,
        /// An earlier answer.
        stale: Option<ProductResults>,
    },
}

/// One page of results.
#[derive(Debug, Clone)]
pub struct ProductResults {
    /// How many there are altogether.
    pub total: i64,
    /// How many a page holds.
    pub page_size: u32,
    /// When AliExpress answered. Milliseconds.
    pub fetched_at_ms: i64,
    /// The products of this page.
    pub cards: Vec<ProductCard>,
}

/// A product among others.
#[derive(Debug, Clone)]
pub struct ProductCard {
    /// Its number.
    pub id: String,
    /// Its title as AliExpress has it.
    pub title: String,
    /// Address of its picture.
    pub picture: Option<String>,
    /// Its page at AliExpress.
    pub item_url: Option<String>,
    /// What it costs now.
    pub price: Option<Price>,
    /// What it is said to have cost.
    pub original_price: Option<Price>,
    /// For example `50%`.
    pub discount: Option<String>,
    /// For example `4.7`.
    pub rating: Option<String>,
    /// How often it was sold, as AliExpress has it, for example `1,000+`.
    pub orders: Option<String>,
}

/// An amount and its currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// Decimal text with a point, for example `12.90`.
    pub amount: String,
    /// Three capital letters.
    pub currency: String,
}

impl Price {
    /// Both as text.
    pub fn new(amount: impl Into<String>, currency: impl Into<String>) -> Self {
        Self {
            amount: amount.into(),
            currency: currency.into(),
        }
    }
}

impl SearchQuery {
    /// The same search, another page.
    fn href(&self, page: u32) -> String {
        let category = self.category.map(|id| format!("&category={id}"));
        format!(
            "/aliexpress/products?q={}&feed={}{}{}&ship_to={}&currency={}&sort={}&page={page}",
            encode(&self.q),
            encode(&self.feed),
            category.unwrap_or_default(),
            if self.free_shipping { "&free=on" } else { "" },
            encode(&self.ship_to),
            encode(&self.currency),
            self.sort.value(),
        )
    }

    /// A feed, for the same destination.
    fn feed_href(&self, name: &str) -> String {
        format!(
            "/aliexpress/products?feed={}&ship_to={}&currency={}",
            encode(name),
            encode(&self.ship_to),
            encode(&self.currency),
        )
    }

    /// What results are results of.
    fn subject(&self) -> &str {
        if self.q.is_empty() {
            &self.feed
        } else {
            &self.q
        }
    }

    /// The pasted address, to be opened by the person.
    fn short_link(&self) -> Option<String> {
        match self.q.contains("://") {
            true => safe_href(&self.q),
            false => safe_href(&format!("https://{}", self.q)),
        }
    }

    fn detail_href(&self, id: &str) -> String {
        format!(
            "/aliexpress/products/{}?ship_to={}&currency={}",
            encode(id),
            encode(&self.ship_to),
            encode(&self.currency),
        )
    }
}

impl ProductCard {
    pub(super) fn picture_src(&self) -> Option<String> {
        self.picture.as_deref().and_then(safe_href)
    }

    pub(super) fn href(&self) -> Option<String> {
        self.item_url.as_deref().and_then(safe_href)
    }

    pub(super) fn shown_discount(&self) -> Option<&str> {
        self.discount.as_deref().filter(|_| self.price.is_some())
    }

    pub(super) fn was(&self) -> Option<&Price> {
        former_price(self.original_price.as_ref(), self.price.as_ref())
    }
}

/// A former price, where there is one and it differs.
pub(crate) fn former_price<'a>(
    former: Option<&'a Price>,
    now: Option<&Price>,
) -> Option<&'a Price> {
    former.filter(|former| now.is_some_and(|now| now != *former))
}

impl ProductResults {
    fn pages(&self) -> u32 {
        let size = i64::from(self.page_size.max(1));
        u32::try_from((self.total + size - 1) / size)
            .unwrap_or(u32::MAX)
            .max(1)
    }
}

impl ProductsPage {
    fn detail_href(&self, id: &str) -> String {
        self.query.detail_href(id)
    }

    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        match self.query.subject() {
            "" => self.frame.t(Key::TabProducts),
            subject => self.frame.t1(Key::ProductsTitleFor, "q", subject),
        }
    }

    fn results(&self) -> Option<&ProductResults> {
        match &self.state {
            ProductsState::Results(results) => Some(results),
            ProductsState::Trouble { stale, .. } => stale.as_ref(),
            _ => None,
        }
    }

    fn is_stale(&self) -> bool {
        matches!(self.state, ProductsState::Trouble { .. })
    }

    /// The one sentence that answers the page's question.
    fn answer(&self) -> String {
        let frame = &self.frame;
        let country = places::country(frame.texts(), &self.query.ship_to);
        match &self.state {
            ProductsState::NotConfigured(_) => frame.t(Key::AnswerNotConfigured),
            ProductsState::NotConnected => frame.t(Key::ProductsAnswerNotConnected),
            ProductsState::Start => frame.t(Key::ProductsAnswerStart),
            ProductsState::ShortLink => frame.t(Key::ProductsAnswerShortLink),
            ProductsState::OtherPage => frame.t(Key::ProductsAnswerOtherPage),
            ProductsState::Results(results) if results.cards.is_empty() => frame.t2(
                Key::ProductsAnswerNone,
                "q",
                self.query.subject(),
                "country",
                country,
            ),
            ProductsState::Results(results) => frame.t2(
                Key::ProductsAnswerFound,
                "count",
                results.total,
                "country",
                country,
            ),
            ProductsState::Trouble { stale: Some(_), .. } => frame.t(Key::ProductsAnswerStale),
            ProductsState::Trouble { stale: None, .. } => frame.t(Key::ProductsAnswerTrouble),
        }
    }
}
