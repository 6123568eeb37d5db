"""Look, plan, carry out: what the commands, the nightly task and provisioning call.

    actions = planned(schemas, now)          # one catalogue query for all schemas
    for outcome in apply(actions): ...       # as they are done

What fails stops nothing else. An action that is done already is found done, so that a run that
was killed is simply run again.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from django.core.files.storage import Storage
from django.db import DatabaseError, connections

from ...logging import get
from ..router import OWNER_ALIAS
from . import archive, catalogue, ddl
from .actions import Action, Attach, Create, Detach, Retire
from .catalogue import Catalogue
from .planner import Overrides, Rules, plan
from .policy import policies

log = get(__name__)

# One run at a time for a schema, across processes; it is held while files travel.
TAKE = "SELECT pg_try_advisory_lock(hashtextextended(%s || '.partitions.apply', 0))"
GIVE = "SELECT pg_advisory_unlock(hashtextextended(%s || '.partitions.apply', 0))"
NONE: Overrides = {}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one action: done if `error` is empty."""

    action: Action
    error: str = ""


def look(schemas: Iterable[str], *, using: str = OWNER_ALIAS) -> Catalogue:
    """What the catalogue shows of all registered tables in these schemas: one query."""
    tables = {policy.table for policy in policies()}
    with connections[using].cursor() as cursor:
        return catalogue.read(cursor, schemas, tables)


def planned(
    schemas: Iterable[str],
    now: datetime,
    *,
    overrides: Overrides = NONE,
    first_use: Collection[tuple[str, str]] = (),
    using: str = OWNER_ALIAS,
) -> list[Action]:
    """Everything that these schemas need at this time."""
    return plan(Rules(policies(), overrides, first_use), look(schemas, using=using), now)


def ensure(
    schema: str,
    *,
    tables: Collection[str] = (),
    overrides: Overrides = NONE,
    using: str = OWNER_ALIAS,
) -> int:
    """Make the schema's tables writable today and ahead; takes nothing away.

    Call it after migrations, and before the first use of a feature, outside a transaction.

    Args:
        tables: lazy ones that the schema uses from now on.

    Returns:
        How many partitions it made.
    """
    actions = planned(
        [schema],
        datetime.now(UTC),
        overrides=overrides,
        first_use={(schema, table) for table in tables},
        using=using,
    )
    welcome = [action for action in actions if not _takes_away(action)]
    for step in _steps(welcome):
        _carry_out(step, using, None, ddl.PATIENCE)
    return sum(isinstance(action, Create) for action in welcome)


def apply(
    actions: Iterable[Action],
    *,
    using: str = OWNER_ALIAS,
    store: Storage | None = None,
    patience: ddl.Patience = ddl.PATIENCE,
) -> Iterator[Outcome]:
    """Carry out a plan, action by action; what fails is reported, logged, and left as it is.

    Args:
        store: where archives go; None: the storage `archive` of the settings.
    """
    for schema, group in groupby(actions, key=lambda action: action.schema):
        with working(schema, using) as free:
            if free:
                yield from _apply_schema(list(group), using, store, patience)
            else:
                yield from (Outcome(a, "another run is at work on this schema") for a in group)


def _apply_schema(
    actions: Sequence[Action], using: str, store: Storage | None, patience: ddl.Patience
) -> Iterator[Outcome]:
    failed: set[str] = set()
    for step in _steps(actions):
        name = step[0].name
        error = "what comes before it failed" if name in failed else ""
        try:
            if not error:
                _carry_out(step, using, store, patience)
        except Exception as caught:  # noqa: BLE001  # the other partitions and tenants go on
            failed.add(name)
            error = " ".join(str(caught).split()) or type(caught).__name__
            log.error("partition failed", action=str(step[0]), error=error)
            connections[using].close_if_unusable_or_obsolete()
        yield from (Outcome(action, error) for action in step)


def _carry_out(
    step: Sequence[Action], using: str, store: Storage | None, patience: ddl.Patience
) -> None:
    match step[0]:
        case Create():
            ddl.create(using, [a for a in step if isinstance(a, Create)], patience)
        case Detach() as action:
            ddl.detach(using, action, patience)
        case Attach() as action:
            ddl.attach(using, action, patience)
        case Retire() as action:
            _retire(using, action, store, patience)


def _retire(using: str, action: Retire, store: Storage | None, patience: ddl.Patience) -> None:
    if not ddl.state(using, action.schema, action.name).exists:
        return
    rows = None
    if action.archive:
        rows = archive.write(using, action, store or archive.storage()).rows
    ddl.drop(using, action.schema, action.name, rows=rows, patience=patience)


def _takes_away(action: Action) -> bool:
    return isinstance(action, Retire) or (isinstance(action, Detach) and not action.resumed)


def _steps(actions: Iterable[Action]) -> Iterator[list[Action]]:
    """New partitions of one table are one step, anything else is a step of its own."""
    numbered = enumerate(actions)
    for _, group in groupby(
        numbered, lambda pair: pair[1].table if isinstance(pair[1], Create) else pair[0]
    ):
        yield [action for _, action in group]


@contextmanager
def working(schema: str, using: str) -> Iterator[bool]:
    """Keep other runs away from this schema's partitions; False: one is at work already."""
    with connections[using].cursor() as cursor:
        cursor.execute(TAKE, [schema])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            _give_back(schema, using)


def _give_back(schema: str, using: str) -> None:
    try:
        with connections[using].cursor() as cursor:
            cursor.execute(GIVE, [schema])
    except DatabaseError:
        # With the connection the lock is gone too.
        connections[using].close()
