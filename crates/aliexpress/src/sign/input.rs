//! A request as people have it at hand: an address, a form body or a curl line, pasted.

mod curl;
mod form;
mod problem;
mod remark;
mod shell;

use std::fmt;

use url::Url;

use super::explain::explain_with_body;
use super::{ExplainRequest, Explanation, Flavour};
use crate::AppSecret;

pub use problem::PasteError;
pub use remark::Remark;

/// Longest paste that is read, in bytes. A picture in a parameter may be large.
const MAX_PASTE_BYTES: usize = 4 * 1024 * 1024;

/// A request taken apart, ready to be explained.
///
/// ```
/// use aliexpress::AppSecret;
/// use aliexpress::sign::{ExplainInput, Mistake};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let pasted = "curl 'https://api-sg.aliexpress.com/rest/auth/token/create' \
///     -d 'app_key=90001234&code=3_90001234_placeholderCode0001' \
///     -d 'sign_method=sha256&timestamp=1767225600000' \
///     -d sign=123FD4908D97B61455D6A12B2ECFCDEF9E9CD1CCED266501037849069CFEC123";
/// let input = ExplainInput::parse(pasted)?;
/// assert_eq!(input.path(), Some("/auth/token/create"));
///
/// let explanation = input.explain(&AppSecret::parse("placeholder-app-secret-0001")?, None);
/// assert_eq!(explanation.matches, Some(true));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
pub struct ExplainInput {
    params: Vec<(String, String)>,
    path: Option<String>,
    body: Option<String>,
    remarks: Vec<Remark>,
}

/// What stands in a paste before it is checked as a whole.
#[derive(Default)]
struct Draft {
    params: Vec<(String, String)>,
    path: Option<String>,
    body: Option<String>,
    remarks: Vec<Remark>,
}

impl ExplainInput {
    /// Reads a whole address, a form body (`name=value&…`, percent-encoded) or a curl command line.
    ///
    /// # Errors
    /// When it is none of them, or says something that cannot be signed; see [`PasteError`]. The text itself is never
    /// repeated, since it may be a secret that was pasted in the wrong place.
    pub fn parse(text: &str) -> Result<Self, PasteError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PasteError::Empty);
        }
        if text.len() > MAX_PASTE_BYTES {
            return Err(PasteError::TooLarge);
        }
        let mut draft = Draft::default();
        if let Some(line) = curl::command(text) {
            curl::read(line, &mut draft)?;
        } else if text.starts_with(['{', '[']) {
            return Err(PasteError::JsonBody);
        } else if text.starts_with('/') || starts_with_scheme(text) {
            let text = draft_text(text, &mut draft.remarks);
            draft.read_address(&text, true)?;
        } else if text.contains('=') {
            let text = draft_text(text, &mut draft.remarks);
            let body = text.trim_start_matches('?');
            draft.read_form(body)?;
            draft.body = Some(body.to_owned());
        } else {
            return Err(PasteError::NotARequest);
        }
        draft.finish()
    }

    /// Reads what a command line gives: one word as [`parse`](Self::parse) does, or several of the form `name=value`,
    /// which are taken as they stand, without decoding.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and when one of several words is no `name=value`.
    pub fn from_words<S: AsRef<str>>(words: &[S]) -> Result<Self, PasteError> {
        if let [only] = words {
            let only = only.as_ref();
            if !is_plain_pair(only) {
                return Self::parse(only);
            }
        }
        let mut draft = Draft::default();
        for (index, word) in words.iter().enumerate() {
            match word.as_ref().split_once('=') {
                Some((name, value)) if !name.trim().is_empty() => {
                    draft.params.push((name.to_owned(), value.to_owned()));
                }
                _ => {
                    return Err(PasteError::NotAPair {
                        position: index + 1,
                    });
                }
            }
        }
        draft.finish()
    }

    /// Puts another path in front, as a system call that was not pasted as an address needs it. A `/rest` before it is
    /// dropped, since it is never signed.
    #[must_use]
    pub fn with_path(mut self, path: &str) -> Self {
        self.path = Some(behind_rest(path).to_owned());
        self
    }

    /// The parameters in the order in which they were given, decoded, `sign` included.
    #[must_use]
    pub fn params(&self) -> &[(String, String)] {
        &self.params
    }

    /// The path of a system call.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Which rule applies.
    #[must_use]
    pub fn flavour(&self) -> Flavour<'_> {
        self.path().map_or(Flavour::Business, Flavour::System)
    }

    /// The signature that the request itself carries.
    #[must_use]
    pub fn sign(&self) -> Option<&str> {
        let sign = self.params.iter().find(|(name, _)| name == "sign");
        sign.map(|(_, value)| value.as_str())
            .filter(|value| !value.trim().is_empty())
    }

    /// What is noteworthy about the request besides its signature.
    #[must_use]
    pub fn remarks(&self) -> &[Remark] {
        &self.remarks
    }

    /// Explains the signature: `foreign_sign`, else the one of the request itself.
    #[must_use]
    pub fn explain(&self, secret: &AppSecret, foreign_sign: Option<&str>) -> Explanation {
        let request = ExplainRequest {
            secret,
            flavour: self.flavour(),
            params: &self.params,
            foreign_sign: foreign_sign.or(self.sign()),
        };
        explain_with_body(&request, self.body.as_deref())
    }
}

