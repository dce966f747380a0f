//! One signed call: parameters in, a decoded answer or a typed error out.

pub(crate) mod check;
mod exchange;
mod form;
mod outcome;
pub(crate) mod paging;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::catalogue;
use crate::clock::Moment;
use crate::error::{Error, RequestError};
use crate::policy::{AccountMark, Admission, Course, Nature, Next, Slot};
use crate::redact;
use crate::secrets::Trial;
use crate::sign::{self, Flavour};
use crate::transport::FilePart;
use crate::{
    AccessToken, AppSecret, Attempt, Client, HttpRequest, TokenSourceError, TransportError,
    TransportErrorKind,
};

pub(crate) use exchange::Exchange;
pub(crate) use form::{Content, Form, JsonObject, Parameters};
pub(crate) use outcome::Outcome;

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

/// The fields of a method's answer, and how it says that it failed.
pub(crate) trait MethodAnswer: DeserializeOwned {
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

/// One call on its way: what is the same for all its attempts.
struct Call<'c> {
    client: &'c Client,
    api: &'c str,
    parameters: Vec<(String, String)>,
    files: Vec<FilePart>,
    authority: Authority,
}

impl Client {
    /// Makes one call, as often as the policy allows. `api` is a method name, or a path that starts with `/`; `read`
    /// turns the answer into a value or into the failure it reports, which decides whether the call is repeated.
    pub(crate) async fn perform<T>(
        &self,
        api: &str,
        form: Form,
        authority: Authority,
        read: impl Fn(Exchange) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let nature = Nature::of(api, &form.parameters);
        let mut course = Course::new(self.policy(), self.urgency(), nature, self.gate().now());
        let call = Call {
            client: self,
            api,
            parameters: checked(api, form.parameters)?,
            files: form.files,
            authority,
        };
        let span = tracing::debug_span!(
            "gateway_call",
            method = catalogue::find(api).map_or("other", |method| method.name),
            attempts = Empty,
            code = Empty
        );
        let ended = call.run(&mut course, read).instrument(span.clone()).await;
        ended.map_err(|error| {
            let attempts = course.attempts(self.gate().now());
            span.record("attempts", i64::from(attempts.made()));
            span.record("code", error.code());
            let took_ms = attempts.took().as_millis();
            tracing::debug!(
                api,
                attempts = attempts.made(),
                took_ms,
                "call failed for good"
            );
            error.after(attempts)
        })
    }

    async fn token_for(&self, authority: Authority) -> Result<Option<AccessToken>, Error> {
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
}

impl Call<'_> {
    /// Sends until there is a value or nothing is left to try.
    async fn run<T>(
        &self,
        course: &mut Course,
        read: impl Fn(Exchange) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let gate = self.client.gate();
        let mut fresh: Option<AccessToken> = None;
        let mut trial = self.client.secrets().trial();
        let mut last: Option<Error> = None;
        loop {
            let token = match &fresh {
                Some(token) => Some(token.clone()),
                None => self.client.token_for(self.authority).await?,
            };
            let account = token.as_ref().map(AccountMark::of);
            let slot = gate
                .admit(Admission {
                    api: self.api,
                    account,
                    urgency: self.client.urgency(),
                    patience: course.hold(gate.now()),
                    keeps_budget: self.client.policy().keeps_budgets,
                })
                .await?;
            if let Some(error) = last.take_if(|_| !course.may_send(gate.now())) {
                return Err(error);
            }
            let sent = gate.now();
            course.sent(sent);
            let answer = self.send(token.as_ref(), trial.secret(), slot).await;
            let date = answer.as_ref().ok().and_then(Exchange::date);
            let answer = answer.and_then(&read);
            self.observed(sent, date, answer.as_ref().err());
            let error = match answer {
                Ok(value) => {
                    trial.worked(self.api);
                    return Ok(value);
                }
                Err(error) => error,
            };
            gate.failed(self.api, account, &error);
            if self.is_signed_again(&mut trial, &error) {
                course.signs_again();
                last = Some(error);
                continue;
            }
            match course.failed(&error, gate.now(), gate.jitter()) {
                Next::GiveUp => return Err(error),
                Next::Repeat(pause) => {
                    let pause_ms = pause.as_millis();
                    tracing::info!(
                        api = self.api,
                        code = error.code(),
                        pause_ms,
                        "call is repeated"
                    );
                    gate.sleep(pause).await;
                }
                Next::Refresh => match self.refreshed(token.as_ref()).await? {
                    Some(token) => fresh = Some(token),
                    None => return Err(error),
                },
            }
            last = Some(error);
        }
    }

