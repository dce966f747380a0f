//! Passwords: what is accepted, and how they are kept (Argon2id).

use std::fmt;
use std::sync::atomic::Ordering;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash as Phc;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use smartlinks_store::PasswordHash;

use crate::error::{Error, Result};
use crate::service::{Core, random_bytes};

/// The shortest password that is accepted, in characters.
const SHORTEST: usize = 12;
/// The longest, in characters: hashing takes longer with each.
const LONGEST: usize = 256;

/// A password as somebody typed it.
#[derive(Clone, Default, Deserialize)]
#[serde(from = "String")]
pub struct Password(SecretString);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<SecretString> for Password {
    fn from(text: SecretString) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(redacted)")
    }
}

impl Password {
    /// Whether nothing was typed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text().is_empty()
    }

    /// Whether both are the same.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.text() == other.text()
    }

    fn text(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether it may be chosen by the operator of this name. Length is what makes guessing hard; no rule about kinds
    /// of characters does.
    pub(super) fn check(&self, name: &str) -> Result<()> {
        let length = self.text().chars().count();
        let lower = self.text().to_lowercase();
        let problem = if length < SHORTEST {
            format!("has to have at least {SHORTEST} characters")
        } else if length > LONGEST {
            format!("has to have at most {LONGEST} characters")
        } else if lower.contains(&name.to_lowercase()) && name.chars().count() > 3 {
            "must not contain the name".to_owned()
        } else if few_characters(&lower) {
            "has to have more than three different characters".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::invalid("password", problem))
    }
}

fn few_characters(text: &str) -> bool {
    let mut seen: Vec<char> = text.chars().collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() <= 3
}

impl Core {
    /// The hash to be kept. Takes a while, and a thread of its own.
    pub(super) async fn hash_password(&self, password: Password) -> Result<PasswordHash> {
        let salt = random_bytes::<16>(self.entropy())?;
        self.with_argon(move |argon| {
            argon
                .hash_password_with_salt(password.text().as_bytes(), &salt)
                .map(|hash: Phc| PasswordHash::new(hash.to_string()))
        })
        .await?
        .map_err(|error| Error::Internal(format!("the password could not be hashed: {error}")))
    }

    /// Whether a password is the one of a hash. Without a hash the same work is done in vain, so that nobody can tell
    /// from the time whether there is such an operator.
    pub(super) async fn verify_password(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<bool> {
        let nobody = self
            .inner
            .desk
            .nobody
            .get_or_try_init(|| async {
                let random = hex::encode(random_bytes::<32>(self.entropy())?);
                self.hash_password(random.into()).await
            })
            .await?
            .clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or(nobody);
        let fits = self
            .with_argon(move |argon| {
                let Ok(parsed) = Phc::new(hash.expose()) else {
                    return false;
                };
                argon
                    .verify_password(password.text().as_bytes(), &parsed)
                    .is_ok()
            })
            .await?;
        Ok(known && fits)
    }

    /// How many passwords were hashed or compared since the start, each of them the same work.
    #[must_use]
    pub fn passwords_hashed(&self) -> u64 {
        self.inner.desk.hashed.load(Ordering::Relaxed)
    }

    async fn with_argon<T: Send + 'static>(
        &self,
        work: impl FnOnce(Argon2<'static>) -> T + Send + 'static,
    ) -> Result<T> {
        let ended = |error: &dyn fmt::Display| Error::Internal(format!("hashing ended: {error}"));
        let _turn = self
            .inner
            .desk
            .hashing
            .acquire()
            .await
            .map_err(|error| ended(&error))?;
        self.inner.desk.hashed.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(move || work(Argon2::default()))
            .await
            .map_err(|error| ended(&error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_passwords_that_are_hard_to_guess_are_taken() {
        let long = "x7".repeat(129) + "abc";
        for (text, accepted) in [
            ("correct horse battery", true),
            ("élève à l'école", true),
            ("short", false),
            ("eleven char", false),
            ("aaaaaaaaaaaaaaaa", false),
            ("anna@example.com1", false),
            (&*long, false),
        ] {
            let checked = Password::from(text.to_owned()).check("Anna@example.com");
            assert_eq!(checked.is_ok(), accepted, "{text}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let password = Password::from("canary correct horse".to_owned());
        assert!(!format!("{password:?}").contains("canary"));
        let error = Password::from("canary".to_owned()).check("a").unwrap_err();
        assert!(!format!("{error:?}{error}").contains("canary"));
    }
}
