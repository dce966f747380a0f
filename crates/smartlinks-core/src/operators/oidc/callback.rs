//! What the browser brings back from the provider.

use super::refusal::{OidcRefusal, OidcRefusalKind as Kind};

/// What the browser brought back, not yet believed.
#[derive(Default, Clone)]
pub struct OidcCallback {
    code: Vec<String>,
    state: Vec<String>,
    issuer: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl OidcCallback {
    /// Reads the raw query of the callback's address. Unknown parameters are passed over.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let mut read = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = value.into_owned();
            match &*name {
                "code" => read.code.push(value),
                "state" => read.state.push(value),
                "iss" => read.issuer = Some(value),
                "error" => read.error = Some(value),
                "error_description" => read.error_description = Some(value),
                _ => {}
            }
        }
        read
    }

    fn only(values: &[String]) -> Option<&str> {
        match values {
            [one] if !one.is_empty() => Some(one),
            _ => None,
        }
    }

    /// Code and `state`, each of which has to be there once.
    pub(super) fn answer(&self) -> Result<(&str, &str), OidcRefusal> {
        if let Some(refusal) = self.upstream() {
            return Err(refusal);
        }
        let code = Self::only(&self.code).ok_or_else(|| OidcRefusal::of(Kind::MissingCode))?;
        let state = Self::only(&self.state).ok_or_else(|| OidcRefusal::of(Kind::MissingState))?;
        Ok((code, state))
    }

    /// Whether it can be the answer of this issuer, who need not say so.
    pub(super) fn may_be_of(&self, issuer: &str) -> bool {
        self.issuer.as_deref().is_none_or(|said| said == issuer)
    }

    /// What the provider said instead of a code.
    fn upstream(&self) -> Option<OidcRefusal> {
        let error = self.error.as_deref()?;
        let kind = match error {
            "access_denied" => Kind::AccessDenied,
            _ => Kind::ProviderError,
        };
        let told = match &self.error_description {
            Some(description) => format!("{error}: {description}"),
            None => error.to_owned(),
        };
        Some(OidcRefusal::of(kind).telling(&told))
    }
}

impl std::fmt::Debug for OidcCallback {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OidcCallback")
            .field("codes", &self.code.len())
            .field("states", &self.state.len())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_and_not_shown() {
        let read = OidcCallback::from_query("code=canary&state=s&state=t&iss=i&error=e&x=y");
        assert_eq!(OidcCallback::only(&read.code), Some("canary"));
        assert_eq!(OidcCallback::only(&read.state), None, "given twice");
        assert_eq!(read.issuer.as_deref(), Some("i"));
        assert!(!format!("{read:?}").contains("canary"));
    }
}
