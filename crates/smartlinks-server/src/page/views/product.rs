//! One product: its variants, and what one of them costs delivered.

use askama::Template;

use crate::page::format::places;
use crate::page::i18n::Key;
use crate::page::views::products::former_price;
use crate::page::views::upstream::{encode, safe_href};
use crate::page::views::{Delivered, Frame, MarketView, MissingSetting, Price, Problem, Tab, Tone};

/// `GET /aliexpress/products/{id}`
#[derive(Debug, Clone, Template)]
#[template(path = "product.html")]
pub struct ProductPage {
    /// What every page carries.
    pub frame: Frame,
    /// The product's number.
    pub id: String,
    /// What was asked for.
    pub query: ProductQuery,
    /// For whom it is looked at.
    pub market: MarketView,
    /// What there is to show.
    pub state: ProductState,
    /// The same product in the catalogue.
    pub kept: Option<KeptProduct>,
    /// What was entered to take it in.
    pub wish: ImportWish,
}

/// What was entered to take a product into the catalogue.
#[derive(Debug, Clone, Default)]
pub struct ImportWish {
    /// `labels`, with commas.
    pub labels: String,
    /// The variants that were ticked.
    pub chosen: Vec<String>,
    /// What is wrong with it, and our sentence.
    pub refused: Option<(Problem, String)>,
}

/// A product that is in the catalogue.
#[derive(Debug, Clone)]
pub struct KeptProduct {
    /// `prod_…`
    pub id: String,
    /// The merchant's title.
    pub title: String,
    /// How many variants are sold.
    pub sold: i64,
    /// How many there are.
    pub variants: i64,
}

/// What was asked for.
#[derive(Debug, Clone)]
pub struct ProductQuery {
    /// `ship_to`: two capital letters.
    pub ship_to: String,
    /// `currency`: three capital letters.
    pub currency: String,
    /// `sku`: the variant freight is asked for; `None` before that.
    pub sku: Option<String>,
    /// `quantity`, from 1.
    pub quantity: u32,
}

/// The answers about a product.
#[derive(Debug, Clone)]
pub enum ProductState {
    /// Settings are missing.
    NotConfigured(Vec<MissingSetting>),
    /// No account is connected, or none that works.
    NotConnected,
    /// AliExpress gave it.
    Found(Box<ProductDetail>),
    /// No such product, or it was taken down.
    NotFound,
    /// Not sold to the country asked for.
    NotSoldThere,
    /// This application may not see it.
    NotForThisApp,
    /// The gateway did not answer; the last known answer, if there is one.
    Trouble {
        /// What went wrong.
        problem: Problem,
        /// An earlier answer.
        stale: Option<Box<ProductDetail>>,
    },
}

/// A product in full.
#[derive(Debug, Clone)]
pub struct ProductDetail {
    /// Its title as AliExpress has it.
    pub title: String,
    /// Addresses of its pictures.
    pub pictures: Vec<String>,
    /// Its page at AliExpress.
    pub item_url: Option<String>,
    /// Who sells it.
    pub store_name: Option<String>,
    /// For example `4.7`.
    pub rating: Option<String>,
    /// How many have rated it.
    pub reviews: Option<i64>,
    /// How often it was sold, as AliExpress has it.
    pub sales: Option<String>,
    /// Its variants.
    pub skus: Vec<SkuView>,
    /// Name and value of each property.
    pub attributes: Vec<(String, String)>,
    /// When AliExpress answered. Milliseconds.
    pub fetched_at_ms: i64,
    /// Delivery, as far as asked for.
    pub freight: FreightState,
}

/// A variant.
#[derive(Debug, Clone)]
pub struct SkuView {
    /// Its number.
    pub id: String,
    /// What sets it apart.
    pub properties: Vec<SkuProperty>,
    /// What it costs now.
    pub price: Option<Price>,
    /// What it is said to have cost.
    pub original_price: Option<Price>,
    /// Pieces there are; `None`: AliExpress does not say.
    pub stock: Option<i64>,
}

/// One of the things that set a variant apart.
#[derive(Debug, Clone)]
pub struct SkuProperty {
    /// For example `Color`.
    pub name: String,
    /// For example `Oak`.
    pub value: String,
    /// Address of a picture of it.
    pub picture: Option<String>,
}

/// What is known about delivery.
#[derive(Debug, Clone)]
pub enum FreightState {
    /// Nothing was asked.
    NotAsked,
    /// The ways to deliver, as AliExpress orders them.
    Options(Box<Delivered>),
    /// Nobody delivers there.
    NoneThere,
    /// The question failed.
    Trouble(Problem),
}

