//! Delivery addresses against the documented rules of their country and AliExpress's own list of places, field by field.

use aliexpress::dropshipping::address_get::CountryPlaces;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::latin::{folded, has_other_letters, in_english_letters, is_english};
use super::request::OrderAddress;

/// What is to be said about one part of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddressAdvice {
    /// The part, such as `province`.
    pub field: String,
    /// Stable word: `missing`, `length`, `first_and_last_name`, `digits`, `not_other`, `tax_number`, `start`,
    /// `province_unlisted`, `city_unlisted`, `spelling`, `latin_letters`.
    pub code: String,
    /// What is wrong, and what is accepted.
    pub message: String,
    /// What would be accepted instead, as far as that can be told.
    pub proposed: Option<String>,
    /// Whether nothing is ordered before it is mended. Otherwise it is worth a look.
    pub blocking: bool,
}

/// One documented demand on one part.
#[derive(Clone, Copy)]
enum Demand {
    Present,
    Length(usize, usize),
    TwoNames,
    Digits(usize),
    /// A tax number of so many digits, whatever stands between them.
    TaxNumber(usize),
    StartsWith(char),
    NotOther,
    EnglishLetters,
}

use Demand::{Digits, EnglishLetters, Length, NotOther, Present, StartsWith, TaxNumber, TwoNames};

type Rules = &'static [(&'static str, Demand)];

const EVERYWHERE: Rules = &[
    ("province", Present),
    ("city", Present),
    ("address", Present),
    ("contact_person", Present),
];

/// The rules that the guide of `ds.order.create` has for single countries.
#[rustfmt::skip]
const BY_COUNTRY: &[(&str, Rules)] = &[
    ("US", &[
        ("contact_person", TwoNames), ("contact_person", Length(2, 32)), ("full_name", TwoNames),
        ("full_name", Length(2, 32)), ("address", Length(5, 35)), ("province", NotOther), ("zip", Present),
    ]),
    ("BR", &[("cpf", TaxNumber(11)), ("city", NotOther), ("zip", Present)]),
    ("SA", &[
        ("contact_person", TwoNames), ("contact_person", Length(2, 128)), ("mobile_no", Digits(9)),
        ("mobile_no", StartsWith('5')), ("phone_country", Length(1, 8)), ("province", Length(2, 64)),
        ("city", Length(2, 64)), ("zip", Length(1, 10)), ("address", Length(5, 256)), ("nat_addr", Present),
    ]),
    ("ES", &[("mobile_no", Digits(9)), ("zip", Present)]),
    ("AU", &[("full_name", TwoNames), ("full_name", Length(2, 128)), ("full_name", EnglishLetters), ("zip", Present)]),
    ("NZ", &[("full_name", TwoNames), ("full_name", Length(2, 128)), ("full_name", EnglishLetters), ("zip", Present)]),
    ("IL", &[("passport_no", Digits(9)), ("foreigner_passport_no", Digits(9))]),
    ("AR", &[("passport_no", TaxNumber(11)), ("foreigner_passport_no", TaxNumber(11)), ("mobile_no", Digits(10))]),
    ("MX", &[("passport_no", Present), ("address2", Length(0, 60)), ("zip", Present)]),
    ("DZ", &[("full_name", TwoNames)]),
    ("ZA", &[("full_name", TwoNames)]),
    ("FR", &[("zip", Present)]),
    ("DE", &[("zip", Present)]),
    ("IT", &[("zip", Present)]),
    ("GB", &[("zip", Present)]),
    ("UK", &[("zip", Present)]),
];

/// Where names may be written in the country's own letters.
const OWN_LETTERS: [&str; 1] = ["SA"];

/// The parts that a carrier prints.
const PRINTED: [&str; 6] = [
    "contact_person",
    "full_name",
    "address",
    "address2",
    "city",
    "province",
];

/// Everything that is to be said about an address. `places` are the lists of AliExpress, the first in English.
pub(super) fn advice(address: &OrderAddress, places: &[&CountryPlaces]) -> Vec<AddressAdvice> {
    let country = address.country.as_str();
    let own = BY_COUNTRY.iter().find(|(code, _)| *code == country);
    let rules = EVERYWHERE
        .iter()
        .chain(own.map_or(&[][..], |(_, rules)| rules));
    let mut all: Vec<AddressAdvice> = rules
        .filter_map(|(field, demand)| held(address, field, *demand))
        .collect();
    all.extend(unlisted(address, places));
    if !OWN_LETTERS.contains(&country) {
        all.extend(in_other_letters(address));
    }
    // One word about each part at a time, the gravest first.
    all.sort_by_key(|advice| !advice.blocking);
    let mut said: Vec<AddressAdvice> = Vec::new();
    for advice in all {
        if !said.iter().any(|other| other.field == advice.field) {
            said.push(advice);
        }
    }
    said
}

