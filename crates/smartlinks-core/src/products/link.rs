//! What people paste into the search box: a number, or the address of an item.

use url::Url;

/// The product number in a bare number or an AliExpress item address, if there is one.
#[must_use]
pub fn product_id_in(text: &str) -> Option<String> {
    let text = text.trim();
    if (10..=19).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(text.to_owned());
    }
    let with_scheme = if text.starts_with("//") {
        format!("https:{text}")
    } else {
        text.to_owned()
    };
    let url = Url::parse(&with_scheme)
        .or_else(|_| Url::parse(&format!("https://{text}")))
        .ok()?;
    let host = url.host_str()?;
    let ours = ["aliexpress.com", "aliexpress.us", "aliexpress.ru"];
    if !ours.iter().any(|domain| {
        host == *domain
            || host
                .strip_suffix(domain)
                .is_some_and(|rest| rest.ends_with('.'))
    }) {
        return None;
    }
    let last = url.path_segments()?.rfind(|segment| !segment.is_empty())?;
    let digits = last.strip_suffix(".html").unwrap_or(last);
    (digits.len() >= 5 && digits.len() <= 19 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| digits.to_owned())
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
        ] {
            assert_eq!(product_id_in(text).as_deref(), Some(id), "{text}");
        }
        for text in [
            "case",
            "2024",
            "https://evil-aliexpress.com/item/1005006000000001.html",
            "https://aliexpress.com/",
        ] {
            assert_eq!(product_id_in(text), None, "{text}");
        }
    }
}
