//! Every method of the platform as data: what it does, what it needs, how often it may be called.
//!
//! The same catalogue writes the typed methods of this crate, so the two cannot disagree.

mod methods;

/// Which permission an app needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Group {
    /// Every app has it.
    System,
    /// Apps of the dropshipping category.
    Dropshipping,
    /// Apps of the affiliate category.
    Affiliate,
}

/// Whether a method acts for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Token {
    /// It needs an access token.
    Required,
    /// It takes an access token when there is one; whether it needs one is not documented.
    Optional,
    /// It takes none.
    None,
}

/// What sending a method does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Nothing changes.
    Read,
    /// Something changes, each time.
    Write,
    /// Something changes, once for each key.
    KeyedWrite {
        /// Where the key stands: the parameter, then the path inside its JSON.
        parameter: &'static str,
        /// How long the platform remembers the key, in seconds.
        window_seconds: u32,
    },
}

/// One method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Method {
    /// Its name, or its path.
    pub name: &'static str,
    /// The permission it needs.
    pub group: Group,
    /// Its name in this crate, such as `text_search`; `None` for withdrawn methods, which are not typed.
    pub call: Option<&'static str>,
    /// The method to use instead.
    pub replaced_by: Option<&'static str>,
    /// What it is for.
    pub summary: &'static str,
    /// Whether it acts for an account.
    pub token: Token,
    /// What sending it does.
    pub kind: Kind,
    /// Calls per second that the platform documents.
    pub per_second: Option<u32>,
    /// What may be sent; fields of JSON parameters stand after their parameter, with their path.
    pub parameters: &'static [Parameter],
}

impl Method {
    /// Whether the platform has withdrawn it. Some withdrawn methods still answer.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.call.is_none()
    }
}

/// One parameter, or one field inside a JSON parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name; inside JSON the path, names joined by dots, `[]` after a list.
    pub name: &'static str,
    /// What it must be, such as `text`, `int`, `country` or `json`.
    pub kind: &'static str,
    /// Whether the platform refuses a call without it.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
}

/// The method of a name or path.
///
/// ```
/// let method = aliexpress::catalogue::find("aliexpress.trade.buy.placeorder").unwrap();
/// assert!(method.is_withdrawn());
/// assert_eq!(method.replaced_by, Some("aliexpress.ds.order.create"));
/// ```
#[must_use]
pub fn find(name: &str) -> Option<&'static Method> {
    methods::METHODS
        .binary_search_by(|method| method.name.cmp(name))
        .ok()
        .and_then(|at| methods::METHODS.get(at))
}

/// Every method, sorted by name.
pub fn all() -> impl Iterator<Item = &'static Method> {
    methods::METHODS.iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_found_by_its_name() {
        assert_eq!(all().count(), 49);
        assert_eq!(all().filter(|method| !method.is_withdrawn()).count(), 39);
        for method in all() {
            assert_eq!(find(method.name), Some(method));
        }
        assert_eq!(find("aliexpress.ds.order.query"), None);
    }

    #[test]
    fn what_is_withdrawn_says_what_replaces_it_where_something_does() {
        let without: Vec<&str> = all()
            .filter(|method| method.is_withdrawn() && method.replaced_by.is_none())
            .map(|method| method.name)
            .collect();
        assert_eq!(
            without,
            [
                "aliexpress.affiliate.image.search",
                "aliexpress.ds.add.info",
                "aliexpress.ds.member.orderdata.submit",
            ]
        );
    }
}
