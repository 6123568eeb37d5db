"""Leaks of the stock stack (docs/isolation.md): each with the tests that fail without its fix.

`test_leaks.py` verifies that they are all here and that the tests exist.
"""

BACKEND = "tests/kernel/db/test_backend.py"
DATABASE = "tests/isolation/test_database.py"
GRANTS = "tests/kernel/db/test_grants.py"
INTERLEAVING = "tests/isolation/test_interleaving.py"
LEAKS_TEST = "tests/isolation/test_leaks.py"
PARTITIONS = "tests/kernel/db/partitions/test_engine.py"
TASKS = "tests/kernel/test_tasks.py"
TASKS_TEST = "tests/isolation/test_tasks.py"
THREADS = "tests/isolation/test_threads.py"
WEB = "tests/isolation/test_web.py"

SWALLOWED = "test_a_commit_that_an_error_made_a_rollback_does_not_lead_back_to_the_former_tenant"

LEAKS: dict[str, tuple[str, ...]] = {
    "L1": (
        f"{LEAKS_TEST}::test_a_tenant_is_no_context_manager_whatever_the_backend_allows",
        f"{BACKEND}::test_a_tenant_is_no_context_manager_of_its_own",
    ),
    "L2": (
        f"{LEAKS_TEST}::test_a_decorated_function_keeps_each_threads_own_tenant",
        f"{LEAKS_TEST}::test_the_stock_switches_are_refused_by_lint_and_at_work",
    ),
    "L3": (
        f"{BACKEND}::test_a_failed_switch_raises_instead_of_running_on_the_former_tenant",
        f"{BACKEND}::{SWALLOWED}",
    ),
    "L4": (
        f"{BACKEND}::test_a_missing_schema_raises_and_never_falls_through_to_public",
        f"{GRANTS}::test_only_apps_listed_in_both_places_have_tables_in_both",
        f"{DATABASE}::test_a_tenants_role_sees_nothing_of_public_but_what_is_listed",
    ),
    "L5": (
        f"{LEAKS_TEST}::test_nothing_in_the_product_sets_a_search_path_by_hand",
        f"{LEAKS_TEST}::test_a_path_that_was_set_by_hand_is_found_after_the_test",
        f"{DATABASE}::test_a_tenant_cannot_become_another_tenant",
    ),
    "L6": (
        f"{LEAKS_TEST}::test_every_tenant_sees_the_one_table_of_content_types",
        f"{LEAKS_TEST}::test_no_tenant_changes_the_content_types_of_all",
    ),
    "L7": (f"{LEAKS_TEST}::test_a_nested_context_gives_the_outer_one_back_whole",),
    "L8": (
        f"{WEB}::test_a_lazy_queryset_that_leaves_its_context_reads_no_tenant_at_all",
        f"{WEB}::test_a_streaming_answer_reads_no_tenant_after_the_middleware_ended",
    ),
    "L9": (
        f"{THREADS}::test_a_cache_key_without_a_context_raises",
        f"{THREADS}::test_tasks_on_one_event_loop_keep_their_own_tenant",
        f"{THREADS}::test_every_line_of_the_log_names_the_tenant_that_was_worked_for",
    ),
    "L10": (f"{LEAKS_TEST}::test_reads_after_an_await_are_their_own_tenants",),
    "L11": (
        f"{TASKS}::test_a_message_without_the_header_is_refused_by_the_worker",
        f"{TASKS}::test_sending_without_a_tenant_is_an_error_and_never_means_public",
        f"{TASKS_TEST}::test_a_chord_and_its_body_stay_with_their_tenant",
        f"{TASKS_TEST}::test_interleaved_tasks_of_two_tenants_never_mix",
    ),
    "L12": (
        f"{DATABASE}::test_no_other_role_reads_or_writes_any_relation_of_a_tenant",
        f"{DATABASE}::test_even_the_tenant_itself_reaches_its_partitions_through_their_parent_only",
        f"{GRANTS}::test_no_partition_carries_a_right_of_its_own",
        f"{PARTITIONS}::test_nobody_has_a_right_on_a_partition_attached_or_detached",
    ),
}
# The invariant behind most of them: `current_schema()` is what the context says.
INVARIANT = f"{INTERLEAVING}::test_whatever_threads_do_each_statement_runs_where_its_context_says"
