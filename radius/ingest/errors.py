"""What a failure in the database means for a batch, and so what happens to its records.

Refused            a record is at fault: it is found by halving, and set apart
PartitionMissing   make it, try again
TenantBroken       a tenant's own schema fails for no record's fault: its records are held
TenantsChanged     a tenant is gone: its records are set apart
Unavailable        the database as a whole: wait, try again, the spool keeps the batch
"""

import re
from dataclasses import dataclass
from datetime import date

import psycopg2

# Class 22: data exception; 23: constraint; 54: a row too large for a page.
DATA_AT_FAULT = ("22", "23", "54")
# The connection is going, even if it still looks open.
GOING = ("08", "57P")
NO_PARTITION = re.compile(r"no partition of relation")
KEY_DAY = re.compile(r"= \((\d{4}-\d{2}-\d{2})")


class Unavailable(Exception):
    """The database cannot apply anything now; the batch stays in its spool."""


class Refused(Exception):
    """The database refuses a record of the batch; str() is the reason in its words."""


class TenantsChanged(Exception):
    """A tenant of the batch does not exist any more."""


@dataclass
class TenantBroken(Exception):
    """A statement in this tenant's schema fails for no record's fault; the connection is well."""

    tenant: str
    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(unsafe_hash=True)
class PartitionMissing(Exception):
    """A time of this tenant's records has no partition yet."""

    tenant: str
    day: date


def meaning(error: psycopg2.Error, tenant: str | None, *, connected: bool) -> Exception:
    """What an error means that came while `tenant` was worked for, or nobody in particular.

    No list of codes says which faults are one tenant's: a full disk or a lock may be either. So
    whatever its own statements raise is its own; if the fault is everybody's, holding the records
    fails as well, and then the spool waits.
    """
    state, text = error.pgcode or "", _words(error)
    if not connected or state.startswith(GOING):
        return Unavailable(text)
    day = KEY_DAY.search(error.diag.message_detail or "")
    if tenant is not None and day and NO_PARTITION.search(text):
        return PartitionMissing(tenant, date.fromisoformat(day[1]))
    if state.startswith(DATA_AT_FAULT):
        return Refused(f"{state} {error.diag.message_primary}")
    if tenant is None:
        return Unavailable(text)
    return TenantBroken(tenant, f"{state} {text}".strip())


def _words(error: psycopg2.Error) -> str:
    return error.diag.message_primary or str(error).strip() or type(error).__name__
