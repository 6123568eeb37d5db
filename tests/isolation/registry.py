"""What a tenant's data can travel through, each with the test that proves it stays its own.

`test_registry.py` compares this with what the product really has: the urlconfs, the database's
catalogue, the task registry, the processes, the settings. Something new fails the build until it
has a line here, and a line needs a test.
"""

from tests.isolation.registered_routes import PLATFORM_ROUTES, TENANT_ROUTES

__all__ = ["PLATFORM_ROUTES", "TENANT_ROUTES"]

DATABASE = "tests/isolation/test_database.py"
EVENTS = "tests/isolation/test_events.py"
INGEST = "tests/isolation/test_ingest.py"
SOCKETS = "tests/isolation/test_sockets.py"
POOL = "tests/isolation/test_pgbouncer.py"
TASKS_TEST = "tests/isolation/test_tasks.py"
THREADS = "tests/isolation/test_threads.py"
URLS = "tests/isolation/test_urls.py"
WEB = "tests/isolation/test_web.py"

EVERY_RELATION = f"{DATABASE}::test_no_other_role_reads_or_writes_any_relation_of_a_tenant"
NOT_LISTED = f"{DATABASE}::test_a_tenants_role_sees_nothing_of_public_but_what_is_listed"
NO_EVENTS = f"{EVENTS}::test_no_tenant_reads_changes_or_deletes_events_not_even_its_own"
OWN_EVENTS = f"{EVENTS}::test_a_tenant_reads_its_own_stream_and_changes_nothing"
HELD = f"{INGEST}::test_nobody_reads_held_records_and_only_the_platform_who_is_held"
OWN_TRAIL = f"{EVENTS}::test_nobody_else_reads_or_writes_an_audit_trail"
OWN_URLS = f"{URLS}::test_with_betas_ids_alphas_owner_reads_and_changes_nothing_of_beta"
OWN_ROUTERS = (
    "tests/radius/api/test_nas.py::"
    "test_row_security_hides_it_from_the_strangers_role_and_keeps_it_from_writing"
)
OWN_SESSIONS = (
    "tests/access/support/test_rights.py::test_row_security_hides_it_from_the_strangers_role"
)
OWN_APP = (
    "tests/realtime/test_registry.py::"
    "test_row_security_shows_a_tenant_its_own_app_and_lets_it_make_none"
)
OWN_INVITATIONS = (
    "tests/access/invitations/test_rights.py::test_a_token_of_one_tenant_is_worthless_elsewhere"
)
OWN_PAGES = (
    "tests/isolation/test_pages.py"
    "::test_on_pages_with_betas_ids_alphas_owner_reads_and_changes_nothing_of_beta"
)
FOREIGN_URLS = "tests/isolation/test_foreign_hosts.py"
CLOSED_URLS = f"{FOREIGN_URLS}::test_a_tenants_owner_opens_no_route_of_the_platforms_host"

# Routes of a library, under one prefix, with one test for all of them.
ROUTE_PREFIXES = {
    "_allauth/": (
        "tests/access/signin/test_stranger.py::"
        "test_alphas_sign_in_opens_no_route_of_betas_host_nor_of_the_platforms"
    ),
    "api/v1/kiosk/": (
        "tests/transactions/water/test_isolation.py::test_a_kiosk_of_alpha_is_nobody_on_betas_host"
    ),
}

