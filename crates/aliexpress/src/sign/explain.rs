//! Why a signature is what it is, and which mistake makes another one.

use std::cmp::Ordering;
use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Flavour, Mistake, Pair, hmac_sha256, joined, legacy, sorted, upper_hex};
use crate::{AppSecret, redact};

/// What to explain.
#[derive(Clone, Copy)]
pub struct ExplainRequest<'a> {
    /// The app secret that should have been used.
    pub secret: &'a AppSecret,
    /// Which rule applies.
    pub flavour: Flavour<'a>,
    /// All parameters as they are sent, decoded. `sign` among them is ignored.
    pub params: &'a [(String, String)],
    /// The signature that another program made.
    pub foreign_sign: Option<&'a str>,
}

/// Names only: values may be tokens.
impl fmt::Debug for ExplainRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.params.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("ExplainRequest")
            .field("flavour", &self.flavour)
            .field("names", &names)
            .finish_non_exhaustive()
    }
}

/// How a signature comes about.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The exact text that is signed. Holds tokens and codes in the clear.
    pub canonical: String,
    /// What stands in front of the parameters: the path of a system call, else empty.
    pub prefix: String,
    /// The signed parameters in their order. Values may be tokens and codes in the clear.
    pub parts: Vec<(String, String)>,
    /// The right signature.
    pub sign: String,
    /// Whether the foreign signature is the right one; `None` when none was given.
    pub matches: Option<bool>,
    /// What was done wrong; `None` when no signature was given or it is right.
    pub verdict: Option<Mistake>,
}

impl Explanation {
    /// The parts with the values of secret parameters masked, for showing.
    #[must_use]
    pub fn masked_parts(&self) -> Vec<(&str, &str)> {
        self.parts
            .iter()
            .map(|(name, value)| {
                let shown = if redact::is_secret_name(name) {
                    redact::MASK
                } else {
                    value
                };
                (name.as_str(), shown)
            })
            .collect()
    }

    /// The signed text with the values of secret parameters masked, for showing.
    #[must_use]
    pub fn masked_canonical(&self) -> String {
        joined(&self.prefix, &self.masked_parts())
    }
}

/// Masked: neither secret values nor the signature.
impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation")
            .field("canonical", &self.masked_canonical())
            .field("matches", &self.matches)
            .field("verdict", &self.verdict)
            .finish_non_exhaustive()
    }
}

/// Shows what is signed and, given a foreign signature, finds the mistake that explains it.
#[must_use]
pub fn explain(request: &ExplainRequest<'_>) -> Explanation {
    let pairs = sorted(request.params);
    let prefix = request.flavour.prefix();
    let canonical = joined(prefix, &pairs);
    let sign = hmac(request.secret.expose(), &canonical);
    let foreign = request.foreign_sign.map(str::trim);
    let matches = foreign.map(|foreign| same(foreign, &sign));
    let verdict = foreign
        .filter(|foreign| !same(foreign, &sign))
        .map(|foreign| find_mistake(request, &pairs, &canonical, &sign, foreign));
    Explanation {
        prefix: prefix.to_owned(),
        parts: pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        canonical,
        sign,
        matches,
        verdict,
    }
}

