//! Importing a product, and reading a known one again.

use std::collections::BTreeSet;

use serde_json::json;
use smartlinks_store::{
    Availability, CatalogueEntry, CatalogueId, CatalogueProduct, ConnectionId, Millis,
    NewCatalogueEntry, RuleId, StoreError, Traces,
};

use super::checks;
use super::editing::changed_fields;
use super::listing::given;
use super::merging::{self, History, kinds};
use super::views::{self, CatalogueDetail, is_sold};
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::products::{ProductQuery, ProductView};
use crate::service::Core;
use crate::settings::Market;
use crate::text::shortened;
use crate::traces::OK;

/// How often a change is tried when somebody else is faster.
const ATTEMPTS: u32 = 4;

/// A product to be imported.
#[derive(Debug, Clone, Default)]
pub struct CatalogueImport {
    /// AliExpress's number, or the address of the item.
    pub product: String,
    /// The connection whose product it is; the default one when `None`.
    pub connection: Option<String>,
    /// Destination; of a known product what it was, else the market's when `None`.
    pub ship_to: Option<String>,
    /// Currency; of a known product what it was, else the market's when `None`.
    pub currency: Option<String>,
    /// Language; of a known product what it was, else the market's when `None`.
    pub language: Option<String>,
    /// Numbers of the variants to sell; all of them when `None`. Of a known product, these are sold from now on, too.
    pub skus: Option<Vec<String>>,
    /// Labels; a known product gets them besides those it has.
    pub labels: Vec<String>,
    /// Its price rule, `rule_…`; the default one when `None`.
    pub rule: Option<String>,
}

/// A wish that was looked at.
struct Wanted {
    number: String,
    connection: ConnectionId,
    skus: Option<BTreeSet<String>>,
    labels: Vec<String>,
    rule: Option<RuleId>,
    /// The caller says what to look at it for.
    names_market: bool,
}

impl Core {
    /// Imports a product with all or chosen variants, or brings a known one up to what AliExpress shows now: it is
    /// never in the catalogue twice. A new one gets prices by its rule or the default one, as far as there is one. Of
    /// a known one that AliExpress does not show any more, the catalogue says why.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the parameter, before the gateway is asked, or the variant that the product does not
    /// have; [`Error::UnknownRule`]; else as [`Core::product`].
    pub async fn import_product(&self, import: &CatalogueImport) -> Result<CatalogueDetail> {
        self.import_for(import, None).await
    }

    /// The same for somebody whose market is `usual`: what a new product is looked at for where `import` does not say.
    pub(super) async fn import_for(
        &self,
        import: &CatalogueImport,
        usual: Option<&Market>,
    ) -> Result<CatalogueDetail> {
        let wanted = self.wanted_import(import).await?;
        let catalogue = self.store().catalogue();
        let known = catalogue.product_numbered(&wanted.connection, &wanted.number);
        let known = match known.await? {
            Some(id) => catalogue.product(&id).await?,
            None => None,
        };
        let market = self.import_market(import, known.as_ref(), usual).await?;
        let asked_at = to_millis(self.now());
        let asked = self.ask_for(&wanted, &market).await;
        let fresh = match asked {
            Ok(fresh) => Ok(fresh),
            // What is said for another country or currency says nothing of the product as it was imported.
            Err(error) => match (merging::refused(&error), &known) {
                (Some(says), Some(known)) if is_for(&known.product, &market) => Err(says),
                _ => return Err(error),
            },
        };
        if let (Some(skus), Ok(fresh)) = (&wanted.skus, &fresh) {
            all_there(skus, fresh)?;
        }
        for _ in 0..ATTEMPTS {
            let stored = self.try_import(&wanted, &market, &fresh, asked_at);
            if let Some(entry) = stored.await? {
                self.announce().await;
                return self.whole(entry).await;
            }
        }
        Err(busy())
    }

    async fn wanted_import(&self, import: &CatalogueImport) -> Result<Wanted> {
        let number = checks::product_number(&import.product)?;
        let labels = checks::labels(&import.labels)?;
        let rule = match given(import.rule.as_deref()) {
            Some(id) => Some(self.stored_rule(id).await?.id),
            None => None,
        };
        let skus = import.skus.as_ref().map(|skus| {
            let skus: BTreeSet<String> = skus.iter().map(|sku| sku.trim().to_owned()).collect();
            match skus.is_empty() {
                true => Err(Error::invalid(
                    "skus",
                    "names no variant; leave it out for all of them",
                )),
                false => Ok(skus),
            }
        });
        let market = [&import.ship_to, &import.currency, &import.language];
        let connection = given(import.connection.as_deref());
        Ok(Wanted {
            names_market: market
                .into_iter()
                .any(|part| given(part.as_deref()).is_some()),
            number,
            skus: skus.transpose()?,
            labels,
            rule,
            connection: self.record_or_default(connection).await?.id,
        })
    }

