//! What becomes of a change that AliExpress has made: it is kept, told, or takes the product off, as the operator has
//! chosen for its kind.

mod listing;
mod policies;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use smartlinks_store::{CatalogueChange, CatalogueEntry, CatalogueState, Millis, Traces};

pub use listing::{DriftPage, DriftQuery, DriftView};
pub(super) use policies::Policies;
pub use policies::{WatchAction, WatchChange, WatchKind, WatchPolicyView, WatchView};

use super::merging::{History, kinds};
use super::proposal;
use crate::error::Result;
use crate::events::EventKind;
use crate::service::Core;
use crate::text::shortened;

/// How many changes an event names.
const TOLD: usize = 20;

impl Core {
    /// Says of every change what is done about it, does it, and proposes what could take the place of variants that are
    /// gone; gives what is to be told.
    pub(super) async fn drifted(
        &self,
        entry: &mut CatalogueEntry,
        history: &mut History<'_>,
        policies: &Policies,
        now: Millis,
    ) -> Result<Traces> {
        let gone = |sku: &smartlinks_store::CatalogueSku| sku.gone_at.is_some() && sku.chosen;
        if entry.skus.iter().any(gone) {
            let watch = self.store().product_watch();
            let chosen = watch.sku_repairs(&entry.product.id).await?;
            proposal::propose(&mut entry.skus, &chosen, entry.product.id.as_str(), now)?;
        }
        let (mut strongest, mut holds) = (None, false);
        for change in &mut history.changes {
            let Some(kind) = kind_of(change) else {
                continue;
            };
            let sold = |sku: &str| {
                let mut skus = entry.skus.iter();
                skus.any(|one| one.sku_id == sku && one.chosen)
            };
            // What nobody sells is worth a note; a variant that is new is sold by nobody yet.
            let matters = kind == WatchKind::SkuAdded || change.sku_id.as_deref().is_none_or(sold);
            let action = match matters {
                true => policies.action(kind, moved_by(change)),
                false => WatchAction::Record,
            };
            change.outcome = Some(action.as_str().to_owned());
            strongest = strongest.max(Some(action));
            holds |= action == WatchAction::Hold;
        }
        let sold: Vec<&str> = entry
            .skus
            .iter()
            .filter(|sku| sku.chosen)
            .map(|sku| sku.sku_id.as_str())
            .collect();
        history
            .changes
            .retain(|change| is_worth_keeping(change, &sold));
        let Some(strongest) = strongest.filter(|action| *action != WatchAction::Record) else {
            return Ok(Traces::none());
        };
        let state = entry.product.state;
        // Only a person lets go of what waits for one: of a product that is taken off orders go on.
        let (action, wanted) = match strongest {
            _ if holds => (WatchAction::Hold, CatalogueState::Held),
            WatchAction::Unpublish if state != CatalogueState::Held => {
                (strongest, CatalogueState::Unpublished)
            }
            _ => (strongest, state),
        };
        history.compare(kinds::STATE, state.as_str(), wanted.as_str())?;
        entry.product.state = wanted;
        Ok(self.drift_traces(entry, history, action))
    }

    fn drift_traces(
        &self,
        entry: &CatalogueEntry,
        history: &History<'_>,
        action: WatchAction,
    ) -> Traces {
        let product = &entry.product;
        let told = history.changes.iter().filter(|change| {
            change
                .outcome
                .as_deref()
                .is_some_and(|outcome| outcome != WatchAction::Record.as_str())
        });
        let changes = told.clone().take(TOLD).map(|change| {
            let value = |text: &Option<String>| -> Value {
                let value = text.as_deref().map(serde_json::from_str);
                value.and_then(Result::ok).unwrap_or(Value::Null)
            };
            json!({
                "kind": change.kind, "sku": change.sku_id, "before": value(&change.before_json),
                "after": value(&change.after_json), "outcome": change.outcome,
            })
        });
        let data = json!({
            "product": product.id, "product_id": product.product_id, "title": shortened(&product.title, 120),
            "action": action.as_str(), "state": product.state.as_str(), "availability": product.availability.as_str(),
            "changes": changes.collect::<Vec<_>>(), "changes_in_all": told.count(),
        });
        let kind = EventKind::ProductDrifted;
        let traces = Traces::none().event(self.event(kind, Some(&product.connection), None, &data));
        if action == WatchAction::Notify {
            return traces;
        }
        // Something was done in the operator's name.
        let id = Some(product.id.as_str());
        let data = json!({ "product_id": product.product_id, "action": action.as_str(), "changes": history.kinds() });
        let connection = Some(&product.connection);
        traces.audit(self.audit_entry(kind.as_str(), connection, id, crate::traces::OK, &data))
    }
}

