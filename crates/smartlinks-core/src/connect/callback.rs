//! The callback of AliExpress: one named refusal for each way it can be wrong.

use smartlinks_store::{Binding, EndedLogin, Hash, LoginAttempt, Millis, Outcome, with_causes};
use subtle::ConstantTimeEq;

use super::exchange::Destination;
use super::refusal::{Refusal, RefusalKind};
use super::{Browser, Ending, SUCCESS, sha256};
use crate::clock::to_millis;
use crate::connections::ConnectionView;
use crate::error::Result;
use crate::service::Core;
use crate::text::plain;

/// What the browser brought back, not yet believed.
#[derive(Default, Clone)]
pub struct CallbackParams {
    /// Every `code` of the query.
    pub code: Vec<String>,
    /// Every `state` of the query.
    pub state: Vec<String>,
    /// The `error` of the query.
    pub error: Option<String>,
    /// The `error_description` of the query.
    pub error_description: Option<String>,
}

impl CallbackParams {
    /// Reads the raw query of the callback's address. Unknown parameters are passed over.
    #[must_use]
    pub fn from_query(query: &str) -> Self {
        let mut params = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "code" => params.code.push(value.into_owned()),
                "state" => params.state.push(value.into_owned()),
                "error" => params.error = Some(value.into_owned()),
                "error_description" => params.error_description = Some(value.into_owned()),
                _ => {}
            }
        }
        params
    }

    fn only(values: &[String]) -> Option<&str> {
        match values {
            [one] if !one.is_empty() => Some(one),
            _ => None,
        }
    }
}

impl std::fmt::Debug for CallbackParams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackParams")
            .field("codes", &self.code.len())
            .field("states", &self.state.len())
            .field("error", &self.error)
            .finish_non_exhaustive()
    }
}

/// A login that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completed {
    /// The connection that now works.
    pub connection: ConnectionView,
    /// The caller's own `state`.
    pub caller_state: Option<String>,
    /// Where the caller wants to go.
    pub return_to: Option<String>,
    /// Where the browser is left.
    pub ending: Ending,
}

impl Core {
    /// Takes a callback. The checks come in the order of [`RefusalKind`]; the gateway is called only
    /// when all of them have passed and the `state` has been consumed.
    ///
    /// # Errors
    /// [`crate::Error::Refused`] names what was wrong; [`crate::Error::NotConfigured`]; [`crate::Error::Storage`] when the
    /// login cannot be looked up.
    pub async fn finish_login(
        &self,
        params: CallbackParams,
        browser: Option<Browser>,
    ) -> Result<Completed> {
        let state = CallbackParams::only(&params.state).map(|state| sha256(state.as_bytes()));
        if let Some(error) = &params.error {
            return self
                .note_upstream_error(error, &params, state, browser.as_ref())
                .await;
        }
        let Some(code) = CallbackParams::only(&params.code) else {
            return Err(Refusal::of(RefusalKind::MissingCode).into());
        };
        let Some(state) = state else {
            return Err(Refusal::of(RefusalKind::MissingState).into());
        };
        self.app().ready()?;
        // A browser that loads the address twice at once gets the same answer twice.
        let turn = self.inner.logins.turn(&state).await;
        let own = browser.as_ref().map(|browser| &browser.hash);
        let now = to_millis(self.now());
        let taken = self.store().login_attempts().consume(&state, own, now);
        let Some(attempt) = taken.await? else {
            return self.not_taken(&state, browser.as_ref(), now).await;
        };
        let (core, code) = (self.clone(), aliexpress::AuthorizationCode::new(code));
        self.to_the_end(async move {
            let result = core.exchange_for(&attempt, code).await;
            drop(turn);
            result
        })
        .await
    }

    /// Why a login could not be taken; or its success, which the browser that had it may see again.
    async fn not_taken(
        &self,
        state: &[u8; 32],
        browser: Option<&Browser>,
        now: Millis,
    ) -> Result<Completed> {
        let Some(attempt) = self.store().login_attempts().look_up(state).await? else {
            return Err(Refusal::of(RefusalKind::UnknownState).into());
        };
        let own = is_starter(&attempt, browser);
        // Only the browser that has the cookie sees its success again; a headless login has none.
        let browser_bound = !matches!(attempt.binding, Binding::Headless);
        if own
            && browser_bound
            && let Some(connection) = succeeded(&attempt)
        {
            let connection = self.connection(&connection).await?;
            return Ok(completed(&attempt, connection));
        }
        let wrong = if attempt.expires_at <= now {
            RefusalKind::ExpiredState
        } else if attempt.consumed_at.is_none() && !own {
            RefusalKind::WrongBrowser
        } else {
            RefusalKind::StateReused
        };
        let refusal = Refusal {
            ending: Ending::of(&attempt.binding),
            ..Refusal::of(wrong)
        };
        // A stranger is told nothing of whose login it was.
        Err(if own {
            about(refusal, &attempt)
        } else {
            refusal
        }
        .into())
    }

