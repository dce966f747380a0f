//! `aliexpress.ds.order.create`: places orders and, when asked and allowed, pays for them. A write.
//!
//! Reference: openservice.aliexpress.com, API reference, "aliexpress.ds.order.create"; guide pages "Place order error"
//! and "How to use API Pay" (docId 1640).

mod address;
mod wire;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::check;
use crate::call::{Authority, Exchange, Parameters};
use crate::error::RequestError;
use crate::{Client, Error};

pub use address::DeliveryAddress;

const METHOD: &str = "aliexpress.ds.order.create";

/// One thing to order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrderItem {
    product_id: i64,
    product_count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    sku_attr: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logistics_service_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_memo: Option<String>,
}

impl OrderItem {
    /// `quantity` units of a product.
    #[must_use]
    pub fn new(product_id: i64, quantity: u32) -> Self {
        Self {
            product_id,
            product_count: quantity,
            sku_attr: None,
            logistics_service_name: None,
            order_memo: None,
        }
    }

    /// The variant: [`Sku::sku_attr`](super::product::Sku::sku_attr), not its id. Empty for products with one variant.
    #[must_use]
    pub fn sku_attr(mut self, sku_attr: impl Into<String>) -> Self {
        self.sku_attr = Some(sku_attr.into());
        self
    }

    /// Delivery service: [`DeliveryOption::code`](super::freight::DeliveryOption::code). The platform chooses when not
    /// given.
    #[must_use]
    pub fn delivery_service(mut self, code: impl Into<String>) -> Self {
        self.logistics_service_name = Some(code.into()).filter(|code| !code.trim().is_empty());
        self
    }

    /// A message to the seller.
    #[must_use]
    pub fn memo(mut self, memo: impl Into<String>) -> Self {
        self.order_memo = Some(memo.into()).filter(|memo| !memo.trim().is_empty());
        self
    }
}

/// Which prices apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BusinessModel {
    /// Single units.
    Retail,
    /// Wholesale prices.
    Wholesale,
}

/// Orders to be placed. Made by [`Dropshipping::create_order`](super::Dropshipping::create_order).
#[derive(Debug, Clone)]
#[must_use = "nothing happens before `send`"]
pub struct CreateOrder<'c> {
    client: &'c Client,
    out_order_id: Option<String>,
    address: Option<DeliveryAddress>,
    items: Vec<OrderItem>,
    pay_currency: Option<String>,
    try_to_pay: Option<bool>,
    business_model: Option<BusinessModel>,
    saudi_national_address: Option<String>,
}

impl<'c> CreateOrder<'c> {
    pub(super) fn new(client: &'c Client) -> Self {
        Self {
            client,
            out_order_id: None,
            address: None,
            items: Vec::new(),
            pay_currency: None,
            try_to_pay: None,
            business_model: None,
            saudi_national_address: None,
        }
    }

    /// Your own order number (`out_order_id`). Makes the call idempotent for 24 hours: only with it can a call whose
    /// outcome is open be repeated.
    pub fn out_order_id(mut self, id: impl Into<String>) -> Self {
        self.out_order_id = Some(id.into());
        self
    }

    /// Where to deliver. Required.
    pub fn address(mut self, address: DeliveryAddress) -> Self {
        self.address = Some(address);
        self
    }

    /// Adds something to order. At least one is required.
    pub fn item(mut self, item: OrderItem) -> Self {
        self.items.push(item);
        self
    }

    /// Currency to pay in; only USD is documented (`pay_currency`).
    pub fn pay_currency(mut self, currency: impl Into<String>) -> Self {
        self.pay_currency = Some(currency.into());
        self
    }

    /// Whether to pay at once through PayPal (`try_to_pay`). Account and app must be allowed to.
    pub fn try_to_pay(mut self, pay: bool) -> Self {
        self.try_to_pay = Some(pay);
        self
    }

    /// Retail or wholesale prices (`business_model`). Retail when not given.
    pub fn business_model(mut self, model: BusinessModel) -> Self {
        self.business_model = Some(model);
        self
    }

    /// Saudi national address, four letters and four digits (`nat_addr`). Required for SA.
    pub fn saudi_national_address(mut self, address: impl Into<String>) -> Self {
        self.saudi_national_address = Some(address.into());
        self
    }

    /// Places the orders. A write; 150 calls per second. One call may make several orders, one for each store.
    ///
    /// After an error look at [`Error::effect`]: when it is unknown, repeat only the identical call under the same
    /// [`out_order_id`](Self::out_order_id) within 24 hours.
    ///
    /// # Errors
    /// [`Error::Business`] with the codes of the "Place order error" page, such as `DELIVERY_METHOD_NOT_EXIST`, and
    /// everything else in [`Error`].
    pub async fn send(self) -> Result<OrderCreated, Error> {
        let parameters = self.parameters()?;
        self.client
            .perform(
                METHOD,
                parameters,
                Authority::Account,
                Exchange::decode::<wire::CreateAnswer>,
            )
            .await
    }

    fn parameters(&self) -> Result<Parameters, RequestError> {
        let json = |result: serde_json::Result<String>| {
            result.map_err(|_| RequestError::new("order", "cannot be written as JSON"))
        };
        let order = wire::PlaceOrder {
            out_order_id: check::present(self.out_order_id.as_deref()),
            logistics_address: self.checked_address()?,
            product_items: self.checked_items()?,
        };
        let mut parameters: Parameters = vec![(
            Cow::Borrowed("param_place_order_request4_open_api_d_t_o"),
            json(serde_json::to_string(&order))?,
        )];
        if let Some(extension) = self.extension() {
            let extension = json(serde_json::to_string(&extension))?;
            parameters.push((Cow::Borrowed("ds_extend_request"), extension));
        }
        Ok(parameters)
    }

    fn checked_address(&self) -> Result<&DeliveryAddress, RequestError> {
        let address = self
            .address
            .as_ref()
            .ok_or_else(|| RequestError::new("address", "is required"))?;
        check::country("address.country", Some(&address.country))?;
        check::required("address.province", Some(&address.province))?;
        check::required("address.city", Some(&address.city))?;
        check::required("address.address", Some(&address.address))?;
        Ok(address)
    }

    fn checked_items(&self) -> Result<&[OrderItem], RequestError> {
        if self.items.is_empty() {
            return Err(RequestError::new("item", "is required"));
        }
        for item in &self.items {
            check::id("item.product_id", item.product_id)?;
            check::count("item.quantity", item.product_count)?;
        }
        Ok(&self.items)
    }

    fn extension(&self) -> Option<wire::Extension<'_>> {
        let payment = wire::Payment {
            pay_currency: check::present(self.pay_currency.as_deref()),
            // Text, not a boolean, as in the official demo.
            try_to_pay: self
                .try_to_pay
                .map(|pay| if pay { "true" } else { "false" }),
        };
        let extra = wire::TradeExtra {
            business_model: self.business_model,
            nat_addr: check::present(self.saudi_national_address.as_deref()),
        };
        let extension = wire::Extension {
            payment: Some(payment).filter(|payment| !payment.is_empty()),
            trade_extra_param: Some(extra).filter(|extra| !extra.is_empty()),
        };
        Some(extension).filter(|extension| !extension.is_empty())
    }
}

/// The orders that were placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrderCreated {
    /// Their ids; several when the items come from several stores.
    pub order_ids: Vec<i64>,
    /// Set when the orders exist but paying at once failed: the gateway's own words (`error_msg`).
    pub payment_note: Option<String>,
}
