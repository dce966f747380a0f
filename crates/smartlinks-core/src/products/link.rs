//! What people paste into the search box: words, a number, or any address of AliExpress.

use url::Url;

/// What a text in the search box asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sought {
    /// Words to search for.
    Words,
    /// One product, by its number.
    Product(String),
    /// A short link. Only AliExpress knows where it leads, and we do not follow links of strangers.
    ShortLink,
    /// A page of AliExpress that is not of one product: a shop, a category, the cart.
    OtherPage,
}

/// Where AliExpress is at home; also under `fr.`, `m.`, `best.` and any other name below.
const HOMES: [&str; 4] = [
    "aliexpress.com",
    "aliexpress.us",
    "aliexpress.ru",
    "aliexpress.kr",
];
/// Names that only send on: links shared from the app, and affiliate links.
const SHORT: [&str; 3] = [
    "a.aliexpress.com",
    "a.aliexpress.ru",
    "s.click.aliexpress.com",
];
/// Query parameters that carry the number on campaign and mobile pages, alone or as `number:variant`.
const PARAMETERS: [&str; 6] = [
    "productIds",
    "productId",
    "product_id",
    "itemId",
    "item_id",
    "objectId",
];

/// Tells words from numbers and addresses.
#[must_use]
pub fn sought(text: &str) -> Sought {
    let text = text.trim();
    if (10..=19).contains(&text.len()) && digits(text) {
        return Sought::Product(text.to_owned());
    }
    let Some((url, host)) = address(text) else {
        return Sought::Words;
    };
    if SHORT.contains(&host.as_str()) {
        return Sought::ShortLink;
    }
    in_path(&url)
        .or_else(|| in_query(&url))
        .map_or(Sought::OtherPage, Sought::Product)
}

/// An address of AliExpress and its host. The scheme may be missing, as in what browsers show.
fn address(text: &str) -> Option<(Url, String)> {
    if text.chars().any(char::is_whitespace) {
        return None;
    }
    let url = match text.strip_prefix("//") {
        Some(rest) => Url::parse(&format!("https://{rest}")),
        None => Url::parse(text),
    };
    let web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let url = url
        .ok()
        .filter(web)
        .or_else(|| Url::parse(&format!("https://{text}")).ok())?;
    let host = url.host_str()?.to_owned();
    let at_home = HOMES.iter().any(|home| {
        host.strip_suffix(home)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    at_home.then_some((url, host))
}

/// `/item/100….html`, `/item/words/100….html`, `/i/100….html`, `/store/product/words/SHOP_100….html`.
fn in_path(url: &Url) -> Option<String> {
    let segments: Vec<_> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    let item = segments
        .iter()
        .any(|part| matches!(*part, "item" | "i" | "product" | "detail"));
    let last = segments.last().filter(|_| item)?;
    let last = last.strip_suffix(".html").unwrap_or(last);
    let number = last.rsplit('_').next().unwrap_or(last);
    ((5..=19).contains(&number.len()) && digits(number)).then(|| number.to_owned())
}

fn in_query(url: &Url) -> Option<String> {
    let of_product = |name: &str| {
        PARAMETERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    url.query_pairs()
        .filter(|(name, _)| of_product(name))
        .filter_map(|(_, value)| {
            let first = value.split([':', ',', ';']).next()?.trim().to_owned();
            ((10..=19).contains(&first.len()) && digits(&first)).then_some(first)
        })
        .next()
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_product_number_in_what_people_paste() {
        for (text, id) in [
            ("1005006000000001", "1005006000000001"),
            (
                " https://www.aliexpress.com/item/1005006000000001.html?spm=a ",
                "1005006000000001",
            ),
            (
                "https://fr.aliexpress.com/item/1005006000000001.html",
                "1005006000000001",
            ),
            (
                "//m.aliexpress.com/item/1005006000000001.html",
                "1005006000000001",
            ),
            ("aliexpress.com/item/32800000000.html", "32800000000"),
            (
                "https://www.aliexpress.us/item/3256800000000001.html",
                "3256800000000001",
            ),
            (
                "https://aliexpress.ru/item/1005006000000001.html?sku_id=12",
                "1005006000000001",
            ),
            (
                "https://pt.aliexpress.com/item/Some-Lamp/1005006000000001.html#x",
                "1005006000000001",
            ),
            (
                "https://m.aliexpress.com/i/1005006000000001.html",
                "1005006000000001",
            ),
            (
                "https://www.aliexpress.com/store/product/Some-Lamp/1102000001_32800000000.html",
                "32800000000",
            ),
            (
                "https://www.aliexpress.com/gcp/300001/page?productIds=1005006000000001:12000001&x=1",
                "1005006000000001",
            ),
            (
                "https://www.aliexpress.com/ssr/300000512/BundleDeals2?productIds=1005006000000001%3A1",
                "1005006000000001",
            ),
            (
                "https://m.aliexpress.com/p/x/detail?productId=1005006000000001",
                "1005006000000001",
            ),
        ] {
            assert_eq!(sought(text), Sought::Product(id.to_owned()), "{text}");
        }
    }

    #[test]
    fn tells_what_is_no_product() {
        for (text, expected) in [
            ("case", Sought::Words),
            ("2024", Sought::Words),
            ("lamp: 12V", Sought::Words),
            (
                "see https://www.aliexpress.com/item/1005006000000001.html",
                Sought::Words,
            ),
            (
                "https://evil-aliexpress.com/item/1005006000000001.html",
                Sought::Words,
            ),
            (
                "https://aliexpress.com.evil.example/item/1005006000000001.html",
                Sought::Words,
            ),
            (
                "ftp://aliexpress.com/item/1005006000000001.html",
                Sought::Words,
            ),
            ("https://aliexpress.com/", Sought::OtherPage),
            (
                "https://www.aliexpress.com/store/1102000001",
                Sought::OtherPage,
            ),
            (
                "https://www.aliexpress.com/category/200000343.html",
                Sought::OtherPage,
            ),
            ("https://a.aliexpress.com/_mKabcde", Sought::ShortLink),
            ("a.aliexpress.com/_mKabcde", Sought::ShortLink),
            (
                "https://s.click.aliexpress.com/e/_DkAbCde",
                Sought::ShortLink,
            ),
        ] {
            assert_eq!(sought(text), expected, "{text}");
        }
    }
}
