//! One suite, two databases. Every case runs on SQLite; it runs on PostgreSQL too when `TEST_DATABASE_URL` names
//! a server, and fails when `SMARTLINKS_TEST_POSTGRES=required` and none is named.

mod connections;
mod keyring;
mod login_attempts;
mod meta;
mod orders_and_events;
mod refresh;
mod sealing;
mod traces;

use crate::support;

macro_rules! suite {
    ($($domain:ident: $($case:ident),+ $(,)?;)+) => {
        mod sqlite {$(
            mod $domain {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    crate::support::on_sqlite(crate::conformance::$domain::$case).await;
                }
            )+}
        )+}
        mod postgres {$(
            mod $domain {$(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    crate::support::on_postgres(crate::conformance::$domain::$case).await;
                }
            )+}
        )+}
    };
}

suite! {
    connections:
        the_first_connection_is_generation_1_and_the_default,
        an_account_has_one_connection,
        of_two_connects_of_one_account_one_wins,
        reconnecting_replaces_the_pair_and_keeps_the_id,
        reconnecting_to_another_account_keeps_no_former_pair,
        exactly_one_default_whoever_chooses,
        a_disconnected_default_leaves_none,
        lists_and_lookups,
        unknown_connections_are_said_to_be_unknown,
        a_label_edit_beside_refreshes_keeps_both,
        disconnecting_deletes_all_token_material,
        the_outlook_counts_states_and_deadlines;
    refresh:
        of_many_claims_exactly_one_wins,
        due_work_is_claimed_once_by_many_workers,
        a_claim_needs_the_present_generation,
        a_lease_passes_on_when_it_has_run_out,
        a_lease_is_renewed_and_released_by_its_owner_only,
        of_two_finishes_of_one_generation_one_wins,
        the_loser_of_a_race_changes_nothing,
        a_late_answer_is_stored_when_no_other_came,
        an_answer_without_refresh_token_keeps_the_old_one,
        missing_deadlines_are_unknown_and_never_zero,
        the_former_pair_is_kept_until_the_new_one_has_served,
        failures_are_noted_and_forgotten_after_success,
        due_work_comes_in_order_and_not_while_leased;
    login_attempts:
        a_state_is_consumed_by_exactly_one_caller,
        what_was_stored_comes_back,
        the_first_outcome_stays,
        old_attempts_are_pruned;
    orders_and_events:
        an_order_is_updated_and_keeps_its_place,
        pages_hold_every_order_once,
        an_order_needs_its_connection,
        events_become_visible_in_the_order_of_their_numbers,
        events_are_listed_and_pruned;
    traces:
        a_change_and_its_traces_are_one,
        a_change_that_came_second_leaves_nothing,
        the_audit_log_is_paged_and_filtered;
    meta:
        a_database_belongs_to_one_gateway_and_app,
        values_are_set_and_replaced,
        a_closed_store_says_so;
    sealing:
        a_sealed_value_opens_only_in_its_place,
        a_flipped_bit_is_noticed,
        another_key_ring_is_refused,
        nothing_readable_is_stored,
        a_spoilt_row_is_named;
    keyring:
        keys_are_rotated_while_everything_runs,
        all_instances_change_over_at_the_same_moment,
        a_key_is_retired_only_when_no_row_needs_it,
        nobody_seals_with_a_key_that_is_being_retired,
        an_instance_without_the_new_key_goes_on_and_learns_it_from_its_file,
        what_cannot_be_read_is_passed_over_and_named,
        instances_say_which_keys_they_hold,
        every_sealed_column_is_on_the_list;
}

/// Both folders of migrations make the same tables.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn both_databases_have_the_same_schema() {
    const SQLITE: &str = "select m.name, c.name, case when c.\"notnull\" = 1 then 'needed' else 'optional' end \
         from sqlite_master m, pragma_table_info(m.name) c \
         where m.type = 'table' and m.name not like '%sqlx%' and m.name not like 'sqlite_%'";
    const POSTGRES: &str = "select table_name::text, column_name::text, \
         case when is_nullable = 'NO' then 'needed' else 'optional' end \
         from information_schema.columns where table_schema = 'public' and table_name not like '%sqlx%'";
    const SQLITE_INDEXES: &str = "select tbl_name, name from sqlite_master \
         where type = 'index' and sql is not null";
    const POSTGRES_INDEXES: &str = "select tablename::text, indexname::text from pg_indexes \
         where schemaname = 'public' and tablename not like '%sqlx%' \
         and indexname not like '%_pkey' and indexname not like '%_key'";
    support::on_postgres(async |postgres: support::Stage| {
        let sqlite = support::Stage::sqlite();
        let stores = [sqlite.open().await, postgres.open().await];
        let (mut sqlite, mut postgres) = (sqlite.raw().await, postgres.raw().await);
        for (one, other) in [(SQLITE, POSTGRES), (SQLITE_INDEXES, POSTGRES_INDEXES)] {
            let (mut one, mut other) = (sqlite.lines(one).await, postgres.lines(other).await);
            one.sort();
            other.sort();
            assert!(one.len() > 5, "{one:?}");
            assert_eq!(one, other);
        }
        for store in stores {
            store.close().await;
        }
    })
    .await;
}
