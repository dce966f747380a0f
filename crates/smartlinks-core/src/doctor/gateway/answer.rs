//! What an answer of the gateway says about us.

use aliexpress::{Class, Error, TransportErrorKind};

/// What an answer says about us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Key, signature, time and permission are right.
    Accepted,
    /// Key, signature and time are right; the permission group is missing.
    NoPermission,
    /// The app key is unknown.
    WrongKey(String),
    /// The signature is wrong, and so is the secret.
    WrongSecret(String),
    /// The timestamp is too far from the gateway's time.
    WrongTime,
    /// Calls from this address are not allowed.
    WrongAddress(String),
    /// A ban or a quota is in the way, for so many seconds.
    Busy(u64),
    /// No answer came: the kind of failure, and the last cause in words.
    Silence(TransportErrorKind, Option<String>),
    /// An answer came that says nothing about us.
    Other(String),
}

impl Answer {
    /// The answer of a call that went as it did.
    pub(crate) fn of<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) | Err(Error::Business(_)) => Self::Accepted,
            Err(Error::Transport(error)) => {
                Self::Silence(error.kind, error.detail().map(str::to_owned))
            }
            Err(Error::Held(held)) => Self::Busy(held.seconds),
            Err(Error::Gateway(refusal)) => {
                let codes = [Some(refusal.code.as_str()), refusal.sub_code.as_deref()];
                let told = codes.into_iter().flatten().find_map(Self::known);
                let advice = result.as_ref().err().map(Error::advice);
                match (told, advice.map(|advice| advice.class)) {
                    (Some(answer), _) => answer,
                    (None, Some(Class::Wait { seconds })) => Self::Busy(seconds),
                    _ => Self::Other(refusal.code.clone()),
                }
            }
            Err(other) => Self::Other(other.code().to_owned()),
        }
    }

    fn known(code: &str) -> Option<Self> {
        let owned = || code.to_owned();
        Some(match code {
            "InsufficientPermission" => Self::NoPermission,
            "InvalidAppKey" | "InvalidAppkey" | "isv.appkey-not-exists" | "29" => {
                Self::WrongKey(owned())
            }
            "IncompleteSignature" | "InvalidSignature" | "25" => Self::WrongSecret(owned()),
            "IllegalTimestamp" | "31" => Self::WrongTime,
            "AppWhiteIpLimit" => Self::WrongAddress(owned()),
            _ => return None,
        })
    }

    /// Whether the gateway has looked at the signature and found it right.
    pub(crate) fn accepts_us(&self) -> bool {
        matches!(self, Self::Accepted | Self::NoPermission)
    }
}
