//! Where the platform delivers to, with what price level and which delivery region.

/// Delivery region: decides services, days and fees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    Europe,
    NorthAmerica,
    LatinAmerica,
    Africa,
    MiddleEast,
    AsiaPacific,
}

/// A destination.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Country {
    /// ISO 3166-1 alpha-2.
    pub(crate) code: &'static str,
    pub(crate) region: Region,
    /// Price level in thousandths; taxes are in it where `tax_included` says so.
    pub(crate) price_per_mille: i64,
    pub(crate) tax_included: bool,
}

const fn country(
    code: &'static str,
    region: Region,
    price_per_mille: i64,
    tax_included: bool,
) -> Country {
    Country {
        code,
        region,
        price_per_mille,
        tax_included,
    }
}

use Region::{Africa, AsiaPacific, Europe, LatinAmerica, MiddleEast, NorthAmerica};

static COUNTRIES: [Country; 45] = [
    country("US", NorthAmerica, 1000, false),
    country("CA", NorthAmerica, 1020, false),
    country("FR", Europe, 1200, true),
    country("DE", Europe, 1190, true),
    country("ES", Europe, 1210, true),
    country("IT", Europe, 1220, true),
    country("NL", Europe, 1210, true),
    country("BE", Europe, 1210, true),
    country("PT", Europe, 1230, true),
    country("PL", Europe, 1230, true),
    country("IE", Europe, 1230, true),
    country("AT", Europe, 1200, true),
    country("SE", Europe, 1250, true),
    country("LU", Europe, 1170, true),
    country("CH", Europe, 1080, false),
    country("GB", Europe, 1200, true),
    country("UA", Europe, 1050, false),
    country("TR", MiddleEast, 1100, false),
    country("SA", MiddleEast, 1150, true),
    country("AE", MiddleEast, 1050, false),
    country("IL", MiddleEast, 1060, false),
    country("BR", LatinAmerica, 1170, true),
    country("MX", LatinAmerica, 1160, true),
    country("CL", LatinAmerica, 1190, true),
    country("AR", LatinAmerica, 1100, false),
    country("CO", LatinAmerica, 1050, false),
    country("PE", LatinAmerica, 1050, false),
    country("AU", AsiaPacific, 1100, true),
    country("NZ", AsiaPacific, 1150, true),
    country("KR", AsiaPacific, 1020, false),
    country("JP", AsiaPacific, 1030, false),
    country("SG", AsiaPacific, 1040, false),
    country("TH", AsiaPacific, 1030, false),
    country("VN", AsiaPacific, 1030, false),
    country("CG", Africa, 1060, false),
    country("CD", Africa, 1060, false),
    country("CI", Africa, 1060, false),
    country("SN", Africa, 1060, false),
    country("CM", Africa, 1060, false),
    country("GA", Africa, 1060, false),
    country("MA", Africa, 1080, false),
    country("DZ", Africa, 1080, false),
    country("TN", Africa, 1080, false),
    country("ZA", Africa, 1100, false),
    country("NG", Africa, 1070, false),
];

/// What a destination charges on top of the price, in per cent of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Charges {
    pub(crate) import_percent: i64,
    pub(crate) sales_tax_percent: i64,
}

impl Country {
    /// Import charges and sales tax of the United States, as the sandbox has them. Nothing is known of others.
    pub(crate) fn charges(&self) -> Option<Charges> {
        (self.code == "US").then_some(Charges {
            import_percent: 20,
            sales_tax_percent: 7,
        })
    }
}

impl Charges {
    /// A share of a price.
    pub(crate) const fn of(cents: i64, percent: i64) -> i64 {
        cents.saturating_mul(percent).saturating_add(50) / 100
    }
}

/// Where prices are shown for when no destination is named: the United States.
pub(crate) fn usual() -> &'static Country {
    &COUNTRIES[0]
}

/// Finds a destination. `UK`, which the platform uses in places, is `GB`.
pub(crate) fn find(code: &str) -> Option<&'static Country> {
    let code = code.trim().to_ascii_uppercase();
    let code = if code == "UK" { "GB" } else { code.as_str() };
    COUNTRIES.iter().find(|country| country.code == code)
}

/// Every destination.
#[cfg(test)]
pub(crate) fn all() -> impl Iterator<Item = &'static Country> {
    COUNTRIES.iter()
}
