//! The repository over a database.

use async_trait::async_trait;

use super::{CallsOfMethod, GatewayCallRepository, GatewayCalls, HourOfCalls};
use crate::sql::{Session, Write, values};
use crate::store::DatabaseStore;
use crate::{Millis, StoreError};

const TABLE: &str = "gateway_calls";

#[async_trait]
impl GatewayCallRepository for DatabaseStore {
    async fn add_calls(
        &self,
        app_key: &str,
        mut counts: Vec<GatewayCalls>,
    ) -> Result<(), StoreError> {
        if counts.is_empty() {
            return Ok(());
        }
        // Instances add to the same rows: in one order, so that none waits for one that waits for it.
        counts.sort_by(|one, other| {
            let key = |count: &GatewayCalls| count.begins_at;
            key(one)
                .cmp(&key(other))
                .then_with(|| one.method.cmp(&other.method))
                .then_with(|| one.outcome.cmp(&other.outcome))
        });
        let app_key = app_key.to_owned();
        self.database.write(Add { app_key, counts }).await
    }

    async fn calls_by_hour(
        &self,
        app_key: &str,
        since: Millis,
    ) -> Result<Vec<HourOfCalls>, StoreError> {
        const BY_HOUR: &str = "select app_key, begins_at - begins_at % 3600000 as hour_at, \
             cast(sum(case when outcome = 'ok' then calls else 0 end) as bigint) as went_well, \
             cast(sum(calls) as bigint) as in_all from gateway_calls \
             where app_key = $1 and begins_at >= $2 \
             group by app_key, begins_at - begins_at % 3600000 order by hour_at";
        let rows = self.database.all(BY_HOUR, values![app_key, since]).await?;
        rows.iter()
            .map(|row| {
                let fields = row.fields(TABLE, "app_key")?;
                let went_well = fields.int("went_well")?;
                Ok(HourOfCalls {
                    begins_at: fields.moment("hour_at")?,
                    went_well,
                    failed: fields.int("in_all")? - went_well,
                })
            })
            .collect()
    }

    async fn calls_by_method(
        &self,
        app_key: &str,
        since: Millis,
        lately: Millis,
    ) -> Result<Vec<CallsOfMethod>, StoreError> {
        const BY_METHOD: &str = "select method, outcome, \
             cast(sum(case when begins_at >= $3 then calls else 0 end) as bigint) as lately, \
             cast(sum(calls) as bigint) as in_all from gateway_calls \
             where app_key = $1 and begins_at >= $2 group by method, outcome order by method, outcome";
        let values = values![app_key, since, lately];
        let rows = self.database.all(BY_METHOD, values).await?;
        rows.iter()
            .map(|row| {
                let fields = row.fields(TABLE, "method")?;
                Ok(CallsOfMethod {
                    method: fields.text("method")?,
                    outcome: fields.text("outcome")?,
                    lately: fields.int("lately")?,
                    in_all: fields.int("in_all")?,
                })
            })
            .collect()
    }

    async fn prune_calls(&self, before: Millis) -> Result<u64, StoreError> {
        const PRUNE: &str = "delete from gateway_calls \
             where (app_key, begins_at, method, outcome) in \
             (select app_key, begins_at, method, outcome from gateway_calls where begins_at < $1 \
             order by begins_at limit $2)";
        self.prune_in_parts(PRUNE, values![before]).await
    }
}

struct Add {
    app_key: String,
    counts: Vec<GatewayCalls>,
}

#[async_trait]
impl Write for Add {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const ADD: &str = "insert into gateway_calls (app_key, begins_at, method, outcome, calls) \
             values ($1, $2, $3, $4, $5) on conflict (app_key, begins_at, method, outcome) \
             do update set calls = gateway_calls.calls + excluded.calls";
        for count in &self.counts {
            let row = values![
                self.app_key.as_str(),
                count.begins_at,
                count.method.as_str(),
                count.outcome.as_str(),
                count.calls,
            ];
            session.execute(ADD, row).await?;
        }
        Ok(())
    }
}
