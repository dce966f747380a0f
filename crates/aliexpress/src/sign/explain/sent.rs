//! A request as it was sent, and the texts that known mistakes would sign in place of the right one.

use super::super::{Flavour, Mistake, Pair, joined};
use super::{json, left_out, order, prefix, values};

/// What is known of the request.
pub(super) struct Sent<'a> {
    pub(super) flavour: Flavour<'a>,
    /// Everything as given, `sign` and empty values included.
    pub(super) params: &'a [(String, String)],
    /// What takes part in the signature, in its order.
    pub(super) pairs: &'a [Pair<'a>],
    /// The body of the request, where it is known.
    pub(super) body: Option<&'a str>,
}

/// A text that a mistake would sign.
pub(super) struct WrongText {
    pub(super) mistake: Mistake,
    pub(super) text: String,
    /// Whether it is worth trying with every wrong digest too.
    pub(super) thorough: bool,
}

/// Texts of one kind, made when they are asked for.
pub(super) type Texts<'a> = Box<dyn Iterator<Item = WrongText> + 'a>;

impl WrongText {
    pub(super) fn new(mistake: Mistake, text: String) -> Self {
        Self {
            mistake,
            text,
            thorough: true,
        }
    }
}

/// Every kind; those that are more likely come first.
const KINDS: [for<'a> fn(&'a Sent<'a>) -> Texts<'a>; 11] = [
    prefix::texts,
    order::texts,
    values::encoded,
    values::raw_plus,
    values::timestamps,
    json::texts,
    left_out::empty_values,
    left_out::bodies,
    left_out::not_sent,
    left_out::not_signed,
    values::clock_read_twice,
];

impl<'a> Sent<'a> {
    pub(super) fn prefix(&self) -> &'a str {
        self.flavour.prefix()
    }

    pub(super) fn wrong_texts(&self) -> impl Iterator<Item = WrongText> {
        KINDS.iter().flat_map(move |texts| texts(self))
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        let pair = self.pairs.iter().find(|(known, _)| *known == name);
        pair.map(|(_, value)| *value)
    }

    /// The text with these parameters in place of the sent ones.
    pub(super) fn text_of(&self, pairs: &[Pair<'_>]) -> String {
        joined(self.prefix(), pairs)
    }

    /// The text with every value changed; `None` when nothing changes.
    pub(super) fn text_with(
        &self,
        change: impl Fn(&str, &str) -> Option<String>,
    ) -> Option<String> {
        let mut changed = false;
        let mut text = self.prefix().to_owned();
        for (name, value) in self.pairs {
            text.push_str(name);
            match change(name, value).filter(|new| new != value) {
                Some(new) => {
                    changed = true;
                    text.push_str(&new);
                }
                None => text.push_str(value),
            }
        }
        changed.then_some(text)
    }
}