/// The kind of a change that AliExpress has made; none for what is no matter of the watch.
fn kind_of(change: &CatalogueChange) -> Option<WatchKind> {
    Some(match change.kind.as_str() {
        kinds::COST if moved_by(change).is_some_and(|moved| moved < Decimal::ZERO) => {
            WatchKind::CostDown
        }
        // One of which nothing can be said is taken for the worse.
        kinds::COST => WatchKind::CostUp,
        kinds::STOCK if change.after_json.as_deref() == Some("0") => WatchKind::SoldOut,
        kinds::STOCK => WatchKind::Stock,
        kinds::SKU_GONE => WatchKind::SkuGone,
        kinds::SKU_ADDED => WatchKind::SkuAdded,
        kinds::SKU_BACK => WatchKind::SkuBack,
        kinds::AVAILABILITY if change.after_json.as_deref() == Some("\"on_sale\"") => {
            WatchKind::OnSale
        }
        kinds::AVAILABILITY => WatchKind::Unavailable,
        _ => return None,
    })
}

/// Numbers in stock move with every look: what is only recorded of them is kept where something of it can be bought no
/// more, or again, and it is sold.
fn is_worth_keeping(change: &CatalogueChange, sold: &[&str]) -> bool {
    let recorded = change.outcome.as_deref() == Some(WatchAction::Record.as_str());
    if change.kind != kinds::STOCK || !recorded {
        return true;
    }
    let nothing_left = |value: &Option<String>| value.as_deref() == Some("0");
    let crosses = nothing_left(&change.before_json) != nothing_left(&change.after_json);
    crosses
        && change
            .sku_id
            .as_deref()
            .is_some_and(|sku| sold.contains(&sku))
}

/// By how many per cent a cost has risen; none when that cannot be said.
fn moved_by(change: &CatalogueChange) -> Option<Decimal> {
    let money = |text: Option<&String>| -> Option<(Decimal, String)> {
        let value: Value = serde_json::from_str(text?).ok()?;
        let amount = value.get("amount")?.as_str()?.parse().ok()?;
        Some((amount, value.get("currency")?.as_str()?.to_owned()))
    };
    let (before, currency) = money(change.before_json.as_ref())?;
    let (after, other) = money(change.after_json.as_ref())?;
    if currency != other || before.is_zero() {
        return None;
    }
    let moved = after
        .checked_sub(before)?
        .checked_mul(Decimal::ONE_HUNDRED)?;
    moved.checked_div(before)
}

/// A moment for a view.
fn moment(at: Option<Millis>) -> Option<Timestamp> {
    at.and_then(crate::clock::from_millis)
}

/// Everything here goes over what a history holds.
pub(super) fn value(text: Option<String>) -> Option<Value> {
    text.and_then(|text| serde_json::from_str(&text).ok())
}

#[cfg(test)]
mod tests {
    use smartlinks_store::{CatalogueId, ChangeId, SystemEntropy};

    use super::*;

    fn change(kind: &str, before: Value, after: Value) -> CatalogueChange {
        let now = Millis(1_795_435_200_000);
        CatalogueChange {
            id: ChangeId::generate(now, &SystemEntropy).unwrap(),
            product: CatalogueId::generate(now, &SystemEntropy).unwrap(),
            sku_id: None,
            kind: kind.to_owned(),
            before_json: Some(before.to_string()),
            after_json: Some(after.to_string()),
            outcome: None,
            at: now,
        }
    }

    #[test]
    fn changes_are_told_apart() {
        let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
        let dollars = json!({ "amount": "1", "currency": "USD" });
        let kind = |kind: &str, before: Value, after: Value| kind_of(&change(kind, before, after));
        assert_eq!(
            kind("cost", euros("4"), euros("4.4")),
            Some(WatchKind::CostUp)
        );
        assert_eq!(
            kind("cost", euros("4"), euros("3")),
            Some(WatchKind::CostDown)
        );
        assert_eq!(kind("cost", euros("4"), dollars), Some(WatchKind::CostUp));
        assert_eq!(kind("stock", json!(3), json!(0)), Some(WatchKind::SoldOut));
        assert_eq!(kind("stock", json!(0), json!(10)), Some(WatchKind::Stock));
        let sale = kind("availability", json!("not_found"), json!("on_sale"));
        assert_eq!(sale, Some(WatchKind::OnSale));
        assert_eq!(
            kind("availability", json!("on_sale"), json!("not_for_app")),
            Some(WatchKind::Unavailable)
        );
        assert_eq!(kind("title", json!("a"), json!("b")), None);
        let moved = moved_by(&change("cost", euros("4"), euros("4.4"))).unwrap();
        assert_eq!(moved.normalize().to_string(), "10");
    }
}
