//! Checks signatures, written from the protocol description alone.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::{Digest, Sha256};

use super::params::Params;
use crate::profile::{EmptyParams, LegacySignatures, Profile};

/// What the check of a signature found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Ok,
    Mismatch,
    Missing,
    MissingMethod,
    UnsupportedMethod,
    Ambiguous,
}

impl Verdict {
    /// Word for the journal.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Mismatch => "mismatch",
            Self::Missing => "missing",
            Self::MissingMethod => "missing_sign_method",
            Self::UnsupportedMethod => "unsupported_sign_method",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// How the text is turned into a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    /// `sha256`: HMAC-SHA256.
    HmacSha256,
    /// `md5`: MD5 of secret, text, secret. Business interface only.
    Md5,
    /// `hmac`: HMAC-MD5. Business interface only.
    HmacMd5,
}

/// The path in front of the text: system interfaces have one, business interfaces do not.
pub(crate) fn prefix_of(api: &str) -> &str {
    if api.starts_with('/') { api } else { "" }
}

/// The text to sign: prefix, then each name and value, without `sign`.
pub(crate) fn canonical(prefix: &str, params: &Params, with_empty: bool) -> String {
    let mut text = String::with_capacity(prefix.len() + params.text_len());
    text.push_str(prefix);
    for (name, value) in params.iter() {
        if name != "sign" && (with_empty || !value.trim().is_empty()) {
            text.push_str(name);
            text.push_str(value);
        }
    }
    text
}

/// Holds the `sign` of a request against those that the secrets give.
pub(crate) fn verify_any(
    secrets: &[String],
    api: &str,
    params: &Params,
    profile: &Profile,
) -> Verdict {
    let mut verdict = Verdict::Mismatch;
    for secret in secrets {
        verdict = verify(secret, api, params, profile);
        if verdict != Verdict::Mismatch {
            break;
        }
    }
    verdict
}

/// Holds the `sign` of a request against the one the secret gives.
pub(crate) fn verify(secret: &str, api: &str, params: &Params, profile: &Profile) -> Verdict {
    if params.conflict().is_some() {
        return Verdict::Ambiguous;
    }
    let Some(sent) = params.get("sign") else {
        return Verdict::Missing;
    };
    let prefix = prefix_of(api);
    let legacy = prefix.is_empty() && profile.legacy_signatures == LegacySignatures::Accepted;
    let algorithm = match params.get("sign_method") {
        Some("sha256") => Algorithm::HmacSha256,
        Some("md5") if legacy => Algorithm::Md5,
        Some("hmac") if legacy => Algorithm::HmacMd5,
        Some(_) => return Verdict::UnsupportedMethod,
        None => return Verdict::MissingMethod,
    };
    let forms: &[bool] = match profile.empty_params {
        EmptyParams::Either if has_empty(params) => &[false, true],
        EmptyParams::Either | EmptyParams::Skipped => &[false],
        EmptyParams::Signed => &[true],
    };
    let fits = |with_empty: &bool| {
        digest(algorithm, secret, &canonical(prefix, params, *with_empty)) == sent
    };
    if forms.iter().any(fits) {
        Verdict::Ok
    } else {
        Verdict::Mismatch
    }
}

fn has_empty(params: &Params) -> bool {
    params.iter().any(|(_, value)| value.trim().is_empty())
}

fn digest(algorithm: Algorithm, secret: &str, text: &str) -> String {
    match algorithm {
        Algorithm::HmacSha256 => keyed::<Hmac<Sha256>>(secret, text),
        Algorithm::HmacMd5 => keyed::<Hmac<Md5>>(secret, text),
        Algorithm::Md5 => hex::encode_upper(
            Md5::new()
                .chain_update(secret)
                .chain_update(text)
                .chain_update(secret)
                .finalize(),
        ),
    }
}

/// Upper-case hexadecimal of a keyed hash. HMAC takes keys of any length, so there is always a result;
/// were there none, the empty text would match no signature.
fn keyed<M: Mac + KeyInit>(secret: &str, text: &str) -> String {
    M::new_from_slice(secret.as_bytes()).map_or_else(
        |_| String::new(),
        |mac| hex::encode_upper(mac.chain_update(text).finalize().into_bytes()),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use url::form_urlencoded::Serializer;

    use super::*;

    fn vectors() -> Vec<Value> {
        serde_json::from_str(include_str!("../../tests/fixtures/sign-vectors.json")).unwrap()
    }

    fn params(vector: &Value, sign: Option<&str>) -> Params {
        let mut form = Serializer::new(String::new());
        for (name, value) in vector["params"].as_object().unwrap() {
            form.append_pair(name, value.as_str().unwrap());
        }
        if let Some(sign) = sign {
            form.append_pair("sign", sign);
        }
        Params::merge(None, Some(form.finish().as_bytes()))
    }

    #[test]
    fn every_vector_gives_its_text_and_its_signature() {
        let mut checked = 0;
        for vector in vectors() {
            // Push messages are signed over a body, not over parameters.
            if vector["flavour"] == "push" {
                continue;
            }
            let text = |key: &str| vector[key].as_str().unwrap();
            let prefix = if vector["flavour"] == "system" {
                text("api")
            } else {
                ""
            };
            let secret = text("app_secret");
            let canonical = canonical(prefix, &params(&vector, None), false);
            let algorithm = match text("sign_method") {
                "md5" => Algorithm::Md5,
                "hmac" => Algorithm::HmacMd5,
                _ => Algorithm::HmacSha256,
            };
            let wrapped = format!("{secret}{canonical}{secret}");
            let shown = if algorithm == Algorithm::Md5 {
                &wrapped
            } else {
                &canonical
            };
            assert_eq!(shown, text("string_to_sign"), "{}", vector["name"]);
            assert_eq!(
                digest(algorithm, secret, &canonical),
                text("sign"),
                "{}",
                vector["name"]
            );
            checked += 1;
        }
        assert!(checked >= 20, "{checked}");
    }

    #[test]
    fn empty_values_count_as_the_profile_says() {
        let vector = vectors()
            .into_iter()
            .find(|vector| vector["name"] == "own-empty-values-skipped")
            .unwrap();
        let secret = vector["app_secret"].as_str().unwrap();
        let skipped = params(&vector, vector["sign"].as_str());
        let text = canonical("", &skipped, true);
        let signed = params(&vector, Some(&digest(Algorithm::HmacSha256, secret, &text)));
        let check = |params: &Params, empty_params| {
            let profile = Profile {
                empty_params,
                ..Profile::default()
            };
            verify(secret, "x", params, &profile)
        };
        for (empty, without, with) in [
            (EmptyParams::Either, Verdict::Ok, Verdict::Ok),
            (EmptyParams::Skipped, Verdict::Ok, Verdict::Mismatch),
            (EmptyParams::Signed, Verdict::Mismatch, Verdict::Ok),
        ] {
            assert_eq!(check(&skipped, empty), without, "{empty:?}");
            assert_eq!(check(&signed, empty), with, "{empty:?}");
        }
    }
}
