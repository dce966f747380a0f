//! Earning by recommending: tracked links, hot products, and the orders that earned a commission.
//!
//! These methods ask for the app alone: no account has to be connected.

mod views;

use std::collections::{HashMap, HashSet};

use aliexpress::affiliate::hotproduct_query::Sort as UpstreamSort;
use aliexpress::affiliate::link_generate::{LinkType, PromotionLink};
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Result};
use crate::products::{SearchPage, Sort, bounded};
use crate::service::Core;

pub use views::{
    CommissionLine, CommissionPage, CommissionQuery, CommissionState, HotQuery, NewLinks,
    PromotionLinkView, PromotionLinks, PromotionProblem,
};
use views::{commission, hot_hit};

/// How many sources one call takes.
const SOURCES_AT_ONCE: usize = 50;
/// How many sources a request may name.
const MOST_SOURCES: usize = 1000;
/// The gateway's business code for a list with nothing on it.
const NOTHING_FOUND: &str = "405";
/// The longest span of a list of commissions that is asked for at once.
const LONGEST_SPAN: SignedDuration = SignedDuration::from_hours(31 * 24);

/// The span when none is given.
const USUAL_SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);

impl Core {
    /// Makes tracked links of product numbers and addresses (`aliexpress.affiliate.link.generate`), in the order of the
    /// request; a source that gets none says why. What cannot be a source is not sent. Fifty sources are one call.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no source, too many, or none among them that could be one; else the gateway's.
    pub async fn promotion_links(&self, wanted: &NewLinks) -> Result<PromotionLinks> {
        let tracking_id = tracking_id(Some(&wanted.tracking_id))?
            .ok_or_else(|| Error::invalid("tracking_id", "expected a tracking id of yours"))?;
        if wanted.sources.is_empty() || wanted.sources.len() > MOST_SOURCES {
            let message = format!("expected 1 to {MOST_SOURCES} product numbers or addresses");
            return Err(Error::invalid("sources", message));
        }
        let checked = wanted.sources.iter().map(|source| checked_source(source));
        let checked: Vec<_> = checked.collect();
        let sources: Vec<_> = checked.iter().filter_map(|one| one.clone().ok()).collect();
        if let (true, Some(Err(message))) = (sources.is_empty(), checked.first()) {
            return Err(Error::invalid("sources", message.clone()));
        }
        let market = self.market_for(wanted.ship_to.as_deref(), None, None);
        let ship_to = &market.await?.ship_to;
        let kind = if wanted.hot {
            LinkType::Hot
        } else {
            LinkType::Normal
        };
        let client = &self.app().ready()?.client;
        let mut seen = HashSet::new();
        let each: Vec<String> = sources
            .into_iter()
            .filter(|one| seen.insert(one.clone()))
            .collect();
        let mut links = HashMap::with_capacity(each.len());
        let mut failure = None;
        for part in each.chunks(SOURCES_AT_ONCE) {
            let request = client
                .affiliate()
                .link_generate()
                .promotion_link_type(kind)
                .tracking_id(&tracking_id)
                .ship_to(ship_to)
                .source_values(part.iter().map(String::as_str));
            match self.noted(request.send().await) {
                Ok(answer) => {
                    let views = in_order(part, answer.promotion_links);
                    links.extend(part.iter().cloned().zip(views));
                }
                Err(error) if links.is_empty() => return Err(error.into()),
                // What was made is kept.
                Err(error) => {
                    failure = Some(error.to_string());
                    break;
                }
            }
        }
        let all = wanted.sources.iter().zip(checked);
        let all = all.map(|(source, checked)| {
            let (problem, message) = match checked {
                Ok(asked) => match links.get(&asked) {
                    Some(view) => return view.clone(),
                    None => (PromotionProblem::NoAnswer, failure.clone()),
                },
                Err(message) => (PromotionProblem::NotAliexpress, Some(message)),
            };
            PromotionLinkView {
                source: crate::text::shortened(source.trim(), 200),
                link: None,
                problem: Some(problem),
                message,
            }
        });
        let links = all.collect();
        Ok(PromotionLinks { tracking_id, links })
    }

