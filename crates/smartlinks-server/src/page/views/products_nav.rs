//! From one page under the tab Products to the others.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::i18n::Key;
use crate::page::views::Frame;

/// The pages under the tab, in the order they are shown.
const SECTIONS: [(&str, Key); 7] = [
    ("/aliexpress/products", Key::ProductsNavFind),
    ("/aliexpress/products/by-picture", Key::NavPicture),
    ("/aliexpress/catalogue", Key::ProductsNavCatalogue),
    ("/aliexpress/drift", Key::DriftTitle),
    ("/aliexpress/catalogue/rules", Key::ProductsNavPrices),
    ("/aliexpress/catalogue/imports", Key::ProductsNavImports),
    ("/aliexpress/affiliate", Key::NavAffiliate),
];

/// The links between the pages of the tab.
#[derive(Debug, Template)]
#[template(path = "parts/products_nav.html")]
pub(crate) struct ProductsNav {
    label: String,
    sections: Vec<(&'static str, String, bool)>,
}

impl HtmlSafe for ProductsNav {}

impl Frame {
    /// The links between the pages of the tab; `current` is the address of the one that is shown.
    pub(crate) fn products_nav(&self, current: &str) -> ProductsNav {
        let section = |(href, key): (&'static str, Key)| (href, self.t(key), href == current);
        ProductsNav {
            label: self.t(Key::ProductsNavLabel),
            sections: SECTIONS.map(section).into(),
        }
    }
}
