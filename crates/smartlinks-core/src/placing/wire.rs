//! The call that places an order: the same bytes each time it is sent, and its answer as a value or a failure.

use aliexpress::dropshipping::order_create::CreatedOrders;
use aliexpress::{
    Attempts, BusinessError, Client, Error as GatewayError, Held, HeldReason, Policy, RawAnswer,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::checks::Checked;
use super::request::{NewOrder, PAY_CURRENCY};
use crate::error::{Error, Result};

/// The gateway's method.
pub(super) const METHOD: &str = "aliexpress.ds.order.create";
const ORDER: &str = "param_place_order_request4_open_api_d_t_o";
const EXTENSION: &str = "ds_extend_request";

/// What is kept, sealed, until nothing is to be sent any more.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    /// What was asked for, for the checks before a first sending that is late.
    pub(super) order: NewOrder,
    /// Names and values as they are sent. Never made anew: an identical request is what AliExpress answers with the
    /// existing order.
    pub(super) parameters: Vec<(String, String)>,
}

impl Sealed {
    /// Puts the parameters together, once.
    pub(super) fn new(order: &NewOrder, checked: &Checked, out_order_id: &str) -> Self {
        let mut address = Map::new();
        for (name, text) in order.address.fields() {
            let listed = match name {
                "province" => checked.province.as_deref(),
                "city" => checked.city.as_deref(),
                // Not a part of the address on the wire.
                "nat_addr" => continue,
                _ => None,
            };
            address.insert(name.to_owned(), listed.unwrap_or(text).into());
        }
        if let Some(is_foreigner) = order.address.is_foreigner {
            address.insert("is_foreigner".to_owned(), is_foreigner.to_string().into());
        }
        let items: Vec<Value> = order
            .lines
            .iter()
            .zip(&checked.lines)
            .map(|(line, found)| {
                json!({
                    "product_id": line.product_number(),
                    "product_count": line.quantity,
                    "sku_attr": found.sku_attr,
                    "logistics_service_name": found.delivery_service,
                    "order_memo": line.memo.as_deref().unwrap_or_default(),
                })
            })
            .collect();
        let body = json!({
            "out_order_id": out_order_id,
            "logistics_address": address,
            "product_items": items,
        });
        let mut extension = json!({
            "payment": { "pay_currency": PAY_CURRENCY, "try_to_pay": order.pay.to_string() },
        });
        if let Some(place) = order
            .address
            .nat_addr
            .as_deref()
            .filter(|it| !it.trim().is_empty())
        {
            extension["trade_extra_param"] = json!({ "nat_addr": place.trim() });
        }
        Self {
            order: order.clone(),
            parameters: vec![
                (EXTENSION.to_owned(), extension.to_string()),
                (ORDER.to_owned(), body.to_string()),
            ],
        }
    }

    pub(super) fn to_json(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))
    }

    /// Province and city stand in it as AliExpress lists them.
    fn address_as_sent(&self) -> Map<String, Value> {
        let mut parameters = self.parameters.iter();
        let body = parameters.find(|(name, _)| name == ORDER);
        let body = body.and_then(|(_, text)| serde_json::from_str::<Value>(text).ok());
        match body.and_then(|mut body| Some(body.get_mut("logistics_address")?.take())) {
            Some(Value::Object(address)) => address,
            _ => Map::new(),
        }
    }

    /// The gateway's words without what the order says of people: they may repeat it.
    pub(super) fn without_people(&self, words: &str) -> String {
        let mut words = words.to_owned();
        let sent = self.address_as_sent();
        let sent = sent
            .iter()
            .filter_map(|(name, text)| Some((name.as_str(), text.as_str()?)));
        let memos = self.order.lines.iter();
        let memos = memos.filter_map(|line| Some(("memo", line.memo.as_deref()?.trim())));
        let mut said: Vec<_> = self
            .order
            .address
            .fields()
            .into_iter()
            .chain(sent)
            .chain(memos)
            .collect();
        // The longer first: one may be a part of another.
        said.sort_by_key(|(_, text)| std::cmp::Reverse(text.len()));
        for (name, text) in said {
            if !matches!(name, "country" | "is_foreigner") && text.chars().count() >= 2 {
                words = words.replace(text, "[…]");
            }
        }
        crate::text::shortened(&words, 200)
    }
}

/// Orders that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Created {
    pub(super) numbers: Vec<i64>,
    /// What the platform says besides: that paying has failed.
    pub(super) message: Option<String>,
}

#[derive(Deserialize)]
struct Answer {
    result: Option<CreatedOrders>,
}

/// Sends once. Each sending is noted by whoever calls this, so the client repeats nothing by itself.
pub(super) async fn send(
    client: Client,
    parameters: &[(String, String)],
) -> Result<Created, GatewayError> {
    let once = client.with_policy(Policy::default().attempts(1));
    let parameters = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    read(&once.call(METHOD, parameters).await?)
}

/// Not sent, because the claim on the intent or its checks have ended, or the account is another one.
pub(super) fn not_sent() -> GatewayError {
    Held::new(METHOD, HeldReason::Budget, 1).into()
}

fn read(answer: &RawAnswer) -> Result<Created, GatewayError> {
    let unreadable = |path: &str, message: String| GatewayError::Decode {
        method: METHOD.to_owned(),
        path: path.to_owned(),
        message,
        excerpt: String::new(),
        attempts: Attempts::default(),
    };
    // The text of the mistake may repeat a value of the answer; that it cannot be read is enough.
    let answer_of = answer
        .decode::<Answer>()
        .map_err(|_| unreadable("result", "is not as documented".to_owned()))?;
    let missing = || unreadable("result", "is missing".to_owned());
    let result = answer_of.result.ok_or_else(missing)?;
    if !result.order_ids.is_empty() {
        return Ok(Created {
            numbers: result.order_ids,
            message: result.error_msg.filter(|words| !words.trim().is_empty()),
        });
    }
    match (result.is_success, result.error_code) {
        (Some(true), _) => Err(unreadable("result.order_list", "is missing".to_owned())),
        (_, Some(code)) => {
            let mut error = BusinessError::new(METHOD, code, result.error_msg.unwrap_or_default());
            error.request_id.clone_from(&answer.request_id);
            Err(error.into())
        }
        (None, None) => Err(missing()),
        (Some(false), None) => {
            let words = result.error_msg.unwrap_or_default();
            Err(BusinessError::new(METHOD, "unnamed", words).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_gateway_are_kept_without_people() {
        let mut order = crate::placing::request::tests::order();
        order.lines[0].memo = Some("for Anna".to_owned());
        let address = json!({ "city": "Rennes (35)", "province": "Brittany", "country": "FR", "is_foreigner": "false" });
        let body = json!({ "logistics_address": address }).to_string();
        let sealed = Sealed {
            order,
            parameters: vec![(ORDER.to_owned(), body)],
        };
        let words = "no delivery for Anna, Test Buyer, Brittany in FR: false";
        let kept = sealed.without_people(words);
        assert_eq!(kept, "no delivery […], […], […] in FR: false");
        // The longer form first: nothing of it is left over.
        assert_eq!(sealed.without_people("Rennes (35)"), "[…]");
    }
}
