//! The methods of the platform: what each does and how often it may be called.

/// One method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Method {
    /// Its name, or its path.
    pub(crate) name: &'static str,
    /// What sending it does.
    pub(crate) kind: Kind,
    /// Calls per second that the platform documents.
    pub(crate) per_second: Option<u32>,
}

/// What sending a method does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing changes.
    Read,
    /// Something changes, each time.
    Write,
    /// Something changes, once for each key.
    KeyedWrite {
        /// Where the key stands: the parameter, then the path inside its JSON.
        parameter: &'static str,
        /// How long the platform remembers the key.
        window_seconds: u32,
    },
}

/// The method of a name or path.
pub(crate) fn find(name: &str) -> Option<&'static Method> {
    METHODS
        .binary_search_by(|method| method.name.cmp(name))
        .ok()
        .and_then(|at| METHODS.get(at))
}

const fn method(name: &'static str, kind: Kind, per_second: Option<u32>) -> Method {
    Method {
        name,
        kind,
        per_second,
    }
}

/// Sorted by name.
static METHODS: &[Method] = &[
    method("/aliexpress/xinghe/merchant/license/get", Kind::Read, None),
    method("/auth/token/create", Kind::Write, None),
    method("/auth/token/refresh", Kind::Write, None),
    method("/auth/token/security/create", Kind::Write, None),
    method("/auth/token/security/refresh", Kind::Write, None),
    method("aliexpress.affiliate.category.get", Kind::Read, None),
    method("aliexpress.affiliate.featuredpromo.get", Kind::Read, None),
    method(
        "aliexpress.affiliate.featuredpromo.products.get",
        Kind::Read,
        None,
    ),
    method("aliexpress.affiliate.hotproduct.download", Kind::Read, None),
    method("aliexpress.affiliate.hotproduct.query", Kind::Read, None),
    method("aliexpress.affiliate.image.search", Kind::Read, None),
    method("aliexpress.affiliate.link.generate", Kind::Read, None),
    method("aliexpress.affiliate.order.get", Kind::Read, None),
    method("aliexpress.affiliate.order.list", Kind::Read, None),
    method("aliexpress.affiliate.order.listbyindex", Kind::Read, None),
    method("aliexpress.affiliate.product.query", Kind::Read, None),
    method(
        "aliexpress.affiliate.product.shipping.get",
        Kind::Read,
        None,
    ),
    method(
        "aliexpress.affiliate.product.sku.detail.get",
        Kind::Read,
        None,
    ),
    method("aliexpress.affiliate.product.smartmatch", Kind::Read, None),
    method("aliexpress.affiliate.productdetail.get", Kind::Read, None),
    method("aliexpress.affiliate.promotion.info.get", Kind::Read, None),
    method("aliexpress.ds.add.info", Kind::Write, None),
    method("aliexpress.ds.address.get", Kind::Read, Some(4)),
    method("aliexpress.ds.category.get", Kind::Read, Some(1000)),
    method(
        "aliexpress.ds.commissionorder.listbyindex",
        Kind::Read,
        None,
    ),
    method("aliexpress.ds.feed.itemids.get", Kind::Read, Some(3)),
    method("aliexpress.ds.feedname.get", Kind::Read, Some(1000)),
    method("aliexpress.ds.freight.query", Kind::Read, Some(350)),
    method("aliexpress.ds.image.search", Kind::Read, Some(15)),
    method("aliexpress.ds.image.searchV2", Kind::Read, None),
    method("aliexpress.ds.member.benefit.get", Kind::Read, None),
    method("aliexpress.ds.member.orderdata.submit", Kind::Write, None),
    method(
        "aliexpress.ds.order.create",
        Kind::KeyedWrite {
            parameter: "param_place_order_request4_open_api_d_t_o.out_order_id",
            window_seconds: 86_400,
        },
        Some(150),
    ),
    method("aliexpress.ds.order.tracking.get", Kind::Read, Some(100)),
    method("aliexpress.ds.product.get", Kind::Read, Some(500)),
    method("aliexpress.ds.product.specialinfo.get", Kind::Read, None),
    method("aliexpress.ds.product.wholesale.get", Kind::Read, None),
    method("aliexpress.ds.recommend.feed.get", Kind::Read, Some(1000)),
    method("aliexpress.ds.search.event.report", Kind::Write, None),
    method("aliexpress.ds.text.search", Kind::Read, None),
    method("aliexpress.ds.trade.order.get", Kind::Read, None),
    method(
        "aliexpress.logistics.buyer.freight.calculate",
        Kind::Read,
        None,
    ),
    method("aliexpress.logistics.buyer.freight.get", Kind::Read, None),
    method(
        "aliexpress.logistics.ds.trackinginfo.query",
        Kind::Read,
        None,
    ),
    method("aliexpress.member.ds.orderdata.save", Kind::Write, None),
    method("aliexpress.offer.ds.product.simplequery", Kind::Read, None),
    method(
        "aliexpress.postproduct.redefining.findaeproductbyidfordropshipper",
        Kind::Read,
        None,
    ),
    method("aliexpress.trade.buy.placeorder", Kind::Write, Some(150)),
    method("aliexpress.trade.ds.order.get", Kind::Read, Some(1000)),
];
