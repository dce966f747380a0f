//! The words of the page. Keys are typed, so a template cannot ask for a text that does not exist;
//! the texts stand in `locales/en.ftl` and `locales/fr.ftl`.

use std::borrow::Cow;
use std::str::FromStr;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::page::format::group_digits;

mod keys;

pub use keys::Key;

type Bundle = FluentBundle<FluentResource>;

const ENGLISH_SOURCE: &str = include_str!("../../locales/en.ftl");
const FRENCH_SOURCE: &str = include_str!("../../locales/fr.ftl");

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::En));
static FRENCH: LazyLock<Bundle> = LazyLock::new(|| bundle(Locale::Fr));

/// The languages of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// French.
    Fr,
}

/// Not a language of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the page speaks `en` and `fr`")]
pub struct UnknownLocale;

impl Locale {
    /// In the order they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::Fr];

    /// As in `lang=`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// Its name in itself.
    #[must_use]
    pub const fn name(self) -> Key {
        match self {
            Self::En => Key::LanguageEn,
            Self::Fr => Key::LanguageFr,
        }
    }

    /// The best language for an `Accept-Language` header, English if it names none of ours.
    #[must_use]
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = (0.0_f32, Self::default());
        for part in header.split(',') {
            let (tag, parameter) = part.split_once(';').unwrap_or((part, ""));
            let primary = tag
                .trim()
                .split('-')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let weight = parameter
                .trim()
                .strip_prefix("q=")
                .map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
            if let Ok(locale) = primary.parse()
                && weight > best.0
            {
                best = (weight, locale);
            }
        }
        best.1
    }

    /// The source of its texts.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::En => ENGLISH_SOURCE,
            Self::Fr => FRENCH_SOURCE,
        }
    }
}

impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|locale| locale.code() == code)
            .ok_or(UnknownLocale)
    }
}

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub struct Texts(Locale);

/// A value put into a text.
#[derive(Debug, Clone)]
pub enum Arg {
    /// As it is.
    Text(String),
    /// Written as the language writes numbers; chooses singular or plural.
    Number(i64),
}

impl Texts {
    /// The words of a language.
    #[must_use]
    pub const fn of(locale: Locale) -> Self {
        Self(locale)
    }

    /// The language.
    #[must_use]
    pub const fn locale(self) -> Locale {
        self.0
    }

    /// A text without values in it.
    #[must_use]
    pub fn get(self, key: Key) -> String {
        self.with(key, [])
    }

    /// A text with values in it.
    #[must_use]
    pub fn with<const N: usize>(self, key: Key, values: [(&'static str, Arg); N]) -> String {
        let bundle = match self.0 {
            Locale::En => &*ENGLISH,
            Locale::Fr => &*FRENCH,
        };
        let mut args = FluentArgs::with_capacity(N);
        for (name, value) in values {
            match value {
                Arg::Text(text) => args.set(name, FluentValue::String(Cow::Owned(text))),
                Arg::Number(number) => args.set(name, FluentValue::from(number)),
            }
        }
        let Some(pattern) = bundle
            .get_message(key.id())
            .and_then(|message| message.value())
        else {
            // A test proves that this does not happen; a reader is better served by the id than by nothing.
            return key.id().to_owned();
        };
        let mut errors = Vec::new();
        bundle
            .format_pattern(pattern, Some(&args), &mut errors)
            .into_owned()
    }
}

fn bundle(locale: Locale) -> Bundle {
    let language: LanguageIdentifier = locale.code().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![language]);
    // Isolation marks are for mixed writing directions; here they would end up in copied text.
    bundle.set_use_isolating(false);
    bundle.set_formatter(Some(match locale {
        Locale::En => |value, _| whole_number(value, Locale::En),
        Locale::Fr => |value, _| whole_number(value, Locale::Fr),
    }));
    // A test proves that the sources parse; what does parse is used in any case.
    let resource = FluentResource::try_new(locale.source().to_owned())
        .unwrap_or_else(|(resource, _)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

fn whole_number(value: &FluentValue<'_>, locale: Locale) -> Option<String> {
    match value {
        FluentValue::Number(number) => Some(group_digits(&number.as_string(), locale)),
        _ => None,
    }
}

/// What can be put into a text.
pub trait ToArg {
    /// As the value of a text.
    fn to_arg(&self) -> Arg;
}

impl ToArg for str {
    fn to_arg(&self) -> Arg {
        Arg::Text(self.to_owned())
    }
}

impl ToArg for String {
    fn to_arg(&self) -> Arg {
        Arg::Text(self.clone())
    }
}

impl ToArg for i64 {
    fn to_arg(&self) -> Arg {
        Arg::Number(*self)
    }
}

impl ToArg for u32 {
    fn to_arg(&self) -> Arg {
        Arg::Number(i64::from(*self))
    }
}

impl ToArg for usize {
    fn to_arg(&self) -> Arg {
        Arg::Number(i64::try_from(*self).unwrap_or(i64::MAX))
    }
}

impl<T: ToArg + ?Sized> ToArg for &T {
    fn to_arg(&self) -> Arg {
        (**self).to_arg()
    }
}

#[cfg(test)]
mod tests;
