//! What the merchant changes of an imported product, and its removal.

use std::collections::BTreeMap;

use serde_json::json;
use smartlinks_store::{CatalogueEntry, CatalogueState, RuleId, StoreError, Traces};

use super::importing::busy;
use super::listing::given;
use super::merging::{self, History, kinds};
use super::views::CatalogueDetail;
use super::{checks, merging::state};
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;
use crate::text::shortened;
use crate::traces::OK;

/// What is to be changed of a product; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct CatalogueEdit {
    /// Another title.
    pub title: Option<String>,
    /// `listed`, `held` or `unpublished`.
    pub state: Option<String>,
    /// The state from which `state` was chosen. When the product has come into another one since, such as by a hold of
    /// the watch, nothing is changed.
    pub seen_state: Option<String>,
    /// Other labels; an empty list takes them away.
    pub labels: Option<Vec<String>>,
    /// Another price rule, `rule_…`; an empty text for the default one. Prices stay until a run is applied.
    pub rule: Option<String>,
    /// What is to be changed of its variants.
    pub skus: Vec<SkuEdit>,
}

/// What is to be changed of a variant; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct SkuEdit {
    /// Number of the variant.
    pub id: String,
    /// Another code of the merchant's own; an empty text takes it away.
    pub own_code: Option<String>,
    /// Whether the merchant sells it.
    pub chosen: Option<bool>,
}

/// A wish that was looked at.
struct Wanted {
    title: Option<String>,
    state: Option<CatalogueState>,
    seen_state: Option<CatalogueState>,
    labels: Option<Vec<String>>,
    rule: Option<Option<RuleId>>,
    codes: BTreeMap<String, Option<String>>,
    chosen: BTreeMap<String, bool>,
}

impl Wanted {
    /// Refuses another state that was chosen from one in which the product is no longer.
    fn state_is_as_seen(&self, now: CatalogueState) -> Result<()> {
        let Some((wanted, seen)) = self.state.zip(self.seen_state) else {
            return Ok(());
        };
        if now == seen || now == wanted {
            return Ok(());
        }
        Err(Error::CatalogueRefused(format!(
            "the product was {} when its state was chosen and is {} by now; look at its history, then choose again",
            seen.as_str(),
            now.as_str()
        )))
    }
}

impl Core {
    /// Changes title, state, labels, rule, codes of variants, and which are sold.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the field; [`Error::UnknownProduct`], [`Error::UnknownRule`],
    /// [`Error::CatalogueRefused`] when others go on changing it or it is no longer in `seen_state`, [`Error::Storage`].
    pub async fn edit_product(&self, id: &str, edit: &CatalogueEdit) -> Result<CatalogueDetail> {
        let wanted = self.wanted_edit(edit).await?;
        for _ in 0..4 {
            let mut entry = self.catalogue_entry(id).await?;
            wanted.state_is_as_seen(entry.product.state)?;
            self.codes_are_free(&entry, &wanted).await?;
            let codes_change = !wanted.codes.is_empty();
            let (changes, traces) = self.edited(&mut entry, &wanted)?;
            if traces.events.is_empty() {
                // Nothing is another: whoever reads it at this moment loses no turn.
                return self.catalogue_product(id).await;
            }
            match self
                .store_entry(&entry, changes, codes_change, traces)
                .await
            {
                Ok(false) => {}
                // A code was taken between the look and the writing: the next look says where it stands.
                Err(Error::Storage(StoreError::Conflict { .. })) if codes_change => {}
                // The rule was deleted between the look and the writing.
                Err(Error::Storage(StoreError::Conflict { .. })) => {
                    if let Some(Some(rule)) = &wanted.rule {
                        self.stored_rule(rule.as_str()).await?;
                    }
                }
                Ok(true) => {
                    self.announce().await;
                    return self.whole(entry).await;
                }
                Err(error) => return Err(error),
            }
        }
        Err(busy())
    }

    /// Removes a product from the catalogue with its variants and its history.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::Storage`].
    pub async fn remove_product(&self, id: &str) -> Result<()> {
        let entry = self.catalogue_entry(id).await?;
        let product = &entry.product;
        let data = json!({ "product": product.id, "product_id": product.product_id, "title": shortened(&product.title, 120) });
        let kind = EventKind::ProductRemoved;
        let id = product.id.as_str();
        let traces = Traces::none()
            .event(self.event(kind, Some(&product.connection), None, &data))
            .audit(self.audit_entry(
                kind.as_str(),
                Some(&product.connection),
                Some(id),
                OK,
                &data,
            ));
        let removed = self.store().catalogue().remove_product(&product.id, traces);
        if !removed.await? {
            return Err(Error::UnknownProduct(id.to_owned()));
        }
        self.announce().await;
        Ok(())
    }

