//! The steps that bring a database to the schema of this version, embedded in the program.

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// A step: version, name, SQL for SQLite, SQL for PostgreSQL.
struct Step(i64, &'static str, &'static str, &'static str);

macro_rules! step {
    ($version:literal, $name:literal) => {
        Step(
            $version,
            $name,
            include_str!(concat!(
                "../../migrations/sqlite/",
                $version,
                "_",
                $name,
                ".sql"
            )),
            include_str!(concat!(
                "../../migrations/postgres/",
                $version,
                "_",
                $name,
                ".sql"
            )),
        )
    };
}

/// Only ever longer: a step that has been released is not changed.
const STEPS: &[Step] = &[
    step!(1, "connections_and_orders"),
    step!(2, "events_and_audit"),
    step!(3, "refresh_journal"),
    step!(4, "budget_shares"),
    step!(5, "operators"),
    step!(6, "api_keys"),
    step!(7, "connect_links_and_pushes"),
    step!(8, "webhooks"),
    step!(9, "outlook"),
    step!(10, "gateway_calls"),
    step!(11, "oidc_identities"),
    step!(12, "catalogue"),
    step!(13, "order_intents"),
    step!(14, "catalogue_watch"),
    step!(15, "markets"),
    step!(16, "order_lookups"),
    step!(17, "run_products_and_sellers"),
    step!(18, "order_following"),
    step!(19, "prices_by_hand"),
    step!(20, "order_pages"),
    step!(21, "drift_and_codes"),
    step!(22, "batch_lines"),
];

/// Every step, as number and name.
pub(super) fn steps() -> Vec<(i64, String)> {
    let step = |step: &Step| (step.0, step.1.to_owned());
    STEPS.iter().map(step).collect()
}

pub(super) fn sqlite() -> Migrator {
    migrator(|step| step.2)
}

pub(super) fn postgres() -> Migrator {
    migrator(|step| step.3)
}

fn migrator(sql: fn(&Step) -> &'static str) -> Migrator {
    let migration = |step: &Step| {
        let text = sql(step).into_sql_str();
        Migration::new(step.0, step.1.into(), MigrationType::Simple, text, false)
    };
    Migrator::with_migrations(STEPS.iter().map(migration).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_file_of_both_folders_is_a_step() {
        let steps: BTreeSet<String> = STEPS
            .iter()
            .map(|step| format!("{}_{}.sql", step.0, step.1))
            .collect();
        for backend in ["sqlite", "postgres"] {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("migrations")
                .join(backend);
            let files: BTreeSet<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            assert_eq!(files, steps, "{backend}");
        }
        let versions: Vec<i64> = STEPS.iter().map(|step| step.0).collect();
        assert!(versions.is_sorted_by(|a, b| a < b));
    }
}
