"""Runs the statements of `queries.sql` in the current schema."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from wificore.kernel.db.context import current
from wificore.kernel.sql import load, render

SQL = load(Path(__file__).with_name("queries.sql"))


def execute(name: str, batch: int) -> int:
    """How many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(render(SQL[name], current().schema), {"batch": batch})
        return int(cursor.rowcount)


def rows(name: str, batch: int) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(render(SQL[name], current().schema), {"batch": batch})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def copy(name: str, lines: Iterable[Sequence[str]]) -> None:
    """Send lines through a COPY statement; call it in a transaction."""
    data = io.StringIO()
    csv.writer(data, quoting=csv.QUOTE_ALL).writerows(lines)
    data.seek(0)
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(render(SQL[name], current().schema), data)
