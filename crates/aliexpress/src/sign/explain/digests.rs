//! The digests that known mistakes take in place of the right one, under the keys that they use.

use md5::Md5;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::super::{Key, Mistake, legacy};
use super::spelling::base64_decoded;

/// Which digest of a text gave the signature: the right one, or that of a mistake.
pub(super) type DigestMistake = Option<Mistake>;

/// Everything that can be made of the secret, prepared once.
pub(super) struct Digests<'a> {
    secret: &'a str,
    right: &'a Key,
    wrong: Vec<(Mistake, Key)>,
}

impl<'a> Digests<'a> {
    pub(super) fn of(secret: &'a str, right: &'a Key, app_key: Option<&str>) -> Self {
        let blanks = ["\n", "\r\n", "\r", " ", "\t"];
        let behind = blanks.map(|blank| format!("{secret}{blank}"));
        let before = [" ", "\t", "\n", "\u{feff}"].map(|blank| format!("{blank}{secret}"));
        let whitespace = behind.into_iter().chain(before);
        let quoted = ['"', '\'', '`'].map(|quote| format!("{quote}{secret}{quote}"));
        let app_key = app_key.map(str::to_owned);
        let texts = [
            (Mistake::SecretWithWhitespace, whitespace.collect()),
            (Mistake::SecretQuoted, Vec::from(quoted)),
            (Mistake::AppKeyAsSecret, Vec::from_iter(app_key)),
        ];
        let keys = texts
            .into_iter()
            .flat_map(|(mistake, keys)| {
                keys.into_iter()
                    .map(move |key| (mistake.clone(), key.into_bytes()))
            })
            .chain(
                derived(secret)
                    .into_iter()
                    .map(|key| (Mistake::SecretDerived, key)),
            );
        Self {
            secret,
            right,
            wrong: keys
                .filter(|(_, key)| key != secret.as_bytes())
                .map(|(mistake, key)| (mistake, Key::new(&key)))
                .collect(),
        }
    }

    /// How often a text is hashed at most.
    pub(super) fn count(&self, thorough: bool) -> usize {
        if thorough { self.wrong.len() + 9 } else { 1 }
    }

    /// The digest of `text` that is the signature.
    pub(super) fn find(
        &self,
        text: &str,
        signature: &[u8],
        thorough: bool,
    ) -> Option<DigestMistake> {
        if signature.len() == 16 {
            let found = thorough && self.md5(text).iter().any(|digest| same(digest, signature));
            return found.then_some(Some(Mistake::Md5));
        }
        if same(&self.right.digest(text.as_bytes()), signature) {
            return Some(None);
        }
        if !thorough {
            return None;
        }
        let by_key = self
            .wrong
            .iter()
            .find(|(_, key)| same(&key.digest(text.as_bytes()), signature));
        if let Some((mistake, _)) = by_key {
            return Some(Some(mistake.clone()));
        }
        let by_use = self.misused(text).into_iter();
        by_use
            .into_iter()
            .find(|(_, digest)| same(digest, signature))
            .map(|(mistake, _)| Some(mistake))
    }

    /// The right secret in the wrong place.
    fn misused(&self, text: &str) -> [(Mistake, [u8; 32]); 8] {
        let secret = self.secret;
        let in_front = format!("{secret}{text}");
        let behind = format!("{text}{secret}");
        let wrapped = format!("{secret}{text}{secret}");
        let keyed = |text: &str| self.right.digest(text.as_bytes());
        let plain = |text: &str| Sha256::digest(text.as_bytes()).into();
        [
            (Mistake::SecretWrapped, keyed(&wrapped)),
            (Mistake::SecretWrapped, plain(&wrapped)),
            (Mistake::SecretWrapped, keyed(&in_front)),
            (Mistake::SecretWrapped, keyed(&behind)),
            (Mistake::PlainSha256, plain(text)),
            (Mistake::PlainSha256, plain(&in_front)),
            (Mistake::PlainSha256, plain(&behind)),
            (
                Mistake::HmacArgumentsSwapped,
                Key::new(text.as_bytes()).digest(secret.as_bytes()),
            ),
        ]
    }

    fn md5(&self, text: &str) -> [[u8; 16]; 5] {
        let secret = self.secret;
        [
            legacy::md5([secret, text, secret]),
            legacy::hmac_md5(secret, text),
            legacy::md5([text]),
            legacy::md5([secret, text]),
            legacy::md5([text, secret]),
        ]
    }
}

/// What programs make of a secret before they use it.
fn derived(secret: &str) -> Vec<Vec<u8>> {
    let sha256 = Sha256::digest(secret.as_bytes());
    let md5 = Md5::digest(secret.as_bytes());
    let mut keys = vec![
        format!("{secret}&").into_bytes(),
        secret.to_lowercase().into_bytes(),
        secret.to_uppercase().into_bytes(),
        sha256.to_vec(),
        hex::encode(sha256).into_bytes(),
        hex::encode_upper(sha256).into_bytes(),
        md5.to_vec(),
        hex::encode(md5).into_bytes(),
        hex::encode_upper(md5).into_bytes(),
    ];
    keys.extend(hex::decode(secret));
    keys.extend(base64_decoded(secret));
    keys.retain(|key| !key.is_empty());
    keys
}

fn same(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}
