//! What the affiliate interfaces share: their answers, paging, the values they take, and their row.
//!
//! Recorded: the fields of a row, code 405 for nothing found. Documented: `promotion_link` only with a
//! tracking id, values of currency and language, at most 50 rows. Inferred: pages and sizes that are out
//! of range count as the nearest possible one; without a destination prices are those of the United
//! States and nothing is left out; a destination that is not delivered to finds nothing.

pub(super) mod featuredpromo_get;
pub(super) mod featuredpromo_products;
pub(super) mod hotproduct_download;
pub(super) mod hotproduct_query;
pub(super) mod product_query;
mod product_search;
pub(super) mod productdetail_get;
pub(super) mod promotion_info;
mod row;
pub(super) mod shipping_get;
pub(super) mod sku_detail;
pub(super) mod smartmatch;

use super::{Context, Reply};
use crate::affiliate_links::LONGEST_TRACKING_ID;
use crate::catalogue::countries::{self, Country};
use crate::catalogue::listing::{Listing, Page};
use crate::gateway::refusal::Refusal;
use crate::json::{Object, object};

const LARGEST_PAGE: usize = 50;

static CURRENCIES: [&str; 19] = [
    "USD", "GBP", "CAD", "EUR", "UAH", "MXN", "TRY", "RUB", "BRL", "AUD", "INR", "JPY", "IDR",
    "SEK", "KRW", "ILS", "THB", "CLP", "VND",
];

static LANGUAGES: [&str; 20] = [
    "EN", "RU", "PT", "ES", "FR", "ID", "IT", "TH", "JA", "AR", "VI", "TR", "DE", "HE", "KO", "NL",
    "PL", "MX", "CL", "IN",
];

/// An answer with a result.
fn found(result: Object) -> Reply {
    Reply::ok(object! { "resp_result": object! {
        "result": result,
        "resp_code": 200,
        "resp_msg": "Call succeeds",
    }})
}

/// The answer when there is nothing, be it because nothing fits or because the last page is past.
fn nothing() -> Reply {
    Reply::failed(
        "405",
        object! { "resp_result": object! { "resp_code": 405, "resp_msg": "The result is empty" } },
    )
}

fn integer(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// One of a closed list of values; none when the parameter is absent.
fn chosen<'a>(
    context: &'a Context<'_>,
    name: &str,
    values: &[&str],
) -> Result<Option<&'a str>, Refusal> {
    match context.text(name) {
        "" => Ok(None),
        value if values.contains(&value) => Ok(Some(value)),
        _ => Err(Refusal::unmapped(name)),
    }
}

/// What a value of a closed list stands for; none when the parameter is absent.
pub(super) fn chosen_from<T: Copy>(
    context: &Context<'_>,
    name: &str,
    values: &[(&str, T)],
) -> Result<Option<T>, Refusal> {
    let text = context.text(name);
    if text.is_empty() {
        return Ok(None);
    }
    let value = values.iter().find(|(own, _)| *own == text);
    value
        .map(|(_, value)| Some(*value))
        .ok_or_else(|| Refusal::unmapped(name))
}

/// The parts of a text between commas.
fn parts(text: &str) -> Vec<&str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}

/// Category numbers between commas.
pub(super) fn categories(context: &Context<'_>, name: &str) -> Result<Vec<i64>, Refusal> {
    let numbers = parts(context.text(name)).into_iter().map(str::parse);
    let numbers: Result<Vec<i64>, _> = numbers.collect();
    numbers.map_err(|_| Refusal::unmapped(name))
}

/// Whose link is wanted; none when the answer is to be without links.
fn tracking_id<'a>(context: &'a Context<'_>) -> Result<Option<&'a str>, Refusal> {
    let id = context.text("tracking_id");
    if id.len() > LONGEST_TRACKING_ID {
        return Err(Refusal::unmapped("tracking_id"));
    }
    Ok(Some(id).filter(|id| !id.is_empty()))
}

impl Context<'_> {
    /// A page of a list, as the catalogue stands now.
    pub(super) fn list_products(&self, listing: &Listing<'_>, window: Window) -> Page {
        let state = self.inner.book.read();
        let catalogue = self.inner.catalogue;
        catalogue.list(listing, &state.changes, window.skip(), window.size)
    }
}

/// A page of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub(super) page: usize,
    pub(super) size: usize,
}

impl Window {
    /// Reads `page_no` and `page_size`.
    pub(super) fn of(context: &Context<'_>) -> Self {
        let number = |name, default: i64| context.text(name).parse().unwrap_or(default).max(1);
        let limited = |number| usize::try_from(number).unwrap_or(usize::MAX);
        Self {
            page: limited(number("page_no", 1)),
            size: limited(number("page_size", 20)).min(LARGEST_PAGE),
        }
    }

    /// How many products come before the page.
    pub(super) fn skip(self) -> usize {
        (self.page - 1).saturating_mul(self.size)
    }

    /// How many pages a list of that length has.
    pub(super) fn pages(self, total: usize) -> usize {
        total.div_ceil(self.size)
    }
}

/// Where the goods go.
#[derive(Clone, Copy, Debug)]
pub(super) struct Destination {
    /// What prices and days are shown for.
    pub(super) country: &'static Country,
    /// Whether it was named, so that what is not sold there is left out.
    named: bool,
}

impl Destination {
    /// Reads a country. None when the platform does not deliver there.
    pub(super) fn of(context: &Context<'_>, name: &str) -> Option<Self> {
        let code = context.text(name);
        if code.is_empty() {
            return Some(Self::usual());
        }
        countries::find(code).map(|country| Self {
            country,
            named: true,
        })
    }

    /// The one that prices are shown for when none is named.
    pub(super) fn usual() -> Self {
        Self {
            country: countries::usual(),
            named: false,
        }
    }

    /// Where products must be sold to.
    pub(super) fn demanded(self) -> Option<&'static Country> {
        self.named.then_some(self.country)
    }
}
