//! Putting a run in force: exactly what it showed, or nothing.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use smartlinks_store::{
    CatalogueId, Change, ChangeId, PRODUCTS_AT_ONCE, PriceRun, PriceRunLine, RunEnd, Traces,
};

use super::views::{PriceRunLineView, PriceRunOutcome, RunDifference};
use super::{MOST_VARIANTS, line_view, lines_of, run_view};
use crate::clock::to_millis;
use crate::error::{Error, Result};
use crate::events::EventKind;
use crate::service::Core;
use crate::traces::OK;

/// How many differences are shown.
const SHOWN: usize = 100;

impl Core {
    /// Puts every price of a run in force, and gives its products its rule. When a cost, a price, a rate or a rule is
    /// not what it was when the run was shown, nothing is changed and the answer says what differs.
    ///
    /// # Errors
    /// [`Error::UnknownRun`], [`Error::CatalogueRefused`] when it was applied before, [`Error::Storage`].
    pub async fn apply_price_run(&self, id: &str) -> Result<PriceRunOutcome> {
        let run = self.stored_run(id).await?;
        if run.applied_at.is_some() {
            return Err(applied_before(&run));
        }
        let lines = self.every_run_line(&run).await?;
        let differences = self.run_differences(&run, &lines).await?;
        if !differences.is_empty() {
            return refused(&run, differences);
        }
        match self.put_run_in_force(&run, &lines).await? {
            RunEnd::Applied => {
                self.announce().await;
                Ok(PriceRunOutcome {
                    applied: true,
                    run: run_view(&self.stored_run(id).await?)?,
                    differing: 0,
                    differences: Vec::new(),
                })
            }
            RunEnd::AppliedBefore => Err(applied_before(&run)),
            RunEnd::Unknown => Err(Error::UnknownRun(run.id.to_string())),
            // Something changed between the look and the writing.
            RunEnd::Moved => refused(&run, self.run_differences(&run, &lines).await?),
        }
    }

    async fn put_run_in_force(&self, run: &PriceRun, lines: &[PriceRunLine]) -> Result<RunEnd> {
        let now = to_millis(self.now());
        let priced = lines.iter().filter(|line| line.price.is_some());
        let changes = priced.clone().map(|_| {
            ChangeId::generate(now, self.entropy())
                .map_err(|error| Error::Internal(error.to_string()))
        });
        let changes: Vec<_> = changes.collect::<Result<_>>()?;
        let products: BTreeSet<_> = priced.map(|line| &line.product).collect();
        let data = json!({ "run": run.id, "prices": changes.len(), "products": products.len() });
        let kind = EventKind::PricesApplied;
        let traces = Traces::none()
            .event(self.event(kind, None, None, &data))
            .audit(self.audit_entry(kind.as_str(), None, Some(run.id.as_str()), OK, &data));
        let change = Change { now, traces };
        let prices = self.store().prices();
        Ok(prices.apply_price_run(&run.id, changes, change).await?)
    }

    async fn every_run_line(&self, run: &PriceRun) -> Result<Vec<PriceRunLine>> {
        let limit = u32::try_from(MOST_VARIANTS).unwrap_or(u32::MAX);
        let lines = self.store().prices().price_run_lines(&run.id, 0, limit);
        Ok(lines.await?)
    }

    /// The lines that would come out otherwise now.
    async fn run_differences(
        &self,
        run: &PriceRun,
        lines: &[PriceRunLine],
    ) -> Result<Vec<RunDifference>> {
        let pricer = self.pricer().await?;
        let ids: BTreeSet<_> = lines.iter().map(|line| line.product.clone()).collect();
        let ids: Vec<CatalogueId> = ids.into_iter().collect();
        let mut now: HashMap<(String, String), PriceRunLineView> = HashMap::new();
        for ids in ids.chunks(PRODUCTS_AT_ONCE as usize) {
            for listed in self.store().catalogue().products_named(ids).await? {
                let lines = lines_of(&pricer, run.rule.as_ref(), &listed)?;
                now.extend(
                    lines
                        .into_iter()
                        .map(|line| ((line.product.clone(), line.sku.clone()), line)),
                );
            }
        }
        let mut differences = Vec::new();
        for line in lines {
            let shown = line_view(line)?;
            let now = now.remove(&(shown.product.clone(), shown.sku.clone()));
            if now.as_ref().is_none_or(|now| !is_same(&shown, now)) {
                let now = now.map(|now| PriceRunLineView {
                    number: shown.number,
                    ..now
                });
                differences.push(RunDifference { shown, now });
            }
        }
        Ok(differences)
    }
}

/// Whether the same would happen for the same reason. When AliExpress said a cost again does not count.
fn is_same(shown: &PriceRunLineView, now: &PriceRunLineView) -> bool {
    let facts = |line: &PriceRunLineView| {
        (
            line.rule.as_ref().map(|rule| rule.id.clone()),
            line.cost.clone(),
            line.converted_cost.clone(),
            line.before.clone(),
            line.after.clone(),
            line.problem.clone(),
            line.by_hand,
        )
    };
    facts(shown) == facts(now)
}

fn refused(run: &PriceRun, mut differences: Vec<RunDifference>) -> Result<PriceRunOutcome> {
    let differing = differences.len();
    differences.truncate(SHOWN);
    Ok(PriceRunOutcome {
        applied: false,
        run: run_view(run)?,
        differing,
        differences,
    })
}

fn applied_before(run: &PriceRun) -> Error {
    Error::CatalogueRefused(format!("{} was applied before; make a new dry run", run.id))
}