    fn observed(&self, sent: Moment, server_date: Option<Timestamp>, error: Option<&Error>) {
        let Some(observer) = self.client.observer() else {
            return;
        };
        observer.attempted(&Attempt {
            api: self.api,
            error,
            sent_at: sent.clock,
            took: sent.until(self.client.gate().now()).1,
            server_date,
        });
    }

    /// Whether the next secret of the list is to be tried.
    fn is_signed_again(&self, trial: &mut Trial<'_>, error: &Error) -> bool {
        if matches!(error, Error::Business(_)) {
            trial.worked(self.api);
        }
        let again = trial.goes_on(error);
        if again {
            tracing::info!(
                api = self.api,
                "the signature was refused; signed with the next app secret"
            );
        }
        again
    }

    /// Signs and sends once. The slot is given back as soon as the answer is there.
    async fn send(
        &self,
        token: Option<&AccessToken>,
        secret: &AppSecret,
        slot: Option<Slot>,
    ) -> Result<Exchange, Error> {
        let request = self.signed_request(token, secret);
        let sent_secrets = self.secrets_of(&request);
        let outcome = self.client.transport().send(request).await;
        drop(slot);
        let response = outcome.inspect_err(|error| {
            tracing::debug!(api = self.api, code = error.kind.code(), "call failed");
        })?;
        tracing::debug!(
            api = self.api,
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
            api: self.api.to_owned(),
            response,
            sent_secrets,
        })
    }

    fn signed_request(&self, token: Option<&AccessToken>, secret: &AppSecret) -> HttpRequest {
        let (client, api) = (self.client, self.api);
        let is_path = api.starts_with('/');
        let mut form = Vec::with_capacity(self.parameters.len() + 6);
        form.extend_from_slice(&self.parameters);
        let mut add = |name: &str, value: &str| form.push((name.to_owned(), value.to_owned()));
        if let Some(token) = token {
            add("access_token", token.expose());
        }
        if !is_path {
            add("method", api);
        }
        add("app_key", client.app_key().as_str());
        add("sign_method", "sha256");
        let now = client.clock().now().as_millisecond();
        add("timestamp", &now.to_string());
        let (flavour, url) = if is_path {
            let url = client.gateway().with_path(&format!("/rest{api}"));
            (Flavour::System(api), url)
        } else {
            (Flavour::Business, client.gateway().with_path("/sync"))
        };
        let sign = sign::sign(secret, flavour, form.iter().map(|(k, v)| (k, v)));
        form.push(("sign".to_owned(), sign));
        HttpRequest {
            url,
            form,
            files: self.files.clone(),
        }
    }

    /// Another token than the refused one, if the source has one.
    async fn refreshed(&self, refused: Option<&AccessToken>) -> Result<Option<AccessToken>, Error> {
        let (Some(source), Some(refused)) = (self.client.tokens(), refused) else {
            return Ok(None);
        };
        let fresh = source.refused(refused).await?;
        Ok(fresh.filter(|token| {
            let token = token.expose();
            !token.trim().is_empty() && token != refused.expose()
        }))
    }

    /// Everything secret that a confused server could send back.
    fn secrets_of(&self, request: &HttpRequest) -> Vec<SecretString> {
        request
            .form
            .iter()
            .filter(|(name, _)| redact::is_secret_name(name))
            .map(|(_, value)| value.as_str())
            .chain(self.client.app_secrets().iter().map(AppSecret::expose))
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
    let mut form: Vec<(String, String)> = Vec::with_capacity(parameters.len());
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