    /// What the caller says, else what the product was imported for, else the market's.
    async fn import_market(
        &self,
        import: &CatalogueImport,
        known: Option<&CatalogueEntry>,
        usual: Option<&Market>,
    ) -> Result<Market> {
        let market = match (known, usual) {
            (Some(known), _) => market_of(&known.product),
            (None, Some(usual)) => usual.clone(),
            (None, None) => self.own_market().await?.market,
        };
        market.with(
            import.ship_to.as_deref(),
            import.currency.as_deref(),
            import.language.as_deref(),
        )
    }

    async fn ask_for(&self, wanted: &Wanted, market: &Market) -> Result<ProductView> {
        let query = ProductQuery {
            ship_to: Some(market.ship_to.clone()),
            currency: Some(market.currency.clone()),
            language: Some(market.language.clone()),
            connection: Some(wanted.connection.to_string()),
        };
        self.product(&wanted.number, &query).await
    }

    /// Stores what was answered over what is stored at this moment; none when somebody else was faster.
    async fn try_import(
        &self,
        wanted: &Wanted,
        market: &Market,
        fresh: &Result<ProductView, Availability>,
        asked_at: Millis,
    ) -> Result<Option<CatalogueEntry>> {
        let catalogue = self.store().catalogue();
        let known = catalogue.product_numbered(&wanted.connection, &wanted.number);
        let known = match known.await? {
            Some(id) => catalogue.product(&id).await?,
            None => None,
        };
        match (known, fresh) {
            (Some(entry), fresh) => {
                let again = self.import_again(entry, wanted, market, fresh, asked_at);
                again.await
            }
            (None, Ok(fresh)) => self.import_first(wanted, market, fresh, asked_at).await,
            // It was removed while AliExpress was asked.
            (None, Err(_)) => Err(Error::UnknownProduct(wanted.number.clone())),
        }
    }

