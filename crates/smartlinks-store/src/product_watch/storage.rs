//! The repository over a database.

use async_trait::async_trait;

use super::{
    CheckClaim, CheckEnd, CheckPace, Drift, DriftFilter, DueCheck, ProductWatchRepository,
    SkuRepair, WatchCounts, WatchPolicy, WatchState,
};
use crate::catalogue::{
    CatalogueId, ChangeCursor, NewCatalogueEntry, Save, change_columns, read_change,
};
use crate::sql::{Locking, Row, Session, Value, Write, locking, values};
use crate::store::DatabaseStore;
use crate::traces::leave;
use crate::{Inconsistency, Millis, StoreError, Traces};

const PRODUCTS: &str = "catalogue_products";

/// A pace that claims to be used up for longer than this is of a clock that was set back, in microseconds.
const FAR_AHEAD_US: i64 = 60_000_000;

impl CheckPace {
    /// What one look uses up, in microseconds.
    const fn each_us(self) -> i64 {
        let per_second = if self.per_second == 0 {
            1
        } else {
            self.per_second
        };
        1_000_000 / per_second as i64
    }

    /// From where on is counted, given until when all is used up.
    fn from(self, used_up: i64, now: i64) -> i64 {
        let rested = now - self.each_us() * i64::from(self.at_once.max(1));
        if used_up > now.saturating_add(FAR_AHEAD_US) {
            return rested;
        }
        used_up.max(rested)
    }
}

struct Claim(CheckClaim);

#[async_trait]
impl Write for Claim {
    type Output = Vec<DueCheck>;

    async fn run(&self, session: &mut Session<'_>) -> Result<Vec<DueCheck>, StoreError> {
        const PACE: Locking =
            locking!("for update": "select name, value from counters where name = 'watch_pace'");
        const USED: &str = "update counters set value = $1 where name = 'watch_pace'";
        // The lease is looked at in the outer condition too: of two who have found the same row, one gets it.
        const CLAIM: &str = "update catalogue_products set check_owner = $1, check_lease_until = $2 where id in \
             (select id from catalogue_products where next_check_at <= $3 \
             and (check_lease_until is null or check_lease_until <= $3) order by next_check_at limit $4) \
             and next_check_at <= $3 and (check_lease_until is null or check_lease_until <= $3) \
             returning id, check_failures";
        let claim = &self.0;
        let row = session.first_locked(&PACE, values![]).await?;
        let row = row.ok_or_else(|| {
            StoreError::Corrupt(Inconsistency {
                table: "counters",
                column: "value",
                id: "watch_pace".to_owned(),
            })
        })?;
        let used_up = row.fields("counters", "name")?.int("value")?;
        let now = claim.now.0.saturating_mul(1000);
        let from = claim.pace.from(used_up, now);
        let free = ((now - from) / claim.pace.each_us()).clamp(0, i64::from(claim.most));
        if free == 0 {
            return Ok(Vec::new());
        }
        let values = values![claim.owner.as_str(), claim.until, claim.now, free];
        let rows = session.all(CLAIM, values).await?;
        let taken = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let used = from.saturating_add(claim.pace.each_us().saturating_mul(taken));
        session.execute(USED, values![used]).await?;
        rows.iter().map(due).collect()
    }
}

fn due(row: &Row) -> Result<DueCheck, StoreError> {
    let fields = row.fields(PRODUCTS, "id")?;
    Ok(DueCheck {
        id: fields.parsed("id")?,
        failures: fields.int("check_failures")?,
    })
}

struct Choose {
    policies: Vec<WatchPolicy>,
    now: Millis,
    traces: Traces,
}

#[async_trait]
impl Write for Choose {
    type Output = ();

    async fn run(&self, session: &mut Session<'_>) -> Result<(), StoreError> {
        const PUT: &str = "insert into watch_policies (kind, action, above_percent, updated_at) values ($1, $2, $3, $4) \
             on conflict (kind) do update set action = excluded.action, above_percent = excluded.above_percent, \
             updated_at = excluded.updated_at";
        for policy in &self.policies {
            let values = values![
                policy.kind.as_str(),
                policy.action.as_str(),
                policy.above_percent.as_deref(),
                self.now,
            ];
            session.execute(PUT, values).await?;
        }
        leave(session, &self.traces).await
    }
}

