//! One-time links: the way in for the first operator, for a new one, and for one who has lost the password.

use std::fmt;

use jiff::Timestamp;
use serde_json::json;
use smartlinks_store::{LinkUse, NewSignInLink, Operator, OperatorId, Traces};

use super::sessions::{hash_of, milliseconds};
use super::{Password, SignedIn, Visitor, checked_name, taken};
use crate::clock::{from_millis, to_millis};
use crate::connect::sha256;
use crate::error::{Error, Result};
use crate::service::{Core, random_hex};

/// Where links lead. The token stands in the query, which is never logged.
const PATH: &str = "/aliexpress/sign-in/link";

/// A new one-time link. Whoever opens it is let in, so it is shown once and never logged.
pub struct IssuedLink {
    token: String,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
}

impl IssuedLink {
    /// Path and query of the link, to be put behind the address of the server.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{PATH}?token={}", self.token)
    }
}

impl fmt::Debug for IssuedLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("IssuedLink(redacted)")
    }
}

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Whoever opens it chooses a name and a password and becomes the first operator.
    FirstStart,
    /// The operator of this name chooses a password.
    ChoosePassword {
        /// `op_…`
        id: OperatorId,
        /// Name or e-mail address.
        name: String,
    },
}

impl Core {
    /// The link that the first start prints; none when there are operators already.
    ///
    /// # Errors
    /// [`Error::Storage`], [`Error::Internal`].
    pub async fn first_start_link(&self) -> Result<Option<IssuedLink>> {
        if !self.store().operators().list_operators().await?.is_empty() {
            return Ok(None);
        }
        self.issue_link(None, false).await
    }

    /// A link for an operator, or for the first one; none when the operator is disabled, or can sign in already and
    /// the link is for the invited only.
    pub(super) async fn issue_link(
        &self,
        operator: Option<&Operator>,
        only_invited: bool,
    ) -> Result<Option<IssuedLink>> {
        let token = random_hex::<32>(self.entropy())?;
        let now = to_millis(self.now());
        let expires_at = now.plus(milliseconds(self.inner.desk.policy.link_life));
        let new = NewSignInLink {
            token_hash: sha256(token.as_bytes()),
            operator: operator.map(|operator| operator.id.clone()),
            only_invited,
            created_at: now,
            expires_at,
        };
        let traces = operator.map_or_else(Traces::none, |operator| {
            self.about_operator("operator.link_made", &operator.id, &operator.name)
                .traces
        });
        let links = self.store().sign_in_links();
        let made = links.create_sign_in_link(new, traces).await?;
        Ok(made.then(|| IssuedLink {
            token,
            expires_at: from_millis(expires_at),
        }))
    }

    /// What a link is for. Looking uses nothing up.
    ///
    /// # Errors
    /// [`Error::LinkSpent`] when it opens nothing (any more), [`Error::Storage`].
    pub async fn link_purpose(&self, token: &str) -> Result<LinkPurpose> {
        let token_hash = hash_of(token).ok_or(Error::LinkSpent)?;
        let link = self
            .store()
            .sign_in_links()
            .sign_in_link(&token_hash)
            .await?;
        let now = to_millis(self.now());
        let link = link
            .filter(|link| link.consumed_at.is_none() && link.expires_at > now)
            .ok_or(Error::LinkSpent)?;
        let operators = self.store().operators();
        match link.operator {
            Some(id) => match operators.operator(&id).await? {
                Some(operator) if operator.disabled_at.is_none() => {
                    Ok(LinkPurpose::ChoosePassword {
                        id: operator.id,
                        name: operator.name,
                    })
                }
                _ => Err(Error::LinkSpent),
            },
            None if operators.list_operators().await?.is_empty() => Ok(LinkPurpose::FirstStart),
            None => Err(Error::LinkSpent),
        }
    }

    /// Uses a link up: makes the first operator (whose name is then needed), or sets the password of the operator it
    /// was made for, and signs that operator in.
    ///
    /// # Errors
    /// [`Error::LinkSpent`], [`Error::Invalid`] (nothing is used up then), [`Error::Storage`].
    pub async fn use_link(
        &self,
        token: &str,
        name: &str,
        password: Password,
        visitor: &Visitor,
        replaces: Option<&str>,
    ) -> Result<SignedIn> {
        let purpose = self.link_purpose(token).await?;
        let token_hash = hash_of(token).ok_or(Error::LinkSpent)?;
        let links = self.store().sign_in_links();
        let (used, hash) = match purpose {
            LinkPurpose::FirstStart => {
                let name = checked_name(name)?;
                password.check(&name)?;
                let hash = self.hash_password(password).await?;
                let mut new = self.new_operator(&name)?;
                new.password_hash = Some(hash.clone());
                let change = self.acting_for(&new.id, &name, visitor).about_operator(
                    "operator.added",
                    &new.id,
                    &name,
                );
                let made = links.make_first_operator(&token_hash, new, change);
                (made.await.map_err(|error| taken(error, &name))?, hash)
            }
            LinkPurpose::ChoosePassword { id, name } => {
                password.check(&name)?;
                let hash = self.hash_password(password).await?;
                let change = self.acting_for(&id, &name, visitor).about_operator(
                    "operator.password_set",
                    &id,
                    &name,
                );
                let chosen = links.choose_password(&token_hash, hash.clone(), change);
                (chosen.await?, hash)
            }
        };
        let LinkUse::Done(id) = used else {
            return Err(Error::LinkSpent);
        };
        let operator = self.store().operators().operator(&id).await?;
        let operator = operator.ok_or_else(|| Error::UnknownOperator(id.to_string()))?;
        self.begin_session(&operator, Some(hash), visitor, replaces, json!({}))
            .await?
            .ok_or(Error::LinkSpent)
    }
}
