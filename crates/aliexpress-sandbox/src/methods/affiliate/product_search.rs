//! The search behind `product.query` and `hotproduct.query`.

use super::row::{Extra, Rows};
use super::{found, nothing};
use crate::catalogue::feeds::{self, Members, Pool};
use crate::catalogue::listing::{Listing, Order, Rank};
use crate::catalogue::{Product, delivery};
use crate::gateway::refusal::Refusal;
use crate::json::object;
use crate::methods::list_request::{Destination, Window, categories, chosen, chosen_from, integer};
use crate::methods::product_row::platform_type;
use crate::methods::{Context, Reply};

/// What differs between the two.
pub(super) struct Search {
    pub(super) pool: Option<Pool>,
    pub(super) sorts: &'static [(&'static str, Order)],
    /// Whether the answer says how many pages there are.
    pub(super) counts_pages: bool,
}

/// Conditions besides words, categories and destination.
struct Demands {
    platform_type: Option<String>,
    min_price: Option<i64>,
    max_price: Option<i64>,
    most_days: Option<i64>,
    promotion: Option<Members>,
}

impl Demands {
    /// `None` when a promotion is named that does not run.
    fn read(context: &Context<'_>) -> Result<Option<Self>, Refusal> {
        let kinds = ["ALL", "PLAZA", "TMALL"];
        let kind = chosen(context, "platform_product_type", &kinds)?.filter(|kind| *kind != "ALL");
        let days = chosen(context, "delivery_days", &["3", "5", "7", "10"])?;
        let name = context.text("promotion_name");
        let promotion = if name.is_empty() {
            None
        } else {
            let Some(promotion) = feeds::promotion(name, context.now_ms) else {
                return Ok(None);
            };
            Some(promotion.pool.members(context.inner.catalogue))
        };
        Ok(Some(Self {
            platform_type: kind.map(str::to_owned),
            min_price: context.text("min_sale_price").parse().ok(),
            max_price: context.text("max_sale_price").parse().ok(),
            most_days: days.and_then(|days| days.parse().ok()),
            promotion,
        }))
    }

    fn accept(
        &self,
        product: &Product,
        cents: i64,
        rows: &Rows<'_>,
        destination: Destination,
    ) -> bool {
        let in_promotion = self
            .promotion
            .is_none_or(|members| members.contains(product.index));
        if !in_promotion {
            return false;
        }
        let right_kind = self
            .platform_type
            .as_deref()
            .is_none_or(|kind| kind == platform_type(product));
        let priced = self.min_price.is_some() || self.max_price.is_some();
        let price = if priced { rows.minor(cents) } else { 0 };
        right_kind
            && self.min_price.is_none_or(|least| price >= least)
            && self.max_price.is_none_or(|most| price <= most)
            && self.most_days.is_none_or(|most| {
                delivery::cheapest(product, destination.country, cents)
                    .is_some_and(|service| service.usual_days() <= most)
            })
    }
}

impl Search {
    pub(super) fn run(&self, context: &Context<'_>) -> Result<Reply, Refusal> {
        let order = chosen_from(context, "sort", self.sorts)?.unwrap_or((Rank::Volume, true));
        let categories = categories(context, "category_ids")?;
        let demands = Demands::read(context)?;
        let usual = Destination::usual();
        let destination = Destination::of(context, "ship_to_country");
        let base_url = context.inner.base_url();
        let rows = Rows::new(
            context,
            &base_url,
            destination.unwrap_or(usual),
            Extra::Days,
        )?;
        let (Some(demands), Some(destination)) = (demands, destination) else {
            return Ok(nothing());
        };
        let window = Window::of(context);
        let listing = Listing {
            pool: self.pool,
            words: context.text("keywords"),
            categories: &categories,
            country: destination.demanded(),
            accepts: &|product, cents| demands.accept(product, cents, &rows, destination),
            order,
        };
        let page = context.list_products(&listing, window);
        if page.products.is_empty() {
            return Ok(nothing());
        }
        let mut result = object! {
            "current_record_count": integer(page.products.len()),
            "total_record_count": integer(page.total),
            "current_page_no": integer(window.page),
        };
        if self.counts_pages {
            result.set("total_page_no", integer(window.pages(page.total)));
        }
        result.set("products", rows.list(&page.products));
        Ok(found(result))
    }
}