struct RepairSku {
    save: Save,
    repair: SkuRepair,
    traces: Traces,
}

#[async_trait]
impl Write for RepairSku {
    type Output = bool;

    async fn run(&self, session: &mut Session<'_>) -> Result<bool, StoreError> {
        const PUT: &str = "insert into sku_repairs (catalogue_id, sku_id, replaced_by, at) values ($1, $2, $3, $4) \
             on conflict (catalogue_id, sku_id) do update set replaced_by = excluded.replaced_by, at = excluded.at";
        if !self.save.run(session).await? {
            return Ok(false);
        }
        let values = values![
            self.save.entry.product.id.as_str(),
            self.repair.sku_id.as_str(),
            self.repair.replaced_by.as_str(),
            self.repair.at,
        ];
        session.execute(PUT, values).await?;
        leave(session, &self.traces).await?;
        Ok(true)
    }
}

/// A page of the drift under these conditions. The product is looked up for each change, never the other way round.
macro_rules! drift {
    ($($condition:literal)?) => {
        concat!(
            "select ",
            change_columns!(),
            ", p.connection_id, p.product_id, p.title from catalogue_changes c \
             cross join catalogue_products p where p.id = c.catalogue_id and c.outcome is not null \
             and (c.at, c.id) < ($1, $2) ",
            $($condition,)?
            "order by c.at desc, c.id desc limit $3"
        )
    };
}

/// Each filter has an index of its own, which holds the order too.
const fn drift_sql(filter: &DriftFilter) -> &'static str {
    match (&filter.kind, &filter.outcome) {
        (None, None) => drift!(),
        (Some(_), None) => drift!("and c.kind = $4 "),
        (None, Some(_)) => drift!("and c.outcome = $4 "),
        (Some(_), Some(_)) => drift!("and c.kind = $4 and c.outcome = $5 "),
    }
}

/// A variant that is gone, sold, and has nothing in its place since.
macro_rules! open {
    () => {
        "s.gone_at is not null and s.chosen = 1 and not exists (select 1 from sku_repairs r \
         where r.catalogue_id = s.catalogue_id and r.sku_id = s.sku_id and r.at >= s.gone_at)"
    };
}

#[async_trait]
impl ProductWatchRepository for DatabaseStore {
    async fn next_check_due(&self, now: Millis) -> Result<Option<Millis>, StoreError> {
        const DUE: &str = "select id, next_check_at from catalogue_products where next_check_at is not null \
             and (check_lease_until is null or check_lease_until <= $1) order by next_check_at limit 1";
        let row = self.database.first(DUE, values![now]).await?;
        row.map(|row| Ok(row.fields(PRODUCTS, "id")?.moment("next_check_at")?))
            .transpose()
    }

    async fn claim_checks(&self, claim: CheckClaim) -> Result<Vec<DueCheck>, StoreError> {
        self.database.write(Claim(claim)).await
    }

    async fn end_check(
        &self,
        id: &CatalogueId,
        owner: &str,
        end: CheckEnd,
    ) -> Result<bool, StoreError> {
        const ASKED: &str = "update catalogue_products set \
             checked_at = case when checked_at > $3 and checked_at <= $5 then checked_at else $3 end, \
             next_check_at = case when checked_at > $3 and checked_at <= $5 then next_check_at else $4 end, \
             check_failures = 0, check_problem = null, check_owner = null, check_lease_until = null \
             where id = $1 and check_owner = $2";
        const FAILED: &str = "update catalogue_products set check_failures = check_failures + 1, check_problem = $3, \
             next_check_at = $4, check_owner = null, check_lease_until = null where id = $1 and check_owner = $2";
        const AGAIN: &str = "update catalogue_products set next_check_at = $3, check_failures = 0, \
             check_problem = null, check_owner = null, check_lease_until = null where id = $1 and check_owner = $2";
        const GIVEN_BACK: &str = "update catalogue_products set check_owner = null, check_lease_until = null \
             where id = $1 and check_owner = $2";
        let (sql, values) = match end {
            CheckEnd::Asked { at, now, next } => {
                (ASKED, values![id.as_str(), owner, at, next, now])
            }
            CheckEnd::Failed { next, problem } => {
                (FAILED, values![id.as_str(), owner, problem.as_str(), next])
            }
            CheckEnd::Again { next } => (AGAIN, values![id.as_str(), owner, next]),
            CheckEnd::GivenBack => (GIVEN_BACK, values![id.as_str(), owner]),
        };
        self.changed(sql, values).await
    }

