//! Why a signature is what it is, and which mistake makes another one.

mod digests;
mod json;
mod left_out;
mod order;
mod prefix;
mod search;
mod sent;
mod spelling;
mod values;

use std::fmt;

use subtle::ConstantTimeEq;

use super::{Flavour, Mistake, joined, sorted, upper_hex};
use crate::{AppSecret, redact};
use digests::Digests;
use sent::Sent;

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
///
/// Bounded work: some thousand short texts are hashed at most, and never more than 64 MiB.
#[must_use]
pub fn explain(request: &ExplainRequest<'_>) -> Explanation {
    explain_with_body(request, None)
}

/// The same, with the body of the request where it is known.
pub(super) fn explain_with_body(request: &ExplainRequest<'_>, body: Option<&str>) -> Explanation {
    let pairs = sorted(request.params);
    let prefix = request.flavour.prefix();
    let canonical = joined(prefix, &pairs);
    let sign = upper_hex(&request.secret.key().digest(canonical.as_bytes()));
    let foreign = request.foreign_sign.map(str::trim);
    let matches = foreign.map(|foreign| foreign.as_bytes().ct_eq(sign.as_bytes()).into());
    let verdict = foreign.filter(|_| matches == Some(false)).map(|foreign| {
        let sent = Sent {
            flavour: request.flavour,
            params: request.params,
            pairs: &pairs,
            body,
        };
        let secret = request.secret;
        let digests = Digests::of(secret.expose(), secret.key(), sent.value("app_key"));
        search::mistake(&sent, &digests, &canonical, &sign, foreign)
    });
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
