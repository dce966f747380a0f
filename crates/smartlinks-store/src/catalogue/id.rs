//! The names of imported products and of what happened to them.

use crate::ids::id;

id! {
    /// The name of an imported product: `prod_` and a UUIDv7.
    CatalogueId: "prod_",
    /// The text is not the id of an imported product.
    InvalidCatalogueId: "the id of an imported product is `prod_` followed by a UUID, as `smartlinks catalogue list` shows it",
}

id! {
    /// The name of one entry of a product's history: `chg_` and a UUIDv7.
    ChangeId: "chg_",
    /// The text is not the id of such an entry.
    InvalidChangeId: "the id of a change is `chg_` followed by a UUID",
}