fn text_of<'a>(address: &'a OrderAddress, field: &str) -> &'a str {
    let fields = address.fields();
    let found = fields.into_iter().find(|(name, _)| *name == field);
    found.map_or("", |(_, text)| text)
}

fn held(address: &OrderAddress, field: &'static str, demand: Demand) -> Option<AddressAdvice> {
    let text = text_of(address, field);
    let characters = text.chars().count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let (fits, code, message) = match demand {
        Present => (!text.is_empty(), "missing", "is needed".to_owned()),
        Length(least, most) => (
            (least..=most).contains(&characters),
            "length",
            format!("has {characters} characters; {least} to {most} are accepted"),
        ),
        TwoNames => (
            text.contains(' '),
            "first_and_last_name",
            "needs first and last name with a space between".to_owned(),
        ),
        Digits(wanted) => (
            digits == wanted && characters == wanted,
            "digits",
            format!("needs exactly {wanted} digits and nothing else"),
        ),
        TaxNumber(wanted) => (
            digits == wanted,
            "tax_number",
            format!("needs a number of {wanted} digits"),
        ),
        StartsWith(first) => (
            text.starts_with(first),
            "start",
            format!("has to start with {first}"),
        ),
        NotOther => (
            folded(text) != "other",
            "not_other",
            "has to be the real name: `Other` is refused".to_owned(),
        ),
        EnglishLetters => (
            is_english(text),
            "latin_letters",
            "has to be written in the letters of English".to_owned(),
        ),
    };
    (!fits).then(|| AddressAdvice {
        field: field.to_owned(),
        code: code.to_owned(),
        message,
        proposed: match demand {
            EnglishLetters => in_english_letters(text),
            _ => None,
        },
        blocking: true,
    })
}

fn in_other_letters(address: &OrderAddress) -> impl Iterator<Item = AddressAdvice> {
    let fields = address.fields().into_iter();
    fields
        .filter(|(name, text)| PRINTED.contains(name) && has_other_letters(text))
        .map(|(name, text)| AddressAdvice {
            field: name.to_owned(),
            code: "latin_letters".to_owned(),
            message: "carriers outside of the country print Latin letters only".to_owned(),
            proposed: in_english_letters(text),
            blocking: false,
        })
        .collect::<Vec<_>>()
        .into_iter()
}

/// The listed spelling of province and city; none for what is not listed.
pub(super) fn listed(
    address: &OrderAddress,
    places: &[&CountryPlaces],
) -> (Option<String>, Option<String>) {
    let (province, city) = (folded(&address.province), folded(&address.city));
    let mut found = (None, None);
    for list in places {
        let is_it = |name: &Option<String>, wanted: &str| {
            name.as_deref().is_some_and(|name| folded(name) == wanted)
        };
        let Some(province) = list.children.iter().find(|it| is_it(&it.name, &province)) else {
            continue;
        };
        let city = province.children.iter().find(|it| is_it(&it.name, &city));
        match city {
            Some(city) => return (province.name.clone(), city.name.clone()),
            None if found.0.is_none() => {
                // A province without a list of cities takes any.
                let any = province.children.is_empty().then(|| address.city.clone());
                found = (province.name.clone(), any);
            }
            None => {}
        }
    }
    found
}

fn unlisted(address: &OrderAddress, places: &[&CountryPlaces]) -> Vec<AddressAdvice> {
    let Some(list) = places.first().filter(|list| !list.children.is_empty()) else {
        return Vec::new();
    };
    let advice = |field: &str, code: &str, message: &str, proposed, blocking| AddressAdvice {
        field: field.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
        proposed,
        blocking,
    };
    let (province, city) = listed(address, places);
    let Some(province) = province else {
        let names = list.children.iter().filter_map(|it| it.name.as_deref());
        let nearest = nearest(&address.province, names);
        let words = "is not in AliExpress's list of the country";
        return vec![advice(
            "province",
            "province_unlisted",
            words,
            nearest,
            true,
        )];
    };
    let mut all = Vec::new();
    if province != address.province.trim() {
        let words = "is sent as AliExpress spells it";
        all.push(advice(
            "province",
            "spelling",
            words,
            Some(province.clone()),
            false,
        ));
    }
    match city {
        None => {
            let cities = places.iter().flat_map(|list| &list.children);
            let names = cities
                .filter(|it| {
                    it.name
                        .as_deref()
                        .is_some_and(|it| folded(it) == folded(&province))
                })
                .flat_map(|it| it.children.iter().filter_map(|city| city.name.as_deref()));
            let nearest = nearest(&address.city, names);
            let words = "is not in AliExpress's list of the province";
            all.push(advice("city", "city_unlisted", words, nearest, true));
        }
        Some(city) if city != address.city.trim() => {
            let words = "is sent as AliExpress spells it";
            all.push(advice("city", "spelling", words, Some(city), false));
        }
        Some(_) => {}
    }
    all
}

