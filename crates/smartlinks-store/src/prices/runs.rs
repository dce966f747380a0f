//! Runs over a database: shown first, then put in force whole or not at all.

use async_trait::async_trait;

use super::{PriceRun, PriceRunLine, RunEnd, RunId};
use crate::catalogue::{CatalogueId, ChangeId};
use crate::sql::{Fields, Locking, Row, Session, Write, locking, values};
use crate::traces::leave;
use crate::{Change, StoreError};

const RUNS: &str = "price_runs";

pub(super) const ONE: &str =
    "select id, summary_json, rule_id, created_at, applied_at from price_runs where id = $1";

macro_rules! line_columns {
    () => {
        "number, catalogue_id, sku_id, cost, cost_currency, before, before_currency, price, price_currency, line_json"
    };
}

pub(super) const LINES: &str = concat!(
    "select ",
    line_columns!(),
    " from price_run_lines where run_id = $1 and number > $2 order by number limit $3"
);

pub(super) fn run(row: &Row) -> Result<PriceRun, StoreError> {
    let fields = row.fields(RUNS, "id")?;
    Ok(PriceRun {
        id: fields.parsed("id")?,
        summary_json: fields.text("summary_json")?,
        rule: fields.maybe_parsed("rule_id")?,
        created_at: fields.moment("created_at")?,
        applied_at: fields.maybe_moment("applied_at")?,
    })
}

pub(super) fn line(row: &Row) -> Result<PriceRunLine, StoreError> {
    let fields = row.fields("price_run_lines", "number")?;
    Ok(PriceRunLine {
        number: fields.int("number")?,
        product: fields.parsed("catalogue_id")?,
        sku_id: fields.text("sku_id")?,
        cost: money(&fields, "cost", "cost_currency")?,
        before: money(&fields, "before", "before_currency")?,
        price: money(&fields, "price", "price_currency")?,
        line_json: fields.text("line_json")?,
    })
}

fn money(
    fields: &Fields<'_>,
    amount: &'static str,
    currency: &'static str,
) -> Result<Option<(String, String)>, StoreError> {
    let amount = fields.maybe_text(amount)?;
    Ok(amount.zip(fields.maybe_text(currency)?))
}

/// A run with its lines.
pub(super) struct AddRun {
    pub(super) run: PriceRun,
    pub(super) lines: Vec<PriceRunLine>,
    pub(super) products: Vec<CatalogueId>,
}

#[async_trait]
impl Write for AddRun {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const RUN: &str = "insert into price_runs (id, summary_json, rule_id, created_at) values ($1, $2, $3, $4)";
        const LINE: &str = concat!(
            "insert into price_run_lines (run_id, ",
            line_columns!(),
            ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
        );
        let run = &self.run;
        let rule = run.rule.as_ref().map(|rule| rule.as_str());
        let values = values![
            run.id.as_str(),
            run.summary_json.as_str(),
            rule,
            run.created_at
        ];
        session.execute(RUN, values).await?;
        for line in &self.lines {
            let amount = |money: &Option<(String, String)>| {
                let (amount, currency) = money.clone().unzip();
                (amount, currency)
            };
            let (cost, cost_currency) = amount(&line.cost);
            let (before, before_currency) = amount(&line.before);
            let (price, price_currency) = amount(&line.price);
            let values = values![
                run.id.as_str(),
                line.number,
                line.product.as_str(),
                line.sku_id.as_str(),
                cost,
                cost_currency,
                before,
                before_currency,
                price,
                price_currency,
                line.line_json.as_str(),
            ];
            session.execute(LINE, values).await?;
        }
        const PRODUCT: &str =
            "insert into price_run_products (run_id, catalogue_id) values ($1, $2)";
        for product in &self.products {
            let values = values![run.id.as_str(), product.as_str()];
            session.execute(PRODUCT, values).await?;
        }
        Ok(())
    }
}

/// Puts a run in force.
pub(super) struct Apply {
    pub(super) id: RunId,
    pub(super) changes: Vec<ChangeId>,
    pub(super) change: Change,
}

/// The run itself, so that it is applied once.
const RUN: Locking = locking!("for update": "select id, summary_json, rule_id, created_at, applied_at \
    from price_runs where id = $1");
