//! What becomes of an imported product when AliExpress is asked about it: what is the merchant's stays, what is
//! AliExpress's follows, and every difference stands in the history.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Value, json};
use smartlinks_store::{
    Availability, CatalogueChange, CatalogueEntry, CatalogueId, CatalogueProduct, CatalogueSku,
    CatalogueState, ChangeId, Millis,
};

use super::search_text::search_text;
use super::views::CatalogueFacts;
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::products::{ProductView, SkuView};
use crate::service::Core;
use crate::settings::Market;
use crate::text::shortened;

/// Stable words of what happens to a product.
pub(super) mod kinds {
    pub(crate) const IMPORTED: &str = "imported";
    pub(crate) const TITLE: &str = "title";
    pub(crate) const SOURCE_TITLE: &str = "source_title";
    pub(crate) const STATE: &str = "state";
    pub(crate) const AVAILABILITY: &str = "availability";
    pub(crate) const MARKET: &str = "market";
    pub(crate) const COST: &str = "cost";
    pub(crate) const STOCK: &str = "stock";
    pub(crate) const PRICE: &str = "price";
    pub(crate) const SKU_ADDED: &str = "sku_added";
    pub(crate) const SKU_GONE: &str = "sku_gone";
    pub(crate) const SKU_BACK: &str = "sku_back";
    pub(crate) const SKU_REPLACED: &str = "sku_replaced";
}

/// A history while it is written.
pub(super) struct History<'c> {
    core: &'c Core,
    product: CatalogueId,
    pub(super) changes: Vec<CatalogueChange>,
}

impl<'c> History<'c> {
    pub(super) fn new(core: &'c Core, product: &CatalogueId) -> Self {
        Self {
            core,
            product: product.clone(),
            changes: Vec::new(),
        }
    }