fn find_mistake(
    request: &ExplainRequest<'_>,
    pairs: &[Pair<'_>],
    canonical: &str,
    sign: &str,
    foreign: &str,
) -> Mistake {
    if same(&foreign.to_ascii_uppercase(), sign) {
        return Mistake::LowerCase;
    }
    // Digests are compared without regard to case: that mistake on top of another one does not hide it.
    let foreign = foreign.to_ascii_uppercase();
    let secret = request.secret.expose();
    // Every wrong text with every wrong digest: a client seldom makes one mistake only. The plain text comes first, so
    // that a wrong digest of the right text is named as the digest; of two mistakes the one in the text is named.
    std::iter::once((None, canonical.to_owned()))
        .chain(wrong_texts(request, pairs))
        .find_map(|(text_mistake, text)| {
            let digest_mistake = digest_mistake(secret, &text, &foreign)?;
            text_mistake.or(digest_mistake)
        })
        .unwrap_or(Mistake::WrongSecret)
}

/// Which digest of `text` gives the foreign signature: `Some(None)` is the right digest.
fn digest_mistake(secret: &str, text: &str, foreign: &str) -> Option<Option<Mistake>> {
    let wrapped = format!("{secret}{text}{secret}");
    let with_blank = |blank: &str| hmac(&format!("{secret}{blank}"), text);
    let candidates = [
        (None, hmac(secret, text)),
        (Some(Mistake::SecretWrapped), hmac(secret, &wrapped)),
        (Some(Mistake::SecretWrapped), plain_sha256(&wrapped)),
        (Some(Mistake::Md5), legacy::md5_wrapped(secret, text)),
        (Some(Mistake::Md5), legacy::hmac_md5(secret, text)),
        (Some(Mistake::Md5), legacy::md5_wrapped("", text)),
        (Some(Mistake::PlainSha256), plain_sha256(text)),
        (
            Some(Mistake::PlainSha256),
            plain_sha256(&format!("{secret}{text}")),
        ),
        (
            Some(Mistake::PlainSha256),
            plain_sha256(&format!("{text}{secret}")),
        ),
        (Some(Mistake::SecretWithWhitespace), with_blank("\n")),
        (Some(Mistake::SecretWithWhitespace), with_blank("\r\n")),
        (Some(Mistake::SecretWithWhitespace), with_blank("\r")),
        (Some(Mistake::SecretWithWhitespace), with_blank(" ")),
        (
            Some(Mistake::SecretWithWhitespace),
            hmac(&format!(" {secret}"), text),
        ),
    ];
    candidates
        .into_iter()
        .find(|(_, digest)| same(digest, foreign))
        .map(|(mistake, _)| mistake)
}

/// Every text that a known mistake would sign.
fn wrong_texts<'a>(
    request: &'a ExplainRequest<'_>,
    pairs: &'a [Pair<'a>],
) -> impl Iterator<Item = (Option<Mistake>, String)> + 'a {
    let prefix = request.flavour.prefix();
    prefix_texts(request.flavour, pairs)
        .into_iter()
        .chain(order_texts(prefix, pairs))
        .chain(encoded_texts(prefix, pairs))
        .chain(timestamp_texts(prefix, pairs))
        .chain(empty_value_texts(prefix, request.params))
        .chain(unsigned_texts(prefix, pairs))
        .map(|(mistake, text)| (Some(mistake), text))
}

type WrongText = (Mistake, String);

fn prefix_texts(flavour: Flavour<'_>, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    match flavour {
        Flavour::System(path) => vec![
            (Mistake::PathPrefixMissing, joined("", pairs)),
            (
                Mistake::PathPrefixWithRest,
                joined(&format!("/rest{path}"), pairs),
            ),
            (
                Mistake::PathPrefixWithRest,
                joined(&format!("rest{path}"), pairs),
            ),
            (
                Mistake::PathPrefixMissing,
                joined(path.trim_start_matches('/'), pairs),
            ),
        ],
        Flavour::Business => {
            let method = pairs.iter().find(|(name, _)| *name == "method");
            let method = method.map_or("", |(_, value)| value);
            ["/sync", "/rest", "sync"]
                .map(str::to_owned)
                .into_iter()
                .chain((!method.is_empty()).then(|| method.to_owned()))
                .chain((!method.is_empty()).then(|| format!("/{method}")))
                .map(|prefix| (Mistake::PathPrefixUnexpected, joined(&prefix, pairs)))
                .collect()
        }
    }
}

fn order_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    let orders: [fn(&str, &str) -> Ordering; 3] = [
        by_locale,
        |a, b| a.to_lowercase().cmp(&b.to_lowercase()),
        |a, b| a.to_uppercase().cmp(&b.to_uppercase()),
    ];
    orders
        .iter()
        .map(|order| {
            let mut pairs = pairs.to_vec();
            pairs.sort_by(|(a, _), (b, _)| order(a, b));
            pairs
        })
        .filter(|reordered| reordered != pairs)
        .map(|reordered| (Mistake::LocaleOrder, joined(prefix, &reordered)))
        .collect()
}

