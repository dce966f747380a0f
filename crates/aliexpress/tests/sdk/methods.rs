//! Every current method once: how it is called with nothing but what it requires, and a body it answers.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use aliexpress::dropshipping::order_create::{DeliveryAddress, OrderItem};
use aliexpress::{AuthorizationCode, Client, Error, RefreshToken, TokenPair, Transport};
use aliexpress::{affiliate, dropshipping};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::{Value, json};

use super::support::{account, now, run};

type Answer = Pin<Box<dyn Future<Output = Result<Value, Error>> + Send>>;

/// One method.
pub(crate) struct Method {
    /// Its name at the gateway.
    pub(crate) name: &'static str,
    /// What has to be set, in the words of the SDK.
    pub(crate) setters: &'static [&'static str],
    /// Makes the call, with one of the setters left out.
    call: fn(&Client, Option<&str>) -> Answer,
}

impl Method {
    /// Makes the call and gives the decoded value as JSON.
    pub(crate) fn send(&self, transport: Arc<dyn Transport>) -> Result<Value, Error> {
        run((self.call)(&account(transport), None))
    }

    /// The same with one setter left out.
    pub(crate) fn send_without(
        &self,
        transport: Arc<dyn Transport>,
        setter: &str,
    ) -> Result<Value, Error> {
        run((self.call)(&account(transport), Some(setter)))
    }
}

/// The method of a name.
pub(crate) fn method(name: &str) -> &'static Method {
    let found = METHODS.iter().find(|method| method.name == name);
    found.unwrap_or_else(|| panic!("{name} has no row"))
}

/// What was decoded, field by field, as JSON.
trait Shown {
    fn shown(&self) -> Value;
}

impl<T: Serialize> Shown for T {
    fn shown(&self) -> Value {
        serde_json::to_value(self).unwrap()
    }
}

/// A pair does not serialise, because its tokens are secret; the ones here are made up.
fn pair(pair: &TokenPair) -> Value {
    json!({
        "access_token": pair.access_token.expose(),
        "refresh_token": pair.refresh_token.as_ref().map(|token| token.expose()),
        "obtained_at": pair.obtained_at,
        "works_until": pair.works_until,
        "sign_in_again_by": pair.sign_in_again_by,
        "refreshable": pair.refreshable,
        "account": pair.account,
        "request_id": pair.request_id,
    })
}

/// A request can be kept, handed to another thread and made several times.
fn shareable<T: Clone + Send + Sync + 'static>(request: T) -> T {
    request
}

/// `name => group.call(setter = value, …) as shown`, where `shown` turns the value into JSON.
macro_rules! methods {
    ($($name:literal => $group:ident . $call:ident ( $($setter:ident = $value:expr),* ) as $shown:path;)+) => {
        pub(crate) const METHODS: &[Method] = &[$(Method {
            name: $name,
            setters: &[$(stringify!($setter)),*],
            call: |client, _without| {
                let request = shareable(client.$group().$call());
                $(let request = match _without {
                    Some(stringify!($setter)) => request,
                    _ => request.$setter($value),
                };)*
                Box::pin(async move { request.send().await.map(|value| $shown(&value)) })
            },
        },)+];
    };
}

fn address() -> DeliveryAddress {
    let place = DeliveryAddress::new().country("US").province("Illinois");
    place.city("Springfield").address("1 Example Street")
}

fn item() -> OrderItem {
    OrderItem::new().product_id(PRODUCT).quantity(1)
}

/// Half an hour before midnight in the zone that the platform counts by.
fn later() -> Timestamp {
    now() + jiff::SignedDuration::from_hours(7) + jiff::SignedDuration::from_mins(30)
}

const PRODUCT: i64 = 1_005_008_000_000_001;
const SKU: i64 = 12_000_041_000_000_001;
const ORDER: i64 = 8_200_000_000_000_001;

