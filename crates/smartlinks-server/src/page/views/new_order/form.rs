//! What is entered of an order: goods, address, limits.

use crate::page::i18n::Key;
use crate::page::views::product::FreightOption;

/// What was entered.
#[derive(Clone, Default)]
pub struct NewOrderForm {
    /// Made up for this form: sent twice, it orders once.
    pub key: String,
    /// Stands for goods, prices and total as they were seen; empty before they were.
    pub token: String,
    /// Stands for what was entered when they were seen.
    pub seen: String,
    /// The chosen connection.
    pub connection: String,
    /// The goods. The last ones may be empty.
    pub lines: Vec<NewOrderRow>,
    /// Two capital letters.
    pub country: String,
    /// The parts of the address, by the names of [`ADDRESS`].
    pub address: Vec<(&'static str, String)>,
    /// Whether the recipient is a foreigner.
    pub is_foreigner: bool,
    /// Whether AliExpress is asked to pay at once.
    pub pay: bool,
    /// The most that it may cost.
    pub max_total: String,
    /// By how many per cent a piece may be dearer than expected.
    pub max_drift: String,
    /// The most days of delivery.
    pub max_days: String,
    /// The least margin, in per cent.
    pub min_margin: String,
    /// What the goods were sold for.
    pub sale_price: String,
}

impl std::fmt::Debug for NewOrderForm {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NewOrderForm")
            .field("lines", &self.lines.len())
            .field("country", &self.country)
            .finish_non_exhaustive()
    }
}

/// One product of the form.
#[derive(Debug, Clone, Default)]
pub struct NewOrderRow {
    /// Number or address of the product.
    pub product: String,
    /// Number of the variant.
    pub sku: String,
    /// How many.
    pub quantity: String,
    /// The code of the delivery; empty for the cheapest.
    pub delivery: String,
    /// What a piece was thought to cost.
    pub expected: String,
    /// A message to the seller.
    pub memo: String,
    /// The ways to deliver, once they are known.
    pub options: Vec<FreightOption>,
}

impl NewOrderRow {
    /// Whether nothing was entered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.product.is_empty() && self.sku.is_empty()
    }

    /// The chosen delivery is none of those that are known.
    pub(super) fn is_delivery_unlisted(&self) -> bool {
        !self.delivery.is_empty() && self.options.iter().all(|it| it.code != self.delivery)
    }
}

/// The parts of an address with their labels: those that everybody fills in, then those of some countries.
pub const ADDRESS: [(&str, Key); 19] = [
    ("contact_person", Key::AddressContactPerson),
    ("address", Key::AddressStreet),
    ("address2", Key::AddressFlat),
    ("zip", Key::AddressZip),
    ("city", Key::AddressCity),
    ("province", Key::AddressProvince),
    ("phone_country", Key::AddressPhoneCountry),
    ("mobile_no", Key::AddressMobile),
    ("full_name", Key::AddressFullName),
    ("tax_number", Key::AddressTaxNumber),
    ("cpf", Key::AddressCpf),
    ("rut_no", Key::AddressRut),
    ("vat_no", Key::AddressVat),
    ("tax_company", Key::AddressTaxCompany),
    ("passport_no", Key::AddressPassport),
    ("passport_no_date", Key::AddressPassportDate),
    ("passport_organization", Key::AddressPassportOffice),
    ("foreigner_passport_no", Key::AddressForeignerNumber),
    ("nat_addr", Key::AddressNational),
];
/// How many of them everybody fills in.
pub(super) const USUAL: usize = 8;
/// The most lines of an order.
const MOST_LINES: usize = 20;

impl NewOrderForm {
    pub(super) fn part(&self, name: &str) -> &str {
        let mut parts = self.address.iter();
        parts
            .find(|(known, _)| *known == name)
            .map_or("", |(_, text)| text)
    }

    fn filled(&self) -> usize {
        let last = self.lines.iter().rposition(|row| !row.is_empty());
        last.map_or(1, |last| last + 1)
    }

    /// Rows that are shown at once, with their numbers.
    pub(super) fn rows(&self) -> Vec<(usize, NewOrderRow)> {
        self.numbered(0, self.filled())
    }

    /// Empty rows for more.
    pub(super) fn spare(&self) -> Vec<(usize, NewOrderRow)> {
        let filled = self.filled();
        self.numbered(filled, (filled + 4).min(MOST_LINES))
    }

    fn numbered(&self, from: usize, to: usize) -> Vec<(usize, NewOrderRow)> {
        let row = |at: usize| self.lines.get(at).cloned().unwrap_or_default();
        (from..to).map(|at| (at + 1, row(at))).collect()
    }

    /// Everything that the form asks for: what is ordered, for whom, and within which limits.
    #[must_use]
    pub fn contents(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![
            ("connection", self.connection.clone()),
            ("country", self.country.clone()),
        ];
        for row in self.lines.iter().filter(|row| !row.is_empty()) {
            all.push(("product", row.product.clone()));
            all.push(("sku", row.sku.clone()));
            all.push(("quantity", row.quantity.clone()));
            all.push(("delivery", row.delivery.clone()));
            all.push(("expected", row.expected.clone()));
            all.push(("memo", row.memo.clone()));
        }
        let parts = self.address.iter().filter(|(_, text)| !text.is_empty());
        all.extend(parts.map(|(name, text)| (*name, text.clone())));
        for (name, chosen) in [("is_foreigner", self.is_foreigner), ("pay", self.pay)] {
            all.extend(chosen.then(|| (name, "on".to_owned())));
        }
        for (name, text) in [
            ("max_total", &self.max_total),
            ("max_drift", &self.max_drift),
            ("max_days", &self.max_days),
            ("min_margin", &self.min_margin),
            ("sale_price", &self.sale_price),
        ] {
            all.push((name, text.clone()));
        }
        all
    }

    pub(super) fn has_more_address(&self) -> bool {
        let more = ADDRESS.iter().skip(USUAL);
        self.is_foreigner
            || more
                .into_iter()
                .any(|(name, _)| !self.part(name).is_empty())
    }
}