/// As `localeCompare` sorts: punctuation before digits before letters, case last and small letters first.
fn by_locale(a: &str, b: &str) -> Ordering {
    let class = |c: char| {
        if c.is_alphabetic() {
            2
        } else {
            i32::from(c.is_numeric())
        }
    };
    let key = |text: &str| -> Vec<(i32, String)> {
        text.chars()
            .map(|c| (class(c), c.to_lowercase().collect()))
            .collect()
    };
    let small_first = |text: &str| -> Vec<bool> { text.chars().map(char::is_uppercase).collect() };
    key(a)
        .cmp(&key(b))
        .then_with(|| small_first(a).cmp(&small_first(b)))
}

fn encoded_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    let form =
        |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
    let component = |text: &str| {
        // What `encodeURIComponent` leaves alone and a form does not, and the other way round.
        form(text)
            .replace('+', "%20")
            .replace("%21", "!")
            .replace("%27", "'")
            .replace("%28", "(")
            .replace("%29", ")")
            .replace("%7E", "~")
    };
    let rfc3986 = |text: &str| {
        form(text)
            .replace('+', "%20")
            .replace('*', "%2A")
            .replace("%7E", "~")
    };
    let lower = |text: &str| lower_escapes(&component(text));
    let encoders: [&dyn Fn(&str) -> String; 4] = [&form, &component, &rfc3986, &lower];
    encoders
        .iter()
        .map(|encode| {
            let encoded: Vec<(&str, String)> = pairs
                .iter()
                .map(|(name, value)| (*name, encode(value)))
                .collect();
            let encoded: Vec<Pair<'_>> = encoded
                .iter()
                .map(|(name, value)| (*name, value.as_str()))
                .collect();
            joined(prefix, &encoded)
        })
        .map(|text| (Mistake::UrlEncodedValues, text))
        .collect()
}

/// `%2B` to `%2b`, as some libraries write it.
fn lower_escapes(encoded: &str) -> String {
    let mut left = 0;
    encoded
        .chars()
        .map(|c| {
            if c == '%' {
                left = 2;
                return c;
            }
            if left > 0 {
                left -= 1;
                return c.to_ascii_lowercase();
            }
            c
        })
        .collect()
}

fn timestamp_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    let Some(index) = pairs.iter().position(|(name, _)| *name == "timestamp") else {
        return Vec::new();
    };
    let Ok(sent) = pairs[index].1.parse::<i64>() else {
        return Vec::new();
    };
    [sent / 1000, sent / 1000 * 1000, sent.saturating_mul(1000)]
        .into_iter()
        .filter(|other| *other != sent)
        .map(|other| {
            let other = other.to_string();
            let mut pairs = pairs.to_vec();
            pairs[index].1 = &other;
            (Mistake::TimestampInSeconds, joined(prefix, &pairs))
        })
        .collect()
}

fn empty_value_texts(prefix: &str, params: &[(String, String)]) -> Vec<WrongText> {
    let mut all: Vec<Pair<'_>> = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, _)| *name != "sign")
        .collect();
    if all.iter().all(|(_, value)| !value.trim().is_empty()) {
        return Vec::new();
    }
    all.sort_by_key(|(name, _)| *name);
    all.dedup();
    let only_blank: Vec<Pair<'_>> = all
        .iter()
        .copied()
        .filter(|(_, value)| !value.is_empty())
        .collect();
    [all, only_blank]
        .map(|pairs| (Mistake::EmptyValuesSigned, joined(prefix, &pairs)))
        .into()
}

/// One parameter left out; a few parameters are few enough to try them all.
fn unsigned_texts(prefix: &str, pairs: &[Pair<'_>]) -> Vec<WrongText> {
    (0..pairs.len())
        .map(|left_out| {
            let mut rest = pairs.to_vec();
            let (name, _) = rest.remove(left_out);
            (
                Mistake::ParameterNotSigned(name.to_owned()),
                joined(prefix, &rest),
            )
        })
        .collect()
}

fn hmac(secret: &str, text: &str) -> String {
    upper_hex(&hmac_sha256(secret.as_bytes(), text.as_bytes()))
}

fn plain_sha256(text: &str) -> String {
    upper_hex(&Sha256::digest(text.as_bytes()))
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
