"""The statements about one partition, as text: every name quoted, every bound a literal."""

from datetime import datetime

from psycopg2.sql import SQL, Composable, Identifier, Literal

from ..roles import OWNER
from .actions import Attach, Create, Detach
from .calendar import Span
from .catalogue import mark as mark_text


def create(action: Create, *, guarded: bool) -> Composable:
    """The table with all of its parent's, and the CHECK that spares ATTACH its scan.

    Identity is left out: with it PostgreSQL 18 refuses the ATTACH.

    Args:
        guarded: the parent has row security. A partition does not inherit it, so it gets its own:
            nobody but the owner, who archives it, even if a right were granted (TENANCY 1, L12).
    """
    name = Identifier(action.schema, action.name)
    table = SQL(
        "CREATE TABLE {} (LIKE {} INCLUDING ALL EXCLUDING IDENTITY, CONSTRAINT {} CHECK ({}));"
    ).format(
        name,
        Identifier(action.schema, action.table),
        Identifier(_constraint(action)),
        _condition(action.key, action.span),
    )
    guard = SQL(
        "ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
        "CREATE POLICY owner_rows ON {name} TO {owner} USING (true) WITH CHECK (true);"
    ).format(name=name, owner=Identifier(OWNER))
    return table + guard if guarded else table


def check(action: Attach) -> Composable:
    """The same CHECK on a table that exists; this is the only scan of it."""
    return SQL(
        "ALTER TABLE {name} DROP CONSTRAINT IF EXISTS {check},"
        " ADD CONSTRAINT {check} CHECK ({condition});"
    ).format(
        name=Identifier(action.schema, action.name),
        check=Identifier(_constraint(action)),
        condition=_condition(action.key, action.span),
    )


def attach(action: Create | Attach) -> Composable:
    """ATTACH, then without the CHECK, which the partition's own bounds repeat."""
    return SQL(
        "ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({lower}) TO ({upper});"
        "ALTER TABLE {name} DROP CONSTRAINT {check};"
    ).format(
        table=Identifier(action.schema, action.table),
        name=Identifier(action.schema, action.name),
        lower=_bound(action.span.lower),
        upper=_bound(action.span.upper),
        check=Identifier(_constraint(action)),
    )


def detach(action: Detach, *, finalize: bool) -> Composable:
    return SQL("ALTER TABLE {} DETACH PARTITION {} {}").format(
        Identifier(action.schema, action.table),
        Identifier(action.schema, action.name),
        SQL("FINALIZE" if finalize else "CONCURRENTLY"),
    )


def mark(action: Create | Detach | Attach, hold: datetime | None = None) -> Composable:
    """What the table is, written on it for when it is not a partition (any more)."""
    text = Literal(mark_text(action.table, action.span, hold))
    return SQL("COMMENT ON TABLE {} IS {};").format(Identifier(action.schema, action.name), text)


def _condition(key: str, span: Span) -> Composable:
    return SQL("{key} IS NOT NULL AND {key} >= {lower} AND {key} < {upper}").format(
        key=Identifier(key), lower=_bound(span.lower), upper=_bound(span.upper)
    )


def _bound(moment: datetime) -> Composable:
    """Text that PostgreSQL reads as timestamptz and, at midnight, as date alike."""
    return Literal(moment.isoformat(sep=" "))


def _constraint(action: Create | Attach) -> str:
    return f"{action.name}_span"
