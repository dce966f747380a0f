//! Any legal mix of list, number and truth-value forms, in any envelope, decodes to the same value.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::support::{decode, sample};

/// One choice for every place in an answer where the gateway has one. Runs out into "as it is".
struct Choices {
    choices: Vec<u8>,
    next: usize,
}

impl Choices {
    fn pick(&mut self, of: u8) -> u8 {
        let choice = self.choices.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        choice % of
    }

    /// The same choice everywhere.
    fn always(choice: u8) -> Self {
        Self {
            choices: vec![choice; 10_000],
            next: 0,
        }
    }
}

/// The array inside a list wrapper: an object with one key that holds an array.
fn wrapped_list(object: &Map<String, Value>) -> Option<(&String, &Vec<Value>)> {
    match object.iter().next() {
        Some((key, Value::Array(elements))) if object.len() == 1 => Some((key, elements)),
        _ => None,
    }
}

fn varied(value: &Value, choices: &mut Choices) -> Value {
    match value {
        Value::Object(object) => match wrapped_list(object) {
            Some((key, elements)) => varied_list(key, elements, choices),
            None => object
                .iter()
                .map(|(key, value)| (key.clone(), varied(value, choices)))
                .collect::<Map<_, _>>()
                .into(),
        },
        Value::Array(elements) => elements
            .iter()
            .map(|element| varied(element, choices))
            .collect(),
        Value::Number(number) if choices.pick(2) == 1 => Value::String(number.to_string()),
        Value::Bool(truth) => match choices.pick(4) {
            1 => json!(truth.to_string()),
            2 => json!(if *truth { "Y" } else { "N" }),
            3 => json!(i32::from(*truth)),
            _ => value.clone(),
        },
        Value::String(text) if choices.pick(2) == 1 => as_number(text),
        other => other.clone(),
    }
}

fn varied_list(key: &str, elements: &[Value], choices: &mut Choices) -> Value {
    let elements: Vec<Value> = elements
        .iter()
        .map(|element| varied(element, choices))
        .collect();
    match (choices.pick(5), elements.as_slice()) {
        (1, _) => Value::Array(elements),
        (2, [only]) => json!({ key: only }),
        (3, [only]) => only.clone(),
        (4, []) => Value::Null,
        (4, _) => json!({ "some_other_key": elements }),
        _ => json!({ key: elements }),
    }
}

/// Text that is a plain number becomes that number, as long as it stays the same text when written again.
fn as_number(text: &str) -> Value {
    match serde_json::from_str::<Value>(text) {
        Ok(Value::Number(number)) if number.to_string() == text => Value::Number(number),
        _ => Value::String(text.to_owned()),
    }
}

/// The sample in another form: 0 wrapped, 1 streamlined, 2 under the wrapper of another method.
fn in_form(name: &str, envelope: u8, choices: &mut Choices) -> String {
    let body: Value = serde_json::from_slice(&sample(name)).unwrap();
    let (key, inner) = body.as_object().unwrap().iter().next().unwrap();
    let Value::Object(mut inner) = varied(inner, choices) else {
        panic!("{name}");
    };
    let body = match envelope {
        0 => json!({ key: inner }),
        1 => {
            inner.entry("code").or_insert_with(|| json!("0"));
            Value::Object(inner)
        }
        _ => json!({ "request_id": "outside", "aliexpress_something_else_response": inner }),
    };
    body.to_string()
}