/// Names only: values may be tokens.
impl fmt::Debug for ExplainInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.params.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("ExplainInput")
            .field("path", &self.path)
            .field("names", &names)
            .field("remarks", &self.remarks)
            .finish_non_exhaustive()
    }
}

impl Draft {
    /// An address, whole or from its path on.
    fn read_address(&mut self, text: &str, alone: bool) -> Result<(), PasteError> {
        let whole = match text.strip_prefix('/') {
            Some(_) => format!("https://{}{text}", remark::GATEWAY_HOST),
            None => text.to_owned(),
        };
        let url = Url::parse(&whole).map_err(|_| PasteError::NotAnAddress)?;
        if url.path().trim_end_matches('/') == "/oauth/authorize" {
            return Err(PasteError::AuthorizePage);
        }
        if alone && url.query().unwrap_or_default().is_empty() {
            return Err(PasteError::NoParameters);
        }
        self.remarks.extend(Remark::of_address(&url));
        // The raw query, since the parser's own reading would hide what is wrong with it.
        let query = whole
            .split_once('?')
            .map_or("", |(_, query)| query.split('#').next().unwrap_or_default());
        self.read_form(query)?;
        self.path = path_of(&url);
        Ok(())
    }

    fn read_form(&mut self, text: &str) -> Result<(), PasteError> {
        form::read(text, &mut self.params, &mut self.remarks)
    }

    fn finish(mut self) -> Result<ExplainInput, PasteError> {
        if self.params.is_empty() {
            return Err(PasteError::NoParameters);
        }
        for (index, (name, value)) in self.params.iter().enumerate() {
            let earlier = self.params[..index].iter().find(|(known, _)| known == name);
            if earlier.is_some_and(|(_, known)| known != value) {
                let name = name.clone();
                return Err(PasteError::Contradiction { name });
            }
        }
        // A system call may carry its path as `method`; it is signed with the path in front all the same.
        if self.path.is_none() {
            let method = self
                .params
                .iter()
                .find(|(name, value)| name == "method" && value.starts_with('/'));
            self.path = method.map(|(_, path)| path.clone());
        }
        self.remarks.extend(Remark::of_params(&self.params));
        Ok(ExplainInput {
            params: self.params,
            path: self.path,
            body: self.body,
            remarks: self.remarks,
        })
    }
}

/// The API path of a system call: what stands behind `/rest`, or the whole path where neither `/rest` nor `/sync` is.
fn path_of(url: &Url) -> Option<String> {
    let path = behind_rest(url.path());
    let is_business = matches!(path.trim_end_matches('/'), "" | "/sync" | "/router/rest");
    (!is_business).then(|| path.to_owned())
}

fn behind_rest(path: &str) -> &str {
    match path.strip_prefix("/rest") {
        Some(behind) if behind.is_empty() || behind.starts_with('/') => behind,
        _ => path,
    }
}

fn starts_with_scheme(text: &str) -> bool {
    let scheme = text.split("://").next().unwrap_or_default();
    scheme.len() < text.len() && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// `name=value` as one word, with nothing that makes it a body, an address or a command.
fn is_plain_pair(word: &str) -> bool {
    word.contains('=')
        && !word.contains('&')
        && !word.contains('\n')
        && !word.starts_with(['/', '{', '[', '?'])
        && !starts_with_scheme(word)
        && curl::command(word).is_none()
}

/// The text of a paste: a line that was broken is put together again, and `&amp;` is what it stands for.
fn draft_text(text: &str, remarks: &mut Vec<Remark>) -> String {
    let mut whole = text.to_owned();
    if whole.contains(['\n', '\r']) {
        remarks.push(Remark::LineBreaks);
        whole = form::unbroken(&whole);
    }
    if whole.contains("&amp;") {
        remarks.push(Remark::HtmlEscaped);
        whole = whole.replace("&amp;", "&");
    }
    whole
}
