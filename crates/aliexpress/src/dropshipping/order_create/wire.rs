//! The two JSON parameters and the answer.

use serde::{Deserialize, Serialize};

use super::{BusinessModel, DeliveryAddress, OrderCreated, OrderItem};
use crate::call::{Answer, Refused};
use crate::decode;

#[derive(Serialize)]
pub(super) struct PlaceOrder<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) out_order_id: Option<&'a str>,
    pub(super) logistics_address: &'a DeliveryAddress,
    pub(super) product_items: &'a [OrderItem],
}

#[derive(Serialize)]
pub(super) struct Extension<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) payment: Option<Payment<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) trade_extra_param: Option<TradeExtra<'a>>,
}

impl Extension<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.payment.is_none() && self.trade_extra_param.is_none()
    }
}

#[derive(Serialize)]
pub(super) struct Payment<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) pay_currency: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) try_to_pay: Option<&'static str>,
}

impl Payment<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.pay_currency.is_none() && self.try_to_pay.is_none()
    }
}

#[derive(Serialize)]
pub(super) struct TradeExtra<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) business_model: Option<BusinessModel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) nat_addr: Option<&'a str>,
}

impl TradeExtra<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.business_model.is_none() && self.nat_addr.is_none()
    }
}

/// An order id, which may come as text.
#[derive(Deserialize)]
#[serde(transparent)]
struct OrderId(#[serde(deserialize_with = "decode::required_int")] i64);

#[derive(Deserialize)]
pub(super) struct CreateAnswer {
    result: Option<CreateResult>,
}

#[derive(Deserialize)]
struct CreateResult {
    #[serde(default, deserialize_with = "decode::boolean")]
    is_success: Option<bool>,
    #[serde(default, deserialize_with = "decode::list")]
    order_list: Vec<OrderId>,
    #[serde(default, deserialize_with = "decode::text")]
    error_code: Option<String>,
    #[serde(default, deserialize_with = "decode::text")]
    error_msg: Option<String>,
}

impl Answer for CreateAnswer {
    type Value = OrderCreated;

    fn into_value(self) -> Result<OrderCreated, Refused> {
        let result = self.result.ok_or(Refused::Missing("result"))?;
        let order_ids: Vec<i64> = result.order_list.into_iter().map(|id| id.0).collect();
        // An order that exists must never look like a failure, so ids outweigh everything else.
        if order_ids.is_empty() {
            match (result.is_success, &result.error_code, &result.error_msg) {
                (Some(true), ..) => return Err(Refused::Missing("result.order_list")),
                (None, None, None) => return Err(Refused::Missing("result.is_success")),
                _ => {}
            }
            return Err(Refused::Business {
                code: result.error_code,
                message: result.error_msg,
            });
        }
        Ok(OrderCreated {
            order_ids,
            payment_note: result.error_msg.or(result.error_code),
        })
    }
}
