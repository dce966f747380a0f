//! Where the pages and pictures of a product stand below the base URL; with an empty base, their paths.

use crate::catalogue::Product;

/// The page of an item.
pub(crate) fn item(base_url: &str, product_id: i64) -> String {
    format!("{base_url}/item/{product_id}.html")
}

/// The page of a store.
pub(crate) fn store(base_url: &str, store_id: i64) -> String {
    format!("{base_url}/store/{store_id}")
}

/// A picture: 1 to 5 are the gallery, from 101 on one for each colour.
pub(crate) fn picture(base_url: &str, product_id: i64, number: u32) -> String {
    format!("{base_url}/_sandbox/pictures/{product_id}/{number}.svg")
}

/// The page that stands for a film; empty when the product has none.
pub(crate) fn video(base_url: &str, product: &Product) -> String {
    if product.has_video() {
        format!("{base_url}/video/{}.html", product.id())
    } else {
        String::new()
    }
}
