//! The parameters of a call: query and form together, decoded, in byte order.

use url::form_urlencoded;

/// Parameters sorted by name; each name stands once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Params {
    pairs: Vec<(String, String)>,
    /// A name that was sent twice with different values: such a request cannot be checked.
    conflict: Option<String>,
}

impl Params {
    /// Merges a query string and a form body. Equal duplicates count once.
    pub(crate) fn merge(query: Option<&str>, form: Option<&[u8]>) -> Self {
        Self::of(
            decoded(query.unwrap_or_default().as_bytes()).chain(decoded(form.unwrap_or_default())),
        )
    }

    /// Merges a query string and the text parts of a multipart body.
    pub(crate) fn with_texts(query: Option<&str>, texts: Vec<(String, String)>) -> Self {
        Self::of(decoded(query.unwrap_or_default().as_bytes()).chain(texts))
    }

    fn of(pairs: impl Iterator<Item = (String, String)>) -> Self {
        let mut pairs: Vec<(String, String)> = pairs.collect();
        pairs.sort_unstable();
        pairs.dedup();
        let twice = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0);
        let conflict = twice.map(|pair| pair[0].0.clone());
        Self { pairs, conflict }
    }

    /// Every pair in byte order of the names.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Bytes of all names and values together.
    pub(crate) fn text_len(&self) -> usize {
        let len = |(name, value): &(String, String)| name.len() + value.len();
        self.pairs.iter().map(len).sum()
    }

    /// The pairs themselves, for those who keep them.
    pub(crate) fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }

    /// The value of a parameter; none when it is absent or blank.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let position = self
            .pairs
            .binary_search_by(|(own, _)| own.as_str().cmp(name))
            .ok()?;
        Some(self.pairs[position].1.as_str()).filter(|value| !value.trim().is_empty())
    }

    /// Whether a parameter was sent, be it empty.
    pub(crate) fn is_named(&self, name: &str) -> bool {
        let order = |(own, _): &(String, String)| own.as_str().cmp(name);
        self.pairs.binary_search_by(order).is_ok()
    }

    pub(crate) fn conflict(&self) -> Option<&str> {
        self.conflict.as_deref()
    }
}

fn decoded(text: &[u8]) -> impl Iterator<Item = (String, String)> {
    form_urlencoded::parse(text).map(|(name, value)| (name.into_owned(), value.into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn query_and_form_are_one_set_in_byte_order() {
        let params = Params::merge(Some("b=2&foobar=4&Z=1"), Some(b"foo_bar=3&b=2&a=x%2By+z"));
        let pairs: Vec<(&str, &str)> = params.iter().collect();
        assert_eq!(
            pairs,
            [
                ("Z", "1"),
                ("a", "x+y z"),
                ("b", "2"),
                ("foo_bar", "3"),
                ("foobar", "4")
            ]
        );
        assert_eq!(params.conflict(), None);
        assert_eq!(params.get("a"), Some("x+y z"));
        assert_eq!(params.get("nothing"), None);
    }

    #[test]
    fn contradicting_duplicates_are_noticed() {
        let params = Params::merge(Some("a=1&method=x"), Some(b"method=y"));
        assert_eq!(params.conflict(), Some("method"));
    }

    proptest::proptest! {
        /// Capitals before the underscore before small letters, digits before all of them: compared byte by byte here,
        /// without the order that text has by itself.
        #[test]
        fn names_are_in_byte_order_whatever_way_they_come(
            names in proptest::collection::hash_set("[A-Za-z0-9_]{1,6}", 1..14),
            in_query in proptest::collection::vec(proptest::bool::ANY, 14),
        ) {
            let (mut query, mut form) = (Vec::new(), Vec::new());
            for (name, to_query) in names.iter().zip(in_query) {
                let side = if to_query { &mut query } else { &mut form };
                side.push(format!("{name}=1"));
            }
            let params = Params::merge(Some(&query.join("&")), Some(form.join("&").as_bytes()));
            let sorted: Vec<&[u8]> = params.iter().map(|(name, _)| name.as_bytes()).collect();
            proptest::prop_assert_eq!(sorted.len(), names.len());
            for pair in sorted.windows(2) {
                let (a, b) = (pair[0], pair[1]);
                let first_difference = a.iter().zip(b).find(|(x, y)| x != y);
                let in_order = first_difference.map_or(a.len() < b.len(), |(x, y)| x < y);
                proptest::prop_assert!(in_order, "{:?} before {:?}", a, b);
            }
        }
    }
}