    async fn watch_state(&self, id: &CatalogueId) -> Result<Option<WatchState>, StoreError> {
        const ONE: &str = "select id, next_check_at, check_failures, check_problem from catalogue_products \
             where id = $1";
        let row = self.database.first(ONE, values![id.as_str()]).await?;
        row.map(|row| {
            let fields = row.fields(PRODUCTS, "id")?;
            Ok(WatchState {
                next_check_at: fields.maybe_moment("next_check_at")?,
                failures: fields.int("check_failures")?,
                problem: fields.maybe_text("check_problem")?,
            })
        })
        .transpose()
    }

    async fn watch_counts(&self) -> Result<WatchCounts, StoreError> {
        const WATCHED: &str = "select 'watch' as name, count(*) as watched, min(next_check_at) as next_check_at \
             from catalogue_products where next_check_at is not null";
        const FAILING: &str = "select 'watch' as name, count(*) as failing, min(check_problem) as problem \
             from catalogue_products where check_problem is not null";
        const OPEN: &str = concat!(
            "select 'watch' as name, count(*) as repairs from catalogue_skus s where ",
            open!()
        );
        let mut counts = WatchCounts::default();
        if let Some(row) = self.database.first(WATCHED, values![]).await? {
            let fields = row.fields(PRODUCTS, "name")?;
            counts.watched = fields.int("watched")?;
            counts.next_check_at = fields.maybe_moment("next_check_at")?;
        }
        if let Some(row) = self.database.first(FAILING, values![]).await? {
            let fields = row.fields(PRODUCTS, "name")?;
            counts.failing = fields.int("failing")?;
            counts.problem = fields.maybe_text("problem")?;
        }
        if let Some(row) = self.database.first(OPEN, values![]).await? {
            counts.open_repairs = row.fields("catalogue_skus", "name")?.int("repairs")?;
        }
        Ok(counts)
    }

    async fn watch_policies(&self) -> Result<Vec<WatchPolicy>, StoreError> {
        const ALL: &str = "select kind, action, above_percent from watch_policies order by kind";
        let rows = self.database.all(ALL, values![]).await?;
        let policy = |row: &Row| {
            let fields = row.fields("watch_policies", "kind")?;
            Ok(WatchPolicy {
                kind: fields.text("kind")?,
                action: fields.text("action")?,
                above_percent: fields.maybe_text("above_percent")?,
            })
        };
        rows.iter().map(policy).collect()
    }

    async fn set_watch_policies(
        &self,
        policies: Vec<WatchPolicy>,
        now: Millis,
        traces: Traces,
    ) -> Result<(), StoreError> {
        let choose = Choose {
            policies,
            now,
            traces,
        };
        self.database.write(choose).await
    }

    async fn drift(
        &self,
        filter: &DriftFilter,
        before: Option<&ChangeCursor>,
        limit: u32,
    ) -> Result<Vec<Drift>, StoreError> {
        let (at, id) = before.map_or((Millis(i64::MAX), ""), |cursor| {
            (cursor.at, cursor.id.as_str())
        });
        let mut values = values![at, id, limit.clamp(1, 1000)];
        values.extend(filter.kind.as_deref().map(Value::from));
        values.extend(filter.outcome.as_deref().map(Value::from));
        // A plan for all filters would take the order of the moments for each of them.
        let rows = self
            .database
            .all_by_values(drift_sql(filter), values)
            .await?;
        let drift = |row: &Row| {
            let fields = row.fields("catalogue_changes", "id")?;
            Ok(Drift {
                change: read_change(row)?,
                connection: fields.parsed("connection_id")?,
                product_id: fields.text("product_id")?,
                title: fields.text("title")?,
            })
        };
        rows.iter().map(drift).collect()
    }

