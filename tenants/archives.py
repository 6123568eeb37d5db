"""Archived partitions of a deleted tenant: out of its name's way at once, gone after years.

    ts_acme/radacct/..  --deletion-->  deleted/acme-20261121-17/radacct/..  --retention-->  gone

A new tenant of the same slug finds nothing under its name, so it can neither see nor restore them.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction

from wificore.kernel import logging
from wificore.kernel.changes import announce
from wificore.kernel.db.partitions import archive, engine
from wificore.kernel.db.partitions.archive import CHUNK
from wificore.kernel.db.partitions.manifest import ArchiveInvalid
from wificore.kernel.db.router import OWNER_ALIAS

DELETED = "deleted"
# A slug, the UTC day of the order to delete it, the order's number.
PLACE = re.compile(r"[a-z0-9_]{1,40}-(\d{8})-\d+")

log = logging.get(__name__)


class EngineAtWork(RuntimeError):
    """The partition engine is in the middle of this schema: try again."""


def place(slug: str, ordered_at: datetime, number: int) -> str:
    """Where the archives of a tenant go that is deleted by this order."""
    return f"{DELETED}/{slug}-{ordered_at.astimezone(UTC):%Y%m%d}-{number}"


def files(store: Storage, directory: str) -> list[str]:
    """All files below a directory, by their path in it."""
    return sorted(name.removeprefix(f"{directory}/") for name in _walk(store, directory))


def put_away(schema: str, target: str, store: Storage) -> int:
    """Move all archives of a schema; call again to go on after a failure.

    Each file is read back from its new place before it leaves the old one.

    Returns:
        How many files were moved.

    Raises:
        ArchiveInvalid: what the storage gives back is not what was written.
        EngineAtWork: a night's run is archiving there right now.
    """
    with engine.working(schema, OWNER_ALIAS) as free:
        if not free:
            raise EngineAtWork(f"partitions of {schema} are being archived right now: try again")
        names = files(store, schema)
        for name in names:
            _move(store, f"{schema}/{name}", f"{target}/{name}")
        _remove_directories(store, schema)
    if names:
        log.info("archives put away", tenant=schema, place=target, files=len(names))
    return len(names)


def archives_forget() -> dict[str, int]:
    """Delete archives of tenants that were deleted long ago (beat, daily).

    Names that are not `place`'s are left alone.
    """
    keep, store, forgotten = settings.DELETED_ARCHIVE_KEEP_DAYS, archive.storage(), 0
    oldest = f"{datetime.now(UTC) - timedelta(days=keep):%Y%m%d}"
    for name in _directories(store, DELETED) if keep else ():
        found = PLACE.fullmatch(name)
        if found and found[1] < oldest:
            _forget(store, name)
            forgotten += 1
    return {"tenants": forgotten}


def _forget(store: Storage, name: str) -> None:
    directory = f"{DELETED}/{name}"
    count = 0
    for file in _walk(store, directory):
        store.delete(file)
        count += 1
    _remove_directories(store, directory)
    with transaction.atomic():
        announce("archive.forgotten", name, old={"place": directory, "files": count})


def _move(store: Storage, source: str, target: str) -> None:
    wanted = _digest(store, source)
    if not store.exists(target) or _digest(store, target) != wanted:
        with store.open(source) as file:
            archive.save(store, target, File(file))
        if _digest(store, target) != wanted:
            raise ArchiveInvalid(f"{target} is not what {source} is")
    store.delete(source)


def _digest(store: Storage, name: str) -> str:
    found = hashlib.sha256()
    with store.open(name) as file:
        while block := file.read(CHUNK):
            found.update(block)
    return found.hexdigest()


def _walk(store: Storage, directory: str) -> Iterator[str]:
    """Full names of all files below, those of a directory before it is left."""
    try:
        inner, names = store.listdir(directory)
    except FileNotFoundError:
        return
    for name in names:
        yield f"{directory}/{name}"
    for name in inner:
        yield from _walk(store, f"{directory}/{name}")


def _directories(store: Storage, directory: str) -> list[str]:
    try:
        return list(store.listdir(directory)[0])
    except FileNotFoundError:
        return []


def _remove_directories(store: Storage, directory: str) -> None:
    """Empty ones, deepest first; a bucket has none, and deletes nothing here."""
    for name in _directories(store, directory):
        _remove_directories(store, f"{directory}/{name}")
    if store.exists(directory):
        store.delete(directory)
