"""Staged rows beside what is stored: faults that only the database knows."""

from collections.abc import Iterator
from typing import Any

from . import database
from .cells import REQUIRED, Fault
from .models import Import


def check(batch: Import) -> list[Fault]:
    """Unknown plans, user names that are taken or come twice, new accounts without what they need.

    Inside the publishing transaction its answer holds until the commit.
    """
    beside = database.rows("beside", batch.pk)
    return [Fault(row["line"], *fault) for row in beside for fault in _faults(row, batch)]


def _faults(row: dict[str, Any], batch: Import) -> Iterator[tuple[str, str]]:
    if row["first_line"] != row["line"]:
        yield "username", f"Line {row['first_line']} has it already."
    elif row["known"] and not batch.update:
        yield "username", "A subscriber with this username exists already."
    if row["has_plan"] and row["plan_id"] is None:
        yield "plan", "There is no such plan."
    if not row["known"]:
        if not row["has_plan"]:
            yield "plan", REQUIRED
        if not row["has_password"]:
            yield "password", REQUIRED
