//! Which operator an identity means, and how the two come together.

use serde::Serialize;
use serde_json::json;
use smartlinks_store::{OidcIdentity, Operator};

use super::refusal::{OidcRefusal, OidcRefusalKind as Kind};
use super::{Identity, SUBJECT_LENGTH};
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::operators::{OperatorView, Visitor, view};
use crate::service::Core;
use crate::text::has_controls;

/// An operator and the identity that signs it in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkedOperator {
    /// The operator.
    #[serde(flatten)]
    pub operator: OperatorView,
    /// How the provider names itself.
    pub issuer: String,
    /// The provider's name of the person.
    pub subject: String,
}

impl Core {
    /// The operator whom an identity means: the one it is linked to; else the one who is called by the verified
    /// address, and is linked to it from now on.
    pub(super) async fn operator_meant(
        &self,
        issuer: &str,
        identity: &Identity,
        visitor: &Visitor,
    ) -> Result<Operator> {
        let refused = |kind| -> Error { OidcRefusal::about(kind, identity).into() };
        // No provider has such a subject, and not every database can be asked for it.
        if has_controls(&identity.subject) {
            return Err(refused(Kind::UnknownOperator));
        }
        let oidc = self.store().oidc();
        let linked = oidc.operator_of_identity(issuer, &identity.subject).await?;
        if let Some(operator) = linked {
            return match operator.disabled_at {
                None => Ok(operator),
                Some(_) => Err(refused(Kind::OperatorDisabled)),
            };
        }
        let Some(email) = identity.email.as_deref().map(str::trim) else {
            return Err(refused(Kind::UnknownOperator));
        };
        // Before anything is looked up: an address that anybody may claim says nothing about who is called so here.
        if !identity.email_verified {
            return Err(refused(Kind::EmailUnverified));
        }
        let Some(operator) = self.operator_called(email).await? else {
            return Err(refused(Kind::UnknownOperator));
        };
        if operator.disabled_at.is_some() {
            return Err(refused(Kind::OperatorDisabled));
        }
        let acting = self.acting_for(&operator.id, &operator.name, visitor);
        if acting.link_first(issuer, identity, &operator).await? {
            return Ok(operator);
        }
        // Another tab may have been first, with the same identity; else the operator has another one.
        let linked = oidc.operator_of_identity(issuer, &identity.subject).await?;
        match linked.filter(|linked| linked.id == operator.id) {
            Some(operator) => Ok(operator),
            None => Err(refused(Kind::OtherIdentity)),
        }
    }

    async fn link_first(
        &self,
        issuer: &str,
        identity: &Identity,
        operator: &Operator,
    ) -> Result<bool> {
        let new = self.identity(issuer, &identity.subject, operator);
        let data = json!({
            "name": operator.name,
            "issuer": issuer,
            "subject": identity.subject,
            "by": "verified_email",
        });
        let change = self.operator_change("operator.identity_linked", &operator.id, &data);
        let oidc = self.store().oidc();
        Ok(oidc.link_identity(new, change.traces).await?)
    }

    fn identity(&self, issuer: &str, subject: &str, operator: &Operator) -> OidcIdentity {
        OidcIdentity {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            operator: operator.id.clone(),
            linked_at: to_millis(self.now()),
        }
    }

    /// Links an operator to an identity, in place of the one it may have with this issuer; its sessions end. For the
    /// command line, where whoever may open the database may do so.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownOperator`], [`Error::IdentityTaken`], [`Error::Storage`].
    pub async fn link_operator(
        &self,
        name: &str,
        issuer: &str,
        subject: &str,
    ) -> Result<LinkedOperator> {
        let subject = subject.trim();
        let fine = !subject.is_empty()
            && subject.len() <= SUBJECT_LENGTH
            && subject.bytes().all(|byte| byte.is_ascii_graphic());
        if !fine {
            return Err(Error::invalid(
                "subject",
                format!(
                    "has to be the `sub` of the provider: 1 to {SUBJECT_LENGTH} ASCII characters without blanks"
                ),
            ));
        }
        let operator = self.operator_record(name).await?;
        let data = json!({
            "name": operator.name,
            "issuer": issuer,
            "subject": subject,
            "by": "command_line",
        });
        let change = self.operator_change("operator.identity_linked", &operator.id, &data);
        let new = self.identity(issuer, subject, &operator);
        let oidc = self.store().oidc();
        if !oidc.replace_identity(new, change.traces).await? {
            return Err(Error::IdentityTaken(subject.to_owned()));
        }
        Ok(LinkedOperator {
            operator: view(&self.operator_record(&operator.name).await?),
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }
}