    pub(super) fn note(
        &mut self,
        kind: &str,
        sku: Option<&str>,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<()> {
        let at = to_millis(self.core.now());
        let id = ChangeId::generate(at, self.core.entropy());
        self.changes.push(CatalogueChange {
            id: id.map_err(|error| Error::Internal(error.to_string()))?,
            product: self.product.clone(),
            sku_id: sku.map(str::to_owned),
            kind: kind.to_owned(),
            before_json: before.map(|value| value.to_string()),
            after_json: after.map(|value| value.to_string()),
            outcome: None,
            at,
        });
        Ok(())
    }

    /// Notes two texts that differ.
    pub(super) fn compare(&mut self, kind: &str, before: &str, after: &str) -> Result<()> {
        match before == after {
            true => Ok(()),
            false => self.note(kind, None, Some(json!(before)), Some(json!(after))),
        }
    }

    /// The kinds of what was noted, each once.
    pub(super) fn kinds(&self) -> BTreeSet<&str> {
        self.changes
            .iter()
            .map(|change| change.kind.as_str())
            .collect()
    }
}

pub(super) fn state(word: &str) -> Result<CatalogueState> {
    word.parse().map_err(|_| {
        let message = format!(
            "{:?} is not one of listed, held and unpublished",
            shortened(word, 30)
        );
        Error::invalid("state", message)
    })
}

/// What only one product's page shows, of an answer.
pub(super) fn facts(fresh: &ProductView) -> CatalogueFacts {
    CatalogueFacts {
        images: fresh.images.clone(),
        category_id: fresh.category_id,
        properties: fresh.properties.clone(),
        rating: fresh.rating,
        reviews: fresh.reviews,
        sales: fresh.sales.clone(),
        delivery_days: fresh.delivery_days,
    }
}

/// What AliExpress says of a product that it shows.
fn availability(fresh: &ProductView) -> Availability {
    match fresh.status.as_deref() {
        None | Some("onSelling") => Availability::OnSale,
        Some(_) => Availability::Offline,
    }
}

/// What AliExpress says by refusing to show a product; none when it only could not be asked.
pub(super) fn refused(error: &Error) -> Option<Availability> {
    match error.code() {
        "product_not_found" => Some(Availability::NotFound),
        "not_sold_to_country" => Some(Availability::NotSoldHere),
        "not_for_this_app" => Some(Availability::NotForApp),
        _ if nothing_is_left(error) => Some(Availability::Offline),
        _ => None,
    }
}

/// The product is there, and no variant of it can be bought.
fn nothing_is_left(error: &Error) -> bool {
    const SAYS: &str = "All SKU Unsaleable";
    let Error::Gateway(gateway) = error else {
        return false;
    };
    match &**gateway {
        aliexpress::Error::Business(answer) => {
            answer.method.ends_with("ds.product.get")
                && (answer.code == SAYS || answer.message.contains(SAYS))
        }
        _ => false,
    }
}

/// A new product, not stored yet; its variants all chosen.
pub(super) fn first(
    id: CatalogueId,
    connection: smartlinks_store::ConnectionId,
    fresh: &ProductView,
    market: &Market,
    now: Millis,
) -> Result<CatalogueEntry> {
    let product = CatalogueProduct {
        id,
        connection,
        product_id: fresh.id.clone(),
        version: 0,
        state: CatalogueState::Listed,
        availability: availability(fresh),
        labels: Vec::new(),
        search: String::new(),
        title: fresh.title.clone(),
        source_title: fresh.title.clone(),
        ship_to: market.ship_to.clone(),
        currency: market.currency.clone(),
        language: market.language.clone(),
        image: fresh.images.first().cloned(),
        shop: fresh.store_name.clone(),
        rule: None,
        checked_at: now,
        next_check_at: None,
        added_at: now,
        updated_at: now,
    };
    let skus = (0..).zip(&fresh.skus);
    Ok(CatalogueEntry {
        product,
        skus: skus
            .map(|(position, sku)| new_sku(position, sku, true))
            .collect::<Result<_>>()?,
        details_json: details_json(fresh)?,
    })
}

pub(super) fn details_json(fresh: &ProductView) -> Result<String> {
    serde_json::to_string(&facts(fresh)).map_err(|error| Error::Internal(error.to_string()))
}

fn new_sku(position: i64, fresh: &SkuView, chosen: bool) -> Result<CatalogueSku> {
    let mut sku = CatalogueSku {
        sku_id: fresh.id.clone(),
        position,
        attr: String::new(),
        properties_json: "[]".to_owned(),
        image: None,
        own_code: None,
        chosen,
        cost: None,
        currency: None,
        stock: None,
        price: None,
        price_currency: None,
        price_by_hand: false,
        gone_at: None,
        replacement: None,
    };
    follow(&mut sku, position, fresh)?;
    Ok(sku)
}

/// What is AliExpress's of a variant.
fn follow(sku: &mut CatalogueSku, position: i64, fresh: &SkuView) -> Result<()> {
    let properties = serde_json::to_string(&fresh.properties);
    sku.position = position;
    sku.attr.clone_from(&fresh.attr);
    sku.properties_json = properties.map_err(|error| Error::Internal(error.to_string()))?;
    let pictures = fresh.properties.iter();
    sku.image = pictures
        .filter_map(|property| property.image.clone())
        .next();
    let cost = fresh.price.zip(fresh.currency.clone());
    (sku.cost, sku.currency) = cost
        .map(|(amount, currency)| (amount.normalize().to_string(), currency))
        .unzip();
    sku.stock = fresh.stock;
    Ok(())
}

/// What AliExpress has answered, over what is known: what it shows now, or why it shows nothing.
pub(super) fn answered(
    entry: &mut CatalogueEntry,
    fresh: &Result<ProductView, Availability>,
    market: &Market,
    history: &mut History<'_>,
    now: Millis,
) -> Result<()> {
    match fresh {
        Ok(fresh) => bring_up(entry, fresh, market, history, now),
        Err(says) => {
            let was = entry.product.availability.as_str();
            history.compare(kinds::AVAILABILITY, was, says.as_str())?;
            entry.product.availability = *says;
            Ok(())
        }
    }
}

/// Brings a known product up to what AliExpress shows now.
fn bring_up(
    entry: &mut CatalogueEntry,
    fresh: &ProductView,
    market: &Market,
    history: &mut History<'_>,
    now: Millis,
) -> Result<()> {
    let product = &mut entry.product;
    let says = availability(fresh);
    history.compare(
        kinds::AVAILABILITY,
        product.availability.as_str(),
        says.as_str(),
    )?;
    history.compare(kinds::SOURCE_TITLE, &product.source_title, &fresh.title)?;
    product.availability = says;
    product.source_title.clone_from(&fresh.title);
    product.image = fresh.images.first().cloned();
    product.shop.clone_from(&fresh.store_name);
    follow_market(product, market, history)?;
    entry.details_json = details_json(fresh)?;
    // An answer without any variant says nothing of them.
    match fresh.skus.is_empty() {
        true => Ok(()),
        false => bring_up_skus(&mut entry.skus, &fresh.skus, history, now),
    }
}

/// What the product is looked at for. Costs of another country or currency are no change of AliExpress's: whoever reads
/// the history sees why they moved.
fn follow_market(
    product: &mut CatalogueProduct,
    market: &Market,
    history: &mut History<'_>,
) -> Result<()> {
    let of = |ship_to: &str, currency: &str, language: &str| json!({ "ship_to": ship_to, "currency": currency, "language": language });
    let before = of(&product.ship_to, &product.currency, &product.language);
    let after = of(&market.ship_to, &market.currency, &market.language);
    if before != after {
        history.note(kinds::MARKET, None, Some(before), Some(after))?;
    }
    product.ship_to.clone_from(&market.ship_to);
    product.currency.clone_from(&market.currency);
    product.language.clone_from(&market.language);
    Ok(())
}

fn bring_up_skus(
    skus: &mut Vec<CatalogueSku>,
    fresh: &[SkuView],
    history: &mut History<'_>,
    now: Millis,
) -> Result<()> {
    let shown: HashMap<&str, (i64, &SkuView)> = (0..)
        .zip(fresh)
        .map(|(position, sku)| (sku.id.as_str(), (position, sku)))
        .collect();
    for sku in skus.iter_mut() {
        let id = sku.sku_id.clone();
        let Some((position, fresh)) = shown.get(id.as_str()) else {
            if sku.gone_at.is_none() {
                sku.gone_at = Some(now);
                history.note(kinds::SKU_GONE, Some(&id), stock(sku), None)?;
            }
            continue;
        };
        let (cost_before, stock_before) = (cost(sku), stock(sku));
        follow(sku, *position, fresh)?;
        if sku.gone_at.take().is_some() {
            sku.replacement = None;
            history.note(kinds::SKU_BACK, Some(&id), None, stock(sku))?;
        }
        if cost_before != cost(sku) {
            history.note(kinds::COST, Some(&id), cost_before, cost(sku))?;
        }
        if stock_before != stock(sku) {
            history.note(kinds::STOCK, Some(&id), stock_before, stock(sku))?;
        }
    }
    let mut known: BTreeSet<String> = skus.iter().map(|sku| sku.sku_id.clone()).collect();
    for (position, fresh) in (0..).zip(fresh) {
        if known.insert(fresh.id.clone()) {
            // What AliExpress adds is not sold until the merchant chooses it.
            let sku = new_sku(position, fresh, false)?;
            history.note(kinds::SKU_ADDED, Some(&fresh.id), None, cost(&sku))?;
            skus.push(sku);
        }
    }
    Ok(())
}

fn cost(sku: &CatalogueSku) -> Option<Value> {
    let (amount, currency) = (sku.cost.as_ref()?, sku.currency.as_ref()?);
    Some(json!({ "amount": amount, "currency": currency }))
}

fn stock(sku: &CatalogueSku) -> Option<Value> {
    sku.stock.map(|stock| json!(stock))
}

/// The product as its next version, found by what it is now.
pub(super) fn next_version(entry: &mut CatalogueEntry, now: Millis, changed: bool) {
    entry.product.version += 1;
    if changed {
        entry.product.updated_at = now;
    }
    entry.product.search = search_text(&entry.product, &entry.skus);
}
