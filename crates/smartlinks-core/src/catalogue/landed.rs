//! What a variant costs delivered, in the merchant's currency, and what is left of the price that it sells for.

use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use smartlinks_store::CatalogueEntry;
use utoipa::ToSchema;

use super::pricer::{Pricer, PricingProblem, RuleRef};
use super::rates::RateView;
use super::runs::percent;
use super::views;
use crate::error::Result;
use crate::orders::MoneyView;
use crate::pricing::{PriceRule, minor_units};
use crate::products::{
    FreightOption, FreightQuery, FreightQuote, ProductView, above_limit, charges_on, goods_price,
    names_no_charges,
};
use crate::service::Core;

/// Freight for one variant, with what each way to deliver it comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct DeliveredQuote {
    /// The ways to deliver, as AliExpress names them.
    #[serde(flatten)]
    pub quote: FreightQuote,
    /// What each of them comes to.
    pub landed: LandedCosts,
}

/// What a quantity costs delivered, for each way to deliver it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LandedCosts {
    /// The currency that was asked for, ISO 4217: that of every landed cost.
    pub currency: String,
    /// The price of one, as AliExpress names it.
    pub unit_price: Option<MoneyView>,
    /// What the goods cost: the price of one times the quantity, and above the limit of a promotion the normal price.
    pub goods: Option<MoneyView>,
    /// Taxes and import charges that AliExpress takes on top, one amount for each currency; null where the goods have no
    /// price.
    pub charges: Option<Vec<MoneyView>>,
    /// AliExpress says that tax is not in the price and names none: it takes none itself, and customs may ask for some on
    /// delivery.
    pub charges_not_named: bool,
    /// How amounts came into the currencies of landed cost and price: each with its source and time.
    pub rates: Vec<RateView>,
    /// In the order of the ways to deliver.
    pub options: Vec<LandedOption>,
    /// What it sells for; for products of the catalogue only.
    pub selling: Option<Selling>,
}

/// What one way to deliver comes to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct LandedOption {
    /// The service, as placing an order wants it.
    pub code: String,
    /// Goods, charges and fee; none when one is unknown, or there is no rate for its currency.
    pub cost: Option<MoneyView>,
    /// Currencies of which nobody has said what they are worth: enter a rate to the currency of the cost.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub no_rate: Vec<String>,
    /// What is left of the price for this quantity, in the currency of the price.
    pub margin: Option<MoneyView>,
    /// The same in per cent of the price, rounded down, decimal text.
    #[schema(value_type = Option<String>)]
    pub margin_percent: Option<Decimal>,
}

/// What a variant sells for, and what the active rule would make of its present cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Selling {
    /// `prod_…`
    pub product: String,
    /// The rule: the product's own, else the default one.
    pub rule: Option<RuleRef>,
    /// The price of one: the variant's own in the catalogue; while it has none, what the rule would make.
    pub price: Option<MoneyView>,
    /// The variant has this price in the catalogue.
    pub in_force: bool,
    /// What the rule would make of the present cost, where that is another price: a dry run shows it for all products.
    pub under_rule: Option<MoneyView>,
    /// Why the rule makes none.
    pub problem: Option<PricingProblem>,
}

impl LandedOption {
    /// The cost in digits that can be paid, rounded up.
    #[must_use]
    pub fn payable_cost(&self) -> Option<MoneyView> {
        let cost = self.cost.as_ref()?;
        Some(rounded(cost, RoundingStrategy::AwayFromZero))
    }

    /// The margin in digits that can be paid, rounded down.
    #[must_use]
    pub fn payable_margin(&self) -> Option<MoneyView> {
        let margin = self.margin.as_ref()?;
        Some(rounded(margin, RoundingStrategy::ToNegativeInfinity))
    }
}

fn rounded(money: &MoneyView, strategy: RoundingStrategy) -> MoneyView {
    let digits = minor_units(&money.currency);
    MoneyView {
        amount: money.amount.round_dp_with_strategy(digits, strategy),
        currency: money.currency.clone(),
    }
}

impl Core {
    /// Asks what it costs to deliver a variant, and works out what that comes to in the asked currency: AliExpress's own
    /// conversion where it names amounts in it, else the rates that an operator entered. For a product of the catalogue
    /// with the margin under its rule.
    ///
    /// # Errors
    /// As [`Core::freight`].
    pub async fn delivered(&self, id: &str, query: &FreightQuery) -> Result<DeliveredQuote> {
        let product = self.product(id, &query.market).await?;
        self.delivered_for(&product, query).await
    }

    /// The same for a product that was just looked up.
    ///
    /// # Errors
    /// As [`Core::freight`].
    pub async fn delivered_for(
        &self,
        product: &ProductView,
        query: &FreightQuery,
    ) -> Result<DeliveredQuote> {
        let quote = self.freight_for(product, query).await?;
        let connection = query.market.connection.as_deref();
        let connection = self.record_or_default(connection).await?.id;
        let catalogue = self.store().catalogue();
        let known = catalogue.product_numbered(&connection, &product.id);
        let known = match known.await? {
            Some(id) => catalogue.product(&id).await?,
            None => None,
        };
        let sum = Sum {
            pricer: self.pricer().await?,
            said_at: self.now(),
            rates: Vec::new(),
        };
        let landed = sum.of(product, &quote, known.as_ref())?;
        Ok(DeliveredQuote { quote, landed })
    }
}

/// One calculation, and the rates that it has used.
struct Sum {
    pricer: Pricer,
    said_at: Timestamp,
    rates: Vec<RateView>,
}

