"""A service's write, told to both ports at once: a line of audit and an event, same transaction.

    with transaction.atomic():
        old = stored(plan, FIELDS)
        plan.save()
        announce("plan.updated", plan.pk, old=old, new=snapshot(plan, FIELDS))

FIELDS are an app's list of what may be told: a secret is simply not in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from .audit import Entry, Values, differing, record_many
from .events import publish_many


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that was written."""

    object_id: object
    old: Values | None = None
    new: Values | None = None


def snapshot(row: Model, fields: Iterable[str]) -> dict[str, Any]:
    """The named fields of a row as it is in memory; a foreign key is its key."""
    return {name: row.serializable_value(name) for name in fields}


def stored(row: Model, fields: Sequence[str], *, using: str = "default") -> dict[str, Any] | None:
    """The named fields as the database has them, the row locked; None if it is not there yet.

    A form changes the object before the service sees it, so only the database knows the old.
    """
    if row.pk is None:
        return None
    rows = type(row)._base_manager.using(using).select_for_update().filter(pk=row.pk)
    found = rows.first()
    return None if found is None else snapshot(found, fields)


def announce(
    event_type: str,
    object_id: object,
    *,
    old: Values | None = None,
    new: Values | None = None,
    reason: str = "",
    using: str = "default",
) -> None:
    """Audit and publish one write; `old` None: it was created, `new` None: it was deleted.

    The event's payload is the object's `id`, its values (the last ones of a deleted one) and, for
    an update, `changed`: the names of the fields that are new.
    """
    announce_many(event_type, [Change(object_id, old, new)], reason=reason, using=using)


def announce_many(
    event_type: str, changes: Sequence[Change], *, reason: str = "", using: str = "default"
) -> None:
    """Many writes of one kind in two statements."""
    object_type = event_type.partition(".")[0]
    record_many(
        [Entry(event_type, object_type, str(c.object_id), c.old, c.new, reason) for c in changes],
        using=using,
    )
    publish_many(event_type, [(str(c.object_id), _payload(c)) for c in changes], using=using)


def _payload(change: Change) -> dict[str, Any]:
    values = change.new if change.new is not None else change.old or {}
    payload = {"id": change.object_id, **values}
    if change.old is not None and change.new is not None:
        payload["changed"] = differing(change.old, change.new)
    return payload