    async fn exchange_for(
        &self,
        attempt: &LoginAttempt,
        code: aliexpress::AuthorizationCode,
    ) -> Result<Completed> {
        let core = self.for_starter_of(attempt).await?;
        let destination = Destination {
            connection: attempt.connection.as_ref(),
            other_account: attempt.other_account,
            label: attempt.label.as_deref(),
            // The success is stored with the connection.
            login: Some(&attempt.state_hash),
        };
        let refusal = match core.exchange(&code, destination).await {
            Ok(connection) => return Ok(completed(attempt, connection)),
            Err(refusal) => about(refusal, attempt),
        };
        let ended = self.refused(&attempt.state_hash, &refusal);
        if let Err(error) = self.store().login_attempts().finish(ended).await {
            // Nothing else was changed; only a reload of this page will not know it.
            tracing::warn!(error = %with_causes(&error), "the refusal of a login could not be kept");
        }
        Err(refusal.into())
    }

    fn refused(&self, state_hash: &Hash, refusal: &Refusal) -> EndedLogin {
        EndedLogin {
            state_hash: *state_hash,
            outcome: Outcome {
                result: refusal.code().to_owned(),
                connection: None,
                error_description: refusal.told(),
            },
            at: to_millis(self.now()),
        }
    }

    /// A merchant who came with a link acts for itself; every other login is whoever's request this is.
    async fn for_starter_of(&self, attempt: &LoginAttempt) -> Result<Self> {
        if !matches!(attempt.binding, Binding::ConnectLink(_)) {
            return Ok(self.clone());
        }
        let links = self.store().connect_links();
        let link = links.link_by_attempt(&attempt.state_hash).await?;
        Ok(self.as_merchant(link.as_ref()))
    }

    async fn note_upstream_error(
        &self,
        error: &str,
        params: &CallbackParams,
        state: Option<[u8; 32]>,
        browser: Option<&Browser>,
    ) -> Result<Completed> {
        let kind = if error == "access_denied" {
            RefusalKind::AccessDenied
        } else {
            RefusalKind::UpstreamError
        };
        let mut refusal = Refusal {
            description: upstream_words(kind, error, params.error_description.as_deref()),
            ..Refusal::of(kind)
        };
        let Some(state) = state else {
            return Err(refusal.into());
        };
        let now = to_millis(self.now());
        let own = browser.map(|browser| &browser.hash);
        let logins = self.store().login_attempts();
        let attempt = match logins.consume(&state, own, now).await? {
            Some(attempt) => {
                logins.finish(self.refused(&state, &refusal)).await?;
                Some(attempt)
            }
            // One that came back too late, or in another browser, still says where to go.
            None => logins.look_up(&state).await?,
        };
        let Some(attempt) = attempt else {
            return Err(refusal.into());
        };
        // A stranger is told nothing of whose login it was; and a merchant who ends in another browser than the one
        // of the link is a stranger here, and no operator.
        refusal.ending = Ending::of(&attempt.binding);
        if is_starter(&attempt, browser) {
            refusal = about(refusal, &attempt);
        }
        Err(refusal.into())
    }
}

/// What AliExpress said: its error, where our name for it does not say it already, and its sentence.
fn upstream_words(kind: RefusalKind, error: &str, description: Option<&str>) -> Option<String> {
    let error = (kind == RefusalKind::UpstreamError).then_some(error);
    let parts = [error, description]
        .into_iter()
        .flatten()
        .filter(|text| !text.is_empty());
    let words = parts.collect::<Vec<_>>().join(": ");
    let words = plain(&words, 200);
    (!words.is_empty()).then_some(words)
}

fn is_starter(attempt: &LoginAttempt, browser: Option<&Browser>) -> bool {
    match (&attempt.binding, browser) {
        (Binding::Headless, _) => true,
        (Binding::Browser(expected) | Binding::ConnectLink(expected), Some(browser)) => {
            bool::from(expected.ct_eq(&browser.hash()))
        }
        (Binding::Browser(_) | Binding::ConnectLink(_), None) => false,
    }
}

fn succeeded(attempt: &LoginAttempt) -> Option<String> {
    let outcome = attempt
        .outcome
        .as_ref()
        .filter(|outcome| outcome.result == SUCCESS)?;
    outcome.connection.as_ref().map(ToString::to_string)
}

fn completed(attempt: &LoginAttempt, connection: ConnectionView) -> Completed {
    Completed {
        connection,
        caller_state: attempt.caller_state.clone(),
        return_to: attempt.return_to.clone(),
        ending: Ending::of(&attempt.binding),
    }
}

/// A refusal with what its login said about where to go.
fn about(refusal: Refusal, attempt: &LoginAttempt) -> Refusal {
    Refusal {
        caller_state: attempt.caller_state.clone(),
        return_to: attempt.return_to.clone(),
        ending: Ending::of(&attempt.binding),
        ..refusal
    }
}
