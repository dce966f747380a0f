//! One signed call: parameters in, a decoded answer or a typed error out.

mod exchange;

use std::borrow::Cow;

use secrecy::SecretString;
use serde::de::DeserializeOwned;

use crate::error::{Error, RequestError};
use crate::redact;
use crate::sign::{self, Flavour};
use crate::{Client, HttpRequest, TokenSourceError, TransportError, TransportErrorKind};

pub(crate) use exchange::Exchange;

/// Parameters the SDK sets itself.
const RESERVED: [&str; 7] = [
    "app_key",
    "timestamp",
    "sign_method",
    "sign",
    "method",
    "access_token",
    "session",
];

/// Whether a call acts for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authority {
    /// Signed by the app alone.
    App,
    /// Needs an access token.
    Account,
    /// Sends an access token when there is one.
    AccountIfKnown,
}

pub(crate) type Parameters = Vec<(Cow<'static, str>, String)>;

/// The fields of a method's answer, and how it says that it failed.
pub(crate) trait Answer: DeserializeOwned {
    /// What the caller gets.
    type Value;

    /// Success or the method's own failure.
    fn into_value(self) -> Result<Self::Value, Refused>;
}

/// Why an answer that could be read is no success.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The method says so.
    Business {
        code: Option<String>,
        message: Option<String>,
    },
    /// It says nothing, but a field without which there is no result is absent.
    Missing(&'static str),
}

impl Client {
    /// Signs and sends one call. `api` is a method name, or a path that starts with `/`.
    pub(crate) async fn exchange(
        &self,
        api: &str,
        parameters: Parameters,
        authority: Authority,
    ) -> Result<Exchange, Error> {
        let request = self.signed_request(api, parameters, authority).await?;
        let sent_secrets = self.secrets_of(&request);
        let outcome = self.transport().send(request).await;
        let response = outcome.inspect_err(|error| {
            tracing::debug!(api, code = error.kind.code(), "call failed");
        })?;
        tracing::debug!(
            api,
            status = response.status,
            bytes = response.body.len(),
            "call answered"
        );
        if (300..400).contains(&response.status) {
            let detail = format!("HTTP {}", response.status);
            return Err(TransportError::new(TransportErrorKind::Redirect)
                .with_detail(detail)
                .into());
        }
        Ok(Exchange {
            api: api.to_owned(),
            response,
            sent_secrets,
        })
    }

    async fn signed_request(
        &self,
        api: &str,
        parameters: Parameters,
        authority: Authority,
    ) -> Result<HttpRequest, Error> {
        let is_path = api.starts_with('/');
        let mut form = checked(api, parameters)?;
        if let Some(token) = self.token_for(authority).await? {
            form.push(("access_token".to_owned(), token.expose().to_owned()));
        }
        if !is_path {
            form.push(("method".to_owned(), api.to_owned()));
        }
        form.push(("app_key".to_owned(), self.app_key().as_str().to_owned()));
        form.push(("sign_method".to_owned(), "sha256".to_owned()));
        let now = self.clock().now().as_millisecond();
        form.push(("timestamp".to_owned(), now.to_string()));
        let flavour = if is_path {
            Flavour::System(api)
        } else {
            Flavour::Business
        };
        let sign = sign::sign(self.app_secret(), flavour, form.iter().map(|(k, v)| (k, v)));
        form.push(("sign".to_owned(), sign));
        let url = if is_path {
            self.gateway().with_path(&format!("/rest{api}"))
        } else {
            self.gateway().with_path("/sync")
        };
        Ok(HttpRequest { url, form })
    }

    async fn token_for(&self, authority: Authority) -> Result<Option<crate::AccessToken>, Error> {
        match (authority, self.tokens()) {
            (Authority::App, _) | (Authority::AccountIfKnown, None) => Ok(None),
            (Authority::Account, None) => Err(TokenSourceError::missing().into()),
            (_, Some(source)) => {
                let token = source.access_token().await?;
                if token.expose().trim().is_empty() {
                    return Err(TokenSourceError::missing().into());
                }
                Ok(Some(token))
            }
        }
    }

    /// Everything secret that a confused server could send back.
    fn secrets_of(&self, request: &HttpRequest) -> Vec<SecretString> {
        request
            .form
            .iter()
            .filter(|(name, _)| redact::is_secret_name(name))
            .map(|(_, value)| value.as_str())
            .chain([self.app_secret().expose()])
            .map(SecretString::from)
            .collect()
    }
}

/// Drops empty values, which must never be sent, and refuses what would break the signature or the URL.
fn checked(api: &str, parameters: Parameters) -> Result<Vec<(String, String)>, RequestError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/');
    if api.trim_matches('/').is_empty() || !api.chars().all(plain) || api.contains("..") {
        return Err(RequestError::new(
            "method",
            "is no method name such as aliexpress.ds.product.get, and no path such as /auth/token/create",
        ));
    }
    let mut form: Vec<(String, String)> = Vec::with_capacity(parameters.len() + 6);
    for (name, value) in parameters {
        if name.trim().is_empty() {
            return Err(RequestError::new("", "is no parameter name"));
        }
        if RESERVED.contains(&name.as_ref()) {
            return Err(RequestError::new(name, "is set by the SDK itself"));
        }
        if form.iter().any(|(known, _)| *known == name) {
            return Err(RequestError::new(name, "is given twice"));
        }
        if !value.trim().is_empty() {
            form.push((name.into_owned(), value));
        }
    }
    Ok(form)
}