    async fn import_first(
        &self,
        wanted: &Wanted,
        market: &Market,
        fresh: &ProductView,
        asked_at: Millis,
    ) -> Result<Option<CatalogueEntry>> {
        let now = to_millis(self.now());
        let id = CatalogueId::generate(now, self.entropy());
        let id = id.map_err(|error| Error::Internal(error.to_string()))?;
        let mut entry = merging::first(id, wanted.connection.clone(), fresh, market, now)?;
        if let Some(chosen) = &wanted.skus {
            for sku in &mut entry.skus {
                sku.chosen = chosen.contains(&sku.sku_id);
            }
        }
        entry.product.labels.clone_from(&wanted.labels);
        entry.product.rule.clone_from(&wanted.rule);
        entry.product.checked_at = asked_at;
        entry.product.next_check_at = Some(self.next_check(&entry.product.id, now));
        self.price_unpriced(&mut entry, None).await?;
        let mut history = History::new(self, &entry.product.id);
        let counts = json!({ "skus": entry.skus.len(), "chosen": entry.skus.iter().filter(|sku| is_sold(sku)).count() });
        history.note(kinds::IMPORTED, None, None, Some(counts.clone()))?;
        merging::next_version(&mut entry, now, true);
        let id = entry.product.id.as_str();
        let data = json!({ "product": id, "product_id": wanted.number, "title": shortened(&entry.product.title, 120), "skus": entry.skus.len() });
        let kind = EventKind::ProductImported;
        let traces = Traces::none()
            .event(self.event(kind, Some(&wanted.connection), None, &data))
            .audit(self.audit_entry(kind.as_str(), Some(&wanted.connection), Some(id), OK, &data));
        let changes = history.changes;
        match self.store_entry(&entry, changes, false, traces).await {
            Ok(stored) => Ok(stored.then_some(entry)),
            // Somebody else has imported it at the same moment.
            Err(Error::Storage(StoreError::Conflict { .. })) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn import_again(
        &self,
        mut entry: CatalogueEntry,
        wanted: &Wanted,
        market: &Market,
        fresh: &Result<ProductView, Availability>,
        asked_at: Millis,
    ) -> Result<Option<CatalogueEntry>> {
        let now = to_millis(self.now());
        let before = (entry.product.clone(), entry.skus.clone());
        let mut history = History::new(self, &entry.product.id);
        let same_market = is_for(&entry.product, market);
        let counts = match same_market {
            true => is_latest(&entry.product, asked_at, now),
            // Somebody else has changed what it is looked at for, unless the caller wants just that.
            false => wanted.names_market && fresh.is_ok(),
        };
        let mut traces = Traces::none();
        if counts {
            merging::answered(&mut entry, fresh, market, &mut history, now)?;
            entry.product.checked_at = asked_at;
            entry.product.next_check_at = Some(self.next_check(&entry.product.id, now));
            // What differs because somebody looks for another country or currency has nobody changed.
            if same_market {
                let policies = self.policies().await?;
                traces = self
                    .drifted(&mut entry, &mut history, &policies, now)
                    .await?;
            }
        }
        let unwished = (entry.product.clone(), entry.skus.clone());
        wish(&mut entry, wanted);
        let wished = changed_fields(&unwished, &entry);
        if wished.contains(&"labels") {
            checks::labels(&entry.product.labels)?;
        }
        let same = entry.skus == before.1
            && history.changes.is_empty()
            && (&entry.product.labels, &entry.product.rule) == (&before.0.labels, &before.0.rule);
        merging::next_version(&mut entry, now, !same);
        let changed = self.changed_traces(&entry, &history);
        traces.events.extend(changed.events);
        if !wished.is_empty() {
            // The caller's doing, as by an edit.
            let edit = self.edit_traces(&entry.product, &wished);
            traces.events.extend(edit.events);
            traces.audit.extend(edit.audit);
        }
        let changes = history.changes;
        let stored = self.store_entry(&entry, changes, false, traces).await?;
        Ok(stored.then_some(entry))
    }

    /// What follows from a change that has a history.
    pub(super) fn changed_traces(&self, entry: &CatalogueEntry, history: &History<'_>) -> Traces {
        if history.changes.is_empty() {
            return Traces::none();
        }
        let product = &entry.product;
        let data = json!({ "product": product.id, "product_id": product.product_id, "changes": history.kinds() });
        let kind = EventKind::ProductChanged;
        Traces::none().event(self.event(kind, Some(&product.connection), None, &data))
    }

    pub(super) async fn store_entry(
        &self,
        entry: &CatalogueEntry,
        changes: Vec<smartlinks_store::CatalogueChange>,
        codes_change: bool,
        traces: Traces,
    ) -> Result<bool> {
        let new = NewCatalogueEntry {
            product: entry.product.clone(),
            skus: entry.skus.clone(),
            codes_change,
            details_json: Some(entry.details_json.clone()),
            changes,
        };
        Ok(self.store().catalogue().save(new, traces).await?)
    }

    /// The first prices of what is sold and has none, all or one variant, where a rule, a cost and a rate are there:
    /// nothing changes by them that somebody relies on.
    pub(super) async fn price_unpriced(
        &self,
        entry: &mut CatalogueEntry,
        only: Option<&str>,
    ) -> Result<()> {
        let pricer = self.pricer().await?;
        let rule = pricer
            .rule(entry.product.rule.as_ref())
            .map(|(_, rule)| rule);
        let said_at = from_millis(entry.product.checked_at).unwrap_or_default();
        let unpriced = |sku: &&mut smartlinks_store::CatalogueSku| {
            is_sold(sku) && sku.price.is_none() && only.is_none_or(|only| only == sku.sku_id)
        };
        for sku in entry.skus.iter_mut().filter(unpriced) {
            let cost = views::cost(sku, entry.product.id.as_str())?;
            if let Ok(priced) = pricer.price(rule, cost.as_ref(), said_at) {
                sku.price = Some(priced.price.amount.to_string());
                sku.price_currency = Some(priced.price.currency);
            }
        }
        Ok(())
    }
}

/// What the caller wants of a known product.
fn wish(entry: &mut CatalogueEntry, wanted: &Wanted) {
    for label in &wanted.labels {
        if !entry.product.labels.contains(label) {
            entry.product.labels.push(label.clone());
        }
    }
    if wanted.rule.is_some() {
        entry.product.rule.clone_from(&wanted.rule);
    }
    if let Some(chosen) = &wanted.skus {
        for sku in &mut entry.skus {
            sku.chosen |= chosen.contains(&sku.sku_id);
        }
    }
}

/// What a product is looked at for.
pub(super) fn market_of(product: &CatalogueProduct) -> Market {
    Market {
        ship_to: product.ship_to.clone(),
        currency: product.currency.clone(),
        language: product.language.clone(),
    }
}

pub(super) fn is_for(product: &CatalogueProduct, market: &Market) -> bool {
    let of_product = (&product.ship_to, &product.currency, &product.language);
    of_product == (&market.ship_to, &market.currency, &market.language)
}

/// Whether no answer is stored that was asked for later. Answers come in any order, and an older one says less. A moment
/// that is still to come was written by a clock that goes wrong, and says nothing.
pub(super) fn is_latest(product: &CatalogueProduct, asked_at: Millis, now: Millis) -> bool {
    product.checked_at <= asked_at || product.checked_at > now
}

fn all_there(wanted: &BTreeSet<String>, fresh: &ProductView) -> Result<()> {
    let missing = wanted
        .iter()
        .find(|id| !fresh.skus.iter().any(|sku| sku.id == **id));
    match missing {
        None => Ok(()),
        Some(id) => {
            let message = format!("{:?} is not a variant of this product", shortened(id, 30));
            Err(Error::invalid("skus", message))
        }
    }
}

/// Somebody else was faster each time.
pub(super) fn busy() -> Error {
    Error::CatalogueRefused("others change the product at this moment; repeat the request".into())
}
