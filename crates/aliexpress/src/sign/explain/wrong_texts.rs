//! The texts that known mistakes would sign in place of the right one.

use std::cmp::Ordering;

use super::super::{Flavour, Mistake, Pair, joined};
use super::ExplainRequest;

/// Every text that a known mistake would sign.
pub(super) fn wrong_texts<'a>(
    request: &'a ExplainRequest<'_>,
    pairs: &'a [Pair<'a>],
) -> impl Iterator<Item = (Option<Mistake>, String)> + 'a {
    let prefix = request.flavour.prefix();
    prefix_texts(request.flavour, pairs)
        .into_iter()
        .chain(order_texts(prefix, pairs))
        .chain(encoded_texts(prefix, pairs))
        .chain(timestamp_texts(prefix, pairs))
        .chain(empty_value_texts(prefix, request.params))
        .chain(unsigned_texts(prefix, pairs))
        .map(|(mistake, text)| (Some(mistake), text))
}

type WrongText = (Mistake, String);

fn prefix_texts(flavour: Flavour<'_>, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    match flavour {
        Flavour::System(path) => vec![
            (Mistake::PathPrefixMissing, joined("", pairs)),
            (
                Mistake::PathPrefixWithRest,
                joined(&format!("/rest{path}"), pairs),
            ),
            (
                Mistake::PathPrefixWithRest,
                joined(&format!("rest{path}"), pairs),
            ),
            (
                Mistake::PathPrefixMissing,
                joined(path.trim_start_matches('/'), pairs),
            ),
        ],
        Flavour::Business => {
            let method = pairs.iter().find(|(name, _)| *name == "method");
            let method = method.map_or("", |(_, value)| value);
            ["/sync", "/rest", "sync"]
                .map(str::to_owned)
                .into_iter()
                .chain((!method.is_empty()).then(|| method.to_owned()))
                .chain((!method.is_empty()).then(|| format!("/{method}")))
                .map(|prefix| (Mistake::PathPrefixUnexpected, joined(&prefix, pairs)))
                .collect()
        }
    }
}

fn order_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    let orders: [fn(&str, &str) -> Ordering; 3] = [
        by_locale,
        |a, b| a.to_lowercase().cmp(&b.to_lowercase()),
        |a, b| a.to_uppercase().cmp(&b.to_uppercase()),
    ];
    orders
        .iter()
        .map(|order| {
            let mut pairs = pairs.to_vec();
            pairs.sort_by(|(a, _), (b, _)| order(a, b));
            pairs
        })
        .filter(|reordered| reordered != pairs)
        .map(|reordered| (Mistake::LocaleOrder, joined(prefix, &reordered)))
        .collect()
}

/// As `localeCompare` sorts: punctuation before digits before letters, case last and small letters first.
fn by_locale(a: &str, b: &str) -> Ordering {
    let class = |c: char| {
        if c.is_alphabetic() {
            2
        } else {
            i32::from(c.is_numeric())
        }
    };
    let key = |text: &str| -> Vec<(i32, String)> {
        text.chars()
            .map(|c| (class(c), c.to_lowercase().collect()))
            .collect()
    };
    let small_first = |text: &str| -> Vec<bool> { text.chars().map(char::is_uppercase).collect() };
    key(a)
        .cmp(&key(b))
        .then_with(|| small_first(a).cmp(&small_first(b)))
}

fn encoded_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    let form =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let component = |text: &str| {
        // What `encodeURIComponent` leaves alone and a form does not, and the other way round.
        form(text)
            .replace('+', "%20")
            .replace("%21", "!")
            .replace("%27", "'")
            .replace("%28", "(")
            .replace("%29", ")")
            .replace("%7E", "~")
    };
    let rfc3986 = |text: &str| {
        form(text)
            .replace('+', "%20")
            .replace('*', "%2A")
            .replace("%7E", "~")
    };
    let lower = |text: &str| lower_escapes(&component(text));
    let encoders: [&dyn Fn(&str) -> String; 4] = [&form, &component, &rfc3986, &lower];
    encoders
        .iter()
        .map(|encode| {
            let encoded: Vec<(&str, String)> = pairs
                .iter()
                .map(|(name, value)| (*name, encode(value)))
                .collect();
            let encoded: Vec<Pair<'_>> = encoded
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            joined(prefix, &encoded)
        })
        .map(|text| (Mistake::UrlEncodedValues, text))
        .collect()
}

/// `%2B` to `%2b`, as some libraries write it.
fn lower_escapes(encoded: &str) -> String {
    let mut left = 0;
    encoded
        .chars()
        .map(|c| {
            if c == '%' {
                left = 2;
                return c;
            }
            if left > 0 {
                left -= 1;
                return c.to_ascii_lowercase();
            }
            c
        })
        .collect()
}

fn timestamp_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    let Some(index) = pairs.iter().position(|(name, _)| *name == "timestamp") else {
        return Vec::new();
    };
    let Ok(sent) = pairs[index].1.parse::<i64>() else {
        return Vec::new();
    };
    [sent / 1000, sent / 1000 * 1000, sent.saturating_mul(1000)]
        .into_iter()
        .filter(|other| *other != sent)
        .map(|other| {
            let other = other.to_string();
            let mut pairs = pairs.to_vec();
            pairs[index].1 = &other;
            (Mistake::TimestampInSeconds, joined(prefix, &pairs))
        })
        .collect()
}

fn empty_value_texts(prefix: &str, params: &[(String, String)]) -> Vec<WrongText> {
    let mut all: Vec<Pair<'_>> = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "sign")
        .collect();
    if all.iter().all(|(_, value)| !value.trim().is_empty()) {
        return Vec::new();
    }
    all.sort_by_key(|(name, _)| *name);
    all.dedup();
    let only_blank: Vec<Pair<'_>> = all
        .iter()
        .copied()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    [all, only_blank]
        .map(|pairs| (Mistake::EmptyValuesSigned, joined(prefix, &pairs)))
        .into()
}

/// One parameter left out; a few parameters are few enough to try them all.
fn unsigned_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    (0..pairs.len())
        .map(|left_out| {
            let mut rest = pairs.to_vec();
            let (name, _) = rest.remove(left_out);
            (
                Mistake::ParameterNotSigned(name.to_owned()),
                joined(prefix, &rest),
            )
        })
        .collect()
}
