//! Why a signature is what it is, and which mistake makes another one.

mod wrong_texts;

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{Flavour, Key, Mistake, Pair, joined, legacy, sorted, upper_hex};
use crate::{AppSecret, redact};
use wrong_texts::wrong_texts;

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

fn hmac(secret: &str, text: &str) -> String {
    upper_hex(&Key::new(secret.as_bytes()).digest(text.as_bytes()))
}

fn plain_sha256(text: &str) -> String {
    upper_hex(&Sha256::digest(text.as_bytes()))
}

fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}
