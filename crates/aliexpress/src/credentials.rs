use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::sign::Key;

/// Why a credential was refused before it was used. Never holds the credential itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialError {
    /// Nothing was given.
    #[error("it is empty")]
    Empty,
    /// The app key holds something else than decimal digits.
    #[error(
        "an app key has decimal digits only; character {position} is another one (was the secret pasted here?)"
    )]
    NotDigits {
        /// Position of the first offending character, counted from 1.
        position: usize,
    },
    /// White space before the first or after the last character, usually picked up while copying.
    #[error("it starts or ends with white space or a line break; copy it again without")]
    OuterWhitespace,
    /// White space in the middle, usually two values or a broken line.
    #[error(
        "it has white space or a control character inside (character {position}); copy it again in one piece"
    )]
    InnerWhitespace {
        /// Position of the first offending character, counted from 1.
        position: usize,
    },
}

/// The app key of an AliExpress developer application: decimal digits, public.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AppKey(String);

impl AppKey {
    /// Reads an app key. Outer white space is dropped, because it cannot be meant.
    ///
    /// # Errors
    /// When nothing is left, or when a character is not a decimal digit.
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CredentialError::Empty);
        }
        match text.chars().position(|c| !c.is_ascii_digit()) {
            Some(index) => Err(CredentialError::NotDigits {
                position: index + 1,
            }),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for AppKey {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The app secret: the key of every signature. Zeroised when dropped, never printed.
#[derive(Clone)]
pub struct AppSecret {
    text: SecretString,
    key: Key,
}

impl AppSecret {
    /// Reads an app secret exactly as given.
    ///
    /// # Errors
    /// When it is empty or holds white space: a secret with a stray blank signs everything wrongly, and the gateway
    /// would only say that the signature does not match.
    pub fn parse(text: impl Into<String>) -> Result<Self, CredentialError> {
        let text = SecretString::from(text.into());
        let plain = text.expose_secret();
        if plain.trim().is_empty() {
            return Err(CredentialError::Empty);
        }
        if plain.trim().len() != plain.len() {
            return Err(CredentialError::OuterWhitespace);
        }
        if let Some(index) = plain
            .chars()
            .position(|c| c.is_whitespace() || c.is_control())
        {
            return Err(CredentialError::InnerWhitespace {
                position: index + 1,
            });
        }
        let key = Key::new(plain.as_bytes());
        Ok(Self { text, key })
    }

    /// The secret in the clear. Do not log what this returns.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The secret as a key, ready for use.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }
}

impl FromStr for AppSecret {
    type Err = CredentialError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The parts that all opaque texts which open an account have in common.
macro_rules! secret_text {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone)]
        pub struct $name(SecretString);

        impl $name {
            /// Takes the text as it is; it is opaque to us.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(SecretString::from(text.into()))
            }

            /// The text in the clear. Do not log what this returns.
            #[must_use]
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }
        }
    };
}

secret_text! {
    /// An access token: lets the holder act as the account until its deadline.
    AccessToken
}
secret_text! {
    /// A refresh token: trades for a new pair until the account must sign in again.
    RefreshToken
}
secret_text! {
    /// The one-time code of the browser leg. Lives three minutes and can be spent once.
    AuthorizationCode
}

/// Same `Debug` and comparison for every secret, so that none of them can be forgotten.
macro_rules! never_shown {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(***)"))
            }
        }

        /// Compared in constant time.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
            }
        }

        impl Eq for $name {}
    )+};
}

never_shown!(AppSecret, AccessToken, RefreshToken, AuthorizationCode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_key_has_digits_only() {
        assert_eq!(AppKey::parse(" 500100\n").unwrap().as_str(), "500100");
        assert_eq!(AppKey::parse("  "), Err(CredentialError::Empty));
        assert_eq!(
            AppKey::parse("50a100"),
            Err(CredentialError::NotDigits { position: 3 })
        );
    }

    #[test]
    fn an_app_secret_is_refused_with_the_precise_reason() {
        let reason = |text: &str| AppSecret::parse(text).unwrap_err();
        assert_eq!(reason(""), CredentialError::Empty);
        assert_eq!(reason(" \n"), CredentialError::Empty);
        assert_eq!(reason("abc\n"), CredentialError::OuterWhitespace);
        assert_eq!(reason("\u{a0}abc"), CredentialError::OuterWhitespace);
        assert_eq!(
            reason("ab c"),
            CredentialError::InnerWhitespace { position: 3 }
        );
        assert_eq!(AppSecret::parse("abc").unwrap().expose(), "abc");
    }

    #[test]
    fn secrets_compare_by_content() {
        assert_eq!(AccessToken::new("a"), AccessToken::new("a"));
        assert_ne!(AccessToken::new("a"), AccessToken::new("ab"));
    }
}
