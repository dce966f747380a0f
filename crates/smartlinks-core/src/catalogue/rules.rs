//! Price rules by name: made, listed, changed, chosen as the default one, deleted.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use smartlinks_store::{Change, RuleId, StoreError, StoredRule, Traces};
use utoipa::ToSchema;

use super::checks;
use super::views::wrong;
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::pricing::PriceRule;
use crate::service::Core;
use crate::traces::OK;

/// How many rules there may be: each price run reads all of them.
const MOST: usize = 200;
const NAME_LENGTH: usize = 80;

/// A price rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RuleView {
    /// `rule_…`
    pub id: String,
    /// What people call it.
    pub name: String,
    /// How prices come from costs.
    pub rule: PriceRule,
    /// It is for products without a rule of their own.
    pub is_default: bool,
    /// When it was made. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub created_at: Option<Timestamp>,
    /// When it was last changed. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub updated_at: Option<Timestamp>,
}

/// A rule as somebody asks for it; of a change, what is none stays.
#[derive(Debug, Clone, Default)]
pub struct RuleDraft {
    /// What people call it; no other rule is called so.
    pub name: Option<String>,
    /// The rule itself, in the form of [`PriceRule`].
    pub rule: Option<Value>,
}

impl Core {
    /// Makes a rule.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the part that cannot be; [`Error::CatalogueRefused`] when there are too many;
    /// [`Error::Storage`].
    pub async fn create_price_rule(&self, draft: &RuleDraft) -> Result<RuleView> {
        let name = name(draft.name.as_deref().unwrap_or_default())?;
        let given = draft.rule.clone();
        let rule = checked(given.ok_or_else(|| Error::invalid("rule", "is missing"))?)?;
        if self.store().prices().price_rules().await?.len() >= MOST {
            let message =
                format!("there are {MOST} price rules already; delete one that is not used");
            return Err(Error::CatalogueRefused(message));
        }
        let now = to_millis(self.now());
        let id = RuleId::generate(now, self.entropy());
        let id = id.map_err(|error| Error::Internal(error.to_string()))?;
        let stored = StoredRule {
            id,
            rule_json: json_of(&rule)?,
            name,
            version: 1,
            is_default: false,
            created_at: now,
            updated_at: now,
        };
        let traces = self.rule_traces("price_rule.created", &stored.id, &stored.name);
        let added = self.store().prices().add_rule(stored.clone(), traces);
        added
            .await
            .map_err(|error| name_taken(error, &stored.name))?;
        view(stored)
    }

    /// All rules, in the order in which they were made.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn price_rules(&self) -> Result<Vec<RuleView>> {
        let rules = self.store().prices().price_rules().await?;
        rules.into_iter().map(view).collect()
    }

    /// One rule.
    ///
    /// # Errors
    /// [`Error::UnknownRule`], [`Error::Storage`].
    pub async fn price_rule(&self, id: &str) -> Result<RuleView> {
        view(self.stored_rule(id).await?)
    }

    /// Changes name or contents. Prices stay as they are until a run is applied.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownRule`], [`Error::CatalogueRefused`] when somebody else changed it at the
    /// same moment, [`Error::Storage`].
    pub async fn change_price_rule(&self, id: &str, draft: &RuleDraft) -> Result<RuleView> {
        let mut stored = self.stored_rule(id).await?;
        if let Some(given) = &draft.name {
            stored.name = name(given)?;
        }
        if let Some(rule) = &draft.rule {
            stored.rule_json = json_of(&checked(rule.clone())?)?;
        }
        stored.version += 1;
        stored.updated_at = to_millis(self.now());
        let traces = self.rule_traces("price_rule.changed", &stored.id, &stored.name);
        let changed = self.store().prices().change_rule(stored.clone(), traces);
        match changed
            .await
            .map_err(|error| name_taken(error, &stored.name))?
        {
            true => view(stored),
            false => Err(Error::CatalogueRefused(
                "somebody else changed the rule at this moment; look at it again".into(),
            )),
        }
    }

    /// Makes a rule the one for products without a rule of their own; none to have no such rule.
    ///
    /// # Errors
    /// [`Error::UnknownRule`], [`Error::Storage`].
    pub async fn choose_default_price_rule(&self, id: Option<&str>) -> Result<()> {
        let id = id.map(checks::rule_id).transpose()?;
        let subject = id.as_ref().map(|id| id.as_str());
        let entry = self.audit_entry("price_rule.default", None, subject, OK, &json!({}));
        let change = Change {
            now: to_millis(self.now()),
            traces: Traces::none().audit(entry),
        };
        let chosen = self
            .store()
            .prices()
            .choose_default_rule(id.as_ref(), change);
        match (chosen.await?, id) {
            (false, Some(id)) => Err(Error::UnknownRule(id.to_string())),
            _ => Ok(()),
        }
    }

    /// Deletes a rule that no product has as its own.
    ///
    /// # Errors
    /// [`Error::UnknownRule`], [`Error::CatalogueRefused`] when products have it, [`Error::Storage`].
    pub async fn delete_price_rule(&self, id: &str) -> Result<()> {
        let stored = self.stored_rule(id).await?;
        let traces = self.rule_traces("price_rule.deleted", &stored.id, &stored.name);
        let prices = self.store().prices();
        if prices.remove_rule(&stored.id, traces).await? {
            return Ok(());
        }
        match prices.products_with_rule(&stored.id).await? {
            0 => Err(Error::UnknownRule(stored.id.to_string())),
            used => Err(Error::CatalogueRefused(format!(
                "products have the rule {} as their own: {used}; give them another one first",
                stored.name
            ))),
        }
    }

    fn rule_traces(&self, action: &str, id: &RuleId, name: &str) -> Traces {
        let data = json!({ "name": name });
        Traces::none().audit(self.audit_entry(action, None, Some(id.as_str()), OK, &data))
    }
}

fn name(text: &str) -> Result<String> {
    checks::line("name", text, NAME_LENGTH)
}

/// A rule as it was sent. What is wrong is said with the place.
fn checked(given: Value) -> Result<PriceRule> {
    serde_path_to_error::deserialize(given).map_err(|error| {
        let (path, message) = (error.path().to_string(), error.inner().to_string());
        // A part that is of the right kind and cannot be says its place itself.
        let message = match path.as_str() {
            "." => message,
            path => format!("{path}: {message}"),
        };
        Error::invalid("rule", message)
    })
}

fn json_of(rule: &PriceRule) -> Result<String> {
    serde_json::to_string(rule).map_err(|error| Error::Internal(error.to_string()))
}

fn name_taken(error: StoreError, name: &str) -> Error {
    match error {
        StoreError::Conflict { .. } => {
            Error::invalid("name", format!("another rule is called {name:?}"))
        }
        other => other.into(),
    }
}

pub(super) fn parsed(stored: &StoredRule) -> Result<PriceRule> {
    serde_json::from_str(&stored.rule_json)
        .map_err(|_| wrong("price_rules", "rule_json", stored.id.as_str()))
}

fn view(stored: StoredRule) -> Result<RuleView> {
    Ok(RuleView {
        rule: parsed(&stored)?,
        id: stored.id.into(),
        name: stored.name,
        is_default: stored.is_default,
        created_at: from_millis(stored.created_at),
        updated_at: from_millis(stored.updated_at),
    })
}
