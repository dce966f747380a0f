//! What requests for lists have in common: closed lists of values, pages, destinations.
//!
//! Documented: at most 50 rows a page. Inferred: other values of a closed list, and
//! more than 50 categories, are `UnsupportedParamMapping`; pages and sizes that are out of range count as the nearest possible one;
//! without a destination prices are those of the United States and nothing is left out; a destination
//! that is not delivered to finds nothing.

use super::Context;
use crate::catalogue::countries::{self, Country};
use crate::catalogue::listing::{Listing, Page};
use crate::gateway::refusal::Refusal;

const LARGEST_PAGE: usize = 50;
/// Longest list of categories, which each product is held against.
const MOST_CATEGORIES: usize = 50;
/// Parts between commas that are looked at: no request makes the sandbox work for long.
const MOST_PARTS: usize = 1000;

pub(super) fn integer(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// One of a closed list of values; none when the parameter is absent.
pub(super) fn chosen<'a>(
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
pub(super) fn parts(text: &str) -> Vec<&str> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .take(MOST_PARTS)
        .collect()
}

/// Category numbers between commas.
pub(super) fn categories(context: &Context<'_>, name: &str) -> Result<Vec<i64>, Refusal> {
    let parts = parts(context.text(name));
    if parts.len() > MOST_CATEGORIES {
        return Err(Refusal::unmapped(name));
    }
    let numbers = parts.into_iter().map(str::parse);
    let numbers: Result<Vec<i64>, _> = numbers.collect();
    numbers.map_err(|_| Refusal::unmapped(name))
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
