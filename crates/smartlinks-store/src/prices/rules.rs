//! Rules and rates over a database.

use async_trait::async_trait;

use super::runs::{self, AddRun, Apply};
use super::{
    ExchangeRate, PriceRepository, PriceRun, PriceRunLine, RuleId, RunEnd, RunId, StoredRule,
};
use crate::catalogue::{CatalogueId, ChangeId};
use crate::sql::{Row, Session, Write, values};
use crate::store::DatabaseStore;
use crate::traces::{leave, take_turn};
use crate::{Change, Millis, StoreError, Traces};

const TABLE: &str = "price_rules";

macro_rules! rule_columns {
    () => {
        "id, name, rule_json, version, is_default, created_at, updated_at"
    };
}

const ONE: &str = concat!(
    "select ",
    rule_columns!(),
    " from price_rules where id = $1"
);

/// Which rule is the default one.
struct Choose {
    id: Option<RuleId>,
    change: Change,
}

#[async_trait]
impl Write for Choose {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const CLEAR: &str =
            "update price_rules set is_default = 0, updated_at = $1 where is_default = 1";
        const SET: &str = "update price_rules set is_default = 1, updated_at = $2 where id = $1";
        take_turn(session, TABLE).await?;
        if let Some(id) = &self.id
            && session.first(ONE, values![id.as_str()]).await?.is_none()
        {
            return Ok(false);
        }
        session.execute(CLEAR, values![self.change.now]).await?;
        if let Some(id) = &self.id {
            let values = values![id.as_str(), self.change.now];
            session.execute(SET, values).await?;
        }
        leave(session, &self.change.traces).await?;
        Ok(true)
    }
}

/// A rule that goes, if no product has it.
struct Remove {
    id: RuleId,
    traces: Traces,
}

#[async_trait]
impl Write for Remove {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const DELETE: &str = "delete from price_rules where id = $1 \
             and not exists (select 1 from catalogue_products where rule_id = $1)";
        take_turn(session, TABLE).await?;
        let removed = session.execute(DELETE, values![self.id.as_str()]).await? > 0;
        if removed {
            leave(session, &self.traces).await?;
        }
        Ok(removed)
    }
}

#[async_trait]
impl PriceRepository for DatabaseStore {
    async fn add_rule(&self, rule: StoredRule, traces: Traces) -> Result<(), StoreError> {
        const INSERT: &str = concat!(
            "insert into price_rules (",
            rule_columns!(),
            ") values ($1, $2, $3, $4, 0, $5, $6)"
        );
        let values = values![
            rule.id.as_str(),
            rule.name,
            rule.rule_json,
            rule.version,
            rule.created_at,
            rule.updated_at,
        ];
        self.traced(INSERT, values, traces).await.map(|_| ())
    }

    async fn change_rule(&self, rule: StoredRule, traces: Traces) -> Result<bool, StoreError> {
        const UPDATE: &str = "update price_rules set name = $2, rule_json = $3, version = $4, updated_at = $5 \
             where id = $1 and version = $4 - 1";
        let values = values![
            rule.id.as_str(),
            rule.name,
            rule.rule_json,
            rule.version,
            rule.updated_at,
        ];
        self.traced(UPDATE, values, traces).await
    }

    async fn choose_default_rule(
        &self,
        id: Option<&RuleId>,
        change: Change,
    ) -> Result<bool, StoreError> {
        let id = id.cloned();
        self.database.write(Choose { id, change }).await
    }

    async fn remove_rule(&self, id: &RuleId, traces: Traces) -> Result<bool, StoreError> {
        let id = id.clone();
        self.database.write(Remove { id, traces }).await
    }

    async fn price_rule(&self, id: &RuleId) -> Result<Option<StoredRule>, StoreError> {
        let row = self.database.first(ONE, values![id.as_str()]).await?;
        row.map(|row| stored_rule(&row)).transpose()
    }

    async fn price_rules(&self) -> Result<Vec<StoredRule>, StoreError> {
        const ALL: &str = concat!("select ", rule_columns!(), " from price_rules order by id");
        let rows = self.database.all(ALL, values![]).await?;
        rows.iter().map(stored_rule).collect()
    }

