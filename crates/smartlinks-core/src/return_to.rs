//! Where a login may end: a path of ours, or an origin that the operator has allowed.

use url::Url;

/// The origins that a login may return to besides our own paths. None by default.
#[derive(Debug, Clone, Default)]
pub struct ReturnTo {
    allowed: Vec<url::Origin>,
}

/// Why a place to return to is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReturnToProblem {
    /// Longer than anybody needs.
    #[error("longer than 512 characters")]
    TooLong,
    /// Holds control characters or a backslash, which browsers read in surprising ways.
    #[error("holds a control character or a backslash")]
    Characters,
    /// Neither a path that starts with one slash nor an allowed origin.
    #[error(
        "neither a path of this server (starting with one slash) nor an address on the allow-list"
    )]
    Foreign,
}

impl ReturnTo {
    /// Allows these origins, for example `https://shop.example.com`.
    #[must_use]
    pub fn new(origins: impl IntoIterator<Item = Url>) -> Self {
        Self {
            allowed: origins.into_iter().map(|url| url.origin()).collect(),
        }
    }

    /// Checks a place to return to and gives it back in the form to redirect to.
    ///
    /// # Errors
    /// [`ReturnToProblem`] says what is wrong with it.
    pub fn check(&self, given: &str) -> Result<String, ReturnToProblem> {
        if given.chars().count() > 512 {
            return Err(ReturnToProblem::TooLong);
        }
        // Browsers drop tabs and line ends and read `\` as `/`; a decoded `%5c` may be decoded again by
        // something on the way. Nobody needs either.
        let lower = given.to_ascii_lowercase();
        if given.chars().any(|c| c.is_control() || c == '\\') || lower.contains("%5c") {
            return Err(ReturnToProblem::Characters);
        }
        if given.starts_with('/') {
            return own_path(given).ok_or(ReturnToProblem::Foreign);
        }
        let url = Url::parse(given).map_err(|_| ReturnToProblem::Foreign)?;
        let plain = url.username().is_empty() && url.password().is_none();
        let web = matches!(url.scheme(), "https" | "http");
        if plain && web && self.allowed.contains(&url.origin()) {
            return Ok(url.into());
        }
        Err(ReturnToProblem::Foreign)
    }
}

/// The path as a browser would understand it on our own origin, or nothing if it would leave it.
fn own_path(given: &str) -> Option<String> {
    let lower = given.to_ascii_lowercase();
    if lower.starts_with("//") || lower.starts_with("/%2f") {
        return None;
    }
    let base = Url::parse("http://own.invalid/").ok()?;
    let resolved = base.join(given).ok()?;
    if resolved.origin() != base.origin() || resolved.path().starts_with("//") {
        return None;
    }
    let mut path = resolved.path().to_owned();
    if let Some(query) = resolved.query() {
        path.push('?');
        path.push_str(query);
    }
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_return_addresses_are_refused() {
        let rules = ReturnTo::new([Url::parse("https://shop.example.com").unwrap()]);
        for hostile in [
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%5cevil.example",
            "/%2f/evil.example",
            "/%2Fevil.example",
            "/.//evil.example",
            "/..//evil.example",
            "https://evil.example/",
            "https://shop.example.com@evil.example/",
            "https://shop.example.com.evil.example/",
            "https://user:pass@shop.example.com/",
            "http://shop.example.com/",
            "https://shop.example.com:8443/",
            "javascript:alert(1)",
            "data:text/html,hi",
            "/ok\r\nSet-Cookie: a=b",
            "/\t/evil.example",
            "evil.example",
            "",
            "ftp://shop.example.com/",
        ] {
            assert!(rules.check(hostile).is_err(), "{hostile:?} was let through");
        }
        assert!(rules.check(&format!("/{}", "a".repeat(600))).is_err());
    }

    #[test]
    fn own_paths_and_allowed_origins_pass() {
        let rules = ReturnTo::new([Url::parse("https://shop.example.com").unwrap()]);
        assert_eq!(
            rules.check("/aliexpress/orders?x=1").unwrap(),
            "/aliexpress/orders?x=1"
        );
        assert_eq!(
            rules.check("https://shop.example.com/done?a=b").unwrap(),
            "https://shop.example.com/done?a=b"
        );
        assert_eq!(rules.check("/a/../b").unwrap(), "/b");
    }
}
