use std::fmt;

use serde::Serialize;

/// Where to deliver. Personal data: `Debug` shows the country only.
///
/// Only `country`, `province`, `city` and `address` are always needed; countries have rules of their own (Brazil wants
/// `cpf`, Mexico `passport_no`, the United States a `contact_person` with a space).
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct DeliveryAddress {
    /// ISO 3166-1 alpha-2; the platform says UK in places where ISO says GB.
    pub country: String,
    /// Province, spelled as in the platform's own list.
    pub province: String,
    /// City, spelled as in the platform's own list.
    pub city: String,
    /// Street and number.
    pub address: String,
    /// Flat, floor.
    #[serde(skip_serializing_if = "is_blank")]
    pub address2: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "is_blank")]
    pub zip: Option<String>,
    /// Recipient.
    #[serde(skip_serializing_if = "is_blank")]
    pub contact_person: Option<String>,
    /// Recipient, full name.
    #[serde(skip_serializing_if = "is_blank")]
    pub full_name: Option<String>,
    /// Mobile number, digits.
    #[serde(skip_serializing_if = "is_blank")]
    pub mobile_no: Option<String>,
    /// Dialling code, such as `+1`.
    #[serde(skip_serializing_if = "is_blank")]
    pub phone_country: Option<String>,
    /// Locale, such as `en_US`.
    #[serde(skip_serializing_if = "is_blank")]
    pub locale: Option<String>,
    /// Brazilian tax number.
    #[serde(skip_serializing_if = "is_blank")]
    pub cpf: Option<String>,
    /// Chilean tax number.
    #[serde(skip_serializing_if = "is_blank")]
    pub rut_no: Option<String>,
    /// Tax number.
    #[serde(skip_serializing_if = "is_blank")]
    pub tax_number: Option<String>,
    /// Value added tax number.
    #[serde(skip_serializing_if = "is_blank")]
    pub vat_no: Option<String>,
    /// Company for taxes.
    #[serde(skip_serializing_if = "is_blank")]
    pub tax_company: Option<String>,
    /// Passport or tax number (Mexico, Israel, Argentina and others).
    #[serde(skip_serializing_if = "is_blank")]
    pub passport_no: Option<String>,
    /// When the passport expires.
    #[serde(skip_serializing_if = "is_blank")]
    pub passport_no_date: Option<String>,
    /// Who issued the passport.
    #[serde(skip_serializing_if = "is_blank")]
    pub passport_organization: Option<String>,
    /// Registration or passport number of a foreigner (Korea), or the tax number again (Israel, Argentina).
    #[serde(skip_serializing_if = "is_blank")]
    pub foreigner_passport_no: Option<String>,
    /// `true` or `false`, as text.
    #[serde(skip_serializing_if = "is_blank")]
    pub is_foreigner: Option<String>,
    /// Id of the place in the platform's own tree.
    #[serde(skip_serializing_if = "is_blank")]
    pub location_tree_address_id: Option<String>,
}

fn is_blank(text: &Option<String>) -> bool {
    text.as_deref().is_none_or(|text| text.trim().is_empty())
}

impl fmt::Debug for DeliveryAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryAddress")
            .field("country", &self.country)
            .finish_non_exhaustive()
    }
}