    async fn products_with_rule(&self, id: &RuleId) -> Result<i64, StoreError> {
        const COUNT: &str =
            "select count(*) as products, $1 as id from catalogue_products where rule_id = $1";
        let row = self.database.first(COUNT, values![id.as_str()]).await?;
        row.map_or(Ok(0), |row| Ok(row.fields(TABLE, "id")?.int("products")?))
    }

    async fn put_rate(&self, rate: ExchangeRate, traces: Traces) -> Result<(), StoreError> {
        const PUT: &str = "insert into exchange_rates (from_currency, to_currency, rate, at) \
             values ($1, $2, $3, $4) on conflict (from_currency, to_currency) \
             do update set rate = excluded.rate, at = excluded.at";
        let values = values![rate.from, rate.to, rate.rate, rate.at];
        self.traced(PUT, values, traces).await.map(|_| ())
    }

    async fn remove_rate(&self, from: &str, to: &str, traces: Traces) -> Result<bool, StoreError> {
        const DELETE: &str =
            "delete from exchange_rates where from_currency = $1 and to_currency = $2";
        self.traced(DELETE, values![from, to], traces).await
    }

    async fn exchange_rates(&self) -> Result<Vec<ExchangeRate>, StoreError> {
        const ALL: &str = "select from_currency, to_currency, rate, at from exchange_rates \
             order by from_currency, to_currency";
        let rows = self.database.all(ALL, values![]).await?;
        let rates = rows.iter().map(|row| {
            let fields = row.fields("exchange_rates", "from_currency")?;
            Ok(ExchangeRate {
                from: fields.text("from_currency")?,
                to: fields.text("to_currency")?,
                rate: fields.text("rate")?,
                at: fields.moment("at")?,
            })
        });
        rates.collect()
    }

    async fn add_price_run(
        &self,
        run: PriceRun,
        lines: Vec<PriceRunLine>,
        products: Vec<CatalogueId>,
    ) -> Result<(), StoreError> {
        let add = AddRun {
            run,
            lines,
            products,
        };
        self.database.write(add).await
    }

    async fn price_run(&self, id: &RunId) -> Result<Option<PriceRun>, StoreError> {
        let row = self.database.first(runs::ONE, values![id.as_str()]).await?;
        row.map(|row| runs::run(&row)).transpose()
    }

    async fn price_run_lines(
        &self,
        id: &RunId,
        after: i64,
        limit: u32,
    ) -> Result<Vec<PriceRunLine>, StoreError> {
        let values = values![id.as_str(), after, limit];
        let rows = self.database.all(runs::LINES, values).await?;
        rows.iter().map(runs::line).collect()
    }

    async fn apply_price_run(
        &self,
        id: &RunId,
        changes: Vec<ChangeId>,
        change: Change,
    ) -> Result<RunEnd, StoreError> {
        let id = id.clone();
        let apply = Apply {
            id,
            changes,
            change,
        };
        self.database.write(apply).await
    }

    async fn prune_price_runs(&self, before: Millis) -> Result<u64, StoreError> {
        // With its lines: fewer at once than of other tables.
        const PRUNE: &str = "delete from price_runs where id in \
             (select id from price_runs where created_at < $1 order by created_at limit $2)";
        let (mut gone, some) = (0, 20_u32);
        loop {
            let went = self.database.execute(PRUNE, values![before, some]).await?;
            gone += went;
            if went < u64::from(some) {
                return Ok(gone);
            }
        }
    }
}

fn stored_rule(row: &Row) -> Result<StoredRule, StoreError> {
    let fields = row.fields(TABLE, "id")?;
    Ok(StoredRule {
        id: fields.parsed("id")?,
        name: fields.text("name")?,
        rule_json: fields.text("rule_json")?,
        version: fields.int("version")?,
        is_default: fields.flag("is_default")?,
        created_at: fields.moment("created_at")?,
        updated_at: fields.moment("updated_at")?,
    })
}