/// The listed name that is most like what was written; else `Other` where that is listed.
fn nearest<'a>(written: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let written = folded(written);
    let names: Vec<&str> = names.collect();
    let like = names
        .iter()
        .map(|name| (distance(&written, &folded(name)), *name))
        .min()
        .filter(|(distance, _)| *distance <= 1 + written.chars().count() / 4);
    let other = || names.iter().find(|name| folded(name) == "other").copied();
    like.map(|(_, name)| name).or_else(other).map(str::to_owned)
}

/// How many letters have to be changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (down, letter) in one.chars().enumerate() {
        let mut corner = down;
        if let Some(first) = row.first_mut() {
            *first = down + 1;
        }
        let mut left = down + 1;
        for (cell, against) in row.iter_mut().skip(1).zip(&other) {
            let changed = corner + usize::from(letter != *against);
            corner = *cell;
            *cell = changed.min(corner + 1).min(left + 1);
            left = *cell;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::placing::request::tests::order;

    fn places() -> CountryPlaces {
        serde_json::from_value(serde_json::json!({
            "country": "FR", "type": "country",
            "children": serde_json::json!([
                { "name": "Bretagne", "children": [{ "name": "Rennes" }, { "name": "Brest" }, { "name": "Other" }] },
                { "name": "Île-de-France", "children": [{ "name": "Paris" }] },
            ]).to_string(),
        }))
        .unwrap()
    }

    fn said(change: impl Fn(&mut OrderAddress)) -> Vec<(String, String, Option<String>, bool)> {
        let mut address = order().address;
        change(&mut address);
        let places = places();
        advice(&address, &[&places])
            .into_iter()
            .map(|it| (it.field, it.code, it.proposed, it.blocking))
            .collect()
    }

    fn word(
        field: &str,
        code: &str,
        proposed: Option<&str>,
        blocking: bool,
    ) -> (String, String, Option<String>, bool) {
        (
            field.into(),
            code.into(),
            proposed.map(str::to_owned),
            blocking,
        )
    }

    #[test]
    fn a_good_address_needs_no_words() {
        assert!(said(|_| {}).is_empty());
    }

    #[test]
    fn places_are_compared_without_accents_and_sent_as_they_are_listed() {
        assert_eq!(
            said(|it| (it.province, it.city) = ("ile-de-france".into(), "PARIS".into())),
            [
                word("province", "spelling", Some("Île-de-France"), false),
                word("city", "spelling", Some("Paris"), false)
            ]
        );
        assert_eq!(
            said(|it| it.province = "Bretange".into()),
            [word(
                "province",
                "province_unlisted",
                Some("Bretagne"),
                true
            )]
        );
        assert_eq!(
            said(|it| it.city = "Quimperlé".into()),
            [word("city", "city_unlisted", Some("Other"), true)]
        );
        assert_eq!(
            said(|it| it.city = "Rene".into()),
            [word("city", "city_unlisted", Some("Rennes"), true)]
        );
    }

    #[test]
    fn rules_of_a_country_hold_there_only() {
        let spain = said(|it| it.country = "ES".into());
        assert!(spain.is_empty(), "{spain:?}");
        assert_eq!(
            said(|it| (it.country, it.mobile_no) = ("ES".into(), Some("12".into()))),
            [word("mobile_no", "digits", None, true)]
        );
        assert_eq!(
            said(|it| (it.country, it.contact_person) = ("US".into(), "Madonna".into())),
            [
                word("contact_person", "first_and_last_name", None, true),
                word("full_name", "first_and_last_name", None, true)
            ]
        );
        assert_eq!(
            said(|it| (it.country, it.contact_person) = ("AU".into(), "José Núñez".into())),
            [word("full_name", "latin_letters", Some("Jose Nunez"), true)]
        );
        assert_eq!(
            said(|it| it.zip = None),
            [word("zip", "missing", None, true)]
        );
    }

    #[test]
    fn other_letters_are_proposed_in_latin_ones_where_they_are_known() {
        assert_eq!(
            said(|it| it.contact_person = "Пётр Щукин".into()),
            [
                word(
                    "contact_person",
                    "latin_letters",
                    Some("Petr Shchukin"),
                    false
                ),
                word("full_name", "latin_letters", Some("Petr Shchukin"), false)
            ]
        );
        assert_eq!(
            said(|it| it.address = "王伟 12".into()),
            [word("address", "latin_letters", None, false)]
        );
    }
}