/// Its products: whoever changes a product or its variants comes past this row first.
const PRODUCTS: Locking = locking!("for update": "select id from catalogue_products where id in \
    (select catalogue_id from price_run_lines where run_id = $1 \
    union select catalogue_id from price_run_products where run_id = $1) order by id");

#[async_trait]
impl Write for Apply {
    type Output = RunEnd;

    async fn run(&self, session: &mut Session<'_>) -> Result<RunEnd, StoreError> {
        let id = self.id.as_str();
        let Some(row) = session.first_locked(&RUN, values![id]).await? else {
            return Ok(RunEnd::Unknown);
        };
        if run(&row)?.applied_at.is_some() {
            return Ok(RunEnd::AppliedBefore);
        }
        session.all_locked(&PRODUCTS, values![id]).await?;
        if has_moved(session, id).await? {
            return Ok(RunEnd::Moved);
        }
        self.put_in_force(session).await?;
        leave(session, &self.change.traces).await?;
        Ok(RunEnd::Applied)
    }
}

async fn has_moved(session: &mut Session<'_>, run: &str) -> Result<bool, StoreError> {
    const MOVED: &str = "select l.number from price_run_lines l left join catalogue_skus s \
         on s.catalogue_id = l.catalogue_id and s.sku_id = l.sku_id where l.run_id = $1 and (s.sku_id is null \
         or s.gone_at is not null or s.chosen = 0 or s.cost is distinct from l.cost \
         or s.currency is distinct from l.cost_currency or s.price is distinct from l.before \
         or s.price_currency is distinct from l.before_currency \
         or (s.price_by_hand = 1 and l.price is not null)) limit 1";
    Ok(session.first(MOVED, values![run]).await?.is_some())
}

impl Apply {
    async fn put_in_force(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const PRICES: &str = "update catalogue_skus set price = l.price, price_currency = l.price_currency \
             from price_run_lines l where l.run_id = $1 and l.price is not null \
             and l.catalogue_id = catalogue_skus.catalogue_id and l.sku_id = catalogue_skus.sku_id";
        const TOUCHED: &str = "update catalogue_products set version = version + 1, updated_at = $2, \
             rule_id = coalesce((select rule_id from price_runs where id = $1), rule_id) \
             where id in (select catalogue_id from price_run_lines where run_id = $1 and price is not null)";
        // Their prices stay, as was shown; the next run without a rule is by this one all the same.
        const RULED: &str = "update catalogue_products set version = version + 1, updated_at = $2, \
             rule_id = (select rule_id from price_runs where id = $1) \
             where id in (select catalogue_id from price_run_products where run_id = $1) \
             and id not in (select catalogue_id from price_run_lines where run_id = $1 and price is not null) \
             and rule_id is distinct from (select rule_id from price_runs where id = $1)";
        const APPLIED: &str = "update price_runs set applied_at = $2 where id = $1";
        let (id, now) = (self.id.as_str(), self.change.now);
        session.execute(PRICES, values![id]).await?;
        self.write_history(session).await?;
        session.execute(TOUCHED, values![id, now]).await?;
        session.execute(RULED, values![id, now]).await?;
        session.execute(APPLIED, values![id, now]).await?;
        Ok(())
    }

    async fn write_history(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const PRICED: &str = concat!(
            "select ",
            line_columns!(),
            " from price_run_lines where run_id = $1 and price is not null order by number"
        );
        const PUT: &str = "insert into catalogue_changes (id, catalogue_id, sku_id, kind, before_json, after_json, at) \
             values ($1, $2, $3, 'price', $4, $5, $6)";
        let priced = session.all(PRICED, values![self.id.as_str()]).await?;
        for (row, change) in priced.iter().zip(&self.changes) {
            let line = line(row)?;
            let values = values![
                change.as_str(),
                line.product.as_str(),
                line.sku_id,
                line.before.as_ref().map(money_json),
                line.price.as_ref().map(money_json),
                self.change.now,
            ];
            session.execute(PUT, values).await?;
        }
        Ok(())
    }
}

/// An amount in the history.
fn money_json((amount, currency): &(String, String)) -> String {
    serde_json::json!({ "amount": amount, "currency": currency }).to_string()
}
