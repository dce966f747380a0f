//! The keys of all texts, by domain. A test compares them with both languages and with what the page uses.

use std::fmt;

/// A text of the page. Only the files below make one, so that nobody can ask for a text that does not exist.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key {
    name: &'static str,
    id: &'static str,
}

impl Key {
    /// Every key.
    pub fn all() -> impl Iterator<Item = Self> {
        let all = [
            api_keys::ALL,
            audit::ALL,
            authentication::ALL,
            catalogue::ALL,
            countries::ALL,
            drift::ALL,
            frame::ALL,
            imports::ALL,
            operators::ALL,
            orders::ALL,
            overview::ALL,
            placing::ALL,
            prices::ALL,
            products::ALL,
            reasons::ALL,
            trading::ALL,
            trouble::ALL,
            webhooks::ALL,
        ];
        all.into_iter().flatten().copied()
    }

    /// As in the language files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        self.id
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}

/// The keys of one domain, as constants of [`Key`] that read like the variants of an enum.
macro_rules! keys {
    ($($name:ident = $id:literal,)*) => {
        #[expect(non_upper_case_globals, reason = "they read like the variants of an enum")]
        impl super::Key {
            $(
                #[doc = concat!("`", $id, "`")]
                pub const $name: Self = Self { name: stringify!($name), id: $id };
            )*
        }

        /// Those of this file.
        pub(super) const ALL: &[super::Key] = &[$(super::Key::$name,)*];
    };
}

use keys;

mod api_keys;
mod audit;
mod authentication;
mod catalogue;
mod countries;
mod drift;
mod frame;
mod imports;
mod operators;
mod orders;
mod overview;
mod placing;
mod prices;
mod products;
mod reasons;
mod trading;
mod trouble;
mod webhooks;
