//! Any legal mix of list, number and truth-value forms, in any envelope, decodes to the same value.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::samples::{SUCCESSES, decoded};
use super::shape::{self, Choices, Lists, varied};
use super::support::{body, decode};

/// What is around the fields of a method.
#[derive(Debug, Clone, Copy)]
enum Envelope {
    /// `{"x_response": {…}}`
    Wrapped,
    /// The fields alone, and a code.
    Streamlined,
    /// Under the wrapper of another method, and something beside it.
    Odd,
}

/// The key of the wrapper, if there is one, and the fields.
fn opened(file: &str) -> (Option<String>, Map<String, Value>) {
    let Ok(Value::Object(mut whole)) = serde_json::from_slice(&body(file)) else {
        panic!("{file}");
    };
    let wrapper = whole.keys().find(|key| key.ends_with("_response")).cloned();
    match wrapper.and_then(|key| Some((whole.remove(&key)?, key))) {
        Some((Value::Object(fields), key)) => (Some(key), fields),
        _ => (None, whole),
    }
}

fn closed(fields: Value, wrapper: Option<String>, envelope: Envelope) -> Vec<u8> {
    let Value::Object(mut fields) = fields else {
        panic!("{fields}");
    };
    let whole = match envelope {
        Envelope::Wrapped => {
            json!({ wrapper.unwrap_or_else(|| "some_response".to_owned()): fields })
        }
        Envelope::Streamlined => {
            fields.entry("code").or_insert_with(|| json!("0"));
            Value::Object(fields)
        }
        Envelope::Odd => json!({ "aliexpress_something_else_response": fields, "other": 1 }),
    };
    whole.to_string().into_bytes()
}

/// The body of a file in another form.
fn in_form(
    file: &str,
    method: &str,
    envelope: Envelope,
    lists: Lists,
    choices: &mut Choices,
) -> Vec<u8> {
    let (wrapper, fields) = opened(file);
    let fields = varied(shape::of(method), "", &fields.into(), lists, choices).unwrap();
    closed(fields, wrapper, envelope)
}

/// Says which of the two is not what it should be.
fn assert_same(file: &str, method: &str, other: Vec<u8>) {
    let text = String::from_utf8_lossy(&other).into_owned();
    let expected = decoded(method, body(file)).unwrap();
    let value = decoded(method, other).unwrap_or_else(|error| panic!("{file}: {error} in {text}"));
    assert_eq!(value, expected, "{file}: {text}");
}

#[test]
fn the_three_envelopes_of_every_answer_give_the_same_value() {
    for (file, method) in SUCCESSES {
        for (envelope, lists) in [
            (Envelope::Wrapped, Lists::AsTheyAre),
            (Envelope::Streamlined, Lists::Plain),
            (Envelope::Wrapped, Lists::Plain),
            (Envelope::Odd, Lists::AsTheyAre),
        ] {
            let mut as_it_is = Choices::always(0);
            assert_same(
                file,
                method,
                in_form(file, method, envelope, lists, &mut as_it_is),
            );
        }
    }
}

#[test]
fn every_form_of_every_answer_gives_the_same_value() {
    for (file, method) in SUCCESSES {
        for envelope in [Envelope::Wrapped, Envelope::Streamlined, Envelope::Odd] {
            for choice in 0..7 {
                let mut choices = Choices::always(choice);
                let other = in_form(file, method, envelope, Lists::Mixed, &mut choices);
                assert_same(file, method, other);
            }
        }
    }
}

/// A body that begins with a byte order mark goes the longer way through the envelope.
#[test]
fn the_short_way_through_the_envelope_gives_what_the_longer_one_gives() {
    for (file, method) in SUCCESSES {
        let marked = [b"\xef\xbb\xbf".as_slice(), &body(file)].concat();
        assert_same(file, method, marked);
    }
}

/// Without the numbers of the orders nothing says what was placed: the outcome is open, and that is an error.
const NEEDED: &str = "result.order_list";

#[test]
fn what_is_sometimes_missing_is_never_missed() {
    for (file, method) in SUCCESSES {
        let shape = shape::of(method);
        let (wrapper, fields) = opened(file);
        let mut bare = Value::Object(fields.clone());
        for (path, _) in shape
            .iter()
            .filter(|(path, field)| field.sometimes && *path != NEEDED)
            .filter(|(path, _)| !shape::leads_to_value(method, path))
        {
            let steps: Vec<&str> = path.split('.').collect();
            let mut one_less = Value::Object(fields.clone());
            shape::without(&steps, &mut one_less);
            shape::without(&steps, &mut bare);
            for envelope in [Envelope::Wrapped, Envelope::Streamlined] {
                let result = decoded(method, closed(one_less.clone(), wrapper.clone(), envelope));
                assert!(result.is_ok(), "{file} without {path}: {result:?}");
            }
        }
        let result = decoded(method, closed(bare, wrapper, Envelope::Wrapped));
        assert!(result.is_ok(), "{file} with nothing optional: {result:?}");
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
        envelope in prop_oneof![Just(Envelope::Wrapped), Just(Envelope::Streamlined), Just(Envelope::Odd)],
        choices in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let (file, method) = SUCCESSES[which];
        let mut choices = Choices::new(choices);
        assert_same(file, method, in_form(file, method, envelope, Lists::Mixed, &mut choices));
    }

    #[test]
    fn no_damage_to_any_answer_panics(
        which in 0..SUCCESSES.len(),
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let (file, method) = SUCCESSES[which];
        let mut body = body(file);
        for (index, byte) in damage {
            let at = index.index(body.len());
            body[at] = byte;
        }
        drop(decoded(method, body));
    }

    #[test]
    fn no_text_like_json_panics_any_method(
        which in 0..SUCCESSES.len(),
        cut in any::<proptest::sample::Index>(),
        inner in r#"[{}\[\]":,0-9.e\- a-c_]{0,60}"#,
    ) {
        let (file, method) = SUCCESSES[which];
        let whole = String::from_utf8(body(file)).unwrap();
        let places: Vec<usize> = whole.match_indices(": ").map(|(at, _)| at + 2).collect();
        let at = places[cut.index(places.len())];
        let end = whole[at..].find(['\n', ',']).map_or(whole.len(), |length| at + length);
        drop(decoded(method, format!("{}{inner}{}", &whole[..at], &whole[end..]).into_bytes()));
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