impl Sum {
    fn of(
        mut self,
        product: &ProductView,
        quote: &FreightQuote,
        known: Option<&CatalogueEntry>,
    ) -> Result<LandedCosts> {
        let sku = product.skus.iter().find(|sku| sku.id == quote.sku);
        let unit_price = sku.and_then(|sku| {
            Some(MoneyView {
                amount: sku.price?,
                currency: sku.currency.clone()?,
            })
        });
        let quantity = Decimal::from(quote.quantity);
        let goods = sku.zip(unit_price.as_ref()).and_then(|(sku, unit)| {
            let above = above_limit(sku, quote.quantity, quote.quantity.into());
            Some(MoneyView {
                amount: goods_price(sku, unit.amount, quote.quantity, above)?,
                currency: unit.currency.clone(),
            })
        });
        let charges = sku
            .zip(goods.as_ref())
            .and_then(|(sku, goods)| charges_on(sku, sku.price?, quote.quantity, goods.amount));
        let rule = known.and_then(|known| {
            let rule = self.pricer.rule(known.product.rule.as_ref());
            rule.map(|(named, rule)| (named.clone(), rule.clone()))
        });
        let selling = known.map(|known| {
            let rule = rule.as_ref();
            self.selling(known, rule, &quote.sku, unit_price.as_ref())
        });
        let selling = selling.transpose()?;
        let price = selling.as_ref().and_then(|selling| selling.price.clone());
        let options = quote.options.iter().map(|option| {
            let parts = parts(goods.as_ref(), charges.as_deref(), fee(option));
            let (cost, no_rate) = self.together(parts.as_deref(), &quote.currency);
            let margin = price.as_ref().and_then(|price| {
                let (spent, _) = self.together(parts.as_deref(), &price.currency);
                let earned = price.amount.checked_mul(quantity)?;
                Some((earned, earned.checked_sub(spent?.amount)?, &price.currency))
            });
            LandedOption {
                code: option.code.clone(),
                cost,
                no_rate,
                margin_percent: margin.and_then(|(earned, left, _)| percent(left, earned)),
                margin: margin.map(|(_, left, currency)| MoneyView {
                    amount: left,
                    currency: currency.clone(),
                }),
            }
        });
        let options = options.collect();
        Ok(LandedCosts {
            currency: quote.currency.clone(),
            unit_price,
            goods,
            charges,
            charges_not_named: sku.is_some_and(names_no_charges),
            options,
            selling,
            rates: self.rates,
        })
    }

    fn selling(
        &mut self,
        known: &CatalogueEntry,
        rule: Option<&(RuleRef, PriceRule)>,
        sku: &str,
        unit: Option<&MoneyView>,
    ) -> Result<Selling> {
        let priced = self
            .pricer
            .price(rule.map(|(_, rule)| rule), unit, self.said_at);
        let (under_rule, problem) = match priced {
            Ok(priced) => {
                self.note(priced.rate);
                (Some(priced.price), None)
            }
            Err(problem) => (None, Some(problem)),
        };
        let id = known.product.id.as_str();
        let own = match known.skus.iter().find(|one| one.sku_id == sku) {
            Some(own) => views::price(own, id)?,
            None => None,
        };
        let in_force = own.is_some();
        let price = own.or_else(|| under_rule.clone());
        Ok(Selling {
            product: id.to_owned(),
            rule: rule.map(|(named, _)| named.clone()),
            under_rule: under_rule.filter(|made| price.as_ref() != Some(made)),
            price,
            in_force,
            problem,
        })
    }

    /// Amounts together in a currency; or the currencies that cannot be brought into it.
    fn together(
        &mut self,
        parts: Option<&[MoneyView]>,
        currency: &str,
    ) -> (Option<MoneyView>, Vec<String>) {
        let Some(parts) = parts else {
            return (None, Vec::new());
        };
        let (mut total, mut no_rate) = (Some(Decimal::ZERO), Vec::new());
        for part in parts {
            // Nothing is nothing in every currency.
            if part.amount.is_zero() {
                continue;
            }
            match self.pricer.rate(&part.currency, currency, self.said_at) {
                Ok(rate) => {
                    let converted = rate.rate.convert(part.amount);
                    total = total
                        .zip(converted)
                        .and_then(|(sum, more)| sum.checked_add(more));
                    self.note(rate);
                }
                Err(_) if no_rate.contains(&part.currency) => {}
                Err(_) => no_rate.push(part.currency.clone()),
            }
        }
        let amount = total.filter(|_| no_rate.is_empty());
        let cost = amount.map(|amount| MoneyView {
            amount,
            currency: currency.to_owned(),
        });
        (cost, no_rate)
    }

    fn note(&mut self, rate: RateView) {
        if !self.rates.contains(&rate) {
            self.rates.push(rate);
        }
    }
}

/// Everything that is paid; none when a part of it is unknown.
fn parts(
    goods: Option<&MoneyView>,
    charges: Option<&[MoneyView]>,
    fee: Option<MoneyView>,
) -> Option<Vec<MoneyView>> {
    let mut parts = vec![goods?.clone(), fee?];
    parts.extend_from_slice(charges?);
    Some(parts)
}

/// What delivery costs, where AliExpress says so. A fee without a currency is in none that could be counted with.
fn fee(option: &FreightOption) -> Option<MoneyView> {
    let amount = option.fee?;
    let currency = match amount.is_zero() {
        true => option.currency.clone().unwrap_or_default(),
        false => option.currency.clone()?,
    };
    Some(MoneyView { amount, currency })
}
