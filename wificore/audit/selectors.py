"""Reads: lines of the active schema's trail, and how far it is sealed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from wificore.kernel import day_ids
from wificore.kernel.db.context import current

from . import store
from .models import AuditEntry

# Text is looked for row by row in this range at most; other filters in the next one. The history
# of one object has an index, and no limit.
TEXT_RANGE = timedelta(days=31)
FILTER_RANGE = timedelta(days=366)
TEXT_COLUMNS = ("actor_name", "object_id", "reason", "old__name", "new__name")


class RangeTooLong(ValueError):
    """A filter would look through too many rows: the field's name, and what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def entries(*, since: datetime, until: datetime) -> QuerySet[AuditEntry]:
    """Lines of a time range, newest first."""
    return AuditEntry.objects.filter(at__gte=since, at__lt=until).order_by("-at", "-id")


def entries_matching(
    *, since: datetime, until: datetime, filters: Mapping[str, str]
) -> QuerySet[AuditEntry]:
    """Lines of a time range that fit every filter.

    Args:
        filters: `actor` (an address, or a program's name), `action` (whole, or its beginning with
            a dot: `plan.`), `object_type`, `object_id`, `request_id`, `address`, and `q`: text
            in the actor's name, the object's id or name, or the reason.
    """
    return matching(entries(since=since, until=until), filters)


def matching(rows: QuerySet[AuditEntry], filters: Mapping[str, str]) -> QuerySet[AuditEntry]:
    """Of these lines those that fit every filter."""
    for name, value in filters.items():
        rows = rows.filter(_condition(name, value))
    return rows


def check_range(since: datetime, until: datetime, filters: Mapping[str, str]) -> None:
    """Refuse what a request should not wait for; an export may look through everything.

    Raises:
        RangeTooLong: it names the filter.
    """
    length = until - since
    if "q" in filters and length > TEXT_RANGE + timedelta(hours=1):
        raise RangeTooLong("q", f"Text is looked for in {TEXT_RANGE.days} days at most.")
    indexed = {"object_type", "object_id"} <= set(filters)
    if filters and not indexed and length > FILTER_RANGE + timedelta(hours=1):
        message = f"Filters need a range of {FILTER_RANGE.days} days at most."
        raise RangeTooLong("since", f"{message} The history of one object has no limit.")


def _condition(name: str, value: str) -> Q:
    if name == "q":
        parts = [Q(**{f"{column}__icontains": value}) for column in TEXT_COLUMNS]
        return parts[0] | parts[1] | parts[2] | parts[3] | parts[4]
    if name == "actor":
        return Q(actor_name__iexact=value)
    if name == "action" and value.endswith("."):
        return Q(action__startswith=value)
    return Q(**{name: value})


def entry_public_id(entry: AuditEntry) -> str:
    return day_ids.day_id(entry.at, entry.pk)


def entry_get(*, public_id: str) -> AuditEntry:
    """One line by its public id.

    Raises:
        AuditEntry.DoesNotExist: no such line, or not an id of ours.
    """
    try:
        start, end, number = day_ids.parse(public_id)
    except ValueError:
        raise AuditEntry.DoesNotExist from None
    found = entries(since=start, until=end).filter(id=number).first()
    if found is None:
        raise AuditEntry.DoesNotExist
    return found


@dataclass(frozen=True, slots=True)
class SealState:
    """How far the active schema's trail is sealed.

    Attributes:
        sealed_up_to: every row before then was looked at; None: nothing is sealed yet.
        seal, mac: the newest seal's number and signature. Kept elsewhere, they prove later that
            nobody put the trail back (`audit_verify --expect`).
    """

    sealed_up_to: datetime | None
    seal: int
    mac: str


def seal_state() -> SealState:
    """What the platform has noted; call it outside transactions."""
    head: Any = store.head("default", current().schema)
    if head is None:
        return SealState(None, 0, "")
    return SealState(head.upto, head.seq, head.seal.hex())
