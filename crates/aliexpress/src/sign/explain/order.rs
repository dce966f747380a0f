//! Mistakes in the order of the parameters, and in what stands between them.

use std::cmp::Ordering;

use super::super::{Mistake, Pair, joined};
use super::sent::{Sent, Texts, WrongText};
use super::values::{component_encoded, form_encoded};

/// How two parameters stand to each other.
type Order = fn(Pair<'_>, Pair<'_>) -> Ordering;

pub(super) fn texts<'a>(sent: &'a Sent<'a>) -> Texts<'a> {
    Box::new(reordered(sent).chain(separated(sent)))
}

fn reordered<'a>(sent: &'a Sent<'a>) -> impl Iterator<Item = WrongText> + 'a {
    let orders: [(Mistake, Order); 4] = [
        (Mistake::LocaleOrder, |a, b| by_locale(a.0, b.0)),
        (Mistake::LocaleOrder, |a, b| {
            a.0.to_lowercase().cmp(&b.0.to_lowercase())
        }),
        (Mistake::LocaleOrder, |a, b| {
            a.0.to_uppercase().cmp(&b.0.to_uppercase())
        }),
        (Mistake::SortedWithValues, |a, b| {
            let joined = |pair: Pair<'_>| format!("{}{}", pair.0, pair.1);
            joined(a).cmp(&joined(b))
        }),
    ];
    let sorted = orders.into_iter().map(|(mistake, order)| {
        let mut pairs = sent.pairs.to_vec();
        pairs.sort_by(|a, b| order(*a, *b));
        (mistake, pairs)
    });
    let backwards = sent.pairs.iter().rev().copied().collect();
    let unsorted = [as_given(sent), backwards].map(|pairs| (Mistake::NotSorted, pairs));
    sorted
        .chain(unsorted)
        .filter(|(_, pairs)| pairs != sent.pairs)
        .map(|(mistake, pairs)| WrongText::new(mistake, sent.text_of(&pairs)))
}

/// What takes part in the signature, in the order in which it was sent.
fn as_given<'a>(sent: &Sent<'a>) -> Vec<Pair<'a>> {
    let mut pairs: Vec<Pair<'a>> = Vec::new();
    for (name, value) in sent.params {
        let pair = (name.as_str(), value.as_str());
        if sent.pairs.contains(&pair) && !pairs.contains(&pair) {
            pairs.push(pair);
        }
    }
    pairs
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

fn separated<'a>(sent: &'a Sent<'a>) -> impl Iterator<Item = WrongText> + 'a {
    let encoders: [fn(&str) -> String; 3] = [str::to_owned, form_encoded, component_encoded];
    let styles = [
        ("=", "&"),
        ("=", ""),
        ("", "&"),
        (":", ","),
        ("=", ","),
        (" ", " "),
    ];
    let texts = styles.into_iter().flat_map(move |(within, between)| {
        encoders.map(|encode| {
            let pairs: Vec<String> = sent
                .pairs
                .iter()
                .map(|(name, value)| format!("{name}{within}{}", encode(value)))
                .collect();
            format!("{}{}", sent.prefix(), pairs.join(between))
        })
    });
    let with_question_mark = sent
        .pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect::<Vec<_>>()
        .join("&");
    let with_question_mark = format!("{}?{with_question_mark}", sent.prefix());
    let right = joined(sent.prefix(), sent.pairs);
    texts
        .chain([with_question_mark])
        .filter(move |text| *text != right)
        .map(|text| WrongText::new(Mistake::SeparatorsSigned, text))
}
