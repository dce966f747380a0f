//! Certificates by what a product is: who sells a lamp in Europe shows others than who sells a toy in Korea.

use super::Product;
use super::vocabulary::Shape;

/// One kind of certificate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Paper {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    kinds: &'static [Kind],
    /// ISO 3166-1 alpha-2 codes.
    pub(crate) countries: &'static [&'static str],
}

/// What the rules of a country look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Electrical,
    Toy,
    TouchesFood,
    Textile,
    Other,
}

const UNION: &[&str] = &[
    "FR", "DE", "ES", "IT", "NL", "BE", "PT", "PL", "IE", "AT", "SE", "LU",
];

static PAPERS: [Paper; 12] = [
    paper(
        "ce_doc",
        "CE Declaration of Conformity",
        &[Kind::Electrical, Kind::Toy],
        UNION,
    ),
    paper("rohs", "RoHS Test Report", &[Kind::Electrical], UNION),
    paper(
        "ukca",
        "UKCA Declaration",
        &[Kind::Electrical, Kind::Toy],
        &["GB"],
    ),
    paper(
        "fcc",
        "FCC Supplier's Declaration",
        &[Kind::Electrical],
        &["US"],
    ),
    paper(
        "kc",
        "KC Certificate",
        &[Kind::Electrical, Kind::Toy],
        &["KR"],
    ),
    paper("pse", "PSE Certificate", &[Kind::Electrical], &["JP"]),
    paper(
        "saso",
        "SASO Certificate of Conformity",
        &[Kind::Electrical],
        &["SA"],
    ),
    paper("en71", "EN 71 Toy Safety Report", &[Kind::Toy], UNION),
    paper(
        "cpc",
        "Children's Product Certificate",
        &[Kind::Toy],
        &["US"],
    ),
    paper(
        "food_contact",
        "Food Contact Declaration",
        &[Kind::TouchesFood],
        UNION,
    ),
    paper(
        "fda_food",
        "FDA Food Contact Report",
        &[Kind::TouchesFood],
        &["US"],
    ),
    paper(
        "reach",
        "REACH Test Report",
        &[Kind::Textile, Kind::Toy],
        UNION,
    ),
];

const fn paper(
    key: &'static str,
    name: &'static str,
    kinds: &'static [Kind],
    countries: &'static [&'static str],
) -> Paper {
    Paper {
        key,
        name,
        kinds,
        countries,
    }
}

fn kind(product: &Product) -> Kind {
    match (product.family.shape, product.family.noun.0) {
        (_, "Desk Lamp" | "Bike Light" | "Wireless Speaker" | "Kitchen Scale") => Kind::Electrical,
        (_, "Plush Toy") => Kind::Toy,
        (_, "Water Bottle") => Kind::TouchesFood,
        (Shape::Mat | Shape::Basket | Shape::Bag, _) | (_, "Cushion Cover") => Kind::Textile,
        _ => Kind::Other,
    }
}

/// All certificates of a product.
pub(crate) fn of(product: &Product) -> impl Iterator<Item = &'static Paper> {
    let kind = kind(product);
    PAPERS
        .iter()
        .filter(move |paper| paper.kinds.contains(&kind))
}
