use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::{AccessToken, Attempts};

/// Where a [`Client`](crate::Client) finds the access token of the account it acts for.
///
/// Asked before each sending, so that a source can refresh a token that is about to end.
#[async_trait]
pub trait TokenSource: Send + Sync + 'static {
    /// The access token to send with the next call.
    async fn access_token(&self) -> Result<AccessToken, TokenSourceError>;

    /// Told that the gateway refused `token` (`IllegalAccessToken`), which had no effect. A source that can get a fresh
    /// one gives it, and the call is repeated with that one, once. Without this method such a call fails.
    ///
    /// Many calls can be refused at the same time: refresh once, and give the newest token to the others.
    async fn refused(&self, token: &AccessToken) -> Result<Option<AccessToken>, TokenSourceError> {
        let _ = token;
        Ok(None)
    }
}

/// No access token could be had, so nothing was sent.
#[derive(Clone)]
pub struct TokenSourceError {
    cause: Option<Arc<dyn StdError + Send + Sync>>,
    pub(crate) attempts: Attempts,
}

impl TokenSourceError {
    /// The client was built without a token source, but the method acts for an account.
    #[must_use]
    pub fn missing() -> Self {
        Self {
            cause: None,
            attempts: Attempts::default(),
        }
    }

    /// The source failed for a reason of its own, kept as the source of this error.
    pub fn new(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self {
            cause: Some(Arc::from(cause.into())),
            attempts: Attempts::default(),
        }
    }

    /// The reason given by the source, for callers that know its type.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.cause.as_deref()
    }
}

impl fmt::Display for TokenSourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            None => f.write_str("the method acts for an account, but no access token was given"),
            Some(cause) => write!(f, "no access token could be had: {cause}"),
        }?;
        self.attempts.fmt(f)
    }
}

impl fmt::Debug for TokenSourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TokenSourceError")
            .field(&self.to_string())
            .finish()
    }
}

impl StdError for TokenSourceError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause
            .as_deref()
            .map(|cause| cause as &(dyn StdError + 'static))
    }
}

/// A token that stays the same.
pub(crate) struct FixedToken(pub(crate) AccessToken);

#[async_trait]
impl TokenSource for FixedToken {
    async fn access_token(&self) -> Result<AccessToken, TokenSourceError> {
        Ok(self.0.clone())
    }
}
