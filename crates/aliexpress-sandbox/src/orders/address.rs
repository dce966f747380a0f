//! The documented rules for delivery addresses, as data.

use serde_json::{Map, Value};

use super::places;
use crate::language::folded;
use crate::methods::field_text;

/// Why an address is refused: error code and text.
pub(crate) type Refused = (&'static str, String);

const INVALID: &str = "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL";
const TAX_ID_INVALID: &str = "B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID";

/// One demand on one field.
#[derive(Clone, Copy, Debug)]
enum Demand {
    Present,
    /// Characters, least and most.
    Length(usize, usize),
    /// First and last name.
    Space,
    Digits(usize),
    NotOther,
    /// A tax number with that many digits, whatever stands between them.
    TaxNumber(usize),
}

/// Fields that every address needs.
const EVERYWHERE: [(&str, Demand); 4] = [
    ("address", Demand::Present),
    ("city", Demand::Present),
    ("province", Demand::Present),
    ("contact_person", Demand::Present),
];

/// Countries with demands of their own.
static BY_COUNTRY: [(&str, &[(&str, Demand)]); 12] = [
    (
        "US",
        &[
            ("contact_person", Demand::Space),
            ("contact_person", Demand::Length(2, 32)),
            ("address", Demand::Length(5, 35)),
            ("province", Demand::NotOther),
            ("zip", Demand::Present),
        ],
    ),
    (
        "BR",
        &[
            ("city", Demand::NotOther),
            ("zip", Demand::Present),
            ("cpf", Demand::TaxNumber(11)),
        ],
    ),
    (
        "SA",
        &[
            ("contact_person", Demand::Space),
            ("contact_person", Demand::Length(2, 128)),
            ("mobile_no", Demand::Digits(9)),
            ("address", Demand::Length(5, 256)),
            ("zip", Demand::Length(1, 10)),
        ],
    ),
    ("ES", &[("mobile_no", Demand::Digits(9))]),
    (
        "AU",
        &[
            ("full_name", Demand::Space),
            ("full_name", Demand::Length(2, 128)),
        ],
    ),
    (
        "NZ",
        &[
            ("full_name", Demand::Space),
            ("full_name", Demand::Length(2, 128)),
        ],
    ),
    (
        "IL",
        &[
            ("passport_no", Demand::Digits(9)),
            ("foreigner_passport_no", Demand::Digits(9)),
        ],
    ),
    (
        "AR",
        &[
            ("passport_no", Demand::TaxNumber(11)),
            ("foreigner_passport_no", Demand::TaxNumber(11)),
            ("mobile_no", Demand::Digits(10)),
        ],
    ),
    (
        "MX",
        &[
            ("passport_no", Demand::Present),
            ("address2", Demand::Length(0, 60)),
        ],
    ),
    ("DZ", &[("full_name", Demand::Space)]),
    ("ZA", &[("full_name", Demand::Space)]),
    ("FR", &[("zip", Demand::Present)]),
];

/// Holds an address against the rules, then its province and city against the list of places; the first
/// mistake is reported.
pub(crate) fn check(address: &Map<String, Value>, country: &str) -> Result<(), Refused> {
    let own = BY_COUNTRY
        .iter()
        .find(|(code, _)| *code == country)
        .map_or(&[][..], |(_, rules)| *rules);
    EVERYWHERE
        .iter()
        .chain(own)
        .try_for_each(|(field, demand)| hold(address, field, *demand))?;
    let (province, city) = (field_text(address, "province"), field_text(address, "city"));
    places::unlisted(country, &province, &city).map_or(Ok(()), |field| {
        let text = format!("Please enter a valid {}", label(field));
        Err((INVALID, text))
    })
}

fn hold(address: &Map<String, Value>, field: &str, demand: Demand) -> Result<(), Refused> {
    let value = field_text(address, field);
    let characters = value.chars().count();
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let (fits, code, text) = match demand {
        Demand::Present => (
            !value.is_empty(),
            INVALID,
            format!("Please enter a {}", label(field)),
        ),
        Demand::Length(least, most) => (
            (least..=most).contains(&characters),
            INVALID,
            format!(
                "Please enter {least}-{most} characters for {}",
                label(field)
            ),
        ),
        Demand::Space => (
            value.trim().contains(' '),
            INVALID,
            format!("Please enter first and last name for {}", label(field)),
        ),
        Demand::Digits(wanted) => (
            digits == wanted && characters == wanted,
            INVALID,
            format!("Please enter {wanted} digits for {}", label(field)),
        ),
        Demand::NotOther => (
            folded(&value) != "other",
            INVALID,
            format!("Please enter a valid {}", label(field)),
        ),
        Demand::TaxNumber(wanted) => (
            digits == wanted,
            TAX_ID_INVALID,
            format!("Please enter a valid {}", label(field)),
        ),
    };
    if fits { Ok(()) } else { Err((code, text)) }
}

fn label(field: &str) -> &str {
    match field {
        "address" => "Street Address",
        "address2" => "Apartment",
        "city" => "City",
        "province" => "State/Province/Region",
        "contact_person" | "full_name" => "Contact Name",
        "zip" => "Zip/Postal Code",
        "mobile_no" => "Mobile Number",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn checked(country: &str, changes: Value) -> Result<(), Refused> {
        let (province, city) = match country {
            "US" => ("Illinois", "Springfield"),
            "ES" => ("Catalonia", "Girona"),
            "BR" => ("Bahia", "Salvador"),
            _ => ("Bretagne", "Rennes"),
        };
        let mut address = json!({
            "address": "1 Example Street", "city": city, "province": province,
            "contact_person": "Test Buyer", "full_name": "Test Buyer", "zip": "00000",
            "mobile_no": "5550100000",
        });
        for (name, value) in changes.as_object().unwrap() {
            address[name] = value.clone();
        }
        check(address.as_object().unwrap(), country)
    }

    #[test]
    fn rules_hold_in_their_country_only() {
        for (country, changes, word) in [
            ("FR", json!({}), None),
            ("US", json!({}), None),
            ("FR", json!({"city": ""}), Some("Please enter a City")),
            (
                "US",
                json!({"contact_person": "Madonna"}),
                Some("first and last name"),
            ),
            ("FR", json!({"contact_person": "Madonna"}), None),
            ("US", json!({"province": "OTHER"}), Some("valid State")),
            ("FR", json!({"province": "Other", "city": "other"}), None),
            (
                "FR",
                json!({"province": "BRETAGNE", "city": "rennes"}),
                None,
            ),
            ("FR", json!({"province": "Brittany"}), Some("valid State")),
            ("FR", json!({"city": "Paris"}), Some("valid City")),
            (
                "BR",
                json!({"cpf": "123.456.789-09", "city": "Other"}),
                Some("valid City"),
            ),
            ("US", json!({"address": "abc"}), Some("5-35")),
            ("ES", json!({}), Some("9 digits")),
            ("ES", json!({"mobile_no": 612_345_678}), None),
            ("BR", json!({"cpf": "123.456.789-09"}), None),
        ] {
            match (checked(country, changes.clone()), word) {
                (Ok(()), None) => {}
                (Err((_, text)), Some(word)) if text.contains(word) => {}
                (other, _) => panic!("{country} {changes}: {other:?}"),
            }
        }
        assert_eq!(checked("BR", json!({})).unwrap_err().0, TAX_ID_INVALID);
    }
}
