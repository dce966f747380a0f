//! Price runs: what rules would do to the prices of a selection, shown first, then put in force exactly so or not at
//! all.

mod applying;
mod views;

use std::collections::HashSet;

use jiff::Timestamp;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::json;
use smartlinks_store::{
    CatalogueId, CatalogueProduct, CatalogueSku, ListedProduct, PRODUCTS_AT_ONCE, PriceRun,
    PriceRunLine, RuleId, RunId,
};

pub use views::{
    PriceRunLineView, PriceRunOutcome, PriceRunRequest, PriceRunSummary, PriceRunView,
    RunDifference, RunPage, Selection,
};

use super::checks;
use super::listing::{CatalogueQuery, given};
use super::pricer::Pricer;
use super::views::{cost, is_sold, price, properties, wrong};
use crate::clock::{from_millis, to_millis};
use crate::error::{Error, Result};
use crate::orders::MoneyView;
use crate::pricing::PriceRule;
use crate::service::Core;
use crate::text::shortened;

/// The most variants of one run: it is put in force in one transaction.
const MOST_VARIANTS: usize = 10_000;
/// The most products that a request names one by one.
const MOST_NAMED: usize = 1_000;

/// What becomes of the variants of some products.
#[derive(Default)]
struct Lines {
    products: Vec<CatalogueId>,
    variants: usize,
    unchanged: usize,
    lines: Vec<PriceRunLineView>,
}

impl Core {
    /// Shows what rules would do to the prices of a selection: every change with cost, rate, price and margin before
    /// and after, and every variant that gets no price, with the reason. Changes no price.
    ///
    /// # Errors
    /// [`Error::Invalid`] names the part that cannot be, or says that the selection is too large;
    /// [`Error::UnknownRule`], [`Error::UnknownProduct`], [`Error::Storage`].
    pub async fn dry_run_prices(&self, request: &PriceRunRequest) -> Result<RunPage> {
        let rule = match given(request.rule.as_deref()) {
            Some(id) => Some(self.stored_rule(id).await?.id),
            None => None,
        };
        let pricer = self.pricer().await?;
        let mut found = Lines::default();
        self.each_selected_product(&request.selection, |products| {
            found.add(&pricer, rule.as_ref(), products)
        })
        .await?;
        let named = rule.as_ref().and_then(|rule| pricer.rule(Some(rule)));
        let summary = PriceRunSummary {
            selection: request.selection.clone(),
            rule: named.map(|(named, _)| named.clone()),
            products: found.products.len(),
            variants: found.variants,
            unchanged: found.unchanged,
            changes: found.count(|line| line.after.is_some()),
            problems: found.count(|line| line.problem.is_some() && !line.by_hand),
            by_hand: found.count(|line| line.by_hand),
        };
        let now = to_millis(self.now());
        let id = RunId::generate(now, self.entropy());
        let id = id.map_err(|error| Error::Internal(error.to_string()))?;
        let ruled = rule.as_ref().map(|_| found.products);
        let run = PriceRun {
            summary_json: json!(summary).to_string(),
            id: id.clone(),
            rule,
            created_at: now,
            applied_at: None,
        };
        for (number, line) in (1..).zip(&mut found.lines) {
            line.number = number;
        }
        let lines = found.lines.iter().map(stored).collect::<Result<_>>()?;
        let prices = self.store().prices();
        prices
            .add_price_run(run, lines, ruled.unwrap_or_default())
            .await?;
        self.price_run(id.as_str(), None, None).await
    }

    /// A run with a part of its lines, in their order. `after` is the `next` of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownRun`], [`Error::Storage`].
    pub async fn price_run(
        &self,
        id: &str,
        after: Option<i64>,
        limit: Option<u32>,
    ) -> Result<RunPage> {
        let limit = limit.unwrap_or(100);
        if !(1..=1000).contains(&limit) {
            let message = format!("{limit} is not between 1 and 1000");
            return Err(Error::invalid("limit", message));
        }
        let run = self.stored_run(id).await?;
        let lines = self
            .store()
            .prices()
            .price_run_lines(&run.id, after.unwrap_or(0), limit);
        let lines = lines.await?;
        let last = lines.last().filter(|_| lines.len() == limit as usize);
        Ok(RunPage {
            next: last.map(|last| last.number),
            run: run_view(&run)?,
            lines: lines.iter().map(line_view).collect::<Result<_>>()?,
        })
    }

