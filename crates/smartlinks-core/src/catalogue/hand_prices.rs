//! Prices that the merchant sets by hand, which price rules leave alone until they are taken back.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::json;
use smartlinks_store::{CatalogueEntry, CatalogueSku, Traces};
use utoipa::ToSchema;

use super::checks;
use super::importing::busy;
use super::merging::{self, History, kinds};
use super::pricer::{Pricer, PricingProblem, RuleRef};
use super::views::{cost, price};
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::orders::MoneyView;
use crate::pricing::{PriceRule, minor_units};
use crate::service::Core;
use crate::text::shortened;
use crate::traces::OK;

/// The most that a variant may sell for.
const HIGHEST: u32 = 1_000_000_000;
/// How often a change is tried when somebody else is faster.
const ATTEMPTS: u32 = 4;

/// A price as the merchant writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandPrice {
    /// What one sells for, decimal text with a point, above zero, with as many decimals as the currency has.
    pub amount: String,
    /// ISO 4217: the currency of the rule that applies, else of the product's other prices.
    pub currency: String,
}

/// The price of a variant, and what a sale earns by it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SkuPriceView {
    /// `prod_…`
    pub product: String,
    /// Number of the variant, digits.
    pub sku: String,
    /// What the merchant sells one for.
    pub price: Option<MoneyView>,
    /// The merchant has set it by hand: price rules leave it alone.
    pub by_hand: bool,
    /// The rule that applies to the product.
    pub rule: Option<RuleRef>,
    /// What one costs at AliExpress.
    pub cost: Option<MoneyView>,
    /// The cost in the currency of the price.
    pub converted_cost: Option<MoneyView>,
    /// What a sale earns before freight and tax are paid of it: price less converted cost, decimal text.
    #[schema(value_type = Option<String>)]
    pub margin_before_freight: Option<Decimal>,
    /// The same in per cent of the price, rounded down, decimal text.
    #[schema(value_type = Option<String>)]
    pub margin_before_freight_percent: Option<Decimal>,
    /// The least that earns the minimum of the rule, or what it costs where there is none: the price is below that. Null
    /// when it is not.
    pub least: Option<MoneyView>,
    /// Why it cannot be said what a sale earns.
    pub problem: Option<PricingProblem>,
}

/// What is to become of a price.
enum Deed {
    ByHand(MoneyView),
    /// It stays as it is until a run is applied.
    ByRules,
}

impl Core {
    /// Sets the price of a variant by hand: price rules leave it alone. A price that earns less than the minimum of the
    /// rule is set, and the answer says so.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the field; [`Error::UnknownProduct`], [`Error::CatalogueRefused`] when others go on
    /// changing the product, [`Error::Storage`].
    pub async fn price_by_hand(
        &self,
        id: &str,
        sku: &str,
        price: &HandPrice,
    ) -> Result<SkuPriceView> {
        let price = checked(price)?;
        self.change_price(id, sku, &Deed::ByHand(price)).await
    }

    /// Leaves the price of a variant to the rules again. It stays as it is until a run is applied.
    ///
    /// # Errors
    /// As [`price_by_hand`](Self::price_by_hand).
    pub async fn price_by_rules(&self, id: &str, sku: &str) -> Result<SkuPriceView> {
        self.change_price(id, sku, &Deed::ByRules).await
    }

    /// The prices of a product that were set by hand, and what sales earn by them.
    ///
    /// # Errors
    /// [`Error::UnknownProduct`], [`Error::Storage`].
    pub async fn hand_prices(&self, id: &str) -> Result<Vec<SkuPriceView>> {
        let entry = self.catalogue_entry(id).await?;
        if !entry.skus.iter().any(|sku| sku.price_by_hand) {
            return Ok(Vec::new());
        }
        let pricer = self.pricer().await?;
        let by_hand = entry.skus.iter().filter(|sku| sku.price_by_hand);
        by_hand.map(|sku| view(&pricer, &entry, sku)).collect()
    }

    async fn change_price(&self, id: &str, sku: &str, deed: &Deed) -> Result<SkuPriceView> {
        let sku = sku.trim();
        let pricer = self.pricer().await?;
        for _ in 0..ATTEMPTS {
            let mut entry = self.catalogue_entry(id).await?;
            let at = entry.skus.iter().position(|one| one.sku_id == sku);
            let at = at.ok_or_else(|| {
                let message = format!("{:?} is not a variant of this product", shortened(sku, 30));
                Error::invalid("sku", message)
            })?;
            if let Deed::ByHand(price) = deed {
                in_currency(&pricer, &entry, at, price)?;
            }
            let before = entry.skus[at].clone();
            carry_out(deed, &mut entry.skus[at]);
            if entry.skus[at] == before || self.store_price(&mut entry, at, &before).await? {
                return view(&pricer, &entry, &entry.skus[at]);
            }
        }
        Err(busy())
    }

    /// Whether it was stored: nobody else was faster.
    async fn store_price(
        &self,
        entry: &mut CatalogueEntry,
        at: usize,
        before: &CatalogueSku,
    ) -> Result<bool> {
        let (id, sku) = (entry.product.id.clone(), &entry.skus[at]);
        let (was, is) = (price(before, id.as_str())?, price(sku, id.as_str())?);
        let mut history = History::new(self, &id);
        let mut fields = vec!["price_by_hand"];
        fields.retain(|_| before.price_by_hand != sku.price_by_hand);
        if was != is {
            fields.push("price");
            let (was, is) = (
                was.as_ref().map(|was| json!(was)),
                is.as_ref().map(|is| json!(is)),
            );
            history.note(kinds::PRICE, Some(&sku.sku_id), was, is)?;
        }
        let product = &entry.product;
        let (kind, connection) = (EventKind::ProductChanged, Some(&product.connection));
        let told = json!({ "product": id, "product_id": product.product_id, "changes": fields });
        let deed = match sku.price_by_hand {
            true => "product.priced_by_hand",
            false => "product.priced_by_rules",
        };
        let noted = json!({ "product_id": product.product_id, "sku": sku.sku_id, "before": was, "after": is });
        let traces = Traces::none()
            .event(self.event(kind, connection, None, &told))
            .audit(self.audit_entry(deed, connection, Some(id.as_str()), OK, &noted));
        merging::next_version(entry, to_millis(self.now()), true);
        let stored = self
            .store_entry(entry, history.changes, false, traces)
            .await?;
        if stored {
            self.announce().await;
        }
        Ok(stored)
    }
}

