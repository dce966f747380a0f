//! Provinces and cities that an address may name: what `aliexpress.ds.address.get` shows is what
//! `aliexpress.ds.order.create` accepts.

mod table;

use crate::language::{Language, folded};
use table::{COUNTRIES, FRENCH};

/// The place that stands for all others.
pub(crate) const OTHER: &str = "Other";

/// A province with its cities, by English or local name.
#[derive(Debug)]
pub(crate) struct Province {
    pub(crate) name: &'static str,
    pub(crate) cities: &'static [&'static str],
}

/// The provinces of a country as listed, [`OTHER`] last where it may be chosen. Empty for an unknown code.
pub(crate) fn provinces(country: &str) -> Vec<(&'static str, Vec<&'static str>)> {
    let Some((_, provinces)) = COUNTRIES.iter().find(|(code, _)| *code == country) else {
        return Vec::new();
    };
    // Brazil wants the real city, the United States the real province.
    let other_city = country != "BR";
    let mut list: Vec<(&str, Vec<&str>)> = provinces
        .iter()
        .map(|province| {
            let mut cities = province.cities.to_vec();
            cities.extend(other_city.then_some(OTHER));
            (province.name, cities)
        })
        .collect();
    if other_city && country != "US" {
        list.push((OTHER, vec![OTHER]));
    }
    list
}

/// A place's name in a language; the name itself where it is the same.
pub(crate) fn named(country: &str, name: &'static str, language: Language) -> &'static str {
    if language == Language::English {
        return name;
    }
    if name == OTHER {
        return "Autre";
    }
    let translations = FRENCH.iter().find(|(code, _)| *code == country);
    translations
        .and_then(|(_, names)| names.iter().find(|(english, _)| *english == name))
        .map_or(name, |(_, french)| *french)
}

/// Which part of an address is not in the list: `province` or `city`.
pub(crate) fn unlisted(country: &str, province: &str, city: &str) -> Option<&'static str> {
    let list = provinces(country);
    let Some((_, cities)) = list
        .iter()
        .find(|(name, _)| is_same(country, name, province))
    else {
        return Some("province");
    };
    let listed = cities.iter().any(|name| is_same(country, name, city));
    (!listed).then_some("city")
}

/// Compared without accents, case and outer spaces, in either language.
fn is_same(country: &str, name: &'static str, given: &str) -> bool {
    let given = folded(given.trim());
    folded(name) == given || folded(named(country, name, Language::French)) == given
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::countries;

    #[test]
    fn every_destination_has_places_and_every_place_a_destination() {
        for (code, provinces) in &COUNTRIES {
            assert!(countries::find(code).is_some(), "{code}");
            assert!(provinces.len() >= 2, "{code}");
            assert!(provinces.iter().all(|it| it.cities.len() >= 2), "{code}");
        }
        for country in countries::all() {
            assert!(!provinces(country.code).is_empty(), "{}", country.code);
        }
    }

    #[test]
    fn names_are_compared_without_accents_and_case_in_both_languages() {
        for (country, province, city) in [
            ("FR", "ile-de-france", "PARIS"),
            ("FR", "Île-de-France", " Paris "),
            ("DE", "Bavaria", "Munich"),
            ("DE", "bavière", "munich"),
            ("BR", "Sao Paulo", "campinas"),
            ("CG", "Brazzaville", "Bacongo"),
            ("FR", "Bretagne", "other"),
            ("FR", "Other", "Other"),
        ] {
            assert_eq!(unlisted(country, province, city), None, "{country} {city}");
        }
        for (country, province, city, wrong) in [
            ("FR", "Bavaria", "Munich", "province"),
            ("FR", "Île-de-France", "Rennes", "city"),
            ("US", "Other", "Other", "province"),
            ("BR", "São Paulo", "Other", "city"),
            ("XX", "Anywhere", "Anywhere", "province"),
        ] {
            assert_eq!(unlisted(country, province, city), Some(wrong), "{country}");
        }
    }

    #[test]
    fn translations_are_of_places_that_exist() {
        for (code, names) in &FRENCH {
            let listed = provinces(code);
            for (english, french) in *names {
                let is_known = listed
                    .iter()
                    .any(|(name, cities)| name == english || cities.contains(english));
                assert!(is_known && english != french, "{code} {english}");
            }
        }
    }
}
