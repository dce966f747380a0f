use std::fmt;

/// The mistake that explains a wrong signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// The secret was put before and after the text, as the old MD5 rule wants.
    SecretWrapped,
    /// A system call was signed without its path in front.
    PathPrefixMissing,
    /// The path was signed together with `/rest`.
    PathPrefixWithRest,
    /// A business call was signed with a path or its method name in front.
    PathPrefixUnexpected,
    /// The values were percent-encoded before signing.
    UrlEncodedValues,
    /// The names were sorted for human readers (by locale, or ignoring case) instead of by bytes.
    LocaleOrder,
    /// MD5 or HMAC-MD5 instead of HMAC-SHA256.
    Md5,
    /// Plain SHA-256 instead of HMAC-SHA256.
    PlainSha256,
    /// The timestamp that was signed is in seconds, or in another unit than the one that is sent.
    TimestampInSeconds,
    /// A parameter is sent but was not signed.
    ParameterNotSigned(
        /// Its name.
        String,
    ),
    /// Parameters without a value were signed; the gateway leaves them out.
    EmptyValuesSigned,
    /// The right signature, but in lower case.
    LowerCase,
    /// The secret that was used has white space or a line break at its end.
    SecretWithWhitespace,
    /// None of the others fits: most likely another secret, or other parameters than those given here.
    WrongSecret,
}

impl Mistake {
    /// Stable name for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::SecretWrapped => "secret_wrapped",
            Self::PathPrefixMissing => "path_prefix_missing",
            Self::PathPrefixWithRest => "path_prefix_with_rest",
            Self::PathPrefixUnexpected => "path_prefix_unexpected",
            Self::UrlEncodedValues => "url_encoded_values",
            Self::LocaleOrder => "locale_order",
            Self::Md5 => "md5",
            Self::PlainSha256 => "plain_sha256",
            Self::TimestampInSeconds => "timestamp_in_seconds",
            Self::ParameterNotSigned(_) => "parameter_not_signed",
            Self::EmptyValuesSigned => "empty_values_signed",
            Self::LowerCase => "lower_case",
            Self::SecretWithWhitespace => "secret_with_whitespace",
            Self::WrongSecret => "wrong_secret",
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SecretWrapped => {
                "the secret was put before and after the text; for sha256 it is only the key of the HMAC"
            }
            Self::PathPrefixMissing => {
                "the API path is missing in front of the text; calls to /rest need it"
            }
            Self::PathPrefixWithRest => {
                "the API path was signed with /rest; sign it without, as in /auth/token/create"
            }
            Self::PathPrefixUnexpected => {
                "something was put in front of the text; calls to /sync have nothing there"
            }
            Self::UrlEncodedValues => {
                "the values were percent-encoded before signing; sign the decoded text and encode it afterwards"
            }
            Self::LocaleOrder => {
                "the names were sorted by locale or without regard to case; sort them by bytes"
            }
            Self::Md5 => "MD5 was used; sign with HMAC-SHA256 and send sign_method=sha256",
            Self::PlainSha256 => "plain SHA-256 was used; sha256 means HMAC-SHA256 under the secret",
            Self::TimestampInSeconds => {
                "the timestamp was signed in another unit than it is sent; use milliseconds for both"
            }
            Self::ParameterNotSigned(name) => {
                return write!(
                    f,
                    "`{name}` is sent but was not signed; every parameter that is sent has to be signed"
                );
            }
            Self::EmptyValuesSigned => {
                "parameters without a value were signed; do not send or sign empty ones"
            }
            Self::LowerCase => "the signature is right but in lower case; send it in upper case",
            Self::SecretWithWhitespace => {
                "the secret that was used has white space or a line break around it; copy it again"
            }
            Self::WrongSecret => {
                "no known mistake explains it: most likely another app secret, or other parameters than those given"
            }
        })
    }
}