    async fn stored_run(&self, id: &str) -> Result<PriceRun> {
        let unknown = || Error::UnknownRun(shortened(id, 64));
        let id: RunId = id.parse().map_err(|_| unknown())?;
        self.store()
            .prices()
            .price_run(&id)
            .await?
            .ok_or_else(unknown)
    }

    /// Goes through the products of a selection, some at a time.
    async fn each_selected_product(
        &self,
        selection: &Selection,
        mut each: impl FnMut(Vec<ListedProduct>) -> Result<()>,
    ) -> Result<()> {
        let conditions = selection.conditions()?;
        if let Some(named) = &selection.products {
            if !conditions.is_empty() {
                let message = "names products and conditions; give one of the two";
                return Err(Error::invalid("selection", message));
            }
            return self.each_named_product(named, each).await;
        }
        let query = CatalogueQuery {
            words: selection.words.clone(),
            state: selection.state.clone(),
            label: selection.label.clone(),
            connection: selection.connection.clone(),
            availability: selection.availability.clone(),
            rule: selection.rule.clone(),
            ..CatalogueQuery::default()
        };
        let filter = self.catalogue_filter(&query).await?;
        let mut after: Option<CatalogueId> = None;
        loop {
            let catalogue = self.store().catalogue();
            let some = catalogue.products(&filter, after.as_ref(), PRODUCTS_AT_ONCE);
            let some = some.await?;
            let Some(last) = some.last() else {
                return Ok(());
            };
            after = Some(last.product.id.clone());
            each(some)?;
        }
    }

    async fn each_named_product(
        &self,
        named: &[String],
        mut each: impl FnMut(Vec<ListedProduct>) -> Result<()>,
    ) -> Result<()> {
        if named.is_empty() {
            let message = "names no product; leave `products` out to mean all of them";
            return Err(Error::invalid("selection", message));
        }
        let ids = named.iter().map(|id| checks::catalogue_id(id));
        let ids: HashSet<CatalogueId> = ids.collect::<Result<_>>()?;
        if ids.len() > MOST_NAMED {
            let message = format!("names {} products; {MOST_NAMED} are the most", ids.len());
            return Err(Error::invalid("selection", message));
        }
        for products in self.products_of_ids(ids.into_iter().collect()).await? {
            each(products)?;
        }
        Ok(())
    }

    /// Products by their ids, all of them or an error that says which one is not there.
    async fn products_of_ids(&self, ids: Vec<CatalogueId>) -> Result<Vec<Vec<ListedProduct>>> {
        let mut all = Vec::new();
        for ids in ids.chunks(PRODUCTS_AT_ONCE as usize) {
            let found = self.store().catalogue().products_named(ids).await?;
            let missing = ids
                .iter()
                .find(|id| !found.iter().any(|one| one.product.id == **id));
            if let Some(id) = missing {
                return Err(Error::UnknownProduct(id.to_string()));
            }
            all.push(found);
        }
        Ok(all)
    }
}

impl Lines {
    fn count(&self, such: impl Fn(&PriceRunLineView) -> bool) -> usize {
        self.lines.iter().filter(|line| such(line)).count()
    }

    fn add(
        &mut self,
        pricer: &Pricer,
        rule: Option<&RuleId>,
        products: Vec<ListedProduct>,
    ) -> Result<()> {
        for listed in products {
            self.products.push(listed.product.id.clone());
            for line in lines_of(pricer, rule, &listed)? {
                self.variants += 1;
                match line.after.is_some() || line.problem.is_some() || line.by_hand {
                    true => self.lines.push(line),
                    false => self.unchanged += 1,
                }
            }
            // A product of which nothing is sold gets the rule all the same.
            if self.variants > MOST_VARIANTS || self.products.len() > MOST_VARIANTS {
                let message = format!(
                    "has more than {MOST_VARIANTS} variants or products; take a part of it, for example by a label"
                );
                return Err(Error::invalid("selection", message));
            }
        }
        Ok(())
    }
}

