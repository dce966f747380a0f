//! What is kept of imported products.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CatalogueId, ChangeId};
use crate::connections::UnknownWord;
use crate::prices::RuleId;
use crate::{ConnectionId, Millis};

/// How many words a search looks for.
pub const SEARCH_WORDS: usize = 6;

/// What the merchant does with a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatalogueState {
    /// It is for sale.
    Listed,
    /// It waits for a person.
    Held,
    /// It was taken off.
    Unpublished,
}

/// What AliExpress last said of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// It can be bought.
    OnSale,
    /// There is no such product.
    NotFound,
    /// It is not sold to the country.
    NotSoldHere,
    /// This app may not sell it.
    NotForApp,
    /// Its seller has taken it off.
    Offline,
}

macro_rules! words {
    ($name:ident: $($variant:ident = $word:literal),+ $(,)?) => {
        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The stable word, as in JSON.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut all = Self::ALL.iter().copied();
                all.find(|one| one.as_str() == text).ok_or(UnknownWord)
            }
        }
    };
}

words! { CatalogueState: Listed = "listed", Held = "held", Unpublished = "unpublished" }
words! {
    Availability:
        OnSale = "on_sale",
        NotFound = "not_found",
        NotSoldHere = "not_sold_here",
        NotForApp = "not_for_app",
        Offline = "offline",
}

/// An imported product, without its variants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueProduct {
    /// Survives everything that happens to it.
    pub id: CatalogueId,
    /// Whose product it is.
    pub connection: ConnectionId,
    /// AliExpress's number.
    pub product_id: String,
    /// Counts its changes from 1.
    pub version: i64,
    /// What the merchant does with it.
    pub state: CatalogueState,
    /// What AliExpress last said of it.
    pub availability: Availability,
    /// The merchant's labels, in order.
    pub labels: Vec<String>,
    /// Everything a search finds it by, in small letters without accents.
    pub search: String,
    /// The merchant's title.
    pub title: String,
    /// AliExpress's title.
    pub source_title: String,
    /// ISO 3166-1 alpha-2 country that its prices are for.
    pub ship_to: String,
    /// ISO 4217 currency that its costs were asked for in.
    pub currency: String,
    /// `fr` or `en`.
    pub language: String,
    /// Address of its first picture.
    pub image: Option<String>,
    /// Name of the AliExpress shop.
    pub shop: Option<String>,
    /// The rule that makes its prices; the default one when none.
    pub rule: Option<RuleId>,
    /// When AliExpress was last asked about it.
    pub checked_at: Millis,
    /// When to ask again; none for never.
    pub next_check_at: Option<Millis>,
    /// When it was imported.
    pub added_at: Millis,
    /// When anything of it last changed.
    pub updated_at: Millis,
}

/// What could take the place of a variant that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Number of the variant.
    pub sku_id: String,
    /// Why this one, as a stable word.
    pub reason: String,
    /// 0 to 100.
    pub confidence: i64,
    /// Since when it is proposed.
    pub at: Millis,
}

/// One variant of an imported product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueSku {
    /// Number of the variant.
    pub sku_id: String,
    /// Its place among the variants.
    pub position: i64,
    /// The variant in AliExpress's own notation.
    pub attr: String,
    /// Colour, size and the like, as JSON.
    pub properties_json: String,
    /// Address of its picture.
    pub image: Option<String>,
    /// The merchant's own code.
    pub own_code: Option<String>,
    /// The merchant sells it.
    pub chosen: bool,
    /// What one costs at AliExpress, decimal text.
    pub cost: Option<String>,
    /// Currency of the cost, ISO 4217.
    pub currency: Option<String>,
    /// How many are left.
    pub stock: Option<i64>,
    /// What the merchant sells one for, decimal text.
    pub price: Option<String>,
    /// Currency of the price, ISO 4217.
    pub price_currency: Option<String>,
    /// The merchant has set the price by hand: price rules leave it alone.
    pub price_by_hand: bool,
    /// Since when AliExpress does not name it any more.
    pub gone_at: Option<Millis>,
    /// What could take its place.
    pub replacement: Option<Replacement>,
}

/// A product in a list: with its variants, without what only its own page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedProduct {
    /// The product.
    pub product: CatalogueProduct,
    /// Its variants, in their order.
    pub skus: Vec<CatalogueSku>,
}

/// An imported product as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueEntry {
    /// The product.
    pub product: CatalogueProduct,
    /// Its variants, in their order.
    pub skus: Vec<CatalogueSku>,
    /// Pictures, category, properties and the like, as JSON.
    pub details_json: String,
}

/// A product as it shall be.
#[derive(Clone, Debug)]
pub struct NewCatalogueEntry {
    /// The product, its version one above what is stored.
    pub product: CatalogueProduct,
    /// The variants that change, or all of them when a code changes. Those left out stay.
    pub skus: Vec<CatalogueSku>,
    /// Whether codes of the merchant's own change: they may change places.
    pub codes_change: bool,
    /// As [`CatalogueEntry::details_json`]; none to leave it. A new product needs it.
    pub details_json: Option<String>,
    /// What happened with it.
    pub changes: Vec<CatalogueChange>,
}

/// One entry of a product's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogueChange {
    /// Grows with time.
    pub id: ChangeId,
    /// The product.
    pub product: CatalogueId,
    /// The variant, when it is about one.
    pub sku_id: Option<String>,
    /// A stable word such as `cost`.
    pub kind: String,
    /// What it was, as JSON.
    pub before_json: Option<String>,
    /// What it is since, as JSON.
    pub after_json: Option<String>,
    /// What was done about it, a stable word; none for what AliExpress did not do.
    pub outcome: Option<String>,
    /// When.
    pub at: Millis,
}

/// Where a page of a history ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeCursor {
    /// [`CatalogueChange::at`] of its last entry.
    pub at: Millis,
    /// [`CatalogueChange::id`] of its last entry.
    pub id: ChangeId,
}

/// Which products are wanted. What is none does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogueFilter {
    /// Each has to stand somewhere in [`CatalogueProduct::search`]; the first [`SEARCH_WORDS`] count.
    pub words: Vec<String>,
    /// In this state.
    pub state: Option<CatalogueState>,
    /// With this label.
    pub label: Option<String>,
    /// Of this connection.
    pub connection: Option<ConnectionId>,
    /// Of which AliExpress last said this.
    pub availability: Option<Availability>,
    /// With this rule of their own.
    pub rule: Option<RuleId>,
}
