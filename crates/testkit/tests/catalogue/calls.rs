//! One typed call of every method, as a user of the SDK would write it.

use aliexpress::affiliate::{link_generate::LinkType, order_list, order_listbyindex};
use aliexpress::dropshipping::commissionorder_listbyindex;
use aliexpress::dropshipping::order_create::{DeliveryAddress, OrderItem};
use aliexpress::shapes::{Product, Sku};
use aliexpress::{Error, TokenPair};
use anyhow::{Context, Result, bail};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use crate::world::{TRACKING_ID, World};

/// A product that is in stock, with one of its SKUs.
#[derive(Debug, Clone)]
pub(crate) struct Chosen {
    pub(crate) product: i64,
    pub(crate) sku: i64,
    pub(crate) sku_attr: String,
    pub(crate) title: String,
    pub(crate) picture: String,
}

impl World {
    /// The first product of a search that has everything a product can have: several SKUs, stock, a video, a store
    /// coupon, and both countries of these tests.
    pub(crate) async fn choose(&self) -> Result<Chosen> {
        let search = self.account.dropshipping().text_search();
        let search = search.keyword("lamp").ship_to("FR").currency("EUR");
        let found = search.locale("en_US").page_size(50).send().await?;
        for row in &found.products {
            if self.is_complete(row.item_id).await?
                && let Some(chosen) = self.with_stock(row.item_id).await?
                && self.is_delivered_in_every_way(&chosen).await?
            {
                return Ok(chosen);
            }
        }
        bail!("no lamp has everything")
    }

    async fn is_complete(&self, id: i64) -> Result<bool> {
        let in_us = self.account.dropshipping().product_get();
        let in_us = in_us
            .product_id(id)
            .ship_to("US")
            .currency("USD")
            .send()
            .await;
        let rows = self.app.affiliate().productdetail_get().product_ids([id]);
        let rows = rows.ship_to("FR").send().await?.products;
        Ok(in_us.is_ok() && rows.iter().any(|row| row.promo_code_info.is_some()))
    }

    /// For a fee, free above an amount, and free with its taxes.
    async fn is_delivered_in_every_way(&self, chosen: &Chosen) -> Result<bool> {
        let options = freight(self, chosen).await?;
        Ok(options.iter().any(|option| option.includes_vat.is_some())
            && options.iter().any(|option| option.shipping_fee.is_some())
            && options
                .iter()
                .any(|option| option.free_shipping_threshold.is_some()))
    }

    async fn with_stock(&self, id: i64) -> Result<Option<Chosen>> {
        let product = self.product(id).await?;
        let media = product.multimedia.as_ref().context("no pictures")?;
        let in_stock = |sku: &&Sku| sku.sku_available_stock > Some(20);
        let sku = product.skus.iter().find(in_stock);
        let sku = sku.filter(|_| product.skus.len() > 1 && !media.videos.is_empty());
        let Some(sku) = sku else { return Ok(None) };
        let picture = media.image_urls.first().context("no pictures")?;
        Ok(Some(Chosen {
            product: id,
            sku: sku.sku_id,
            sku_attr: sku.sku_attr.clone().unwrap_or_default(),
            title: product.base.subject.clone().context("no title")?,
            picture: picture.clone(),
        }))
    }

    pub(crate) async fn product(&self, id: i64) -> Result<Product, Error> {
        let product = self.account.dropshipping().product_get();
        product
            .product_id(id)
            .ship_to("FR")
            .currency("EUR")
            .language("en")
            .send()
            .await
    }

    /// The bytes of a product's picture.
    pub(crate) async fn picture(&self, chosen: &Chosen) -> Result<Vec<u8>> {
        let path = chosen
            .picture
            .strip_prefix(&self.base)
            .context("a foreign picture")?;
        Ok(self.control.get(path).await?.body.to_vec())
    }

    pub(crate) async fn feed(&self) -> Result<String> {
        let feeds = self.account.dropshipping().feedname_get().send().await?;
        let feed = feeds.promos.into_iter().next().context("no feed")?;
        feed.promo_name.context("a feed without a name")
    }

