//! What a browser says it is, in a few words.

/// Words in `user-agent`, in the order in which they decide: most browsers claim to be several.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// The header in a few words, for the list of sessions; its beginning where it says nothing known.
pub(super) fn short(header: &str) -> Option<String> {
    let find = |words: &[(&str, &'static str)]| {
        words
            .iter()
            .find(|(word, _)| header.contains(word))
            .map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (Some(browser), None) => Some(browser.to_owned()),
        _ => {
            let plain: String = header
                .chars()
                .filter(|letter| !letter.is_control())
                .collect();
            Some(crate::text::shortened(plain.trim(), 60)).filter(|text| !text.is_empty())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_and_strangers_quoted() {
        for (header, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox, Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
                "Safari, iPhone",
            ),
            ("curl/8.5.0", "curl"),
            ("some tool\u{7}", "some tool"),
        ] {
            assert_eq!(short(header).as_deref(), Some(expected));
        }
        assert_eq!(short("  "), None);
        assert_eq!(
            short(&"x".repeat(500)).map(|text| text.chars().count()),
            Some(61)
        );
    }
}
