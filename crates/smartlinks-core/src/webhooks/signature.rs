//! Signing after the Standard Webhooks specification: `v1`, HMAC-SHA256 over `id.timestamp.body`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox, SecretString};
use sha2::Sha256;
use smartlinks_store::Entropy;
use subtle::ConstantTimeEq as _;

use crate::error::Result;
use crate::service::random_bytes;

const PREFIX: &str = "whsec_";
/// The key lengths that the specification allows, in bytes.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// What signs the messages to one endpoint. Wiped when dropped, `Debug` redacted.
#[derive(Debug)]
pub struct SigningSecret {
    key: SecretBox<Vec<u8>>,
}

/// The text is not a signing secret. Says nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signing secret is `whsec_` followed by 24 to 64 bytes in base64")]
pub struct InvalidSecret;

impl SigningSecret {
    /// Reads `whsec_` and base64, as it is shown when an endpoint is made.
    ///
    /// # Errors
    /// [`InvalidSecret`].
    pub fn parse(text: &str) -> Result<Self, InvalidSecret> {
        let encoded = text.strip_prefix(PREFIX).ok_or(InvalidSecret)?;
        let key = STANDARD.decode(encoded).map_err(|_| InvalidSecret)?;
        if !LENGTHS.contains(&key.len()) {
            return Err(InvalidSecret);
        }
        Ok(Self {
            key: SecretBox::new(Box::new(key)),
        })
    }

    /// The signature of a message: `v1,` and base64.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key.expose_secret()) else {
            return String::new();
        };
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }

    /// Whether one of the signatures of a `webhook-signature` header is ours. In constant time.
    #[must_use]
    pub fn verifies(&self, id: &str, timestamp: i64, body: &[u8], header: &str) -> bool {
        let own = self.sign(id, timestamp, body);
        header
            .split(' ')
            .any(|given| bool::from(own.as_bytes().ct_eq(given.as_bytes())))
    }
}

/// A new secret of 32 random bytes, as text.
pub(crate) fn generate(entropy: &dyn Entropy) -> Result<SecretString> {
    let bytes = zeroized(random_bytes::<32>(entropy)?);
    Ok(format!("{PREFIX}{}", STANDARD.encode(bytes.expose_secret())).into())
}

fn zeroized(bytes: [u8; 32]) -> SecretBox<[u8; 32]> {
    SecretBox::new(Box::new(bytes))
}

/// The `webhook-signature` header: one signature for each secret, divided by blanks, so that a receiver may know
/// either while a secret is replaced.
pub(crate) fn header(secrets: &[SigningSecret], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures: Vec<String> = secrets
        .iter()
        .map(|secret| secret.sign(id, timestamp, body))
        .collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use smartlinks_store::SystemEntropy;

    /// Secret, id, timestamp, body and signature as they are published: by the libraries of the Standard Webhooks
    /// specification, and by the manual of Svix, who wrote it.
    const PUBLISHED: [(&str, &str, i64, &str, &str); 2] = [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_plJ3nmyCDGBKInavdOK15jsl",
            "msg_loFOjxBNrRLzqYUf",
            1_731_705_121,
            r#"{"event_type":"ping","data":{"success":true}}"#,
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
    ];

    #[test]
    fn the_published_vectors_are_signed_and_verified() {
        for (secret, id, at, body, signature) in PUBLISHED {
            // The second key is shorter than the specification allows: only its text is refused.
            let key = STANDARD.decode(&secret[PREFIX.len()..]).unwrap();
            let parsed = SigningSecret::parse(secret);
            assert_eq!(parsed.is_ok(), LENGTHS.contains(&key.len()));
            let secret = SigningSecret {
                key: SecretBox::new(Box::new(key)),
            };
            assert_eq!(secret.sign(id, at, body.as_bytes()), signature);
            assert!(secret.verifies(id, at, body.as_bytes(), signature));
            let several = format!("v1,AAAA v2,BBBB {signature}");
            assert!(secret.verifies(id, at, body.as_bytes(), &several));
            for (id, at, body, header) in [
                (id, at, format!("{body} "), signature.to_owned()),
                (id, at + 1, body.to_owned(), signature.to_owned()),
                ("msg_other", at, body.to_owned(), signature.to_owned()),
                (id, at, body.to_owned(), signature[3..].to_owned()),
                (id, at, body.to_owned(), format!("{signature},")),
                (id, at, body.to_owned(), String::new()),
            ] {
                assert!(
                    !secret.verifies(id, at, body.as_bytes(), &header),
                    "{header}"
                );
            }
        }
    }

    #[test]
    fn while_a_secret_rotates_both_signatures_are_sent() {
        let [old, new] = [(); 2].map(|()| {
            let text = generate(&SystemEntropy).unwrap();
            SigningSecret::parse(text.expose_secret()).unwrap()
        });
        let secrets = [new, old];
        let header = header(&secrets, "msg_1", 5, b"{}");
        assert_eq!(header.split(' ').count(), 2);
        for secret in &secrets {
            assert!(secret.verifies("msg_1", 5, b"{}", &header));
        }
    }

    #[test]
    fn a_secret_is_made_as_the_specification_says_and_shown_nowhere() {
        let text = generate(&SystemEntropy).unwrap();
        let secret = SigningSecret::parse(text.expose_secret()).unwrap();
        let shown = format!("{secret:?} {:?}", text);
        assert!(
            !shown.contains(&text.expose_secret()[PREFIX.len()..]),
            "{shown}"
        );
        for wrong in [
            "",
            "whsec_",
            "whsec_!!",
            "whsec_AAAA",
            "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        ] {
            assert!(SigningSecret::parse(wrong).is_err(), "{wrong}");
        }
        let long = format!("{PREFIX}{}", STANDARD.encode([0; 65]));
        assert!(SigningSecret::parse(&long).is_err());
    }
}