# What access has of staff, in each tenant, and of operators in `public`.
STAFF_TABLES = (
    "access_alertroute",
    "access_alertroute_departments",
    "access_apitoken",
    "access_assignment",
    "access_department",
    "access_department_sites",
    "access_extradepartment",
    "access_invitation",
    "access_lockout",
    "access_position",
    "access_provideridentity",
    "access_role",
    "access_settings",
    "access_signinpolicy",
    "access_signinprovider",
    "access_site",
    "access_user",
    "access_user_extra_sites",
    "access_user_roles",
    "account_emailaddress",
    "account_emailconfirmation",
)
# Tables and views, partitions apart: they have their parent's test.
TENANT_TABLES = dict.fromkeys(
    (
        *STAFF_TABLES,
        "audit_entry",
        "audit_seal",
        "auth_group",
        "auth_group_permissions",
        "auth_permission",
        "django_admin_log",
        "django_migrations",
        "django_session",
        "job_alarm",
        "files_storedfile",
        "job_answer",
        "job_claim",
        "jobs_job",
        "ledger_account",
        "ledger_entry",
        "ledger_hold",
        "ledger_transfer",
        "mfa_authenticator",
        "nas",
        "notifications_delivery",
        "notifications_mailsettings",
        "notifications_notification",
        "notifications_preference",
        "notifications_smsday",
        "notifications_smssettings",
        "notifications_task",
        "payments_inboxmessage",
        "payments_mpesaaccount",
        "payments_payment",
        "payments_paystackaccount",
        "payments_receipt",
        "payments_suspense",
        "radacct",
        "radacct_open",
        "radcheck",
        "radcompiled",
        "radgroupcheck",
        "radgroupreply",
        "radius_import",
        "radius_import_row",
        "radius_nas_state",
        "radius_plan",
        "radius_settings",
        "radius_subscriber",
        "radius_voucher",
        "radius_voucher_batch",
        "radius_voucher_key",
        "radpostauth",
        "radreply",
        "radusergroup",
        "resellers_resale",
        "resellers_reseller",
        "sessions",
        "socialaccount_socialaccount",
        "socialaccount_socialapp",
        "socialaccount_socialtoken",
        "tills_dayclose",
        "tills_refund",
        "tills_refundapproval",
        "tills_sale",
        "tills_shift",
        "usage_daily",
        "usersessions_usersession",
        "wallets_wallet",
        "water_authorisation",
        "water_bundle",
        "water_bundlegrant",
        "water_bundleprogress",
        "water_calibration",
        "water_dispenseclaim",
        "water_kiosk",
        "water_kioskday",
        "water_kioskepoch",
        "water_kioskhour",
        "water_kioskkey",
        "water_kiosknonce",
        "water_kiosksignal",
        "water_kioskwatch",
        "water_lease",
        "water_recordconflict",
        "water_refund",
        "water_tag",
        "water_tagday",
        "water_tagkey",
        "water_tap",
        "water_tariff",
        "water_tariffversion",
        "water_transactions",
        "webhooks_delivery",
        "webhooks_endpoint",
    ),
    EVERY_RELATION,
)
PUBLIC_TABLES = {
    **dict.fromkeys(
        (
            *STAFF_TABLES,
            "auth_group",
            "auth_group_permissions",
            "auth_permission",
            "django_admin_log",
            "django_content_type",
            "django_migrations",
            "django_session",
            "job_alarm",
            "job_answer",
            "job_claim",
            "jobs_job",
            "mfa_authenticator",
            "socialaccount_socialaccount",
            "socialaccount_socialapp",
            "socialaccount_socialtoken",
            "spool_checkpoint",
            "spool_state",
            "tenants_domain",
            "tenants_order",
            "tenants_partitionoverride",
            "tenants_signup",
            "tenants_tenant",
            "usersessions_usersession",
        ),
        NOT_LISTED,
    ),
    "audit_entry": OWN_TRAIL,
    "audit_head": OWN_TRAIL,
    "audit_seal": OWN_TRAIL,
    "events_log": OWN_EVENTS,
    "events_outbox": NO_EVENTS,
    "events_relay": NO_EVENTS,
    "events_stream": OWN_EVENTS,
    "events_undelivered": NO_EVENTS,
    "spool_held": HELD,
    "spool_held_record": HELD,
    "nas_registry": OWN_ROUTERS,
    "realtime_app": OWN_APP,
    "support_session": OWN_SESSIONS,
}

