//! `aliexpress.ds.text.search`: products by keyword, priced for one country and currency.
//!
//! Reference: openservice.aliexpress.com, API reference, "aliexpress.ds.text.search".

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::check;
use crate::call::{Answer, Authority, Exchange, Parameters, Refused};
use crate::error::RequestError;
use crate::{Client, Error, decode};

const METHOD: &str = "aliexpress.ds.text.search";

/// Order of the results. Always sent: leaving it out has been seen to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Most orders first.
    #[default]
    OrdersDescending,
    /// Fewest orders first.
    OrdersAscending,
    /// Cheapest first.
    PriceAscending,
    /// Dearest first.
    PriceDescending,
    /// Most comments first.
    CommentsDescending,
    /// Fewest comments first.
    CommentsAscending,
}

impl Sort {
    /// The gateway's own text.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrdersDescending => "orders,desc",
            Self::OrdersAscending => "orders,asc",
            Self::PriceAscending => "min_price,asc",
            Self::PriceDescending => "min_price,desc",
            Self::CommentsDescending => "comments,desc",
            Self::CommentsAscending => "comments,asc",
        }
    }
}

/// A search to be sent. Made by [`Dropshipping::text_search`](super::Dropshipping::text_search).
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `send`"]
pub struct SearchQuery<'c> {
    client: &'c Client,
    keyword: Option<String>,
    category: Option<i64>,
    ship_to: Option<String>,
    currency: Option<String>,
    locale: String,
    sort: Sort,
    page: u32,
    page_size: u32,
}

impl<'c> SearchQuery<'c> {
    pub(super) fn new(client: &'c Client) -> Self {
        Self {
            client,
            keyword: None,
            category: None,
            ship_to: None,
            currency: None,
            locale: "en_US".to_owned(),
            sort: Sort::default(),
            page: 1,
            page_size: 20,
        }
    }

    /// Words to look for (`keyWord`). Needed unless a category is given.
    pub fn keyword(mut self, keyword: impl Into<String>) -> Self {
        self.keyword = Some(keyword.into());
        self
    }

    /// Only products of this category (`categoryId`).
    pub fn category(mut self, category_id: i64) -> Self {
        self.category = Some(category_id);
        self
    }

    /// Country of delivery, ISO 3166-1 alpha-2 (`countryCode`). Required.
    pub fn ship_to(mut self, country: impl Into<String>) -> Self {
        self.ship_to = Some(country.into());
        self
    }

    /// Currency of the target prices, ISO 4217 (`currency`). Required.
    pub fn currency(mut self, currency: impl Into<String>) -> Self {
        self.currency = Some(currency.into());
        self
    }

    /// Locale such as `fr_FR` (`local`, without the e). `en_US` when not given.
    pub fn locale(mut self, locale: impl Into<String>) -> Self {
        self.locale = locale.into();
        self
    }

    /// Order of the results (`sortBy`).
    pub fn sort(mut self, sort: Sort) -> Self {
        self.sort = sort;
        self
    }

    /// Page, counted from 1 (`pageIndex`).
    pub fn page(mut self, page: u32) -> Self {
        self.page = page;
        self
    }

    /// Products per page (`pageSize`). 20 when not given.
    pub fn page_size(mut self, page_size: u32) -> Self {
        self.page_size = page_size;
        self
    }

    /// Sends the search. A read.
    ///
    /// # Errors
    /// [`Error::Business`] with `NGSELECTION_SEARCH_ERROR` (comes and goes) or `EXCEPTION_TEXT_SEARCH_FOR_DS`, and
    /// everything else in [`Error`].
    pub async fn send(self) -> Result<TextSearch, Error> {
        let parameters = self.parameters()?;
        self.client
            .perform(
                METHOD,
                parameters,
                Authority::Account,
                Exchange::decode::<SearchAnswer>,
            )
            .await
    }

    fn parameters(&self) -> Result<Parameters, RequestError> {
        let keyword = check::present(self.keyword.as_deref());
        if keyword.is_none() && self.category.is_none() {
            return Err(RequestError::new(
                "keyword",
                "is required unless a category is given",
            ));
        }
        let mut parameters: Parameters = vec![
            (
                Cow::Borrowed("countryCode"),
                check::country("ship_to", self.ship_to.as_deref())?,
            ),
            (
                Cow::Borrowed("currency"),
                check::currency("currency", self.currency.as_deref())?,
            ),
            (
                Cow::Borrowed("local"),
                check::required("locale", Some(&self.locale))?.to_owned(),
            ),
            (Cow::Borrowed("sortBy"), self.sort.as_str().to_owned()),
            (
                Cow::Borrowed("pageIndex"),
                check::count("page", self.page)?.to_string(),
            ),
            (
                Cow::Borrowed("pageSize"),
                check::count("page_size", self.page_size)?.to_string(),
            ),
        ];
        if let Some(keyword) = keyword {
            parameters.push((Cow::Borrowed("keyWord"), keyword.to_owned()));
        }
        if let Some(category) = self.category {
            let category = check::id("category", category)?;
            parameters.push((Cow::Borrowed("categoryId"), category.to_string()));
        }
        Ok(parameters)
    }
}

