"""What a process makes sure of before it serves anybody; PostgreSQL may still be away."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import OperationalError, connections

from .. import logging
from .backend.base import DatabaseWrapper
from .pooling import PoolModeRefused

log = logging.get("wificore.boot")


def refuse_mixing_pools(aliases: Iterable[str] | None = None) -> None:
    """Look how each database is reached. One that is away is looked at when it is back.

    Raises:
        PoolModeRefused: through a pool in transaction or statement mode.
    """
    for alias in connections if aliases is None else aliases:
        wrapper = connections[alias]
        assert isinstance(wrapper, DatabaseWrapper)
        try:
            wrapper.require_session_mode()
        except OperationalError as error:
            log.warning("database away, its pool is looked at later", alias=alias, error=str(error))


@register(Tags.database)
def pools_check(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """`manage.py check --database default` says it as well."""
    try:
        refuse_mixing_pools(databases or ())
    except PoolModeRefused as refused:
        return [Error(str(refused), id="kernel.E001")]
    return []
