"""Audit: the port through which every floor records who changed what (filled by wificore.audit)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import transaction

from .actor import Actor, current_actor
from .db.context import current
from .events import require_transaction

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the trail.

    Attributes:
        action: what was done: "plan.updated".
        old, new: field values before and after; None where there is no before or after.
    """

    action: str
    object_type: str
    object_id: str
    old: Values | None = None
    new: Values | None = None
    reason: str = ""


class Recorder(Protocol):
    """What fills the port: writes entries on an open transaction."""

    def __call__(
        self, entries: Sequence[Entry], actor: Actor, *, schema: str, using: str
    ) -> None: ...


_recorder: Recorder | None = None


def install(recorder: Recorder) -> None:
    """Fill the port; `wificore.audit` does while Django starts."""
    global _recorder  # the one place where the port is filled
    _recorder = recorder


def record(
    action: str,
    object_type: str,
    object_id: object,
    old: Values | None,
    new: Values | None,
    reason: str = "",
    *,
    using: str = "default",
) -> None:
    """Write one line in the caller's transaction, in the current actor's name.

    Of two sets of values only what differs is kept.

    Raises:
        TransactionManagementError: no transaction is open.
        SecretInPayload: a field's name is a secret's.
    """
    record_many([Entry(action, object_type, str(object_id), old, new, reason)], using=using)


def record_many(entries: Sequence[Entry], *, using: str = "default") -> None:
    """Many lines in one statement; raises like `record`."""
    require_transaction(using)
    assert _recorder is not None, "wificore.audit is not installed"
    if entries:
        reduced = [_reduced(entry) for entry in entries]
        _recorder(reduced, current_actor(), schema=current().schema, using=using)


def record_read(
    action: str,
    object_type: str,
    object_id: object,
    shown: Values | None = None,
    reason: str = "",
    *,
    using: str = "default",
) -> None:
    """Write one line about sensitive data that is about to be shown: a statement, an export.

        record_read("statement.downloaded", "wallet", wallet.pk, {"month": "2026-11"})
        return FileResponse(...)

    Call it before the data leaves. The line is committed at once, in a transaction of its own: it
    stays if what follows fails, because by then something may have been shown.

    Args:
        action: `<subject>.<how it was read>`: "router.shown", "audit_export.downloaded".
        shown: what tells one reading from another; never the data itself.

    Raises:
        RuntimeError: a transaction is open, whose rollback would take the line along.
        SecretInPayload: a field's name is a secret's.
    """
    with transaction.atomic(using=using, durable=True):
        record(action, object_type, object_id, None, shown, reason, using=using)


def _reduced(entry: Entry) -> Entry:
    old, new = entry.old, entry.new
    if old is None or new is None:
        return entry
    names = differing(old, new)
    return Entry(
        entry.action,
        entry.object_type,
        entry.object_id,
        {name: old[name] for name in names if name in old},
        {name: new[name] for name in names if name in new},
        entry.reason,
    )


def differing(old: Values, new: Values) -> list[str]:
    """Names whose value is not the same before and after."""
    missing = object()
    return [n for n in {**old, **new} if old.get(n, missing) != new.get(n, missing)]