/// What becomes of each variant that the merchant sells. One without `after` and `problem` keeps its price, and so does
/// one whose price was set by hand.
fn lines_of(
    pricer: &Pricer,
    rule: Option<&RuleId>,
    listed: &ListedProduct,
) -> Result<Vec<PriceRunLineView>> {
    let product = &listed.product;
    let applying = pricer.rule(rule.or(product.rule.as_ref()));
    let said_at = from_millis(product.checked_at).unwrap_or_default();
    let sold = listed.skus.iter().filter(|sku| is_sold(sku));
    let lines = sold.map(|sku| {
        let mut line = unpriced(product, sku)?;
        line.rule = applying.map(|(named, _)| named.clone());
        let rule = applying.map(|(_, rule)| rule);
        if sku.price_by_hand {
            keep(pricer, rule, &mut line, said_at);
            return Ok(line);
        }
        match pricer.price(rule, line.cost.as_ref(), said_at) {
            Ok(priced) => {
                let margin = priced.price.amount - priced.converted;
                line.margin_before_freight_percent = percent(margin, priced.price.amount);
                line.margin_before_freight = Some(margin);
                line.converted_cost = Some(MoneyView {
                    amount: priced.converted,
                    currency: priced.price.currency.clone(),
                });
                line.rate = Some(priced.rate);
                let changes = line.before.as_ref() != Some(&priced.price);
                line.after = changes.then_some(priced.price);
            }
            Err(problem) => line.problem = Some(problem),
        }
        Ok(line)
    });
    lines.collect()
}

/// A price that was set by hand stays, and what it earns is said.
fn keep(
    pricer: &Pricer,
    rule: Option<&PriceRule>,
    line: &mut PriceRunLineView,
    said_at: Timestamp,
) {
    line.by_hand = true;
    let Some(price) = &line.before else { return };
    match pricer.earned(rule, line.cost.as_ref(), price, said_at) {
        Ok(earned) => {
            line.margin_before_freight = Some(earned.margin);
            line.margin_before_freight_percent = earned.percent;
            line.converted_cost = Some(earned.converted);
            line.rate = Some(earned.rate);
            line.least = earned.least;
        }
        Err(problem) => line.problem = Some(problem),
    }
}

/// A variant as it is.
fn unpriced(product: &CatalogueProduct, sku: &CatalogueSku) -> Result<PriceRunLineView> {
    let id = product.id.as_str();
    let variant = properties(sku, id)?.into_iter().map(|one| one.value);
    let variant: Vec<_> = variant.collect();
    Ok(PriceRunLineView {
        number: 0,
        product: id.to_owned(),
        product_id: product.product_id.clone(),
        title: product.title.clone(),
        sku: sku.sku_id.clone(),
        own_code: sku.own_code.clone(),
        variant: variant.join(" / "),
        rule: None,
        cost: cost(sku, id)?,
        rate: None,
        converted_cost: None,
        before: price(sku, id)?,
        after: None,
        margin_before_freight: None,
        margin_before_freight_percent: None,
        problem: None,
        by_hand: false,
        least: None,
    })
}

/// The margin in per cent of the price, rounded down: it must not look better than it is.
pub(super) fn percent(margin: Decimal, price: Decimal) -> Option<Decimal> {
    let share = margin
        .checked_mul(Decimal::ONE_HUNDRED)?
        .checked_div(price)?;
    Some(share.round_dp_with_strategy(2, RoundingStrategy::ToNegativeInfinity))
}

fn stored(line: &PriceRunLineView) -> Result<PriceRunLine> {
    let money = |money: &Option<MoneyView>| {
        let money = money.as_ref()?;
        Some((money.amount.to_string(), money.currency.clone()))
    };
    Ok(PriceRunLine {
        number: line.number,
        product: checks::catalogue_id(&line.product)?,
        sku_id: line.sku.clone(),
        cost: money(&line.cost),
        before: money(&line.before),
        price: money(&line.after),
        line_json: json!(line).to_string(),
    })
}

fn line_view(line: &PriceRunLine) -> Result<PriceRunLineView> {
    serde_json::from_str(&line.line_json)
        .map_err(|_| wrong("price_run_lines", "line_json", &line.number.to_string()))
}

fn run_view(run: &PriceRun) -> Result<PriceRunView> {
    let summary = serde_json::from_str(&run.summary_json);
    Ok(PriceRunView {
        summary: summary.map_err(|_| wrong("price_runs", "summary_json", run.id.as_str()))?,
        id: run.id.to_string(),
        created_at: from_millis(run.created_at),
        applied_at: run.applied_at.and_then(from_millis),
    })
}
