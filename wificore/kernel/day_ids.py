"""Public ids of rows in partitioned tables: `<UTC day>.<number>`, so that a look-up by id
touches one day's partition (TENANCY 6)."""

from datetime import UTC, datetime, timedelta

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