/// A way to deliver.
#[derive(Debug, Clone)]
pub struct FreightOption {
    /// The carrier by its name.
    pub company: String,
    /// The service code that placing an order needs.
    pub code: String,
    /// It costs nothing.
    pub free: bool,
    /// What it costs otherwise; `None`: unknown.
    pub fee: Option<Price>,
    /// It is free from this amount on, as AliExpress writes it.
    pub free_from: Option<String>,
    /// Fewest days.
    pub min_days: Option<i64>,
    /// Most days.
    pub max_days: Option<i64>,
    /// Two capital letters.
    pub ships_from: Option<String>,
    /// The parcel can be followed.
    pub tracked: bool,
    /// Price times quantity plus fee, in the visitor's currency.
    pub landed: Option<Price>,
}

impl SkuView {
    /// What sets it apart, in one line; empty when there is only one variant.
    #[must_use]
    pub fn words(&self) -> String {
        let parts: Vec<&str> = self
            .properties
            .iter()
            .map(|property| property.value.as_str())
            .collect();
        parts.join(", ")
    }

    fn choice(&self) -> String {
        if self.properties.is_empty() {
            self.id.clone()
        } else {
            self.words()
        }
    }
}

impl SkuView {
    fn picture_src(&self) -> Option<String> {
        self.properties
            .iter()
            .find_map(|property| property.picture.as_deref().and_then(safe_href))
    }

    fn was(&self) -> Option<&Price> {
        former_price(self.original_price.as_ref(), self.price.as_ref())
    }
}

impl ProductDetail {
    fn picture_srcs(&self) -> Vec<String> {
        self.pictures
            .iter()
            .filter_map(|address| safe_href(address))
            .take(SHOWN_PICTURES)
            .collect()
    }

    fn href(&self) -> Option<String> {
        self.item_url.as_deref().and_then(safe_href)
    }
}

/// More pictures than this tell a buyer nothing new.
const SHOWN_PICTURES: usize = 6;

impl FreightOption {
    pub(super) fn days(&self, frame: &Frame) -> Option<String> {
        match (self.min_days, self.max_days) {
            (Some(least), Some(most)) if least != most => {
                Some(frame.t2(Key::FreightDaysRange, "least", least, "most", most))
            }
            (Some(days), _) | (None, Some(days)) => Some(frame.t1(Key::FreightDays, "count", days)),
            (None, None) => None,
        }
    }
}

impl ProductPage {
    fn tab(&self) -> Option<Tab> {
        Some(Tab::Products)
    }

    fn title(&self) -> String {
        match self.detail() {
            Some(detail) => detail.title.clone(),
            None => self.frame.t1(Key::ProductTitle, "id", self.id.as_str()),
        }
    }

    fn detail(&self) -> Option<&ProductDetail> {
        match &self.state {
            ProductState::Found(detail) => Some(detail),
            ProductState::Trouble { stale, .. } => stale.as_deref(),
            _ => None,
        }
    }

    fn is_stale(&self) -> bool {
        matches!(self.state, ProductState::Trouble { .. })
    }

    fn country(&self) -> String {
        places::country(self.frame.texts(), &self.query.ship_to)
    }

    /// A destination can be chosen although there is nothing else to show.
    fn shows_destination(&self) -> bool {
        matches!(self.state, ProductState::NotSoldThere)
    }

    fn freight_href(&self, sku: &str) -> String {
        format!(
            "/aliexpress/products/{}?sku={}&quantity={}&ship_to={}&currency={}#freight",
            encode(&self.id),
            encode(sku),
            self.query.quantity,
            encode(&self.query.ship_to),
            encode(&self.query.currency),
        )
    }

    /// The form of a new order with this variant filled in.
    fn order_href(&self, sku: &SkuView) -> String {
        let price = sku.price.as_ref().filter(|price| price.currency == "USD");
        let price = price.map(|price| format!("&price={}", encode(&price.amount)));
        format!(
            "/aliexpress/orders/new?product={}&sku={}&quantity={}&ship_to={}{}",
            encode(&self.id),
            encode(&sku.id),
            self.query.quantity,
            encode(&self.query.ship_to),
            price.unwrap_or_default(),
        )
    }

    /// The product is there, with the form that takes it in.
    pub(crate) const fn can_be_imported(&self) -> bool {
        matches!(self.state, ProductState::Found(_))
    }

    fn is_ticked(&self, sku: &SkuView) -> bool {
        self.wish.chosen.contains(&sku.id)
    }

    fn is_chosen(&self, sku: &SkuView) -> bool {
        self.query.sku.as_deref() == Some(sku.id.as_str())
    }
}