    async fn wanted_edit(&self, edit: &CatalogueEdit) -> Result<Wanted> {
        let rule = match &edit.rule {
            None => None,
            Some(text) => Some(match given(Some(text)) {
                None => None,
                Some(id) => Some(self.stored_rule(id).await?.id),
            }),
        };
        let (mut codes, mut chosen) = (BTreeMap::new(), BTreeMap::new());
        for sku in &edit.skus {
            let id = sku.id.trim().to_owned();
            if let Some(code) = &sku.own_code {
                let code = checks::own_code(code)?;
                let mut others = codes.values().flatten();
                if let Some(code) = &code
                    && others.any(|other: &String| other.eq_ignore_ascii_case(code))
                {
                    let message = format!(
                        "{code:?} is given to two variants; shops do not tell capitals apart"
                    );
                    return Err(Error::invalid("own_code", message));
                }
                codes.insert(id.clone(), code);
            }
            chosen.extend(sku.chosen.map(|chosen| (id, chosen)));
        }
        Ok(Wanted {
            title: edit.title.as_deref().map(checks::title).transpose()?,
            state: edit.state.as_deref().map(state).transpose()?,
            seen_state: edit.seen_state.as_deref().map(state).transpose()?,
            labels: edit.labels.as_deref().map(checks::labels).transpose()?,
            rule,
            codes,
            chosen,
        })
    }

    /// Whether every variant is there, and every code free or on its way to be.
    async fn codes_are_free(&self, entry: &CatalogueEntry, wanted: &Wanted) -> Result<()> {
        let named = wanted.codes.keys().chain(wanted.chosen.keys());
        for id in named {
            if !entry.skus.iter().any(|sku| sku.sku_id == *id) {
                let message = format!("{:?} is not a variant of this product", shortened(id, 30));
                return Err(Error::invalid("skus", message));
            }
        }
        let product = &entry.product;
        for code in wanted.codes.values().flatten() {
            let place = self
                .store()
                .catalogue()
                .sku_coded(&product.connection, code);
            let Some((other, sku)) = place.await? else {
                continue;
            };
            if other != product.id || !wanted.codes.contains_key(&sku) {
                let message = format!(
                    "{code:?} stands at variant {sku} of product {other} already, in capitals or not"
                );
                return Err(Error::invalid("own_code", message));
            }
        }
        Ok(())
    }

    /// The product as it is wanted, with what is noted of it.
    fn edited(
        &self,
        entry: &mut CatalogueEntry,
        wanted: &Wanted,
    ) -> Result<(Vec<smartlinks_store::CatalogueChange>, Traces)> {
        let before = (entry.product.clone(), entry.skus.clone());
        let mut history = History::new(self, &entry.product.id);
        let product = &mut entry.product;
        if let Some(title) = &wanted.title {
            history.compare(kinds::TITLE, &product.title, title)?;
            product.title.clone_from(title);
        }
        if let Some(state) = wanted.state {
            history.compare(kinds::STATE, product.state.as_str(), state.as_str())?;
            product.state = state;
        }
        if let Some(labels) = &wanted.labels {
            product.labels.clone_from(labels);
        }
        if let Some(rule) = &wanted.rule {
            product.rule.clone_from(rule);
        }
        for sku in &mut entry.skus {
            if let Some(code) = wanted.codes.get(&sku.sku_id) {
                sku.own_code.clone_from(code);
            }
            sku.chosen = wanted
                .chosen
                .get(&sku.sku_id)
                .copied()
                .unwrap_or(sku.chosen);
        }
        let fields = changed_fields(&before, entry);
        merging::next_version(entry, to_millis(self.now()), !fields.is_empty());
        if fields.is_empty() {
            return Ok((Vec::new(), Traces::none()));
        }
        Ok((history.changes, self.edit_traces(&entry.product, &fields)))
    }

    pub(super) fn edit_traces(
        &self,
        product: &smartlinks_store::CatalogueProduct,
        fields: &[&'static str],
    ) -> Traces {
        let data =
            json!({ "product": product.id, "product_id": product.product_id, "changes": fields });
        let kind = EventKind::ProductChanged;
        let (id, connection) = (product.id.as_str(), Some(&product.connection));
        Traces::none()
            .event(self.event(kind, connection, None, &data))
            .audit(self.audit_entry(kind.as_str(), connection, Some(id), OK, &data))
    }
}

/// What differs, by the names of the fields.
pub(super) fn changed_fields(
    before: &(
        smartlinks_store::CatalogueProduct,
        Vec<smartlinks_store::CatalogueSku>,
    ),
    after: &CatalogueEntry,
) -> Vec<&'static str> {
    let (product, skus) = before;
    let now = &after.product;
    let skus = || skus.iter().zip(&after.skus);
    let differs = [
        ("title", product.title != now.title),
        ("state", product.state != now.state),
        ("labels", product.labels != now.labels),
        ("rule", product.rule != now.rule),
        (
            "own_code",
            skus().any(|(one, other)| one.own_code != other.own_code),
        ),
        (
            "chosen",
            skus().any(|(one, other)| one.chosen != other.chosen),
        ),
    ];
    let changed = differs.into_iter().filter(|(_, differs)| *differs);
    changed.map(|(field, _)| field).collect()
}
