//! Countries and currencies the page offers. Any other code is taken and shown as it is.

use crate::page::i18n::{Key, Texts};

/// Countries offered as a destination, with their names.
pub const COUNTRIES: [(&str, Key); 39] = [
    ("AE", Key::CountryAe),
    ("AT", Key::CountryAt),
    ("AU", Key::CountryAu),
    ("BE", Key::CountryBe),
    ("BJ", Key::CountryBj),
    ("BR", Key::CountryBr),
    ("CA", Key::CountryCa),
    ("CD", Key::CountryCd),
    ("CG", Key::CountryCg),
    ("CH", Key::CountryCh),
    ("CI", Key::CountryCi),
    ("CL", Key::CountryCl),
    ("CN", Key::CountryCn),
    ("CZ", Key::CountryCz),
    ("CM", Key::CountryCm),
    ("DE", Key::CountryDe),
    ("DZ", Key::CountryDz),
    ("ES", Key::CountryEs),
    ("FR", Key::CountryFr),
    ("GA", Key::CountryGa),
    ("GB", Key::CountryGb),
    ("IE", Key::CountryIe),
    ("IL", Key::CountryIl),
    ("IT", Key::CountryIt),
    ("JP", Key::CountryJp),
    ("KR", Key::CountryKr),
    ("LU", Key::CountryLu),
    ("MA", Key::CountryMa),
    ("MX", Key::CountryMx),
    ("NL", Key::CountryNl),
    ("PL", Key::CountryPl),
    ("PT", Key::CountryPt),
    ("SA", Key::CountrySa),
    ("SE", Key::CountrySe),
    ("SN", Key::CountrySn),
    ("TN", Key::CountryTn),
    ("TR", Key::CountryTr),
    ("US", Key::CountryUs),
    ("ZA", Key::CountryZa),
];

/// Currencies offered.
pub const CURRENCIES: [&str; 16] = [
    "AUD", "BRL", "CAD", "CHF", "EUR", "GBP", "ILS", "JPY", "KRW", "MAD", "MXN", "PLN", "SEK",
    "USD", "XAF", "XOF",
];

/// The name of a country, or its code where we have no name.
#[must_use]
pub fn country(texts: Texts, code: &str) -> String {
    COUNTRIES
        .iter()
        .find(|(known, _)| *known == code)
        .map_or_else(|| code.to_owned(), |(_, key)| texts.get(*key))
}

/// Code and name of every country offered, by name, and of the chosen one if it is not among them.
pub(crate) fn countries(texts: Texts, chosen: &str) -> Vec<(String, String)> {
    let mut countries: Vec<_> = COUNTRIES
        .iter()
        .map(|(code, key)| ((*code).to_owned(), texts.get(*key)))
        .collect();
    if !chosen.is_empty() && !COUNTRIES.iter().any(|(code, _)| *code == chosen) {
        countries.push((chosen.to_owned(), chosen.to_owned()));
    }
    countries.sort_by_key(|(_, name)| sort_key(name));
    countries
}

/// The currencies offered, and the chosen one if it is not among them.
pub(crate) fn currencies(chosen: &str) -> Vec<String> {
    let mut currencies: Vec<_> = CURRENCIES.iter().map(|code| (*code).to_owned()).collect();
    if !chosen.is_empty() && !CURRENCIES.contains(&chosen) {
        currencies.push(chosen.to_owned());
        currencies.sort();
    }
    currencies
}

/// Accents do not count in the order of a list.
fn sort_key(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            'É' | 'È' | 'Ê' | 'é' | 'è' | 'ê' => 'e',
            'Î' | 'î' | 'ï' => 'i',
            'ô' | 'Ô' => 'o',
            'ç' | 'Ç' => 'c',
            other => other.to_ascii_lowercase(),
        })
        .collect()
}
