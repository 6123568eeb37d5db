"""Everything a tenant has, as files: written and verified before a tenant is deleted.

    exports/<schema>/<number>/<table>.csv.zst   the rows of one table or partition
    exports/<schema>/<number>/shared.<table>.csv.zst   its rows in public's shared tables
    exports/<schema>/<number>/manifest.json     columns, rows and checksums of all; written last

Partitions that were archived before are files already: the manifest says where they are put.
They lie in the storage `archive`. Nobody writes into the schema any more when this runs, so each
table is read in a transaction of its own.
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import IO, Any, cast

import zstandard
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import connections, transaction
from psycopg2.sql import SQL, Composable, Identifier, Literal

from wificore.kernel.db.partitions import archive
from wificore.kernel.db.partitions.archive import CHUNK, LEVEL, PINNED, Digest
from wificore.kernel.db.partitions.manifest import ArchiveInvalid
from wificore.kernel.db.router import OWNER_ALIAS

from . import archives

FORMAT = 1
# Parents of partitions hold no rows themselves; their partitions are in the list.
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r'"
SHARED = """
SELECT relation.relname, attribute.attname FROM pg_class relation
JOIN pg_attribute attribute ON attribute.attrelid = relation.oid
WHERE relation.relnamespace = 'public'::regnamespace AND relation.relkind IN ('r', 'p')
  AND NOT relation.relispartition AND attribute.attname IN ('tenant', 'schema_name')
"""


@dataclass(frozen=True, slots=True)
class Part:
    """One file of an export; checksums are of the rows as CSV and of the file as it lies there."""

    table: str
    file: str
    columns: Sequence[str]
    rows: int
    csv_sha256: str
    file_sha256: str


def export(schema: str, number: int, store: Storage, place: str) -> str:
    """Write and verify an export; one that is complete already is left as it is.

    Args:
        number: names the export; the same one again is the same export.
        place: where the tenant's archived partitions will lie.

    Returns:
        The manifest's name in the storage.

    Raises:
        ArchiveInvalid: what the storage gives back is not what was written.
    """
    directory = f"exports/{schema}/{number}"
    note = f"{directory}/manifest.json"
    if not store.exists(note):
        parts = [_write(store, directory, *source) for source in _sources(schema)]
        content = {
            "format": FORMAT,
            "schema": schema,
            "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "parts": [asdict(part) for part in parts],
            "archives": {"place": place, "files": archives.files(store, schema)},
        }
        _check(store, directory, parts)
        _save(store, note, ContentFile(json.dumps(content, indent=1).encode()))
    verify(store, note)
    return note


def verify(store: Storage, note: str) -> int:
    """Read a whole export back; returns the number of its rows.

    Raises:
        ArchiveInvalid: a file is missing, or is not what the manifest says.
    """
    with store.open(note) as file:
        content = json.loads(file.read())
    parts = [Part(**part) for part in content["parts"]]
    _check(store, note.rpartition("/")[0], parts)
    return sum(part.rows for part in parts)


def _check(store: Storage, directory: str, parts: Sequence[Part]) -> None:
    for part in parts:
        found = _checksums(store, f"{directory}/{part.file}")
        if found != (part.csv_sha256, part.file_sha256):
            raise ArchiveInvalid(f"{directory}/{part.file} is not what its manifest says")


def _checksums(store: Storage, name: str) -> tuple[str, str]:
    packed, rows = hashlib.sha256(), hashlib.sha256()
    try:
        with store.open(name) as file:
            while block := file.read(CHUNK):
                packed.update(block)
            file.seek(0)
            reader = zstandard.ZstdDecompressor().read_to_iter(cast(IO[bytes], file))
            for block in reader:
                rows.update(block)
    except (OSError, zstandard.ZstdError) as error:
        raise ArchiveInvalid(f"{name} cannot be read: {error}") from error
    return rows.hexdigest(), packed.hexdigest()


def _sources(schema: str) -> Iterator[tuple[str, str, list[str], Composable]]:
    """Name, schema, columns and what COPY reads, for each part."""
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(TABLES, [schema])
        own = sorted(name for (name,) in cursor.fetchall())
        cursor.execute(SHARED)
        shared = sorted(cursor.fetchall())
        columns = {
            (place, name): [column for column, _ in archive.columns_of(cursor, place, name)]
            for place, name in [(schema, n) for n in own] + [("public", n) for n, _ in shared]
        }
    for name in own:
        yield name, name, columns[schema, name], Identifier(schema, name)
    for name, key in shared:
        rows = SQL("(SELECT * FROM {} WHERE {} = {})").format(
            Identifier("public", name), Identifier(key), Literal(schema)
        )
        yield f"shared.{name}", name, columns["public", name], rows


def _write(
    store: Storage, directory: str, stem: str, table: str, columns: list[str], source: Composable
) -> Part:
    file = f"{stem}.csv.zst"
    with tempfile.TemporaryFile() as spool:
        packed = Digest(spool)
        packing = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True)
        with packing.stream_writer(cast(IO[bytes], packed), closefd=False) as packer:
            rows = Digest(packer)
            count = _copy(source, columns, rows)
        spool.seek(0)
        _save(store, f"{directory}/{file}", File(spool))
    return Part(table, file, columns, count, rows.sha256, packed.sha256)


def _copy(source: Composable, columns: list[str], target: Digest) -> int:
    own = isinstance(source, Identifier)
    named = SQL(", ").join(map(Identifier, columns))
    part = SQL("{} ({})").format(source, named) if own else source
    with transaction.atomic(using=OWNER_ALIAS), connections[OWNER_ALIAS].cursor() as cursor:
        cursor.execute(PINNED)
        if not own:
            # Shared tables have row security, whose policy shows the owner everything.
            cursor.execute("SET LOCAL row_security = on")
        raw: Any = cursor.cursor
        raw.copy_expert(SQL("COPY {} TO STDOUT WITH (FORMAT csv, HEADER)").format(part), target)
        return int(raw.rowcount)


def _save(store: Storage, name: str, content: File[bytes]) -> None:
    """Write one file; what an interrupted try left under this name goes."""
    store.delete(name)
    if (saved := store.save(name, content)) != name:
        raise ArchiveInvalid(f"the archive stored {name} as {saved}")
