//! Variants that are gone and sold: what is proposed in their place, what a person chooses, and why orders for them wait
//! until then.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{
    CatalogueEntry, CatalogueId, CatalogueSku, CatalogueState, ConnectionId, ListedProduct,
    NewCatalogueEntry, SkuRepair, StoreError,
};
use utoipa::ToSchema;

use super::importing::busy;
use super::listing::given;
use super::merging::{self, History, kinds};
use super::proposal::{differences, reasons};
use super::views::{self, CatalogueDetail, CatalogueSkuView};
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::orders::MoneyView;
use crate::service::Core;
use crate::text::shortened;
use crate::traces::OK;

/// How often a change is tried when somebody else is faster.
const ATTEMPTS: u32 = 4;
/// How far a chain of choices is followed: what was chosen may be gone itself by now.
const LONGEST_CHAIN: usize = 8;

/// What differs between a variant that is gone and one that could take its place. Upstream texts: escape them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SkuDifference {
    /// Such as `Colour`.
    pub name: String,
    /// What it was.
    pub before: Option<String>,
    /// What it would be.
    pub after: Option<String>,
}

/// What is proposed in the place of a variant that is gone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProposalView {
    /// Number of the variant that could take its place.
    pub sku: String,
    /// Why this one: `same_properties`, `closest_properties` or `closest_price`.
    pub reason: String,
    /// Why this one, in words.
    pub words: String,
    /// How likely it does, 0 to 100.
    pub confidence: i64,
    /// What differs.
    pub differs: Vec<SkuDifference>,
    /// What one costs.
    pub cost: Option<MoneyView>,
}

/// A variant that is gone and waits for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RepairView {
    /// The product, `prod_…`.
    pub product: String,
    /// AliExpress's product number, digits.
    pub product_id: String,
    /// The connection it was imported with.
    pub connection: String,
    /// The merchant's title.
    pub title: String,
    /// The variant that is gone, as it was last seen.
    pub sku: CatalogueSkuView,
    /// Since when AliExpress names it no more. RFC 3339, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub gone_at: Option<Timestamp>,
    /// What is proposed; null when nothing of the product comes close.
    pub proposal: Option<ProposalView>,
    /// Every variant that could be chosen.
    pub choices: Vec<CatalogueSkuView>,
}

/// Variants that wait for a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RepairPage {
    /// The variants.
    pub repairs: Vec<RepairView>,
    /// Give it as `after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// Why an ordered product or variant waits.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) code: &'static str,
    pub(crate) detail: String,
    pub(crate) fix: String,
}

/// How a product stands in the catalogue, for who orders it.
#[derive(Debug)]
pub(crate) struct OrderStanding {
    entry: CatalogueEntry,
    repairs: Vec<SkuRepair>,
}

impl OrderStanding {
    /// What a person has chosen in the place of a variant that is gone; the last of a chain.
    pub(crate) fn instead_of(&self, sku: &str) -> Option<&str> {
        let next = |sku: &str| {
            let mut repairs = self.repairs.iter();
            repairs
                .find(|repair| repair.sku_id == sku)
                .map(|repair| repair.replaced_by.as_str())
        };
        let mut chosen = next(sku)?;
        for _ in 0..LONGEST_CHAIN {
            match next(chosen) {
                Some(further) => chosen = further,
                None => break,
            }
        }
        Some(chosen)
    }

    /// Why nothing of the product is ordered, when it waits for a person.
    pub(crate) fn held(&self) -> Option<Held> {
        let product = &self.entry.product;
        (product.state == CatalogueState::Held).then(|| Held {
            code: "product_held",
            detail: format!(
                "product {} is held in the catalogue until a person has looked at what AliExpress has changed of it",
                product.product_id
            ),
            fix: format!(
                "Look at its history, then list it again: `smartlinks catalogue edit {} --state listed`.",
                product.id
            ),
        })
    }

    /// Why a variant that is gone is not ordered, when the merchant sells it.
    pub(crate) fn gone(&self, sku: &str) -> Option<Held> {
        let product = &self.entry.product;
        let known = self.entry.skus.iter().find(|one| one.sku_id == sku)?;
        if !known.chosen {
            return None;
        }
        let number = &product.product_id;
        let detail = format!(
            "AliExpress names variant {sku} of product {number} no more, and orders for it wait until a person has \
             chosen what takes its place"
        );
        let id = &product.id;
        let fix = match (&known.replacement, known.gone_at) {
            (_, None) => format!(
                "Look at it with `smartlinks catalogue watch check {id}`, then choose what takes its place."
            ),
            (Some(proposed), _) => format!(
                "Confirm variant {0} with `smartlinks catalogue repair {id} {sku} --with {0}`, or name another there.",
                proposed.sku_id
            ),
            (None, _) => format!(
                "Choose a variant with `smartlinks catalogue repair {id} {sku} --with SKU`; none comes close by itself."
            ),
        };
        Some(Held {
            code: "sku_held",
            detail,
            fix,
        })
    }
}

