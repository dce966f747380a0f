//! Ready-made lists of products: AliExpress's feeds.

use aliexpress::dropshipping::recommend_feed_get::Sort as UpstreamSort;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::convert::feed_hit;
use super::{ProductQuery, SearchPage, Sort, bounded};
use crate::error::{Error, Result};
use crate::service::Core;

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeedView {
    /// Its name, which opens it.
    pub name: String,
    /// What is in it. Upstream text: escape it.
    pub description: Option<String>,
    /// How many products it holds.
    pub products: Option<i64>,
}

/// A page of a feed.
#[derive(Debug, Clone, Default)]
pub struct FeedQuery {
    /// Name of the feed.
    pub name: String,
    /// Only products of this category.
    pub category: Option<i64>,
    /// Destination, currency, language and connection.
    pub market: ProductQuery,
    /// From 1.
    pub page: Option<u32>,
    /// 1 to 50.
    pub page_size: Option<u32>,
    /// The order of results.
    pub sort: Sort,
}

impl Core {
    /// The feeds there are (`aliexpress.ds.feedname.get`), in the gateway's order.
    ///
    /// # Errors
    /// As [`Core::vend`].
    pub async fn feeds(&self, connection: Option<&str>) -> Result<Vec<FeedView>> {
        let found = self
            .with_token(connection, |client| async move {
                client.dropshipping().feedname_get().send().await
            })
            .await?;
        let feeds = found.promos.into_iter().filter_map(|feed| {
            Some(FeedView {
                name: feed.promo_name?,
                description: feed.promo_desc,
                products: feed.product_num,
            })
        });
        Ok(feeds.collect())
    }

    /// One page of a feed (`aliexpress.ds.recommend.feed.get`).
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that no feed has, a page or market that cannot be; else as [`Core::vend`].
    pub async fn feed_products(&self, query: &FeedQuery) -> Result<SearchPage> {
        let name = query.name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(Error::invalid("feed", "expected the name of a feed"));
        }
        let market = self.market_of(&query.market).await?;
        let page = bounded("page", query.page.unwrap_or(1), 1, 1000)?;
        let page_size = bounded("page_size", query.page_size.unwrap_or(20), 1, 50)?;
        let (market, sort, category) = (&market, query.sort, query.category);
        let found = self
            .with_token(query.market.connection.as_deref(), |client| async move {
                let mut feed = client
                    .dropshipping()
                    .recommend_feed_get()
                    .feed_name(name)
                    .ship_to(&market.ship_to)
                    .currency(&market.currency)
                    .language(&market.language)
                    .sort(upstream(sort))
                    .page(page.into())
                    .page_size(page_size.into());
                if let Some(category) = category {
                    feed = feed.category_id(category);
                }
                feed.send().await
            })
            .await?;
        // The gateway answers for a feed that is not there as for an empty one.
        if found.products.is_empty()
            && !self
                .is_feed(name, query.market.connection.as_deref())
                .await?
        {
            let message = format!("there is no feed {:?}", crate::text::shortened(name, 60));
            return Err(Error::invalid("feed", message));
        }
        Ok(SearchPage {
            products: found.products.into_iter().map(feed_hit).collect(),
            page: found.current_page_no.unwrap_or_else(|| page.into()),
            page_size: page_size.into(),
            total: found.total_record_count.unwrap_or_default(),
            ship_to: market.ship_to.clone(),
            currency: market.currency.clone(),
        })
    }

    async fn is_feed(&self, name: &str, connection: Option<&str>) -> Result<bool> {
        let feeds = self.feeds(connection).await?;
        Ok(feeds.iter().any(|feed| feed.name == name))
    }
}

const fn upstream(sort: Sort) -> UpstreamSort {
    match sort {
        Sort::Orders => UpstreamSort::VolumeDesc,
        Sort::PriceUp => UpstreamSort::PriceAsc,
        Sort::PriceDown => UpstreamSort::PriceDesc,
    }
}
