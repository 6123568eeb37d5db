"""Public ids of rows in partitioned tables: `<UTC day>.<number>`, so that a look-up by id
touches one day's partition (TENANCY 6)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

# One less than PostgreSQL's bigint has.
MAX_DIGITS = 19
LAST_YEAR = 2199


def day_id(at: datetime, number: int) -> str:
    return f"{at.astimezone(UTC):%Y%m%d}.{number}"


def parse(public_id: str) -> tuple[datetime, datetime, int]:
    """The day's first moment, the next day's first moment, and the number.

    Raises:
        ValueError: not an id of ours.
    """
    day, _, number = public_id.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < MAX_DIGITS):
        raise ValueError("not a row number")
    start = datetime.strptime(day, "%Y%m%d").replace(tzinfo=UTC)
    if start.year > LAST_YEAR:
        raise ValueError("not a day of ours")
    return start, start + timedelta(days=1), int(number)


def look_up(
    model: type[Row], public_id: str, rows: Callable[[datetime, datetime, int], QuerySet[Row]]
) -> Row:
    """The row with this public id.

    Args:
        rows: the rows of a day and number (what `parse` returns), pruned by the partition key.

    Raises:
        Model.DoesNotExist: no such row, or not an id of ours.
    """
    try:
        named = parse(public_id)
    except ValueError:
        return model._default_manager.none().get()  # raises the model's own DoesNotExist
    return rows(*named).get()
