//! Delivery services by region, with days and fees.

use super::Product;
use super::countries::{Country, Region};

/// A delivery service offered for one product, quantity and destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Service {
    /// What an order names it by.
    pub(crate) code: &'static str,
    pub(crate) company: &'static str,
    /// Fee in US cents; none when delivery is free.
    pub(crate) fee_cents: Option<i64>,
    /// Order value in US cents from which delivery is free, where the service has such a rule.
    pub(crate) free_from_cents: Option<i64>,
    pub(crate) min_days: i64,
    pub(crate) max_days: i64,
    pub(crate) guaranteed_days: i64,
}

/// One row of the table of services.
struct Row {
    code: &'static str,
    company: &'static str,
    regions: &'static [Region],
    /// Fee of a first piece in US cents, and for each further started 500 g.
    fee_cents: (i64, i64),
    days: (i64, i64),
    guaranteed_days: i64,
}

use Region::{Africa, AsiaPacific, Europe, LatinAmerica, MiddleEast, NorthAmerica};

static ROWS: [Row; 5] = [
    Row {
        code: "CAINIAO_FULFILLMENT_STD",
        company: "AliExpress Selection Standard",
        regions: &[Europe, NorthAmerica, AsiaPacific, MiddleEast],
        fee_cents: (255, 60),
        days: (7, 10),
        guaranteed_days: 60,
    },
    Row {
        code: "CAINIAO_STANDARD",
        company: "AliExpress standard shipping",
        regions: &[
            Europe,
            NorthAmerica,
            LatinAmerica,
            Africa,
            MiddleEast,
            AsiaPacific,
        ],
        fee_cents: (199, 90),
        days: (17, 30),
        guaranteed_days: 75,
    },
    Row {
        code: "CAINIAO_ECONOMY",
        company: "Cainiao Super Economy",
        regions: &[LatinAmerica, AsiaPacific, MiddleEast],
        fee_cents: (99, 70),
        days: (25, 45),
        guaranteed_days: 90,
    },
    Row {
        code: "EMS_ZX_ZX_US",
        company: "EMS",
        regions: &[Africa, LatinAmerica],
        fee_cents: (1490, 380),
        days: (12, 22),
        guaranteed_days: 60,
    },
    Row {
        code: "CAINIAO_PREMIUM",
        company: "AliExpress Premium Shipping",
        regions: &[Europe, NorthAmerica],
        fee_cents: (1190, 240),
        days: (4, 8),
        guaranteed_days: 45,
    },
];

/// Order value from which the quick service is free.
const FREE_FROM_CENTS: i64 = 1000;

/// The services for `quantity` pieces worth `goods_cents`, cheapest first. Empty when nothing delivers.
pub(crate) fn services(
    product: &Product,
    country: &Country,
    quantity: i64,
    goods_cents: i64,
) -> Vec<Service> {
    if !product.sold_to(country) {
        return Vec::new();
    }
    let rows = ROWS
        .iter()
        .filter(|row| row.regions.contains(&country.region));
    let mut services: Vec<Service> = rows
        .map(|row| service(row, product, quantity, goods_cents))
        .collect();
    services.sort_by_key(|service| service.fee_cents.unwrap_or(0));
    services
}

/// The cheapest service for one piece. None when nothing delivers.
pub(crate) fn cheapest(product: &Product, country: &Country, goods_cents: i64) -> Option<Service> {
    services(product, country, 1, goods_cents)
        .into_iter()
        .next()
}

impl Service {
    /// Days that a parcel takes, as one number.
    pub(crate) const fn usual_days(&self) -> i64 {
        (self.min_days + self.max_days) / 2
    }
}

fn service(row: &Row, product: &Product, quantity: i64, goods_cents: i64) -> Service {
    let selection = row.code == "CAINIAO_FULFILLMENT_STD";
    let free = if selection {
        goods_cents >= FREE_FROM_CENTS
    } else {
        row.code == "CAINIAO_STANDARD" && product.free_delivery()
    };
    let grams = product.family.grams.saturating_mul(quantity);
    let steps = (grams - 1).max(0) / 500;
    let fee = row
        .fee_cents
        .0
        .saturating_add(row.fee_cents.1.saturating_mul(steps));
    Service {
        code: row.code,
        company: row.company,
        fee_cents: (!free).then_some(fee),
        free_from_cents: selection.then_some(FREE_FROM_CENTS),
        min_days: row.days.0,
        max_days: row.days.1,
        guaranteed_days: row.guaranteed_days,
    }
}