methods! {
    "/auth/token/create" => system.token_create(code = AuthorizationCode::new("made-up-code")) as pair;
    "/auth/token/refresh" => system.token_refresh(refresh_token = RefreshToken::new("made-up-refresh")) as pair;
    "/auth/token/security/create" => system.token_security_create(code = AuthorizationCode::new("made-up-code")) as pair;
    "/auth/token/security/refresh" =>
        system.token_security_refresh(refresh_token = RefreshToken::new("made-up-refresh")) as pair;
    "aliexpress.ds.text.search" =>
        dropshipping.text_search(keyword = "mat", ship_to = "FR", currency = "EUR", locale = "fr_FR") as Shown::shown;
    "aliexpress.ds.category.get" => dropshipping.category_get() as Shown::shown;
    "aliexpress.ds.feedname.get" => dropshipping.feedname_get() as Shown::shown;
    "aliexpress.ds.feed.itemids.get" => dropshipping.feed_itemids_get(feed_name = "DS_bestselling") as Shown::shown;
    "aliexpress.ds.recommend.feed.get" => dropshipping.recommend_feed_get(feed_name = "DS_bestselling") as Shown::shown;
    "aliexpress.ds.image.searchV2" => dropshipping.image_search_v2(image = "aW1hZ2U=") as Shown::shown;
    "aliexpress.ds.image.search" =>
        dropshipping.image_search(image = b"picture".to_vec(), ship_to = "FR") as Shown::shown;
    "aliexpress.ds.search.event.report" => dropshipping.search_event_report(report_text = "{}") as Shown::shown;
    "aliexpress.ds.product.get" => dropshipping.product_get(product_id = PRODUCT, ship_to = "FR") as Shown::shown;
    "aliexpress.ds.product.wholesale.get" =>
        dropshipping.product_wholesale_get(product_id = PRODUCT, ship_to = "FR") as Shown::shown;
    "aliexpress.ds.product.specialinfo.get" =>
        dropshipping.product_specialinfo_get(product_id = PRODUCT, countries = ["FR"]) as Shown::shown;
    "aliexpress.ds.freight.query" => dropshipping.freight_query(
        product_id = PRODUCT, sku_id = SKU, quantity = 1, ship_to = "FR", currency = "EUR", language = "fr_FR",
        locale = "fr_FR"
    ) as Shown::shown;
    "aliexpress.logistics.buyer.freight.calculate" => dropshipping.freight_calculate(
        product_id = PRODUCT, quantity = 1, ship_to = "FR", ship_from = "CN"
    ) as Shown::shown;
    "aliexpress.ds.address.get" => dropshipping.address_get(country = "FR") as Shown::shown;
    "aliexpress.ds.order.create" => dropshipping.order_create(address = address(), item = item()) as Shown::shown;
    "aliexpress.trade.ds.order.get" => dropshipping.order_get(order_id = ORDER) as Shown::shown;
    "aliexpress.ds.order.tracking.get" =>
        dropshipping.order_tracking_get(order_id = ORDER, language = "en_US") as Shown::shown;
    "aliexpress.ds.member.benefit.get" => dropshipping.member_benefit_get() as Shown::shown;
    "aliexpress.ds.commissionorder.listbyindex" => dropshipping.commissionorder_listbyindex(
        start_time = now(), end_time = later(),
        status = dropshipping::commissionorder_listbyindex::Status::PaymentCompleted
    ) as Shown::shown;
    "aliexpress.affiliate.product.query" => affiliate.product_query() as Shown::shown;
    "aliexpress.affiliate.hotproduct.query" => affiliate.hotproduct_query() as Shown::shown;
    "aliexpress.affiliate.hotproduct.download" => affiliate.hotproduct_download(category_id = 44) as Shown::shown;
    "aliexpress.affiliate.productdetail.get" => affiliate.productdetail_get(product_ids = [PRODUCT]) as Shown::shown;
    "aliexpress.affiliate.product.smartmatch" => affiliate.product_smartmatch(device_id = "device-1") as Shown::shown;
    "aliexpress.affiliate.featuredpromo.get" => affiliate.featuredpromo_get() as Shown::shown;
    "aliexpress.affiliate.featuredpromo.products.get" => affiliate.featuredpromo_products_get() as Shown::shown;
    "aliexpress.affiliate.link.generate" => affiliate.link_generate(
        promotion_link_type = affiliate::link_generate::LinkType::Normal,
        source_values = ["https://www.aliexpress.com/item/1.html"], tracking_id = "shop"
    ) as Shown::shown;
    "aliexpress.affiliate.category.get" => affiliate.category_get() as Shown::shown;
    "aliexpress.affiliate.order.list" => affiliate.order_list(
        start_time = now(), end_time = later(), status = affiliate::order_list::Status::PaymentCompleted
    ) as Shown::shown;
    "aliexpress.affiliate.order.listbyindex" => affiliate.order_listbyindex(
        start_time = now(), end_time = later(), status = affiliate::order_listbyindex::Status::PaymentCompleted
    ) as Shown::shown;
    "aliexpress.affiliate.order.get" => affiliate.order_get(order_ids = [ORDER]) as Shown::shown;
    "aliexpress.affiliate.product.shipping.get" => affiliate.product_shipping_get(
        product_id = PRODUCT, sku_id = SKU, ship_to = "FR", currency = "EUR",
        target_sale_price = Decimal::new(475, 2), tax_rate = Decimal::new(2, 1), language = "FR"
    ) as Shown::shown;
    "aliexpress.affiliate.product.sku.detail.get" => affiliate.product_sku_detail_get(
        product_id = PRODUCT, ship_to = "FR", currency = "EUR", language = "FR"
    ) as Shown::shown;
    "aliexpress.affiliate.promotion.info.get" => affiliate.promotion_info_get(
        product_ids = [PRODUCT], currency = "EUR", language = "FR", ship_to = "FR"
    ) as Shown::shown;
    "/aliexpress/xinghe/merchant/license/get" => affiliate.merchant_license_get(seller_id = "1102000001") as Shown::shown;
}
