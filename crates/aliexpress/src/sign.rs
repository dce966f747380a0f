//! Signing, and finding out why a signature is refused.
//!
//! The rule (`sign_method=sha256`): take all parameters as decoded text except `sign`, leave out empty ones, sort by
//! name in byte order, write name and value one after the other without separators, put the API path (without `/rest`)
//! in front for system calls, and take the HMAC-SHA256 under the app secret in upper-case hexadecimal.
//!
//! Source: "Signature algorithm" and "HTTP request sample" on openservice.aliexpress.com (docId 1386, 1385).

mod canonical;
mod explain;
mod input;
mod key;
mod legacy;
mod mistake;

use hmac::Mac;

use crate::AppSecret;

use canonical::{Ordered, Pieces};
pub use explain::{ExplainRequest, Explanation, explain};
pub use input::{ExplainInput, PasteError, Remark};
pub(crate) use key::Key;
pub use mistake::Mistake;

/// Which of the two rules applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour<'a> {
    /// Calls to `/rest`: the API path, such as `/auth/token/create`, stands in front. Without `/rest`.
    System(&'a str),
    /// Calls to `/sync`: nothing stands in front; `method` is one of the parameters.
    Business,
}

impl<'a> Flavour<'a> {
    /// The flavour of an API name: a path is a system call, a name such as `aliexpress.ds.product.get` is not.
    #[must_use]
    pub fn of(api: &'a str) -> Self {
        if api.contains('/') {
            Self::System(api)
        } else {
            Self::Business
        }
    }

    fn prefix(self) -> &'a str {
        match self {
            Self::System(path) => path,
            Self::Business => "",
        }
    }
}

/// The exact text that is signed. Holds tokens and codes in the clear: do not log it.
pub fn canonical<K, V>(flavour: Flavour<'_>, params: impl IntoIterator<Item = (K, V)>) -> String
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let ordered = Ordered::of(params);
    joined(flavour.prefix(), &ordered.pairs().collect::<Vec<_>>())
}

/// The signature of a request: 64 upper-case hexadecimal digits.
pub fn sign<K, V>(
    secret: &AppSecret,
    flavour: Flavour<'_>,
    params: impl IntoIterator<Item = (K, V)>,
) -> String
where
    K: AsRef<str>,
    V: AsRef<str>,
{
    let digest = secret.key().digest_with(|mac| {
        let mut pieces = Pieces::new(|piece: &[u8]| mac.update(piece));
        pieces.push(flavour.prefix());
        for (name, value) in Ordered::of(params).pairs() {
            pieces.push(name);
            pieces.push(value);
        }
        pieces.flush();
    });
    upper_hex(&digest)
}

type Pair<'a> = (&'a str, &'a str);

/// What takes part in a signature, in its order.
fn sorted<K: AsRef<str>, V: AsRef<str>>(params: &[(K, V)]) -> Vec<Pair<'_>> {
    let pairs = params
        .iter()
        .map(|(name, value)| (name.as_ref(), value.as_ref()));
    Ordered::of(pairs).into_pairs().collect()
}

fn joined(prefix: &str, pairs: &[Pair<'_>]) -> String {
    let mut text = String::from(prefix);
    for (name, value) in pairs {
        text.push_str(name);
        text.push_str(value);
    }
    text
}

/// Two digits for each byte of a digest, of which none has more than 32 bytes. Written in place, since formatting would
/// cost half as much as the digest.
#[expect(clippy::expect_used, reason = "hexadecimal digits are text")]
fn upper_hex(digest: &[u8]) -> String {
    let mut digits = [0; 64];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(digest) {
        pair[0] = digit(byte >> 4);
        pair[1] = digit(byte & 15);
    }
    let digits = &digits[..digest.len() * 2];
    str::from_utf8(digits)
        .expect("only digits and capitals")
        .to_owned()
}

/// Without a table or a branch, so that the compiler can do many at once.
fn digit(half: u8) -> u8 {
    half + b'0' + u8::from(half > 9) * (b'A' - b'9' - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn capitals_digits_and_underscores_sort_by_bytes() {
        let names = [
            "alphab", "alpha_b", "_x", "alphaB", "alpha1", "Zeta", "alpha",
        ];
        let text = canonical(Flavour::Business, names.map(|name| (name, "=")));
        assert_eq!(text, "Zeta=_x=alpha=alpha1=alphaB=alpha_b=alphab=");
        // The two pairs that a locale-aware sort gets wrong (security requirement F25).
        let names = ["param_x", "param0", "product_id", "productId"];
        let text = canonical(Flavour::Business, names.map(|name| (name, ",")));
        assert_eq!(text, "param0,param_x,productId,product_id,");
    }

    #[test]
    fn sign_itself_and_empty_values_take_no_part() {
        let params = [
            ("sign", "X"),
            ("b", ""),
            ("c", " \t"),
            ("a", "1"),
            ("a", "1"),
        ];
        assert_eq!(canonical(Flavour::System("/p"), params), "/pa1");
    }

    proptest! {
        #[test]
        fn the_order_is_the_byte_order(names in proptest::collection::btree_set("[A-Za-z0-9_]{1,8}", 1..12)) {
            let mut shuffled: Vec<String> = names.iter().filter(|name| *name != "sign").cloned().collect();
            shuffled.reverse();
            let text = canonical(Flavour::Business, shuffled.iter().map(|name| (name, "=")));
            let mut expected: Vec<Vec<u8>> = shuffled.iter().map(|name| name.clone().into_bytes()).collect();
            expected.sort();
            let expected: Vec<u8> = expected.into_iter().flat_map(|mut name| { name.push(b'='); name }).collect();
            prop_assert_eq!(text.into_bytes(), expected);
        }

        #[test]
        fn what_is_hashed_in_pieces_is_the_canonical_text(
            params in proptest::collection::vec(("[a-cA-C_\\x00é]{0,10}", ".{0,700}"), 0..12),
        ) {
            let secret = AppSecret::parse("secret").unwrap();
            let names = params.iter().filter(|(name, value)| name != "sign" && !value.trim().is_empty());
            let mut plain: Vec<&(String, String)> = names.collect();
            plain.sort_by_key(|(name, _)| name.as_bytes());
            plain.dedup();
            let plain: String = plain.iter().map(|(name, value)| format!("{name}{value}")).collect();
            let text = canonical(Flavour::System("/p"), params.iter().map(|(name, value)| (name, value)));
            prop_assert_eq!(&text, &format!("/p{plain}"));
            let digest = secret.key().digest(text.as_bytes());
            let sign = sign(&secret, Flavour::System("/p"), params);
            prop_assert_eq!(sign, hex::encode_upper(digest));
        }

        #[test]
        fn any_text_can_be_signed(key in ".{1,20}", name in ".{0,20}", value in ".{0,40}") {
            if let Ok(secret) = AppSecret::parse(key) {
                prop_assert_eq!(sign(&secret, Flavour::Business, [(name, value)]).len(), 64);
            }
        }
    }
}
