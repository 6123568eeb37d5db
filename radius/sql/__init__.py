"""The SQL of the RADIUS side: which files there are and the order they are installed in.

    public     PUBLIC_TABLES   once       PUBLIC_FUNCTIONS   again whenever a body changes
    a tenant   TENANT_TABLES   once       TENANT_FUNCTIONS   again whenever a body changes
                                          TENANT_EVENTS      after them: what they publish

What was added later, in files of its own (a released file is never edited):

    public     PUBLIC_HELD     once       PUBLIC_HELD_FUNCTIONS
               PUBLIC_BATCHES  once       PUBLIC_BATCH_FUNCTIONS
    a tenant                              TENANT_HELD_DEVICES, TENANT_BATCHES, TENANT_SEARCH
               TENANT_VOUCHERS            TENANT_VOUCHER_FUNCTIONS

Functions are CREATE OR REPLACE: installing them again changes bodies and keeps rights.
"""

from pathlib import Path

HERE = Path(__file__).parent
PUBLIC_TABLES = HERE / "public.sql"
PUBLIC_FUNCTIONS = HERE / "functions" / "public.sql"
PUBLIC_HELD = HERE / "held.sql"
PUBLIC_HELD_FUNCTIONS = HERE / "functions" / "held.sql"
PUBLIC_BATCHES = HERE / "batches.sql"
PUBLIC_BATCH_FUNCTIONS = HERE / "functions" / "batches.sql"
TENANT_TABLES = HERE / "tables.sql"
TENANT_FUNCTIONS = tuple(
    HERE / "functions" / f"{name}.sql"
    for name in ("accounting", "sessions", "login", "partitions", "postauth")
)
TENANT_EVENTS = HERE / "functions" / "events.sql"
TENANT_HELD_DEVICES = HERE / "functions" / "held_devices.sql"
TENANT_BATCHES = HERE / "functions" / "tenant_batches.sql"
TENANT_SEARCH = HERE / "search.sql"
TENANT_VOUCHERS = HERE / "vouchers.sql"
TENANT_VOUCHER_FUNCTIONS = HERE / "functions" / "vouchers.sql"
