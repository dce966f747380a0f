//! Text from AliExpress that ends up in a link or a picture.

use url::Url;

/// The address when it is a plain http or https one, else nothing. Addresses without a scheme, as
/// AliExpress writes some (`//ae01.alicdn.com/…`), are read as https.
#[must_use]
pub fn safe_href(address: &str) -> Option<String> {
    let address = address.trim();
    let whole = if address.starts_with("//") {
        format!("https:{address}")
    } else {
        address.to_owned()
    };
    let url = Url::parse(&whole).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (web && url.username().is_empty() && url.password().is_none()).then(|| url.into())
}

/// A value for a query or a path segment.
pub(crate) fn encode(value: &str) -> String {
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_become_links() {
        for address in [
            "javascript:alert(1)",
            " JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "data:text/html,<script>",
            "file:///etc/passwd",
            "vbscript:x",
            "/relative",
            "https:",
            "https://user:pass@aliexpress.com/",
            "",
        ] {
            assert_eq!(safe_href(address), None, "{address:?}");
        }
        assert_eq!(
            safe_href("//ae01.alicdn.com/a.jpg").as_deref(),
            Some("https://ae01.alicdn.com/a.jpg")
        );
        assert_eq!(
            safe_href("http://127.0.0.1:8090/i/1.svg").as_deref(),
            Some("http://127.0.0.1:8090/i/1.svg")
        );
    }

    #[test]
    fn values_are_encoded_byte_by_byte() {
        assert_eq!(encode("lampe été & co"), "lampe%20%C3%A9t%C3%A9%20%26%20co");
    }
}
