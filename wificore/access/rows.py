"""What the writes of access share: one check of fields, one way to store and to remove a row."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, ProtectedError

from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot, stored

from .guard import By, rights_change

Row = TypeVar("Row", bound=Model)
# What a service asks of the writer before anything is stored; it raises NotYours.
Check = Callable[[By], None]


def no_check(_by: By) -> None:
    """The comparison of `rights_change` is enough."""


class Invalid(DomainError):
    """It cannot be made or changed like this; the message names the field and the fix."""

    code = "validation_error"


class StillUsed(DomainError):
    """Something still refers to it, or it is built in."""

    status = 409
    code = "conflict"


def clean(row: Model, using: str = "default", exclude: Sequence[str] = ()) -> None:
    """Raises Invalid: a field is wrong."""
    # Where Django looks for the rows that foreign keys name.
    row._state.db = row._state.db or using
    try:
        row.full_clean(exclude=exclude)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        name = None if field == "__all__" else field
        raise Invalid(messages[0], field=name) from None


def row_save(
    row: Row,
    kind: str,
    told: Sequence[str],
    *,
    by: By | None = None,
    check: Check = no_check,
    using: str = "default",
) -> Row:
    """Store a row, new or changed, under `rights_change`; raises Invalid, NotYours, LastOwner."""
    with rights_change(using, by=by) as writer:
        if writer:
            check(writer)
        old = stored(row, told, using=using)
        clean(row, using)
        row.save(using=using)
        event = f"{kind}.created" if old is None else f"{kind}.updated"
        announce(event, row.pk, old=old, new=snapshot(row, told), using=using)
    return row


def row_delete(
    row: Model, kind: str, told: Sequence[str], *, by: By | None = None, check: Check = no_check
) -> None:
    """Remove a row under `rights_change`; raises StillUsed, NotYours, LastOwner."""
    key, old = row.pk, snapshot(row, told)
    with rights_change(by=by) as writer:
        if writer:
            check(writer)
        try:
            row.delete()
        except ProtectedError:
            raise StillUsed("Something still refers to it.") from None
        announce(f"{kind}.deleted", key, old=old)
