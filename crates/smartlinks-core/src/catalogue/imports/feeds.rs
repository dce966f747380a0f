//! Imports of a feed: its products are found page by page, as the import is worked on, before the first of them is
//! imported. How far that has come is kept with the import, so that a restart goes on where it was.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{ImportJob, ImportLine};

use super::file::Wish;
use super::{Common, ImportRest, ImportsRequest, MOST_LINES, waiting_line};
use crate::catalogue::checks;
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::products::{FeedQuery, ProductQuery, SearchPage};
use crate::service::Core;

/// Products on a page of a feed: the most that the gateway gives.
const PAGE_SIZE: u32 = 50;
/// How often a page is asked for in vain before the import goes on without it: about two hours of trouble.
const MOST_ATTEMPTS: u32 = 24;

/// A feed that is imported.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Feed {
    /// Its name.
    pub(super) name: String,
    /// The page to ask for next; none when all of it was found.
    pub(super) next_page: Option<u32>,
    /// How many products are wanted.
    most: u32,
    /// How often the next page was asked for in vain.
    #[serde(default)]
    pub(super) attempts: u32,
    /// Why no more of it is looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ended: Option<ImportRest>,
}

impl Feed {
    /// The numbers on a page, as far as they are wanted, and whether there is another page; notes which.
    fn take(&mut self, page: u32, found: SearchPage) -> Result<Vec<String>> {
        let before = (page - 1).saturating_mul(PAGE_SIZE);
        let room = self.most.saturating_sub(before);
        // A page with products, of a feed that counts none: the count is missing, and only an empty page is the last.
        let counted = found.total > 0 && i64::from(before + PAGE_SIZE) >= found.total;
        let last = found.products.is_empty() || counted || room <= PAGE_SIZE;
        self.next_page = (!last).then_some(page + 1);
        self.attempts = 0;
        let mut seen = HashSet::new();
        let numbers = found.products.into_iter().take(room as usize);
        numbers
            .map(|hit| checks::product_number(&hit.id))
            .filter(|number| {
                number
                    .as_ref()
                    .is_ok_and(|number| seen.insert(number.clone()))
            })
            .collect()
    }
}

impl Core {
    /// Asks for the first page of a feed, which shows whether there is such a feed, and what it holds.
    pub(super) async fn first_of_feed(
        &self,
        common: &mut Common,
        name: &str,
        request: &ImportsRequest,
    ) -> Result<Vec<Wish>> {
        if request.csv.is_some() || !request.products.is_empty() {
            let message = "and `csv` or `products` are both given; give one";
            return Err(Error::invalid("feed", message));
        }
        let most = request.most.unwrap_or(MOST_LINES as u32);
        if !(1..=MOST_LINES as u32).contains(&most) {
            let message = format!("{most} is not between 1 and {MOST_LINES}");
            return Err(Error::invalid("most", message));
        }
        let mut feed = Feed {
            name: name.to_owned(),
            next_page: Some(1),
            most,
            attempts: 0,
            ended: None,
        };
        let found = self.page_of_feed(common, name, 1).await?;
        let numbers = feed.take(1, found)?;
        if numbers.is_empty() {
            let message = "holds no product for this destination at the moment";
            return Err(Error::invalid("feed", message));
        }
        common.feed = Some(feed);
        Ok((1..)
            .zip(numbers)
            .map(|(line, number)| wish(line, number))
            .collect())
    }

    async fn page_of_feed(&self, common: &Common, name: &str, page: u32) -> Result<SearchPage> {
        let market = self.market_for(
            common.ship_to.as_deref(),
            common.currency.as_deref(),
            common.language.as_deref(),
        );
        let market = match common.market.clone() {
            Some(market) => market,
            None => market.await?,
        };
        let query = FeedQuery {
            name: name.to_owned(),
            market: ProductQuery {
                ship_to: Some(market.ship_to),
                currency: Some(market.currency),
                language: Some(market.language),
                connection: Some(common.connection.clone()),
            },
            page: Some(page),
            page_size: Some(PAGE_SIZE),
            ..FeedQuery::default()
        };
        self.feed_products(&query).await
    }

    /// Finds the products of the next page and adds them to the import; whether its owner goes on.
    pub(super) async fn grow_import(
        &self,
        job: &ImportJob,
        common: &mut Common,
        page: u32,
        until: i64,
    ) -> Result<bool> {
        let Some(mut feed) = common.feed.clone() else {
            return Ok(true);
        };
        let found = self.page_of_feed(common, &feed.name, page).await?;
        let numbers = feed.take(page, found)?;
        common.feed = Some(feed);
        // Lines get their numbers where they are stored.
        let lines = numbers
            .into_iter()
            .map(|number| waiting_line(wish(0, number)));
        self.keep_feed(job, common, lines.collect(), until).await
    }

    /// Notes that a page could not be had; whether the owner of the import goes on. One that is refused for good, or was
    /// asked for long enough, ends the finding: what was found is imported.
    pub(super) async fn page_failed(
        &self,
        job: &ImportJob,
        common: &mut Common,
        (why, for_good): (ImportRest, bool),
        until: i64,
    ) -> Result<bool> {
        if let Some(feed) = &mut common.feed {
            feed.attempts += 1;
            if for_good || feed.attempts >= MOST_ATTEMPTS {
                feed.next_page = None;
                feed.ended = Some(why);
            }
        }
        self.keep_feed(job, common, Vec::new(), until).await
    }

    async fn keep_feed(
        &self,
        job: &ImportJob,
        common: &Common,
        lines: Vec<ImportLine>,
        until: i64,
    ) -> Result<bool> {
        let now = to_millis(self.now());
        let grown = self.store().import_jobs().grow_import_job(
            &job.id,
            lines,
            json!(common).to_string(),
            self.owner(),
            now.plus(until),
            now,
        );
        Ok(grown.await?)
    }
}

fn wish(line: i64, product: String) -> Wish {
    Wish {
        line,
        product,
        skus: None,
        labels: Vec::new(),
        rule: None,
    }
}