/// Every form of a sample gives what the sample itself gives.
fn same_in_form(name: &str, envelope: u8, choices: Vec<u8>) -> Result<(), TestCaseError> {
    let body = in_form(name, envelope, &mut Choices { choices, next: 0 });
    let plain = sample(name);
    match name {
        _ if name.contains("text.search") => prop_assert_eq!(
            decode::search(body.clone())
                .map_err(|error| TestCaseError::fail(format!("{error} in {body}")))?,
            decode::search(plain).unwrap()
        ),
        _ if name.contains("product.get") => prop_assert_eq!(
            decode::product(body.clone())
                .map_err(|error| TestCaseError::fail(format!("{error} in {body}")))?,
            decode::product(plain).unwrap()
        ),
        _ if name.contains("freight") => prop_assert_eq!(
            decode::freight(body.clone())
                .map_err(|error| TestCaseError::fail(format!("{error} in {body}")))?,
            decode::freight(plain).unwrap()
        ),
        _ if name.contains("order.create") => prop_assert_eq!(
            decode::create(body.clone())
                .map_err(|error| TestCaseError::fail(format!("{error} in {body}")))?,
            decode::create(plain).unwrap()
        ),
        _ if name.contains("tracking") => prop_assert_eq!(
            decode::tracking(body.clone())
                .map_err(|error| TestCaseError::fail(format!("{error} in {body}")))?,
            decode::tracking(plain).unwrap()
        ),
        _ => prop_assert_eq!(
            decode::order(body.clone())
                .map_err(|error| TestCaseError::fail(format!("{error} in {body}")))?,
            decode::order(plain).unwrap()
        ),
    }
    Ok(())
}

const SUCCESSES: [&str; 14] = [
    "aliexpress.ds.text.search",
    "aliexpress.ds.text.search.alt.empty",
    "aliexpress.ds.product.get",
    "aliexpress.ds.product.get.alt.single-sku-wholesale",
    "aliexpress.ds.freight.query",
    "aliexpress.ds.order.create",
    "aliexpress.ds.order.create.alt.several-orders",
    "aliexpress.ds.order.create.alt.created-payment-failed",
    "aliexpress.trade.ds.order.get",
    "aliexpress.trade.ds.order.get.alt.unpaid",
    "aliexpress.trade.ds.order.get.alt.finished",
    "aliexpress.trade.ds.order.get.alt.cancelled",
    "aliexpress.ds.order.tracking.get",
    "aliexpress.ds.order.tracking.get.alt.empty-items",
];

#[test]
fn every_form_of_every_sample_gives_the_same_value() {
    for name in SUCCESSES {
        for envelope in 0..3 {
            for choice in 0..20 {
                let choices = Choices::always(choice).choices;
                same_in_form(name, envelope, choices).unwrap_or_else(|error| {
                    panic!("{name}, envelope {envelope}, choice {choice}: {error}")
                });
            }
        }
    }
}

#[test]
fn fields_nobody_knows_are_ignored_wherever_they_stand() {
    let body = r#"{"result":{"new":[1],"success":"true","delivery_options":
        {"zzz":7,"note":{"a":1},"code":"C","company":"x","more":{"deep":[{}]}}}}"#;
    let options = decode::freight(body).unwrap();
    assert_eq!((options.len(), options[0].code.as_str()), (1, "C"));
    let body = r#"{"x_response":{"result":{"success":true,"delivery_options":{"list":{"new":"text","code":"C"}}}}}"#;
    assert_eq!(decode::freight(body).unwrap().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_mix_of_forms_decodes_to_the_same_value(
        which in 0..SUCCESSES.len(),
        envelope in 0_u8..3,
        choices in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        same_in_form(SUCCESSES[which], envelope, choices)?;
    }

    #[test]
    fn whole_numbers_survive_in_both_spellings(id in any::<i64>()) {
        for body in [
            format!(r#"{{"result":{{"is_success":true,"order_list":{{"number":[{id}]}}}}}}"#),
            format!(r#"{{"result":{{"is_success":"true","order_list":{{"number":"{id}"}}}}}}"#),
            format!(r#"{{"x_response":{{"result":{{"order_list":[" {id} "]}}}}}}"#),
            format!(r#"{{"result":{{"order_list":{id}}}}}"#),
        ] {
            prop_assert_eq!(decode::create(body).unwrap().order_ids, vec![id]);
        }
    }
}