/// One page of results.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextSearch {
    /// This page, counted from 1.
    #[serde(alias = "pageIndex", default, deserialize_with = "number_or_zero")]
    pub page_index: i64,
    /// Products per page.
    #[serde(alias = "pageSize", default, deserialize_with = "number_or_zero")]
    pub page_size: i64,
    /// Products on all pages.
    #[serde(alias = "totalCount", default, deserialize_with = "number_or_zero")]
    pub total_count: i64,
    /// The products of this page.
    #[serde(default, deserialize_with = "decode::list")]
    pub products: Vec<SearchProduct>,
}

/// A product as the search shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SearchProduct {
    /// Product id, for [`product`](super::Dropshipping::product).
    #[serde(alias = "itemId", deserialize_with = "decode::required_int")]
    pub item_id: i64,
    /// Title in the language of the request, where there is one.
    #[serde(default, deserialize_with = "decode::text_or_empty")]
    pub title: String,
    /// Address of the main picture.
    #[serde(alias = "itemMainPic", default, deserialize_with = "decode::text")]
    pub item_main_pic: Option<String>,
    /// Address of the product page. Starts with `//` and may hold a second `?`.
    #[serde(alias = "itemUrl", default, deserialize_with = "decode::text")]
    pub item_url: Option<String>,
    /// Address of a video.
    #[serde(alias = "productVideoUrl", default, deserialize_with = "decode::text")]
    pub product_video_url: Option<String>,
    /// `search` or `recommend`.
    #[serde(rename = "type", default, deserialize_with = "decode::text")]
    pub kind: Option<String>,
    /// Category ids from the root down, separated by commas.
    #[serde(alias = "cateId", default, deserialize_with = "decode::text")]
    pub category_path: Option<String>,
    /// Price now, in the requested currency.
    #[serde(
        alias = "targetSalePrice",
        default,
        deserialize_with = "decode::decimal"
    )]
    pub target_sale_price: Option<Decimal>,
    /// Price before the discount, in the requested currency.
    #[serde(
        alias = "targetOriginalPrice",
        default,
        deserialize_with = "decode::decimal"
    )]
    pub target_original_price: Option<Decimal>,
    /// Currency of both target prices (`targetOriginalPriceCurrency`; the gateway has no other).
    #[serde(
        alias = "targetOriginalPriceCurrency",
        default,
        deserialize_with = "decode::text"
    )]
    pub target_currency: Option<String>,
    /// Price now, in the seller's currency.
    #[serde(alias = "salePrice", default, deserialize_with = "decode::decimal")]
    pub sale_price: Option<Decimal>,
    /// The seller's currency, often CNY.
    #[serde(
        alias = "salePriceCurrency",
        default,
        deserialize_with = "decode::text"
    )]
    pub sale_price_currency: Option<String>,
    /// Price before the discount, in the seller's currency.
    #[serde(alias = "originalPrice", default, deserialize_with = "decode::decimal")]
    pub original_price: Option<Decimal>,
    /// Currency of `original_price`.
    #[serde(
        alias = "originalPriceCurrency",
        default,
        deserialize_with = "decode::text"
    )]
    pub original_price_currency: Option<String>,
    /// Price now as localised text, such as `3,45€`.
    #[serde(alias = "salePriceFormat", default, deserialize_with = "decode::text")]
    pub sale_price_format: Option<String>,
    /// Percentage with its sign, such as `65%`.
    #[serde(default, deserialize_with = "decode::text")]
    pub discount: Option<String>,
    /// Rating from 0 to 5.
    #[serde(default, deserialize_with = "decode::loose_decimal")]
    pub score: Option<Decimal>,
    /// Share of good reviews in percent, with or without the sign.
    #[serde(alias = "evaluateRate", default, deserialize_with = "decode::text")]
    pub evaluate_rate: Option<String>,
    /// Rounded number of orders, such as `5,000+`.
    #[serde(default, deserialize_with = "decode::text")]
    pub orders: Option<String>,
}

fn number_or_zero<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    decode::int(deserializer).map(Option::unwrap_or_default)
}

#[derive(Deserialize)]
struct SearchAnswer {
    #[serde(default, deserialize_with = "decode::text")]
    code: Option<String>,
    #[serde(default, deserialize_with = "decode::text")]
    msg: Option<String>,
    data: Option<TextSearch>,
}

impl Answer for SearchAnswer {
    type Value = TextSearch;

    fn into_value(self) -> Result<TextSearch, Refused> {
        // "00" is the method's own success; "0" is the gateway's, in the streamlined envelope.
        match self.code.as_deref() {
            Some("00" | "0" | "200") | None => self.data.ok_or(Refused::Missing("data")),
            Some(_) => Err(Refused::Business {
                code: self.code,
                message: self.msg,
            }),
        }
    }
}
