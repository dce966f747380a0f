//! For whom products are looked at: shown on every page about products, and changed there.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::{Key, Locale, ToArg as _};
use crate::page::views::Frame;

/// Destination, currency and language of what is shown.
#[derive(Debug, Clone)]
pub struct MarketView {
    /// Two capital letters.
    pub ship_to: String,
    /// Three capital letters.
    pub currency: String,
    /// Language of titles.
    pub language: Locale,
    /// Where they are from.
    pub standing: MarketStanding,
}

/// Where destination, currency and language are from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarketStanding {
    /// This visitor has chosen them.
    Chosen,
    /// The configuration.
    Configured,
    /// The address of this page says other ones.
    Address,
}

/// What stands on the page: the market in words, and the form behind it.
#[derive(Debug, Template)]
#[template(path = "parts/market.html")]
pub(crate) struct MarketBox<'a> {
    frame: &'a Frame,
    market: &'a MarketView,
    open: bool,
}

impl HtmlSafe for MarketBox<'_> {}

impl Frame {
    /// The market in words, which unfold to the form that changes it.
    pub(crate) fn market<'a>(&'a self, market: &'a MarketView) -> MarketBox<'a> {
        MarketBox {
            frame: self,
            market,
            open: false,
        }
    }

    /// The same, unfolded.
    pub(crate) fn market_to_choose<'a>(&'a self, market: &'a MarketView) -> MarketBox<'a> {
        MarketBox {
            frame: self,
            market,
            open: true,
        }
    }
}

impl MarketView {
    /// They hold for this address alone, and its forms have to carry them on.
    pub(crate) fn is_of_address(&self) -> bool {
        self.standing == MarketStanding::Address
    }
}

impl MarketBox<'_> {
    fn words(&self) -> String {
        let country = self.frame.country(&self.market.ship_to);
        let language = self.frame.t(self.market.language.name());
        let args = [
            ("country", country.to_arg()),
            ("currency", self.market.currency.to_arg()),
            ("language", language.to_arg()),
        ];
        self.frame.texts().with(Key::MarketWords, args)
    }

    fn standing(&self) -> String {
        self.frame.t(match self.market.standing {
            MarketStanding::Chosen => Key::MarketChosen,
            MarketStanding::Configured => Key::MarketUsual,
            MarketStanding::Address => Key::MarketAddress,
        })
    }
}