    async fn open_repairs(
        &self,
        after: Option<(&CatalogueId, &str)>,
        limit: u32,
    ) -> Result<Vec<(CatalogueId, String)>, StoreError> {
        const PAGE: &str = concat!(
            "select s.catalogue_id, s.sku_id from catalogue_skus s where ",
            open!(),
            " and (s.catalogue_id, s.sku_id) > ($1, $2) order by s.catalogue_id, s.sku_id limit $3"
        );
        let (product, sku) = after.map_or(("", ""), |(id, sku)| (id.as_str(), sku));
        let values = values![product, sku, limit.clamp(1, 200)];
        let rows = self.database.all(PAGE, values).await?;
        let open = |row: &Row| {
            let fields = row.fields("catalogue_skus", "sku_id")?;
            Ok((fields.parsed("catalogue_id")?, fields.text("sku_id")?))
        };
        rows.iter().map(open).collect()
    }

    async fn sku_repairs(&self, id: &CatalogueId) -> Result<Vec<SkuRepair>, StoreError> {
        // One from before the variant came back and went again says nothing of this time.
        const ALL: &str = "select r.sku_id, r.replaced_by, r.at from sku_repairs r \
             join catalogue_skus s on s.catalogue_id = r.catalogue_id and s.sku_id = r.sku_id \
             where r.catalogue_id = $1 and s.gone_at is not null and r.at >= s.gone_at order by r.sku_id";
        let rows = self.database.all(ALL, values![id.as_str()]).await?;
        let repair = |row: &Row| {
            let fields = row.fields("sku_repairs", "sku_id")?;
            Ok(SkuRepair {
                sku_id: fields.text("sku_id")?,
                replaced_by: fields.text("replaced_by")?,
                at: fields.moment("at")?,
            })
        };
        rows.iter().map(repair).collect()
    }

    async fn repair_sku(
        &self,
        entry: NewCatalogueEntry,
        repair: SkuRepair,
        traces: Traces,
    ) -> Result<bool, StoreError> {
        let save = Save {
            entry,
            traces: Traces::none(),
        };
        let repair = RepairSku {
            save,
            repair,
            traces,
        };
        self.database.write(repair).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sql::{Database, Kind, Sqlite, SqliteSettings};

    #[tokio::test]
    async fn every_filter_of_the_drift_uses_its_index() {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings {
            path: folder.path().join("smartlinks.db"),
            readers: 1,
            max_pages: None,
        };
        let database = Database::new(Kind::Sqlite(Sqlite::open(settings).await.unwrap()), None);
        for (kind, outcome, index) in [
            (None, None, "catalogue_changes_drift "),
            (Some("sku_gone"), None, "catalogue_changes_kind "),
            (None, Some("hold"), "catalogue_changes_outcome "),
            (
                Some("cost"),
                Some("hold"),
                "catalogue_changes_kind_outcome ",
            ),
        ] {
            let filter = DriftFilter {
                kind: kind.map(str::to_owned),
                outcome: outcome.map(str::to_owned),
            };
            let sql = format!("explain query plan {}", drift_sql(&filter));
            let mut values = values![i64::MAX, "", 10_i64];
            values.extend([kind, outcome].into_iter().flatten().map(Value::from));
            let plan = database.all(sql.leak(), values).await.unwrap();
            let steps: Vec<_> = plan.iter().map(|row| row.text_at(3).unwrap()).collect();
            let [Some(changes), Some(product)] = steps.as_slice() else {
                panic!("{filter:?}: {steps:?}");
            };
            assert!(changes.contains(index), "{filter:?}: {changes}");
            assert!(product.contains("PRIMARY KEY"), "{filter:?}: {product}");
        }
        database.close().await;
    }

    const NOW: i64 = 1_795_435_200_000_000;

    #[test]
    fn what_was_not_used_does_not_gather_and_a_clock_set_back_stops_nothing() {
        let pace = CheckPace {
            per_second: 80,
            at_once: 20,
        };
        assert_eq!(pace.each_us(), 12_500);
        assert_eq!(NOW - pace.from(0, NOW), 20 * 12_500);
        assert_eq!(pace.from(NOW + 5_000_000, NOW), NOW + 5_000_000);
        assert_eq!(NOW - pace.from(NOW + 3_600_000_000, NOW), 20 * 12_500);
    }
}