# Modules that use Django's cache, and what their keys begin with.
CACHE_USERS = {
    "transactions.payments.gateways.providers": (
        "payments:",
        (
            "tests/transactions/payments/test_isolation.py::"
            "test_a_token_of_one_tenants_application_is_not_the_others"
        ),
    ),
    "wificore.access.mfa.selectors": (
        "factor:",
        "tests/access/mfa/test_policy.py::test_a_warm_answer_of_one_tenant_is_not_the_others",
    ),
    "wificore.access.subjects": (
        "rights:",
        "tests/access/test_subjects.py::test_warm_rights_of_one_tenants_user_are_not_the_others",
    ),
    "wificore.kernel.throttle": (
        "throttle:",
        "tests/access/signin/test_flood.py::test_one_tenants_flood_is_not_the_others",
    ),
    "tenants.selectors": ("host:", f"{THREADS}::test_a_cached_value_stays_with_its_tenant"),
    "tenants.services": ("host:", f"{THREADS}::test_a_cached_value_stays_with_its_tenant"),
    "tenants.deletion": (
        "",
        "tests/tenants/test_deletion.py::test_the_other_tenants_keep_everything",
    ),
}
# `wificore:<kind>:<schema>:<version>:<prefix>..`: what may lie in Redis after any request.
KEYS = {
    "cache": ("host:", "rights:", "factor:", "throttle:", "allauth", "payments:"),
    "session": ("django.contrib.sessions.cached_db",),
}

OWN_PAYMENTS = (
    "tests/transactions/payments/test_worker.py::"
    "test_two_tenants_payments_of_the_same_receipt_stay_each_ones_own"
)
TASKS = {
    "transactions.payments.tasks.send_order": OWN_PAYMENTS,
    "transactions.payments.tasks.take_message": OWN_PAYMENTS,
    "transactions.payments.tasks.send_return": OWN_PAYMENTS,
    "transactions.payments.tasks.ask_payment": OWN_PAYMENTS,
    "transactions.payments.tasks.pull_payments": OWN_PAYMENTS,
    "tenants.tasks.sign_up_mail": (
        "tests/tenants/sign_up/test_sign_up.py::test_a_stranger_becomes_the_owner_of_a_tenant"
    ),
    "tenants.tasks.carry_out": (
        "tests/tenants/test_deletion.py::test_the_other_tenants_keep_everything"
    ),
    "tenants.tasks.tables_begin": (
        "tests/tenants/test_partitioning.py::"
        "test_a_tenant_that_begins_with_a_feature_gets_partitions_and_the_other_none"
    ),
    "wificore.access.tasks.invitation_mail": OWN_INVITATIONS,
    "wificore.access.tasks.password_reset_mail": (
        "tests/access/signin/test_password_reset.py::"
        "test_a_link_of_alpha_is_useless_at_beta_with_the_same_user_id"
    ),
    "wificore.webhooks.tasks.send_due": (
        "tests/webhooks/test_worker.py::test_two_tenants_workers_send_each_ones_own"
    ),
    "wificore.jobs.partitioning.night": (
        "tests/tenants/test_partitioning.py::test_what_somebody_else_claimed_is_left_to_them"
    ),
    "wificore.jobs.tasks.dispatch": (
        f"{TASKS_TEST}::test_interleaved_tasks_of_two_tenants_never_mix"
    ),
    "wificore.jobs.tasks.run_job": (
        "tests/jobs/test_api.py::test_the_stranger_and_the_operator_see_nothing_of_it"
    ),
    "wificore.jobs.tasks.work": (
        f"{TASKS_TEST}::test_tasks_of_a_suspended_tenant_are_dropped_with_a_line_in_the_log"
    ),
    "wificore.notifications.tasks.deliver": (
        "tests/notifications/test_journey.py::test_each_tenants_letters_leave_by_its_own_server"
    ),
    "wificore.notifications.tasks.notify": (
        "tests/notifications/test_journey.py::"
        "test_an_event_reaches_the_inboxes_of_its_own_tenant_alone"
    ),
}