impl Core {
    /// How a product stands in the catalogue of a connection; none when it was not imported there.
    pub(crate) async fn order_standing(
        &self,
        connection: &ConnectionId,
        product_number: &str,
    ) -> Result<Option<OrderStanding>> {
        let catalogue = self.store().catalogue();
        let id = catalogue.product_numbered(connection, product_number.trim());
        let Some(id) = id.await? else {
            return Ok(None);
        };
        let Some(entry) = catalogue.product(&id).await? else {
            return Ok(None);
        };
        let repairs = self.store().product_watch().sku_repairs(&id).await?;
        Ok(Some(OrderStanding { entry, repairs }))
    }

    /// Variants that AliExpress names no more, that are sold, and for which nobody has chosen anything yet.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter; [`Error::Storage`].
    pub async fn open_repairs(
        &self,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<RepairPage> {
        let limit = limit.unwrap_or(50);
        if !(1..=200).contains(&limit) {
            let message = format!("{limit} is not between 1 and 200");
            return Err(Error::invalid("limit", message));
        }
        let after = given(after).map(cursor).transpose()?;
        let watch = self.store().product_watch();
        let after = after.as_ref().map(|(id, sku)| (id, sku.as_str()));
        let open = watch.open_repairs(after, limit).await?;
        let last = open.last().filter(|_| open.len() == limit as usize);
        let next = last.map(|(id, sku)| format!("{id}.{sku}"));
        let ids: BTreeSet<CatalogueId> = open.iter().map(|(id, _)| id.clone()).collect();
        let ids: Vec<CatalogueId> = ids.into_iter().collect();
        let products = self.store().catalogue().products_named(&ids).await?;
        let mut repairs = Vec::with_capacity(open.len());
        for (id, sku) in &open {
            // One that was removed between the two looks waits for nobody.
            let found = products.iter().find(|product| product.product.id == *id);
            if let Some(found) = found {
                repairs.extend(repair_view(found, sku)?);
            }
        }
        Ok(RepairPage { repairs, next })
    }

    /// The variants of one product that wait for a person.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::Storage`].
    pub async fn repairs_of(&self, id: &str) -> Result<Vec<RepairView>> {
        let entry = self.catalogue_entry(id).await?;
        let watch = self.store().product_watch();
        let chosen = watch.sku_repairs(&entry.product.id).await?;
        let found = ListedProduct {
            product: entry.product,
            skus: entry.skus,
        };
        let waits = |sku: &&CatalogueSku| {
            let done = chosen.iter().any(|repair| repair.sku_id == sku.sku_id);
            sku.chosen && sku.gone_at.is_some() && !done
        };
        let views = found.skus.iter().filter(waits);
        let views = views.filter_map(|sku| repair_view(&found, &sku.sku_id).transpose());
        views.collect()
    }

    /// Chooses what takes the place of a variant that is gone: `with`, a variant of the product. What is proposed is
    /// named as any other: the next look may propose another one than was shown. It is sold from now on, under the merchant's code and price where it has none of its own, and orders for the
    /// variant that is gone are orders for it.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the field; [`Error::UnknownProduct`], [`Error::CatalogueRefused`] when others go on
    /// changing the product, [`Error::Storage`].
    pub async fn repair_sku(&self, id: &str, sku: &str, with: &str) -> Result<CatalogueDetail> {
        for _ in 0..ATTEMPTS {
            let entry = self.catalogue_entry(id).await?;
            match self.try_repair(entry, sku.trim(), with.trim()).await {
                Ok(Some(entry)) => {
                    self.announce().await;
                    return self.whole(entry).await;
                }
                // The code was given to another variant meanwhile.
                Ok(None) | Err(Error::Storage(StoreError::Conflict { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(busy())
    }

    async fn try_repair(
        &self,
        mut entry: CatalogueEntry,
        sku: &str,
        with: &str,
    ) -> Result<Option<CatalogueEntry>> {
        let (gone, other) = chosen(&entry, sku, with)?;
        let now = to_millis(self.now());
        let mut history = History::new(self, &entry.product.id);
        let other_id = entry.skus[other].sku_id.clone();
        history.note(
            kinds::SKU_REPLACED,
            Some(sku),
            Some(json!(sku)),
            Some(json!(other_id)),
        )?;
        entry.skus[other].chosen = true;
        // What it costs decides first; else what the other sold for.
        let only = entry.skus[other].sku_id.clone();
        self.price_unpriced(&mut entry, Some(&only)).await?;
        take_over(&mut entry.skus, gone, other);
        merging::next_version(&mut entry, now, true);
        let product = &entry.product;
        let (kind, connection) = (EventKind::ProductChanged, Some(&product.connection));
        let data = json!({ "product": product.id, "product_id": product.product_id, "changes": history.kinds() });
        let chosen =
            json!({ "product_id": product.product_id, "sku": sku, "replaced_by": other_id });
        let id = Some(product.id.as_str());
        let traces = smartlinks_store::Traces::none()
            .event(self.event(kind, connection, None, &data))
            .audit(self.audit_entry("product.sku_replaced", connection, id, OK, &chosen));
        let repair = SkuRepair {
            sku_id: sku.to_owned(),
            replaced_by: other_id,
            at: now,
        };
        let new = NewCatalogueEntry {
            product: entry.product.clone(),
            skus: entry.skus.clone(),
            // A code changes its place.
            codes_change: true,
            details_json: None,
            changes: history.changes,
        };
        let stored = self.store().product_watch().repair_sku(new, repair, traces);
        Ok(stored.await?.then_some(entry))
    }
}

/// Where the variant that is gone and the one in its place stand.
fn chosen(entry: &CatalogueEntry, sku: &str, with: &str) -> Result<(usize, usize)> {
    let place = |id: &str| entry.skus.iter().position(|one| one.sku_id == id);
    let unknown = |field, id: &str| {
        let message = format!("{:?} is not a variant of this product", shortened(id, 30));
        Error::invalid(field, message)
    };
    let gone = place(sku).ok_or_else(|| unknown("sku", sku))?;
    if entry.skus[gone].gone_at.is_none() {
        let message = format!("variant {sku} is not gone: AliExpress names it");
        return Err(Error::invalid("sku", message));
    }
    let at = place(with).ok_or_else(|| unknown("with", with))?;
    if entry.skus[at].gone_at.is_some() {
        let message = format!("variant {with} is gone itself; choose one that AliExpress names");
        return Err(Error::invalid("with", message));
    }
    Ok((gone, at))
}

/// What was the merchant's of one variant becomes that of the other, where it has nothing of its own.
fn take_over(skus: &mut [CatalogueSku], gone: usize, other: usize) {
    if skus[other].own_code.is_none() {
        skus[other].own_code = skus[gone].own_code.take();
    }
    if skus[other].price.is_none() {
        skus[other].price = skus[gone].price.clone();
        skus[other].price_currency = skus[gone].price_currency.clone();
        skus[other].price_by_hand = skus[gone].price_by_hand;
    }
    skus[gone].replacement = None;
}

fn repair_view(found: &ListedProduct, sku: &str) -> Result<Option<RepairView>> {
    let product = &found.product;
    let id = product.id.as_str();
    let Some(gone) = found.skus.iter().find(|one| one.sku_id == sku) else {
        return Ok(None);
    };
    let gone_view = views::sku_view(gone, id)?;
    let choices = found.skus.iter().filter(|one| one.gone_at.is_none());
    let choices = choices.map(|one| views::sku_view(one, id));
    let choices: Vec<CatalogueSkuView> = choices.collect::<Result<_>>()?;
    let proposal = gone.replacement.as_ref().and_then(|proposed| {
        let other = choices.iter().find(|one| one.id == proposed.sku_id)?;
        Some(proposal_view(
            &gone_view,
            other,
            &proposed.reason,
            proposed.confidence,
        ))
    });
    Ok(Some(RepairView {
        product: id.to_owned(),
        product_id: product.product_id.clone(),
        connection: product.connection.to_string(),
        title: product.title.clone(),
        gone_at: gone.gone_at.and_then(from_millis),
        sku: gone_view,
        proposal,
        choices,
    }))
}

fn proposal_view(
    gone: &CatalogueSkuView,
    other: &CatalogueSkuView,
    reason: &str,
    confidence: i64,
) -> ProposalView {
    let differs = differences(&gone.properties, &other.properties);
    let differs = differs
        .into_iter()
        .map(|(name, before, after)| SkuDifference {
            name,
            before,
            after,
        });
    let differs: Vec<SkuDifference> = differs.collect();
    ProposalView {
        sku: other.id.clone(),
        reason: reason.to_owned(),
        words: words(reason, &differs, gone.cost.as_ref(), other.cost.as_ref()),
        confidence,
        differs,
        cost: other.cost.clone(),
    }
}

/// Why a variant is proposed, for who reads it.
fn words(
    reason: &str,
    differs: &[SkuDifference],
    before: Option<&MoneyView>,
    after: Option<&MoneyView>,
) -> String {
    let mut parts = vec![match reason {
        reasons::SAME => "the same under another number".to_owned(),
        reasons::CLOSEST => "the closest in properties".to_owned(),
        _ => "the closest in price".to_owned(),
    }];
    parts.extend(differs.iter().map(|one| {
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        format!(
            "{} {} instead of {}",
            one.name,
            said(&one.after),
            said(&one.before)
        )
    }));
    if let (Some(before), Some(after)) = (before, after) {
        parts.push(match before == after {
            true => format!("costs {} {} as before", after.amount, after.currency),
            false => format!(
                "costs {} {} instead of {} {}",
                after.amount, after.currency, before.amount, before.currency
            ),
        });
    }
    parts.join("; ")
}

fn cursor(text: &str) -> Result<(CatalogueId, String)> {
    let parts = text
        .split_once('.')
        .and_then(|(id, sku)| Some((id.parse().ok()?, sku.to_owned())));
    parts.ok_or_else(|| Error::invalid("after", "is not the `next` of a page"))
}
