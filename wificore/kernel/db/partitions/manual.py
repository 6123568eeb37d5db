"""One partition by hand: away into the archive before its time, or back from it."""

from datetime import datetime

from django.core.files.storage import Storage
from django.db import connections, transaction

from . import archive, ddl, engine, statements
from .actions import Action, Attach, Detach, Retire
from .catalogue import Partition
from .policy import PartitionPolicy, policies
from .restore import RestoreRefused, find, restore


class Refused(RuntimeError):
    """It cannot be done to this partition."""


def archive_now(
    schema: str, name: str, now: datetime, *, using: str, store: Storage | None = None
) -> None:
    """Detach, archive, verify and drop one partition, whatever its age.

    Raises:
        Refused: there is no such partition, it has not ended yet, or a step failed.
    """
    shown = engine.look([schema], using=using)
    inside, outside = shown.attached(schema, name), shown.waiting(schema, name)
    found = inside or outside
    if found is None:
        raise Refused(f"{schema} has no partition {name}")
    if found.span.upper > now:
        raise Refused(f"{name} has not ended: rows still come into it")
    actions: list[Action] = []
    if inside:
        actions.append(Detach(*found.address, found.span, resumed=found.pending))
    actions.append(Retire(*found.address, policy_of(schema, name).key, found.span))
    for outcome in engine.apply(actions, using=using, store=store):
        if outcome.error:
            raise Refused(f"{outcome.action}: {outcome.error}")


def bring_back(
    schema: str,
    name: str,
    hold: datetime | None,
    *,
    using: str,
    store: Storage | None = None,
    since: datetime | None = None,
) -> int | None:
    """Attach one partition again: the detached table if it is still there, else its archive.

    Args:
        hold: retention leaves it alone until then.
        since: the tenant's birth; archives from before it are another's who had the name.

    Returns:
        How many rows were loaded; None: the table was still there.

    Raises:
        Refused: nothing of this name fits any table.
        RestoreRefused, ArchiveInvalid: see `restore`.
    """
    shown = engine.look([schema], using=using)
    if shown.attached(schema, name):
        raise RestoreRefused(f"{schema}.{name} is there already")
    policy = policy_of(schema, name)
    if there := shown.waiting(schema, name):
        _attach(there, policy, hold, using)
        return None
    chosen = store or archive.storage()
    manifest = find(chosen, schema, policy.table, name, since)
    restore(using, manifest, chosen, hold)
    return manifest.rows


def policy_of(schema: str, name: str) -> PartitionPolicy:
    """Whose partition this name must be.

    Raises:
        Refused: no table's.
    """
    where = "public" if schema == "public" else "tenant"
    fitting = [p for p in policies() if p.schema == where and name.startswith(f"{p.table}_p")]
    if not fitting:
        raise Refused(f"{name} is not the name of a partition")
    return max(fitting, key=lambda policy: len(policy.table))


def _attach(there: Partition, policy: PartitionPolicy, hold: datetime | None, using: str) -> None:
    action = Attach(*there.address, policy.key, there.span)
    with transaction.atomic(using=using, durable=True), connections[using].cursor() as cursor:
        cursor.execute(statements.mark(action, hold))
    ddl.attach(using, action)
