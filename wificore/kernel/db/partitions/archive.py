"""Writes a detached partition to the archive and proves that it can be read back.

COPY as CSV -> SHA-256 -> zstd -> a file on this machine -> the storage `archive` (a directory or
S3) -> read back, decompressed, compared -> only then the manifest. No network is used while a
transaction is open.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Protocol, cast

import zstandard
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import connections, transaction
from psycopg2.sql import SQL, Composable, Identifier

from . import catalogue
from .actions import Retire
from .manifest import ArchiveInvalid, Manifest, parse

ALIAS = "archive"
LEVEL = 9
CHUNK = 1 << 20
# The same rows always give the same text, in the order they lie in; and a policy that hides rows
# from the owner is an error, not a shorter archive.
PINNED = (
    "SET LOCAL synchronize_seqscans = off; SET LOCAL row_security = off;"
    "SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';"
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1;"
)


class Sink(Protocol):
    def write(self, data: bytes, /) -> int: ...


class Digest:
    """Counts and hashes what passes through it, on its way to another file if there is one."""

    def __init__(self, target: Sink | None = None) -> None:
        self.bytes = 0
        self._hash = hashlib.sha256()
        self._target = target

    def write(self, data: bytes, /) -> int:
        self.bytes += len(data)
        self._hash.update(data)
        if self._target is not None:
            self._target.write(data)
        return len(data)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


def storage() -> Storage:
    """Where archives are: the storage `archive` of the settings."""
    return storages[ALIAS]


def write(using: str, action: Retire, store: Storage) -> Manifest:
    """Archive one detached partition; doing it again changes nothing.

    Raises:
        ArchiveInvalid: what the storage gives back is not what was written.
    """
    with tempfile.TemporaryFile() as spool:
        manifest = _spool(using, action, spool)
        if not store.exists(manifest.file) or not intact(store, manifest):
            spool.seek(0)
            save(store, manifest.file, File(spool))
        verify(store, manifest)
    save(store, manifest.note, ContentFile(manifest.to_json()))
    if read(store, manifest.note) != manifest:
        raise ArchiveInvalid(f"{manifest.note} does not hold what was written to it")
    return manifest


def verify(store: Storage, manifest: Manifest, target: Sink | None = None) -> None:
    """Read an archive to its end, passing its rows on to `target`.

    Raises:
        ArchiveInvalid: a byte of it is missing or another one.
    """
    rows = Digest(target)
    try:
        with store.open(manifest.file) as file:
            packed = _Hashed(file)
            for block in zstandard.ZstdDecompressor().read_to_iter(
                cast(IO[bytes], packed), read_size=CHUNK
            ):
                rows.write(block)
            while packed.read(CHUNK):
                """What follows the end of the rows counts too."""
    except (OSError, zstandard.ZstdError) as error:
        raise ArchiveInvalid(f"{manifest.file} cannot be read: {error}") from error
    found = (rows.bytes, rows.sha256, packed.digest.bytes, packed.digest.sha256)
    facts = (manifest.csv_bytes, manifest.csv_sha256, manifest.file_bytes, manifest.file_sha256)
    if found != facts:
        raise ArchiveInvalid(f"{manifest.file} is not what its manifest says")


def intact(store: Storage, manifest: Manifest) -> bool:
    try:
        verify(store, manifest)
    except ArchiveInvalid:
        return False
    return True


def read(store: Storage, note: str) -> Manifest:
    """One manifest.

    Raises:
        ArchiveInvalid: it is damaged.
        FileNotFoundError: there is none.
    """
    with store.open(note) as file:
        return parse(file.read())


def notes(store: Storage, schema: str, table: str) -> list[str]:
    """Names of all manifests of one table."""
    try:
        names = store.listdir(f"{schema}/{table}")[1]
    except FileNotFoundError:
        return []
    return sorted(f"{schema}/{table}/{name}" for name in names if name.endswith(".json"))


def copy_out(cursor: Any, schema: str, name: str, columns: list[str], target: Sink) -> int:
    """The rows of one table as CSV, inside a transaction; returns their number."""
    cursor.execute(PINNED)
    # Not `COPY (SELECT ..)`: that may run in parallel, in any order.
    cursor.cursor.copy_expert(copy(schema, name, columns, "TO STDOUT"), target)
    return int(cursor.cursor.rowcount)


def copy(schema: str, name: str, columns: list[str], way: str) -> Composable:
    return SQL("COPY {} ({}) {} WITH (FORMAT csv)").format(
        Identifier(schema, name), SQL(", ").join(map(Identifier, columns)), SQL(way)
    )


def columns_of(cursor: Any, schema: str, name: str) -> list[tuple[str, str]]:
    cursor.execute(catalogue.SQL["columns"], {"schema": schema, "name": name})
    return [(name, kind) for name, kind in cursor.fetchall()]


def _spool(using: str, action: Retire, spool: IO[bytes]) -> Manifest:
    """The compressed rows in a local file, and what is to be known of them."""
    packed = Digest(spool)
    packing = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
    with (
        packing.stream_writer(cast(IO[bytes], packed), closefd=False) as packer,
        _reading(using) as cursor,
    ):
        rows = Digest(packer)
        columns = columns_of(cursor, action.schema, action.name)
        count = copy_out(cursor, action.schema, action.name, [name for name, _ in columns], rows)
    return Manifest(
        schema=action.schema,
        table=action.table,
        name=action.name,
        key=action.key,
        lower=action.span.lower.isoformat(),
        upper=action.span.upper.isoformat(),
        columns=columns,
        rows=count,
        csv_bytes=rows.bytes,
        csv_sha256=rows.sha256,
        file_bytes=packed.bytes,
        file_sha256=packed.sha256,
        archived_at=datetime.now(UTC).isoformat(),
    )


@contextmanager
def _reading(using: str) -> Iterator[Any]:
    with transaction.atomic(using=using, durable=True), connections[using].cursor() as cursor:
        yield cursor


class _Hashed:
    """A file for reading that hashes what was read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = Digest()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.write(data)
        return data


def save(store: Storage, name: str, content: File[bytes]) -> None:
    """Write one file, on the disk for good where it is a local one.

    Raises:
        ArchiveInvalid: the storage chose another name.
    """
    store.delete(name)
    saved = store.save(name, content)
    if saved != name:
        raise ArchiveInvalid(f"the archive stored {name} as {saved}")
    try:
        path = Path(store.path(name))
    except NotImplementedError:
        return
    for place in (path, *path.parents[:3]):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