    /// Products with a high commission (`aliexpress.affiliate.hotproduct.query`).
    ///
    /// # Errors
    /// [`Error::Invalid`] for words, a page or a market that cannot be; else the gateway's.
    pub async fn hot_products(&self, query: &HotQuery) -> Result<SearchPage> {
        let words = query
            .words
            .as_deref()
            .map(str::trim)
            .filter(|words| !words.is_empty());
        if words.is_some_and(|words| words.chars().count() > 200) {
            return Err(Error::invalid("q", "expected up to 200 characters"));
        }
        let market = self.market_of(&query.market).await?;
        let page = bounded("page", query.page.unwrap_or(1), 1, 1000)?;
        let page_size = bounded("page_size", query.page_size.unwrap_or(20), 1, 50)?;
        let mut request = self
            .app()
            .ready()?
            .client
            .affiliate()
            .hotproduct_query()
            .ship_to(&market.ship_to)
            .currency(&market.currency)
            .language(market.language.to_uppercase())
            .sort(upstream(query.sort))
            .page(page.into())
            .page_size(page_size.into());
        if let Some(words) = words {
            request = request.keywords(words);
        }
        if let Some(category) = query.category {
            request = request.category_ids([category]);
        }
        if let Some(tracking_id) = tracking_id(query.tracking_id.as_deref())? {
            request = request.tracking_id(tracking_id);
        }
        let found = nothing_is_an_answer(self.noted(request.send().await))?;
        let (products, total) = found.map_or((Vec::new(), 0), |found| {
            let total = found.total_record_count.unwrap_or_default();
            (found.products, total)
        });
        Ok(SearchPage {
            products: products.into_iter().map(hot_hit).collect(),
            page: page.into(),
            page_size: page_size.into(),
            total,
            ship_to: market.ship_to,
            currency: market.currency,
        })
    }

    /// The order lines that earned a commission in a span of time (`aliexpress.affiliate.order.list`).
    ///
    /// # Errors
    /// [`Error::Invalid`] for a span that ends before it begins or is longer than 31 days; else the gateway's.
    pub async fn commissions(&self, query: &CommissionQuery) -> Result<CommissionPage> {
        let (from, until) = span(query.from, query.until.unwrap_or_else(|| self.now()))?;
        let page = bounded("page", query.page.unwrap_or(1), 1, 1000)?;
        let page_size = bounded("page_size", query.page_size.unwrap_or(50), 1, 50)?;
        let request = self
            .app()
            .ready()?
            .client
            .affiliate()
            .order_list()
            .start_time(from)
            .end_time(until)
            .status(query.state.upstream())
            .page(page.into())
            .page_size(page_size.into());
        let found = nothing_is_an_answer(self.noted(request.send().await))?;
        let (lines, total) = found.map_or((Vec::new(), 0), |found| {
            let total = found.total_record_count.unwrap_or_default();
            (found.orders, total)
        });
        Ok(CommissionPage {
            lines: lines.into_iter().map(commission).collect(),
            page: page.into(),
            total,
            from,
            until,
        })
    }
}

/// The lists of this group refuse where others answer with an empty list.
fn nothing_is_an_answer<T>(answer: Result<T, aliexpress::Error>) -> Result<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code() == NOTHING_FOUND => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn span(from: Option<Timestamp>, until: Timestamp) -> Result<(Timestamp, Timestamp)> {
    let from = match from {
        Some(from) => from,
        None => until
            .checked_sub(USUAL_SPAN)
            .map_err(|_| Error::invalid("until", "expected a moment of our time"))?,
    };
    let length = until.duration_since(from);
    if length <= SignedDuration::ZERO {
        return Err(Error::invalid("until", "expected a moment after `from`"));
    }
    if length > LONGEST_SPAN {
        return Err(Error::invalid("from", "expected a span of at most 31 days"));
    }
    Ok((from, until))
}

fn tracking_id(text: Option<&str>) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let usual = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    if text.len() <= 100 && text.chars().all(usual) {
        return Ok(Some(text.to_owned()));
    }
    let message = "expected letters, digits, `_`, `-` and `.`, as in the affiliate portal";
    Err(Error::invalid("tracking_id", message))
}

/// A product number or an address of AliExpress. The list is sent with commas between, so none may be inside.
fn checked_source(text: &str) -> Result<String, String> {
    let text = text.trim();
    if crate::products::sought(text) == crate::products::Sought::Words {
        let message = format!(
            "{:?} is neither a product number nor an address of AliExpress",
            crate::text::shortened(text, 60)
        );
        return Err(message);
    }
    Ok(text.replace(',', "%2C"))
}

/// The gateway answers in an order of its own.
fn in_order(sources: &[String], answered: Vec<PromotionLink>) -> Vec<PromotionLinkView> {
    let mut answers: HashMap<String, PromotionLink> = answered
        .into_iter()
        .filter_map(|link| Some((link.source_value.clone()?, link)))
        .collect();
    let view = |source: &String| {
        let answer = answers.remove(source);
        let (link, message) =
            answer.map_or((None, None), |link| (link.promotion_link, link.message));
        let message = message.filter(|_| link.is_none());
        let silent = link.is_none() && message.is_none();
        let problem = match silent {
            true => PromotionProblem::NoAnswer,
            false => PromotionProblem::Refused,
        };
        PromotionLinkView {
            source: source.replace("%2C", ","),
            problem: link.is_none().then_some(problem),
            message: message.or_else(|| silent.then(|| "AliExpress gave no link".to_owned())),
            link,
        }
    };
    sources.iter().map(view).collect()
}

const fn upstream(sort: Sort) -> UpstreamSort {
    match sort {
        Sort::Orders => UpstreamSort::LastVolumeDesc,
        Sort::PriceUp => UpstreamSort::SalePriceAsc,
        Sort::PriceDown => UpstreamSort::SalePriceDesc,
    }
}
