//! One suite, two databases. Every case runs on SQLite; it runs on PostgreSQL too when `TEST_DATABASE_URL` names
//! a server, and fails when `SMARTLINKS_TEST_POSTGRES=required` and none is named.

mod api_keys;
mod budget_shares;
mod catalogue;
mod connect_links;
mod connections;
mod gateway_calls;
mod import_jobs;
mod key_file;
mod keyring;
mod login_attempts;
mod markets;
mod meta;
mod oidc;
mod operators;
mod order_intents;
mod order_pages;
mod orders_and_events;
mod prices;
mod product_watch;
mod pruning;
mod pushes;
mod refresh;
mod refresh_journal;
mod sealing;
mod traces;
mod warnings;
mod webhooks;

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
    budget_shares:
        a_newcomer_gets_a_little_at_once_and_its_part_when_it_is_given_back,
        a_part_is_free_when_its_lease_has_run_out_or_its_holder_has_left,
        budgets_and_apps_are_divided_apart,
        claims_at_the_same_time_do_not_exceed_the_budget,
        no_life_of_the_instances_exceeds_the_budget;
    catalogue:
        a_product_comes_back_as_it_was_stored,
        of_two_writers_of_one_version_one_wins,
        a_number_is_imported_once_for_each_connection,
        codes_are_unique_and_may_change_places,
        pages_hold_what_a_filter_lets_through_once,
        what_is_searched_for_is_taken_as_it_is_written,
        a_label_is_found_by_itself_alone,
        a_product_goes_with_all_that_is_its;
    import_jobs:
        an_import_is_held_by_one_and_passes_on,
        lines_end_once_and_the_last_one_ends_the_import,
        the_last_line_ends_the_import_whoever_holds_it,
        an_import_of_which_no_line_waits_is_ended,
        an_import_rests_and_is_stopped,
        an_import_grows_while_it_is_held;
    prices:
        rules_differ_by_name_and_one_is_the_default,
        choices_at_the_same_time_leave_one_default,
        a_rule_that_a_product_has_stays,
        a_rate_is_entered_replaced_and_taken_away,
        a_run_is_put_in_force_whole_and_once,
        a_run_gives_its_rule_to_all_its_products,
        a_run_that_something_has_overtaken_changes_nothing,
        of_two_runs_over_the_same_variant_one_is_applied;
    product_watch:
        of_many_instances_each_product_is_looked_at_by_one,
        all_instances_together_keep_to_the_pace,
        a_look_ends_once_and_passes_on,
        a_look_that_was_overtaken_leaves_what_is_newer,
        drift_is_what_aliexpress_has_changed_of_all_products,
        an_answer_ends_the_trouble_whoever_asked,
        a_variant_that_is_gone_waits_until_something_takes_its_place,
        what_is_to_be_done_is_chosen_for_each_kind;
    pruning:
        old_rows_go_in_parts_of_every_table;
    gateway_calls:
        calls_are_added_up_by_hour_method_and_outcome,
        instances_add_at_the_same_time,
        what_is_held_of_a_budget_is_added_up;
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
        disconnecting_closes_the_ways_back,
        the_outlook_counts_states_and_deadlines,
        the_outlook_agrees_with_a_count_of_every_row;
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
        due_work_comes_in_order_and_not_while_leased,
        the_next_deadline_is_found_behind_leases,
        a_refused_access_token_leaves_the_cause;
    refresh_journal:
        a_claim_writes_its_attempt_and_a_refused_claim_none,
        every_end_is_noted_with_its_code_and_moment,
        who_takes_over_ends_the_attempt_of_the_dead,
        a_late_answer_corrects_the_journal,
        the_loser_of_a_race_is_noted_as_overtaken,
        signing_in_again_and_disconnecting_end_what_is_pending,
        a_lost_answer_is_remembered_until_a_pair_is_stored,
        the_last_resort_is_spent_once,
        only_ended_attempts_are_forgotten;
    login_attempts:
        a_state_is_consumed_by_exactly_one_caller,
        what_was_stored_comes_back,
        the_first_outcome_stays,
        old_attempts_are_pruned;
    order_pages:
        a_page_reads_what_it_shows_and_not_all_orders,
        orders_are_counted_where_they_stand;
    orders_and_events:
        an_order_is_updated_and_keeps_its_place,
        an_order_is_followed_by_one_at_a_time,
        pages_hold_every_order_once,
        an_order_needs_its_connection,
        events_become_visible_in_the_order_of_their_numbers,
        events_are_listed_and_pruned;
    order_intents:
        a_key_is_one_intent_of_its_caller,
        an_intent_is_held_by_one_and_passes_on_when_its_lease_ends,
        people_are_sealed_and_leave_with_the_last_sending,
        an_order_belongs_to_one_intent,
        a_person_decides_only_what_waits_for_one,
        an_intent_is_corrected_only_where_it_stands,
        intents_are_paged_and_pruned;
    operators:
        a_name_is_taken_once_whatever_its_capitals,
        at_most_one_becomes_the_first_operator,
        nobody_becomes_the_first_beside_an_operator,
        a_link_works_once_and_in_its_time,
        a_newer_link_replaces_the_older_one,
        a_session_comes_back_with_its_operator,
        sessions_end_one_by_one_and_together,
        a_disabled_operator_has_no_sessions_and_may_come_back,
        old_sessions_and_links_are_pruned,
        a_session_begins_only_while_the_password_stands,
        a_password_change_leaves_no_session_behind,
        a_link_for_the_invited_is_made_for_them_alone,
        no_hash_is_shown,
        an_entry_is_left_by_what_took_effect;
    oidc:
        a_state_is_consumed_by_exactly_one,
        an_identity_is_one_operator_and_an_operator_one_identity,
        an_identity_can_be_replaced_and_not_taken_away,
        of_two_first_sign_ins_one_links,
        a_link_ends_what_could_set_a_password,
        old_attempts_are_pruned;
    traces:
        a_change_and_its_traces_are_one,
        a_change_that_came_second_leaves_nothing,
        the_audit_log_is_paged_and_filtered;
    connect_links:
        a_link_is_used_by_exactly_one,
        a_link_opens_nothing_when_late_taken_back_or_unknown,
        a_link_tells_how_its_sign_in_ended,
        links_are_paged_and_pruned;
    pushes:
        a_body_is_taken_once,
        a_message_is_claimed_by_one_and_passes_on_when_the_lease_ends,
        what_is_done_keeps_no_body_and_what_waits_comes_again,
        one_body_that_does_not_open_keeps_no_other_from_being_worked_on,
        bodies_are_sealed;
    markets:
        a_market_is_kept_for_each_holder;
    meta:
        a_database_belongs_to_one_gateway_and_app,
        a_look_changes_nothing,
        values_are_set_and_replaced,
        a_closed_store_says_so;
    sealing:
        a_sealed_value_opens_only_in_its_place,
        a_flipped_bit_is_noticed,
        another_key_ring_is_refused,
        nothing_readable_is_stored,
        a_spoilt_row_is_named;
    api_keys:
        a_key_comes_back_as_it_was_stored,
        a_prefix_belongs_to_one_key,
        a_key_is_revoked_once,
        the_last_use_only_moves_forward,
        ended_keys_are_pruned,
        only_so_many_keys_are_valid_at_once;
    key_file:
        a_key_that_has_left_the_file_is_not_activated,
        a_key_is_not_activated_while_it_leaves_the_file,
        a_needed_key_that_left_the_file_is_put_back;
    keyring:
        keys_are_rotated_while_everything_runs,
        all_instances_change_over_at_the_same_moment,
        a_key_is_retired_only_when_no_row_needs_it,
        nobody_seals_with_a_key_that_is_being_retired,
        an_instance_without_the_new_key_goes_on_and_learns_it_from_its_file,
        what_cannot_be_read_is_passed_over_and_named,
        instances_say_which_keys_they_hold,
        every_sealed_column_is_on_the_list;
    webhooks:
        an_event_is_queued_for_those_that_asked,
        a_delivery_is_claimed_by_exactly_one,
        attempts_are_kept_and_a_resend_starts_anew,
        a_disabled_endpoint_ends_what_waits_for_it,
        removing_an_endpoint_never_fails_an_event,
        a_test_event_goes_to_one_endpoint,
        secrets_are_sealed_and_rotate_with_overlap,
        an_endpoint_is_changed_in_parts,
        an_endpoint_is_disabled_only_while_it_is_what_it_was,
        a_fault_of_ours_says_nothing_of_the_endpoint,
        what_is_held_hides_nothing_that_is_due_sooner,
        delivering_and_disabling_at_once_fails_neither;
    warnings:
        a_step_is_told_by_exactly_one,
        a_new_sign_in_begins_the_ladder_anew,
        a_refresh_into_another_window_begins_the_ladder_anew,
        one_unreadable_connection_keeps_no_other_from_being_warned,
        a_passed_deadline_is_told_once;
}
