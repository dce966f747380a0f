//! The shapes of questions and answers about commissions.

use aliexpress::affiliate::order_list::Status;
use aliexpress::shapes::{AffiliateOrder, AffiliateProduct};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::orders::MoneyView;
use crate::products::{ProductQuery, SearchHit, Sort, with_scheme};

/// Links to be made.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLinks {
    /// Your tracking id, from the affiliate portal.
    pub tracking_id: String,
    /// Product numbers and addresses of AliExpress, 1 to 1000.
    pub sources: Vec<String>,
    /// Links of the programme for hot products, which pays more where the product is in it.
    #[serde(default)]
    pub hot: bool,
    /// Destination, ISO 3166-1 alpha-2; the configured one when left out.
    #[serde(default)]
    pub ship_to: Option<String>,
}

/// Links that were made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotionLinks {
    /// For which tracking id.
    pub tracking_id: String,
    /// In the order of the request.
    pub links: Vec<PromotionLinkView>,
}

/// One link, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromotionLinkView {
    /// What it leads to, as it was asked for.
    pub source: String,
    /// The tracked link.
    pub link: Option<String>,
    /// What kept it from getting one.
    pub problem: Option<PromotionProblem>,
    /// The same in words. Upstream text: escape it.
    pub message: Option<String>,
}

/// Why a source gets no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromotionProblem {
    /// It is neither a product number nor an address of AliExpress; it was not sent.
    NotAliexpress,
    /// AliExpress refuses it, and says why.
    Refused,
    /// AliExpress gave no link and no reason.
    NoAnswer,
}

/// A search among hot products.
#[derive(Debug, Clone, Default)]
pub struct HotQuery {
    /// Words; all hot products when `None`.
    pub words: Option<String>,
    /// Only products of this category.
    pub category: Option<i64>,
    /// Destination, currency and language; no connection is needed.
    pub market: ProductQuery,
    /// From 1.
    pub page: Option<u32>,
    /// 1 to 50.
    pub page_size: Option<u32>,
    /// The order of results.
    pub sort: Sort,
    /// Results carry a link for this tracking id.
    pub tracking_id: Option<String>,
}

/// How far the order behind a commission has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommissionState {
    /// Paid by the buyer: the commission is an estimate.
    #[default]
    Paid,
    /// Received by the buyer.
    Received,
    /// Settled: the commission is paid out.
    Settled,
    /// Void: refunded or refused.
    Invalid,
}

impl CommissionState {
    pub(super) const fn upstream(self) -> Status {
        match self {
            Self::Paid => Status::PaymentCompleted,
            Self::Received => Status::BuyerConfirmedReceipt,
            Self::Settled => Status::CompletedSettlement,
            Self::Invalid => Status::Invalid,
        }
    }
}

/// Commissions to show.
#[derive(Debug, Clone)]
pub struct CommissionQuery {
    /// Start of the span; 30 days before its end when `None`.
    pub from: Option<Timestamp>,
    /// End of the span, at most 31 days later; now when `None`.
    pub until: Option<Timestamp>,
    /// How far the orders have come.
    pub state: CommissionState,
    /// From 1.
    pub page: Option<u32>,
    /// 1 to 50.
    pub page_size: Option<u32>,
}

/// One page of commissions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommissionPage {
    /// The lines of this page.
    pub lines: Vec<CommissionLine>,
    /// From 1.
    pub page: i64,
    /// How many there are, as the gateway counts.
    pub total: i64,
    /// Start of the span. RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// End of the span. RFC 3339, UTC.
    #[schema(value_type = String, format = DateTime)]
    pub until: Timestamp,
}

/// One line of an order that earned a commission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CommissionLine {
    /// AliExpress's order number, digits.
    pub order_id: String,
    /// Number of the line, digits.
    pub line_id: Option<String>,
    /// AliExpress's word for its state.
    pub status: Option<String>,
    /// Why it is void: `FullRefund` or `Antispam`.
    pub void_reason: Option<String>,
    /// AliExpress's product number, digits.
    pub product_id: Option<String>,
    /// Title. Upstream text: escape it.
    pub title: Option<String>,
    /// How many.
    pub quantity: Option<i64>,
    /// What the buyer paid.
    pub paid: Option<MoneyView>,
    /// The commission: the one at receipt where there is one, else the estimate at payment.
    pub commission: Option<MoneyView>,
    /// Its rate, for example `7.0%`.
    pub rate: Option<String>,
    /// The tracking id that earned it.
    pub tracking_id: Option<String>,
    /// When the order was created, on AliExpress's clock: no time zone is documented.
    pub created: Option<String>,
}

pub(super) fn commission(order: AffiliateOrder) -> CommissionLine {
    let currency = order.settled_currency;
    // Documented as hundredths whatever the currency.
    let money = |hundredths: Option<i64>| {
        Some(MoneyView {
            amount: Decimal::new(hundredths?, 2),
            currency: currency.clone()?,
        })
    };
    let earned = order
        .estimated_finished_commission
        .filter(|earned| *earned > 0)
        .or(order.estimated_paid_commission);
    CommissionLine {
        order_id: order.order_id.to_string(),
        line_id: order
            .sub_order_id
            .or(order.order_number)
            .map(|id| id.to_string()),
        status: order.order_status,
        void_reason: order.effect_detail_status,
        product_id: order.product_id.map(|id| id.to_string()),
        title: order.product_title,
        quantity: order.product_count,
        paid: money(order.paid_amount),
        commission: money(earned),
        rate: order.commission_rate,
        tracking_id: order.tracking_id,
        created: order.created_time.map(|at| at.to_string()),
    }
}

pub(super) fn hot_hit(product: AffiliateProduct) -> SearchHit {
    let target = product.target_sale_price.is_some();
    let (price, original_price, currency) = if target {
        (
            product.target_sale_price,
            product.target_original_price,
            product.target_sale_price_currency,
        )
    } else {
        (
            product.sale_price,
            product.original_price,
            product.sale_price_currency,
        )
    };
    SearchHit {
        id: product.product_id.to_string(),
        title: product.product_title.unwrap_or_default(),
        image: product.product_main_image_url.map(with_scheme),
        price,
        original_price,
        currency,
        discount: product.discount.filter(|text| text != "0%"),
        // A share of happy buyers, which is another thing than stars.
        rating: None,
        orders: product.latest_volume.map(|orders| orders.to_string()),
        commission_rate: product
            .hot_product_commission_rate
            .or(product.commission_rate),
        promotion_link: product.promotion_link,
    }
}