PROCESSES = {
    "metrics": "tests/ops/test_metrics.py::test_the_page_names_no_tenant",
    "web": f"{WEB}::test_eight_threads_of_alternating_requests_never_see_the_other_tenant",
    "worker": f"{TASKS_TEST}::test_interleaved_tasks_of_two_tenants_never_mix",
    "worker-outbound": (
        "tests/webhooks/test_worker.py::test_two_tenants_workers_send_each_ones_own"
    ),
    "worker-ddl": (
        "tests/tenants/test_api.py::test_a_tenant_is_made_suspended_resumed_and_deleted_over_http"
    ),
    "beat": f"{TASKS_TEST}::test_tasks_of_a_tenant_that_is_gone_are_dropped",
    "relay": f"{EVENTS}::test_a_tenant_publishes_in_its_own_name_only",
    "realtime": f"{SOCKETS}::test_sockets_of_two_tenants_with_the_same_names_never_meet",
    "ingester": f"{INGEST}::test_a_broken_tenants_records_stop_no_other_tenants",
    "radius-clients": OWN_ROUTERS,
    "freeradius": f"{DATABASE}::test_the_radius_login_reads_no_table_at_all",
    "postgres": EVERY_RELATION,
    "redis": f"{THREADS}::test_deleting_by_pattern_leaves_the_other_tenants_entries",
}
# Kinds of keys that sockets have in Redis: `wificore:rt:<schema>:<app_id>:<kind>..`.
NEVER_MEET = f"{SOCKETS}::test_sockets_of_two_tenants_with_the_same_names_never_meet"
NAMES_ITS_TENANT = f"{SOCKETS}::test_every_key_in_redis_names_its_tenant"
SOCKET_KEYS = {
    "channels": NEVER_MEET,
    "members": NEVER_MEET,
    "holders": NEVER_MEET,
    "connections": NAMES_ITS_TENANT,
    "node": NAMES_ITS_TENANT,
    "hooks": NAMES_ITS_TENANT,
    "sending": NAMES_ITS_TENANT,
    "sender": NAMES_ITS_TENANT,
    "sender-lease": NAMES_ITS_TENANT,
    "rate": "tests/realtime/http/test_rates.py::test_one_apps_messages_are_not_counted_for_another",
    "cache": f"{SOCKETS}::test_what_one_tenants_cache_channel_remembers_is_not_the_others",
}

# Run once by the launcher, or not the product: nothing of a tenant stays in them.
NO_STORE = frozenset(
    {
        *("migrate", "demo", "render", "web-client"),
        *("simulator", "kiosk-simulator", "mpesa-simulator", "sms-simulator"),
    }
)

# What may stand between a process and PostgreSQL: PgBouncer, by its mode.
POOLS = {
    "session": f"{POOL}::test_threads_that_share_few_connections_never_mix_tenants",
    "transaction": f"{POOL}::test_no_process_starts_through_such_a_pool",
    "statement": (
        "tests/kernel/db/test_pooling.py::test_other_modes_are_refused_with_setting_and_fix"
    ),
}

# Where data lies besides the database: STORAGES and CACHES of the settings, by alias.
STORES = {
    "storage exports": (
        "tests/audit/test_exports.py::test_the_same_number_in_two_tenants_is_two_files"
    ),
    "storage uploads": (
        "tests/files/test_attachments_api.py::test_the_stranger_gets_nothing_by_alphas_addresses"
    ),
    "storage archive": (
        "tests/tenants/test_partitions_command.py::test_another_tenant_cannot_be_given_the_archive"
    ),
    "cache default": f"{THREADS}::test_a_cached_value_stays_with_its_tenant",
    "cache sessions": (
        "tests/access/test_admin_sign_in.py::test_a_cookie_copied_to_another_tenants_host_is_nobody"
    ),
}
# Files of the product itself, and Django's default, which nothing uses yet.
NO_TENANTS_STORE = frozenset({"storage staticfiles", "storage default"})


def named() -> set[str]:
    """All tests that are named here."""
    return {
        OWN_URLS,
        OWN_PAGES,
        CLOSED_URLS,
        *TENANT_TABLES.values(),
        *PUBLIC_TABLES.values(),
        *TASKS.values(),
        *PROCESSES.values(),
        *STORES.values(),
        *SOCKET_KEYS.values(),
        *POOLS.values(),
        *ROUTE_PREFIXES.values(),
        *(test for _, test in CACHE_USERS.values()),
    }