fn carry_out(deed: &Deed, sku: &mut CatalogueSku) {
    sku.price_by_hand = matches!(deed, Deed::ByHand(_));
    if let Deed::ByHand(price) = deed {
        sku.price = Some(price.amount.to_string());
        sku.price_currency = Some(price.currency.clone());
    }
}

fn checked(given: &HandPrice) -> Result<MoneyView> {
    let currency = checks::currency("currency", &given.currency)?;
    let decimals = minor_units(&currency);
    let amount = Decimal::from_str_exact(given.amount.trim()).ok();
    let possible = |amount: &Decimal| {
        *amount > Decimal::ZERO
            && *amount <= Decimal::from(HIGHEST)
            && amount.normalize().scale() <= decimals
    };
    let mut amount = amount.filter(possible).ok_or_else(|| {
        let shown = shortened(&given.amount, 40);
        let form = match decimals {
            0 => "no decimals".to_owned(),
            some => format!("a point and up to {some} decimals"),
        };
        let message = format!("{shown:?} is not an amount above 0 and up to {HIGHEST} with {form}");
        Error::invalid("amount", message)
    })?;
    amount.rescale(decimals);
    Ok(MoneyView { amount, currency })
}

/// A shop sells a product in one currency: that of the rule which applies, else of its other prices.
fn in_currency(
    pricer: &Pricer,
    entry: &CatalogueEntry,
    at: usize,
    price: &MoneyView,
) -> Result<()> {
    let rule = pricer.rule(entry.product.rule.as_ref());
    let others = || {
        let mut others = entry.skus.iter().enumerate().filter(|(one, _)| *one != at);
        others.find_map(|(_, sku)| sku.price_currency.as_deref())
    };
    let (wanted, whose) = match (rule, others()) {
        (Some((named, rule)), _) => (rule.currency(), format!("the rule {:?}", named.name)),
        (None, Some(other)) => (other, "the product's other prices".to_owned()),
        (None, None) => return Ok(()),
    };
    match wanted == price.currency {
        true => Ok(()),
        false => {
            let message = format!("is {}, and that of {whose} is {wanted}", price.currency);
            Err(Error::invalid("currency", message))
        }
    }
}

fn view(pricer: &Pricer, entry: &CatalogueEntry, sku: &CatalogueSku) -> Result<SkuPriceView> {
    let id = entry.product.id.as_str();
    let said_at = from_millis(entry.product.checked_at).unwrap_or_default();
    let applying = pricer.rule(entry.product.rule.as_ref());
    let rule: Option<&PriceRule> = applying.map(|(_, rule)| rule);
    let mut view = SkuPriceView {
        product: id.to_owned(),
        sku: sku.sku_id.clone(),
        price: price(sku, id)?,
        by_hand: sku.price_by_hand,
        rule: applying.map(|(named, _)| named.clone()),
        cost: cost(sku, id)?,
        converted_cost: None,
        margin_before_freight: None,
        margin_before_freight_percent: None,
        least: None,
        problem: None,
    };
    if let Some(price) = &view.price {
        match pricer.earned(rule, view.cost.as_ref(), price, said_at) {
            Ok(earned) => {
                view.margin_before_freight = Some(earned.margin);
                view.margin_before_freight_percent = earned.percent;
                view.converted_cost = Some(earned.converted);
                view.least = earned.least;
            }
            Err(problem) => view.problem = Some(problem),
        }
    }
    Ok(view)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(amount: &str, currency: &str) -> Result<String> {
        let given = HandPrice {
            amount: amount.to_owned(),
            currency: currency.to_owned(),
        };
        checked(&given).map(|money| format!("{} {}", money.amount, money.currency))
    }

    #[test]
    fn a_price_is_what_can_be_paid_in_its_currency() {
        for (amount, currency, read) in [
            ("12.9", "eur", "12.90 EUR"),
            (" 0.01 ", "EUR", "0.01 EUR"),
            ("12.900", "EUR", "12.90 EUR"),
            ("1200", "JPY", "1200 JPY"),
            ("1.234", "TND", "1.234 TND"),
            ("1000000000", "EUR", "1000000000.00 EUR"),
        ] {
            assert_eq!(price(amount, currency).unwrap_or_default(), read);
        }
        for (amount, currency, field) in [
            ("12,90", "EUR", "amount"),
            ("", "EUR", "amount"),
            ("0", "EUR", "amount"),
            ("-1", "EUR", "amount"),
            ("12.901", "EUR", "amount"),
            ("12.5", "JPY", "amount"),
            ("1e3", "EUR", "amount"),
            ("1000000000.01", "EUR", "amount"),
            ("12.90", "euro", "currency"),
        ] {
            match price(amount, currency) {
                Err(Error::Invalid { field: named, .. }) => assert_eq!(named, field, "{amount}"),
                other => panic!("{amount} {currency}: {other:?}"),
            }
        }
    }
}