    pub(crate) async fn promotion(&self) -> Result<String> {
        let promotions = self.app.affiliate().featuredpromo_get().send().await?;
        let promotion = promotions
            .promos
            .into_iter()
            .next()
            .context("no promotion")?;
        promotion.promo_name.context("a promotion without a name")
    }

    /// A top category that has hot products.
    pub(crate) async fn hot_category(&self) -> Result<i64> {
        let affiliate = self.app.affiliate();
        let categories = affiliate.category_get().send().await?.categories;
        for category in categories
            .iter()
            .filter(|category| category.parent_category_id.is_none())
        {
            let id = category.category_id;
            match affiliate
                .hotproduct_download()
                .category_id(id)
                .ship_to("US")
                .send()
                .await
            {
                Ok(_) => return Ok(id),
                Err(Error::Business(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        bail!("no category has hot products")
    }

    /// An order of the demo buyer that is on its way.
    pub(crate) fn shipped_order() -> i64 {
        8_100_000_000_000_002
    }

    /// The last 80 days.
    pub(crate) fn span(&self) -> Result<(Timestamp, Timestamp)> {
        let now = Timestamp::from_millisecond(self.sandbox.clock().now_ms())?;
        let past = now.checked_sub(SignedDuration::from_hours(80 * 24))?;
        Ok((past, now))
    }
}

pub(crate) fn address() -> DeliveryAddress {
    DeliveryAddress::new()
        .country("US")
        .province("Illinois")
        .city("Springfield")
        .address("742 Evergreen Terrace")
        .zip("62704")
        .contact_person("Ada Example")
        .full_name("Ada Example")
        .mobile_no("2175550100")
        .phone_country("+1")
}

fn shown<T: Serialize>(value: T) -> Result<Value> {
    Ok(serde_json::to_value(value)?)
}

fn pair(pair: &TokenPair) -> Result<Value> {
    let until = pair.works_until.context("no deadline")?;
    Ok(json!({ "works_until": until, "refreshable": pair.refreshable }))
}

/// Calls a method with sensible parameters and shows what came back.
pub(crate) async fn call(world: &World, chosen: &Chosen, method: &str) -> Result<Value> {
    match method.strip_prefix("aliexpress.affiliate.") {
        Some(name) => affiliate(world, chosen, name).await,
        None if method.starts_with('/') => system(world, chosen, method).await,
        None => dropshipping(world, chosen, method).await,
    }
}

async fn system(world: &World, chosen: &Chosen, method: &str) -> Result<Value> {
    let system = world.app.system();
    let code = world.code().await?;
    match method {
        "/auth/token/create" => pair(&system.token_create().code(code).send().await?),
        "/auth/token/security/create" => {
            pair(&system.token_security_create().code(code).send().await?)
        }
        "/auth/token/refresh" | "/auth/token/security/refresh" => {
            let first = world.app.oauth().create(&code).await?;
            let token = first.refresh_token.context("no refresh token")?;
            pair(&if method.contains("security") {
                system
                    .token_security_refresh()
                    .refresh_token(token)
                    .send()
                    .await?
            } else {
                system.token_refresh().refresh_token(token).send().await?
            })
        }
        "/aliexpress/xinghe/merchant/license/get" => {
            let product = world.product(chosen.product).await?;
            let store = product
                .store
                .and_then(|store| store.store_id)
                .context("no store")?;
            let request = world.app.affiliate().merchant_license_get();
            shown(request.seller_id(store.to_string()).send().await?)
        }
        other => bail!("no call of {other} is written"),
    }
}

async fn dropshipping(world: &World, chosen: &Chosen, method: &str) -> Result<Value> {
    let ds = world.account.dropshipping();
    let (from, to) = world.span()?;
    let id = chosen.product;
    match method {
        "aliexpress.ds.text.search" => {
            let search = ds
                .text_search()
                .keyword(&chosen.title)
                .ship_to("FR")
                .currency("EUR");
            shown(search.locale("fr_FR").send().await?)
        }
        "aliexpress.ds.category.get" => shown(ds.category_get().language("fr").send().await?),
        "aliexpress.ds.feedname.get" => shown(ds.feedname_get().send().await?),
        "aliexpress.ds.feed.itemids.get" => {
            let feed = world.feed().await?;
            shown(
                ds.feed_itemids_get()
                    .feed_name(feed)
                    .page_size(20)
                    .send()
                    .await?,
            )
        }
        "aliexpress.ds.recommend.feed.get" => {
            let feed = ds
                .recommend_feed_get()
                .feed_name(world.feed().await?)
                .ship_to("FR");
            shown(feed.currency("EUR").page_size(50).send().await?)
        }
        "aliexpress.ds.image.searchV2" => {
            use base64::Engine as _;
            let picture =
                base64::engine::general_purpose::STANDARD.encode(world.picture(chosen).await?);
            shown(
                ds.image_search_v2()
                    .image(picture)
                    .ship_to("FR")
                    .currency("EUR")
                    .send()
                    .await?,
            )
        }
        "aliexpress.ds.image.search" => {
            let picture = world.picture(chosen).await?;
            shown(
                ds.image_search()
                    .image(picture)
                    .ship_to("FR")
                    .currency("EUR")
                    .send()
                    .await?,
            )
        }
        "aliexpress.ds.search.event.report" => shown(
            ds.search_event_report()
                .report_text("{\"event\":\"click\"}")
                .send()
                .await?,
        ),
        "aliexpress.ds.product.get" => shown(world.product(id).await?),
        "aliexpress.ds.product.wholesale.get" => shown(
            ds.product_wholesale_get()
                .product_id(id)
                .ship_to("FR")
                .currency("EUR")
                .send()
                .await?,
        ),
        "aliexpress.ds.product.specialinfo.get" => shown(
            ds.product_specialinfo_get()
                .product_id(id)
                .countries(["FR"])
                .send()
                .await?,
        ),
        "aliexpress.ds.freight.query" => shown(freight(world, chosen).await?),
        "aliexpress.logistics.buyer.freight.calculate" => {
            let request = ds
                .freight_calculate()
                .product_id(id)
                .quantity(1)
                .ship_to("FR")
                .ship_from("CN");
            shown(request.sku_id(chosen.sku).send().await?)
        }
        "aliexpress.ds.address.get" => shown(ds.address_get().country("FR").send().await?),
        "aliexpress.ds.order.create" => {
            let item = OrderItem::new()
                .product_id(id)
                .quantity(1)
                .sku_attr(&chosen.sku_attr);
            let order = ds
                .order_create()
                .out_order_id(format!("walk-{id}"))
                .address(address());
            shown(order.item(item).send().await?)
        }
        "aliexpress.trade.ds.order.get" => shown(
            ds.order_get()
                .order_id(World::shipped_order())
                .send()
                .await?,
        ),
        "aliexpress.ds.order.tracking.get" => {
            let tracking = ds.order_tracking_get().order_id(World::shipped_order());
            shown(tracking.language("en_US").send().await?)
        }
        "aliexpress.ds.member.benefit.get" => shown(ds.member_benefit_get().send().await?),
        "aliexpress.ds.commissionorder.listbyindex" => {
            let status = commissionorder_listbyindex::Status::PaymentCompleted;
            shown(
                ds.commissionorder_listbyindex()
                    .start_time(from)
                    .end_time(to)
                    .status(status)
                    .send()
                    .await?,
            )
        }
        other => bail!("no call of {other} is written"),
    }
}

pub(crate) async fn freight(
    world: &World,
    chosen: &Chosen,
) -> Result<Vec<aliexpress::dropshipping::freight_query::DeliveryOption>, Error> {
    let freight = world.account.dropshipping().freight_query();
    let freight = freight
        .product_id(chosen.product)
        .sku_id(chosen.sku)
        .quantity(1)
        .ship_to("FR");
    freight
        .currency("EUR")
        .language("en_US")
        .locale("en_US")
        .send()
        .await
}

async fn affiliate(world: &World, chosen: &Chosen, name: &str) -> Result<Value> {
    let affiliate = world.app.affiliate();
    let (from, to) = world.span()?;
    let id = chosen.product;
    match name {
        "product.query" => {
            let query = affiliate
                .product_query()
                .keywords(&chosen.title)
                .ship_to("FR");
            shown(
                query
                    .currency("EUR")
                    .tracking_id(TRACKING_ID)
                    .send()
                    .await?,
            )
        }
        "hotproduct.query" => shown(
            affiliate
                .hotproduct_query()
                .ship_to("FR")
                .tracking_id(TRACKING_ID)
                .send()
                .await?,
        ),
        "hotproduct.download" => {
            let download = affiliate
                .hotproduct_download()
                .category_id(world.hot_category().await?);
            shown(
                download
                    .ship_to("FR")
                    .tracking_id(TRACKING_ID)
                    .send()
                    .await?,
            )
        }
        "productdetail.get" => {
            let detail = affiliate
                .productdetail_get()
                .product_ids([id])
                .ship_to("FR");
            shown(
                detail
                    .currency("EUR")
                    .tracking_id(TRACKING_ID)
                    .send()
                    .await?,
            )
        }
        "product.smartmatch" => {
            let request = affiliate
                .product_smartmatch()
                .device_id("0a1b-made-up")
                .keywords("lamp");
            shown(
                request
                    .ship_to("FR")
                    .tracking_id(TRACKING_ID)
                    .send()
                    .await?,
            )
        }
        "featuredpromo.get" => shown(affiliate.featuredpromo_get().send().await?),
        "featuredpromo.products.get" => {
            let promotion = world.promotion().await?;
            let request = affiliate
                .featuredpromo_products_get()
                .promotion_name(promotion);
            shown(
                request
                    .ship_to("FR")
                    .tracking_id(TRACKING_ID)
                    .send()
                    .await?,
            )
        }
        "link.generate" => {
            let links = affiliate
                .link_generate()
                .promotion_link_type(LinkType::Normal);
            let links = links.source_values([id.to_string(), "not a product".to_owned()]);
            shown(links.tracking_id(TRACKING_ID).send().await?)
        }
        "category.get" => shown(affiliate.category_get().send().await?),
        "order.list" => {
            let orders = affiliate
                .order_list()
                .status(order_list::Status::PaymentCompleted);
            shown(orders.start_time(from).end_time(to).send().await?)
        }
        "order.listbyindex" => {
            let orders = affiliate
                .order_listbyindex()
                .status(order_listbyindex::Status::PaymentCompleted);
            shown(orders.start_time(from).end_time(to).send().await?)
        }
        "order.get" => {
            let commissions = world.get("commissions").await?;
            let id = commissions["commissions"][0]["sub_order_id"].clone();
            let id = id
                .as_i64()
                .or_else(|| id.as_str()?.parse().ok())
                .context("no commission order")?;
            shown(affiliate.order_get().order_ids([id]).send().await?)
        }
        "product.shipping.get" => shown(shipping(world, chosen).await?),
        "product.sku.detail.get" => {
            let detail = affiliate
                .product_sku_detail_get()
                .product_id(id)
                .ship_to("FR");
            let detail = detail
                .currency("EUR")
                .language("EN")
                .need_deliver_info(true);
            shown(detail.send().await?)
        }
        "promotion.info.get" => {
            let info = affiliate
                .promotion_info_get()
                .product_ids([id])
                .currency("EUR");
            shown(info.language("EN").ship_to("FR").send().await?)
        }
        other => bail!("no call of {other} is written"),
    }
}

pub(crate) async fn shipping(
    world: &World,
    chosen: &Chosen,
) -> Result<aliexpress::affiliate::product_shipping_get::Shipping> {
    let affiliate = world.app.affiliate();
    let row = affiliate
        .productdetail_get()
        .product_ids([chosen.product])
        .ship_to("FR");
    let row = row
        .currency("EUR")
        .send()
        .await?
        .products
        .into_iter()
        .next()
        .context("no row")?;
    let price = row.target_sale_price.context("no price")?;
    let request = affiliate
        .product_shipping_get()
        .product_id(chosen.product)
        .sku_id(chosen.sku);
    let request = request
        .ship_to("FR")
        .currency("EUR")
        .target_sale_price(price);
    Ok(request
        .tax_rate(row.tax_rate.unwrap_or_default())
        .language("EN")
        .send()
        .await?)
}
