//! What is noteworthy about a request, whatever its signature.

use std::fmt;

use url::{Host, Url};

/// The one host of the gateway.
pub(super) const GATEWAY_HOST: &str = "api-sg.aliexpress.com";

/// What every request has to carry, besides its signature.
const REQUIRED: [&str; 3] = ["app_key", "sign_method", "timestamp"];

/// Something about a request that is wrong or may be, besides its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A `+` stands in a value; it arrives as a space.
    PlusReadAsSpace(
        /// The parameter.
        String,
    ),
    /// A `%` without two hexadecimal digits behind it; it was read as it stands.
    BadEscape(
        /// The parameter.
        String,
    ),
    /// Something without `=`, probably the rest of a value that holds an `&` which was not encoded. It was left out.
    NoEqualsSign {
        /// Before which parameter it would stand, counted from 1.
        position: usize,
    },
    /// The paste had line breaks; they were taken out.
    LineBreaks,
    /// The paste had `&amp;` for `&`, as in a page's source.
    HtmlEscaped,
    /// A `#` ends the query: what stands behind it is never sent.
    Fragment,
    /// Another host than the gateway's.
    OtherHost(
        /// The host.
        String,
    ),
    /// The path is neither below `/rest` nor `/sync`; it was taken as the path of a system call.
    PathWithoutRest,
    /// The path ends in a slash, which is signed too.
    TrailingSlash,
    /// A parameter that every request needs is missing.
    Missing(
        /// Its name.
        &'static str,
    ),
    /// Another value than `sha256`.
    OtherSignMethod,
    /// The token is sent under both names.
    BothTokens,
    /// The secret is among the parameters.
    SecretSent(
        /// The parameter.
        String,
    ),
    /// A parameter without a value; it is not signed and should not be sent.
    EmptyValue(
        /// The parameter.
        String,
    ),
    /// A file part of the form; it is never signed.
    FilePart(
        /// The part.
        String,
    ),
    /// The content type is none of a form.
    OtherContentType,
}

impl Remark {
    /// Stable name for machines.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::PlusReadAsSpace(_) => "plus_read_as_space",
            Self::BadEscape(_) => "bad_escape",
            Self::NoEqualsSign { .. } => "no_equals_sign",
            Self::LineBreaks => "line_breaks",
            Self::HtmlEscaped => "html_escaped",
            Self::Fragment => "fragment",
            Self::OtherHost(_) => "other_host",
            Self::PathWithoutRest => "path_without_rest",
            Self::TrailingSlash => "trailing_slash",
            Self::Missing(_) => "missing_parameter",
            Self::OtherSignMethod => "other_sign_method",
            Self::BothTokens => "both_tokens",
            Self::SecretSent(_) => "secret_sent",
            Self::EmptyValue(_) => "empty_value",
            Self::FilePart(_) => "file_part",
            Self::OtherContentType => "other_content_type",
        }
    }

    pub(super) fn of_address(url: &Url) -> Vec<Self> {
        let mut remarks = Vec::new();
        let host = url.host_str().unwrap_or_default();
        let is_local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        if host != GATEWAY_HOST && !is_local {
            remarks.push(Self::OtherHost(host.to_owned()));
        }
        if url.fragment().is_some() {
            remarks.push(Self::Fragment);
        }
        let path = url.path();
        let first = path.split('/').nth(1).unwrap_or_default();
        if !matches!(first, "rest" | "sync") {
            remarks.push(Self::PathWithoutRest);
        }
        if path.len() > 1 && path.ends_with('/') {
            remarks.push(Self::TrailingSlash);
        }
        remarks
    }

    pub(super) fn of_params(params: &[(String, String)]) -> Vec<Self> {
        let value = |wanted: &str| {
            let found = params.iter().find(|(name, _)| name == wanted);
            found
                .map(|(_, value)| value.trim())
                .filter(|value| !value.is_empty())
        };
        let missing = REQUIRED.into_iter().filter(|name| value(name).is_none());
        let mut remarks: Vec<Self> = missing.map(Self::Missing).collect();
        if value("sign_method").is_some_and(|method| method != "sha256") {
            remarks.push(Self::OtherSignMethod);
        }
        if value("session").is_some() && value("access_token").is_some() {
            remarks.push(Self::BothTokens);
        }
        for (name, value) in params {
            if matches!(
                name.as_str(),
                "app_secret" | "appsecret" | "appSecret" | "client_secret" | "secret"
            ) {
                remarks.push(Self::SecretSent(name.clone()));
            } else if value.trim().is_empty()
                && name != "sign"
                && !REQUIRED.contains(&name.as_str())
            {
                remarks.push(Self::EmptyValue(name.clone()));
            }
        }
        remarks
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PlusReadAsSpace(name) => write!(
                f,
                "the + in `{name}` was read as a space, as the gateway does; where a + is meant, send %2B"
            ),
            Self::BadEscape(name) => write!(
                f,
                "`{name}` holds a % without two hexadecimal digits behind it; a % is sent as %25"
            ),
            Self::NoEqualsSign { position } => write!(
                f,
                "what stands at place {position} has no = and was left out; if it belongs to the value before it, \
                 send the & in between as %26"
            ),
            Self::LineBreaks => f.write_str("line breaks in the paste were taken out"),
            Self::HtmlEscaped => f.write_str("&amp; was read as &"),
            Self::Fragment => {
                f.write_str("what stands behind # is never sent; send a # in a value as %23")
            }
            Self::OtherHost(host) => {
                write!(f, "`{host}` is not the gateway; that is {GATEWAY_HOST}")
            }
            Self::PathWithoutRest => f.write_str(
                "the path is neither /sync nor below /rest; it was taken as the path of a system call",
            ),
            Self::TrailingSlash => f.write_str("the path ends in a slash, which belongs there in no call"),
            Self::Missing(name) => write!(f, "`{name}` is missing; every request carries it"),
            Self::OtherSignMethod => f.write_str(
                "sign_method is not sha256; the signature shown here is that of sha256, which works everywhere",
            ),
            Self::BothTokens => f.write_str("send access_token or session, not both"),
            Self::SecretSent(name) => write!(
                f,
                "`{name}` is among the parameters: a secret is never sent; replace it in the console if it was"
            ),
            Self::EmptyValue(name) => {
                write!(f, "`{name}` has no value; it is not signed, so do not send it")
            }
            Self::FilePart(name) => write!(f, "the file `{name}` is sent but never signed"),
            Self::OtherContentType => f.write_str(
                "the content type is not application/x-www-form-urlencoded; the gateway may not see the parameters",
            ),
        }
    }
}
