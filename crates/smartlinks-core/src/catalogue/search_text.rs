//! What a product is found by, and what somebody looks for: both in small letters without accents.

use smartlinks_store::{CatalogueProduct, CatalogueSku, SEARCH_WORDS};

use crate::products::{Sought, sought};

/// The longest word that is looked for, in characters.
const WORD_LENGTH: usize = 80;

/// Titles, number, shop, labels and the merchant's own codes.
pub(super) fn search_text(product: &CatalogueProduct, skus: &[CatalogueSku]) -> String {
    let mut text = folded(&product.title);
    let mut add = |part: &str| {
        text.push(' ');
        text.push_str(part);
    };
    if product.source_title != product.title {
        add(&folded(&product.source_title));
    }
    add(&product.product_id);
    product.shop.iter().for_each(|shop| add(&folded(shop)));
    product.labels.iter().for_each(|label| add(&folded(label)));
    let codes = skus.iter().filter_map(|sku| sku.own_code.as_ref());
    codes.for_each(|code| add(&folded(code)));
    text
}

/// The words of a search; the number of the product when its address was pasted.
pub(super) fn search_words(text: &str) -> Vec<String> {
    if let Sought::Product(number) = sought(text) {
        return vec![number];
    }
    let words = text.split_whitespace().take(SEARCH_WORDS);
    words
        .map(|word| folded(word).chars().take(WORD_LENGTH).collect())
        .collect()
}

/// A text in small letters without accents.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars().flat_map(char::to_lowercase) {
        match plain(character) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(character),
        }
    }
    folded
}

/// A letter without its accent, for the Latin alphabets; also a mark that stands by itself.
const fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ţ' | 'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_capitals_make_no_difference() {
        assert_eq!(
            folded("ÉTÉ Cœur Straße Ca\u{300} 灯"),
            "ete coeur strasse ca 灯"
        );
        assert_eq!(search_words(" Été  LAMPE "), ["ete", "lampe"]);
        assert_eq!(search_words("a b c d e f g").len(), SEARCH_WORDS);
        assert!(search_words("  ").is_empty());
    }

    #[test]
    fn an_address_means_its_product() {
        let address = "https://fr.aliexpress.com/item/1005006000000001.html?spm=x";
        assert_eq!(search_words(address), ["1005006000000001"]);
    }
}
