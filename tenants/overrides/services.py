"""Writes: partition overrides; they hold from the next night on."""

from django.db import IntegrityError, transaction

from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.db.context import platform_context

from ..models import PartitionOverride
from .rules import TAKEN, OverrideInvalid, check

# What events and audit tell of an override.
TOLD = ("tenant", "table", "interval", "ahead", "keep_days")


def override_save(*, override: PartitionOverride) -> PartitionOverride:
    """Store an override that a form has filled.

    Raises:
        OverrideInvalid: not with these values, or the tenant has one for this table.
    """
    try:
        with platform_context(), transaction.atomic():
            check(override)
            old = stored(override, TOLD)
            override.save()
            event = "partition_override.created" if old is None else "partition_override.updated"
            announce(event, override.pk, old=old, new=snapshot(override, TOLD))
    except IntegrityError:
        raise OverrideInvalid(TAKEN, field="table") from None
    return override


def override_delete(*, override: PartitionOverride) -> None:
    """The table's policy holds again."""
    key = override.pk
    with platform_context(), transaction.atomic():
        old = stored(override, TOLD)
        override.delete()
        announce("partition_override.deleted", key, old=old)
