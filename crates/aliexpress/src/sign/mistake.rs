use std::fmt;

/// The mistake that explains a wrong signature. Its text says what to do instead.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mistake {
    /// The secret was put before and after the text, as the old MD5 rule wants.
    SecretWrapped,
    /// A system call was signed without its path in front.
    PathPrefixMissing,
    /// The path was signed together with `/rest`.
    PathPrefixWithRest,
    /// Another path was signed than that of the call: with host, query or a slash too many or too few, or that of
    /// another call.
    PathPrefixAltered(
        /// What was signed in its place.
        String,
    ),
    /// A business call was signed with a path or its method name in front.
    PathPrefixUnexpected,
    /// The values were percent-encoded before signing.
    UrlEncodedValues,
    /// The values were percent-encoded twice for sending; signed was the plain text.
    EncodedTwice,
    /// A `+` was sent as it is and arrives as a space; signed was the `+`.
    RawPlus(
        /// The parameters that hold one.
        Vec<String>,
    ),
    /// The names were sorted for human readers (by locale, or ignoring case) instead of by bytes.
    LocaleOrder,
    /// The parameters were signed as they came, without sorting, or backwards.
    NotSorted,
    /// Names and values were joined first and sorted then.
    SortedWithValues,
    /// Signs such as `=` and `&` were put between names and values.
    SeparatorsSigned,
    /// MD5 or HMAC-MD5 instead of HMAC-SHA256.
    Md5,
    /// Plain SHA-256 instead of HMAC-SHA256.
    PlainSha256,
    /// Another hash, by the length of the signature.
    OtherHash(
        /// Its name.
        &'static str,
    ),
    /// The text was used as the key, and the secret as the text.
    HmacArgumentsSwapped,
    /// The timestamp that was signed is in seconds, or in another unit than the one that is sent.
    TimestampInSeconds,
    /// The timestamp was signed in another format than it is sent, such as ISO text.
    TimestampOtherFormat,
    /// The clock was read twice: once for signing and once, some milliseconds apart, for sending.
    TimestampTakenTwice,
    /// A parameter is sent but was not signed.
    ParameterNotSigned(
        /// Its name.
        String,
    ),
    /// Several parameters are sent but were not signed: they were added afterwards.
    ParametersNotSigned(
        /// Their names.
        Vec<String>,
    ),
    /// A parameter was signed but is not sent.
    ParameterNotSent(
        /// Its name.
        String,
    ),
    /// The token was signed under `session` and sent under `access_token`, or the other way round.
    OtherTokenName,
    /// Parameters without a value were signed; the gateway leaves them out.
    EmptyValuesSigned,
    /// The body of the request was signed behind the parameters.
    BodySigned,
    /// JSON in a parameter was written anew between signing and sending, with other spaces, order or escapes.
    JsonRewritten,
    /// The right signature, but in lower case.
    LowerCase,
    /// The digest in Base64 instead of hexadecimal digits.
    Base64,
    /// The beginning of the right signature.
    Truncated,
    /// No signature at all: neither hexadecimal digits nor Base64, or of a length that no digest has.
    NotASignature,
    /// The secret that was used has white space or a line break around it.
    SecretWithWhitespace,
    /// The secret that was used has quotes around it.
    SecretQuoted,
    /// Not the secret itself was the key but something made of it: its hash, the bytes that its digits stand for,
    /// other capitals, or an `&` behind it.
    SecretDerived,
    /// The app key was used in place of the secret.
    AppKeyAsSecret,
    /// Mistakes that were made together.
    Several(
        /// Each of them.
        Vec<Mistake>,
    ),
    /// Mistakes that give the same signature for this request: one of them was made, which cannot be told.
    Ambiguous(
        /// Each that it can be.
        Vec<Mistake>,
    ),
    /// The request is too large to try everything; what was tried does not explain it.
    TooLargeToSearch,
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
            Self::PathPrefixAltered(_) => "path_prefix_altered",
            Self::PathPrefixUnexpected => "path_prefix_unexpected",
            Self::UrlEncodedValues => "url_encoded_values",
            Self::EncodedTwice => "encoded_twice",
            Self::RawPlus(_) => "raw_plus",
            Self::LocaleOrder => "locale_order",
            Self::NotSorted => "not_sorted",
            Self::SortedWithValues => "sorted_with_values",
            Self::SeparatorsSigned => "separators_signed",
            Self::Md5 => "md5",
            Self::PlainSha256 => "plain_sha256",
            Self::OtherHash(_) => "other_hash",
            Self::HmacArgumentsSwapped => "hmac_arguments_swapped",
            Self::TimestampInSeconds => "timestamp_in_seconds",
            Self::TimestampOtherFormat => "timestamp_other_format",
            Self::TimestampTakenTwice => "timestamp_taken_twice",
            Self::ParameterNotSigned(_) => "parameter_not_signed",
            Self::ParametersNotSigned(_) => "parameters_not_signed",
            Self::ParameterNotSent(_) => "parameter_not_sent",
            Self::OtherTokenName => "other_token_name",
            Self::EmptyValuesSigned => "empty_values_signed",
            Self::BodySigned => "body_signed",
            Self::JsonRewritten => "json_rewritten",
            Self::LowerCase => "lower_case",
            Self::Base64 => "base64",
            Self::Truncated => "truncated",
            Self::NotASignature => "not_a_signature",
            Self::SecretWithWhitespace => "secret_with_whitespace",
            Self::SecretQuoted => "secret_quoted",
            Self::SecretDerived => "secret_derived",
            Self::AppKeyAsSecret => "app_key_as_secret",
            Self::Several(_) => "several",
            Self::Ambiguous(_) => "ambiguous",
            Self::TooLargeToSearch => "too_large_to_search",
            Self::WrongSecret => "wrong_secret",
        }
    }

    /// The single mistakes: those that were made together or come into question, else this one.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        match self {
            Self::Several(parts) | Self::Ambiguous(parts) => parts,
            single => std::slice::from_ref(single),
        }
    }

    /// What it says where nothing has to be filled in.
    fn words(&self) -> &'static str {
        match self {
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
            Self::EncodedTwice => {
                "the values were percent-encoded twice for sending; encode them once, most HTTP libraries do it already"
            }
            Self::LocaleOrder => {
                "the names were sorted by locale or without regard to case; sort them by bytes"
            }
            Self::NotSorted => "the parameters were not sorted; sort them by name, in byte order",
            Self::SortedWithValues => {
                "names and values were joined before sorting; sort by the name alone"
            }
            Self::SeparatorsSigned => {
                "signs such as = and & were signed between names and values; nothing stands between them"
            }
            Self::Md5 => "MD5 was used; sign with HMAC-SHA256 and send sign_method=sha256",
            Self::PlainSha256 => {
                "plain SHA-256 was used; sha256 means HMAC-SHA256 under the secret"
            }
            Self::HmacArgumentsSwapped => {
                "key and text of the HMAC are swapped; the secret is the key"
            }
            Self::TimestampInSeconds => {
                "the timestamp was signed in another unit than it is sent; use milliseconds for both"
            }
            Self::TimestampOtherFormat => {
                "the timestamp was signed in another format than it is sent; use the same milliseconds text for both"
            }
            Self::TimestampTakenTwice => {
                "the timestamp that is sent is some milliseconds off the one that was signed; read the clock once"
            }
            Self::OtherTokenName => {
                "the token was signed under another name than it is sent; use access_token (or session) for both"
            }
            Self::EmptyValuesSigned => {
                "parameters without a value were signed; do not send or sign empty ones"
            }
            Self::BodySigned => {
                "the body was signed behind the parameters; it is not part of the text"
            }
            Self::JsonRewritten => {
                "the JSON that was signed is not the very text that is sent; write it once, sign and send that text"
            }
            Self::LowerCase => "the signature is in lower case; send it in upper case",
            Self::Base64 => {
                "the signature is in Base64; write it in hexadecimal digits, upper case"
            }
            Self::Truncated => "the signature is cut off; all 64 digits are needed",
            _ => self.words_about_the_secret(),
        }
    }

    fn words_about_the_secret(&self) -> &'static str {
        match self {
            Self::SecretWithWhitespace => {
                "the secret that was used has white space or a line break around it; copy it again"
            }
            Self::SecretQuoted => {
                "the secret that was used has quotes around it; take them away where it is configured"
            }
            Self::SecretDerived => {
                "something made of the secret was the key (its hash, its decoded digits, other capitals, an & behind \
                 it); use its text as it is"
            }
            Self::AppKeyAsSecret => "the app key was used as the secret; use the app secret",
            Self::NotASignature => {
                "this is no signature; it has 64 hexadecimal digits, in upper case"
            }
            Self::TooLargeToSearch => {
                "the request is too large to try every known mistake; try again with shorter values"
            }
            _ => {
                "no known mistake explains it: most likely another app secret, or other parameters than those given"
            }
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PathPrefixAltered(signed) => write!(
                f,
                "`{signed}` was signed in front of the text; sign the path alone, as in /auth/token/create"
            ),
            Self::RawPlus(names) => write!(
                f,
                "a + in {} arrives as a space; send it as %2B",
                quoted(names)
            ),
            Self::OtherHash(name) => {
                write!(
                    f,
                    "{name} was used; sign with HMAC-SHA256 and send sign_method=sha256"
                )
            }
            Self::ParameterNotSigned(name) => write!(
                f,
                "`{name}` is sent but was not signed; every parameter that is sent has to be signed"
            ),
            Self::ParametersNotSigned(names) => write!(
                f,
                "{} are sent but were not signed; add every parameter before signing",
                quoted(names)
            ),
            Self::ParameterNotSent(name) => write!(
                f,
                "`{name}` was signed but is not sent; send exactly what is signed"
            ),
            Self::Several(parts) => f.write_str(&listed("", "; and ", parts)),
            Self::Ambiguous(parts) => {
                let words = listed(
                    "several mistakes give this very signature, one of them was made: ",
                    "; or ",
                    parts,
                );
                f.write_str(&words)
            }
            plain => f.write_str(plain.words()),
        }
    }
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

fn listed(intro: &str, between: &str, parts: &[Mistake]) -> String {
    let parts: Vec<String> = parts.iter().map(Mistake::to_string).collect();
    format!("{intro}{}", parts.join(between))
}
