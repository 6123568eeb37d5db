"""Archive, verify, drop, restore: the same rows come back, and a damaged archive is refused."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from django.core.files.storage import FileSystemStorage, Storage

from tests.kernel.db.partitions.conftest import AT_ONCE, NOW, Database, Fill
from wificore.kernel.db.partitions import archive, ddl
from wificore.kernel.db.partitions.actions import Detach, Retire
from wificore.kernel.db.partitions.manifest import ArchiveInvalid, Manifest, parse
from wificore.kernel.db.partitions.manual import Refused, archive_now, bring_back
from wificore.kernel.db.partitions.restore import RestoreRefused, find

OLD = "visits_p20260801"
DAY = "2026-08-01"


@pytest.fixture
def retired(database: Database, fill: Fill, store: FileSystemStorage) -> list[Any]:
    """The rows of a partition that was archived and dropped."""
    fill(DAY, 7)
    rows = database.rows()
    assert all(not outcome.error for outcome in database.apply(database.plan(), store))
    assert not database.relation(OLD)
    return rows


def only(store: FileSystemStorage, pattern: str) -> Path:
    (found,) = Path(store.location).rglob(pattern)
    return found


def back(database: Database, store: Storage, name: str = OLD, schema: str = "ts_one") -> int | None:
    return bring_back(schema, name, None, using=database.using, store=store)


def test_the_rows_come_back_as_they_were(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    assert back(database, store) == 7
    assert database.rows() == retired
    assert OLD in database.names()


def test_a_restored_partition_archived_again_is_the_same_file(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    first = only(store, "*.zst").read_bytes()
    back(database, store)
    database.apply(database.plan(), store)
    assert not database.relation(OLD)
    assert only(store, "*.zst").read_bytes() == first


def test_an_archive_can_be_read_without_us(store: FileSystemStorage, retired: list[Any]) -> None:
    packed = only(store, "*.zst").read_bytes()
    text = zstandard.ZstdDecompressor().stream_reader(packed).read().decode()
    manifest = json.loads(only(store, "*.json").read_text())
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == manifest["rows"] == len(retired)
    assert [name for name, _ in manifest["columns"]] == ["id", "at", "name", "ratio", "raw"]
    assert {row[2] for row in rows} == {"", 'a "b",\nc\\.', "Zoë\t"}


def test_an_empty_partition_is_archived_too(
    database: Database, fill: Fill, store: FileSystemStorage
) -> None:
    fill(DAY, 0)
    database.apply(database.plan(), store)
    assert back(database, store) == 0


def test_names_of_archives_say_whose_they_are(store: FileSystemStorage, retired: list[Any]) -> None:
    manifest = parse(only(store, "*.json").read_bytes())
    assert manifest.file == f"ts_one/visits/{OLD}.{manifest.csv_sha256[:16]}.csv.zst"
    assert store.exists(manifest.file)


class Corrupting(FileSystemStorage):
    """Loses the end of every file of rows."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        saved = super().save(name, content, max_length)
        if saved.endswith(".zst"):
            path = Path(self.path(saved))
            path.write_bytes(path.read_bytes()[:-3])
        return saved


class Renaming(FileSystemStorage):
    """Stores under another name than it was told."""

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        return super().save(f"{name}.other", content, max_length)


class Away(FileSystemStorage):
    """Cannot be reached."""

    def exists(self, name: str) -> bool:
        raise ConnectionError("no route to the archive")


@pytest.mark.parametrize("kind", [Corrupting, Renaming, Away])
def test_a_partition_stays_until_its_archive_can_be_read_back(
    database: Database, fill: Fill, tmp_path: Path, kind: type[FileSystemStorage]
) -> None:
    fill(DAY, 4)
    outcomes = database.apply(database.plan(), kind(location=tmp_path / "bad"))
    failed = [outcome for outcome in outcomes if outcome.error]
    assert [type(outcome.action) for outcome in failed] == [Retire]
    assert len(database.rows(name=OLD)) == 4
    # The next night finds it waiting, and a storage that works.
    assert all(not o.error for o in database.apply(database.plan(), FileSystemStorage(tmp_path)))
    assert not database.relation(OLD)


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"x")


def much_longer(path: Path) -> None:
    path.write_bytes(path.read_bytes() + bytes(3 * archive.CHUNK))


def lost(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("damage", [flipped, cut, longer, much_longer, lost])
def test_a_damaged_archive_is_refused_and_nothing_is_attached(
    database: Database,
    store: FileSystemStorage,
    retired: list[Any],
    damage: Callable[[Path], None],
) -> None:
    damage(only(store, "*.zst"))
    with pytest.raises(ArchiveInvalid):
        back(database, store)
    assert not database.relation(OLD)


@pytest.mark.parametrize("damage", [cut, longer])
def test_a_damaged_manifest_is_refused(
    database: Database,
    store: FileSystemStorage,
    retired: list[Any],
    damage: Callable[[Path], None],
) -> None:
    damage(only(store, "*.json"))
    with pytest.raises(ArchiveInvalid):
        back(database, store)


def test_a_half_written_archive_of_a_crash_is_replaced(
    database: Database, fill: Fill, store: FileSystemStorage, tmp_path: Path
) -> None:
    fill(DAY, 4)
    twin = FileSystemStorage(location=tmp_path / "twin")
    detach = next(action for action in database.plan() if isinstance(action, Detach))
    ddl.detach(database.using, detach, AT_ONCE)
    action = next(action for action in database.plan() if isinstance(action, Retire))
    archive.write(database.using, action, store)
    cut(only(store, "*.zst"))
    assert archive.intact(twin, archive.write(database.using, action, twin))
    manifest = archive.write(database.using, action, store)
    archive.verify(store, manifest)
    assert database.relation(OLD)


def test_rows_that_the_owner_may_not_see_are_an_error_and_not_a_shorter_archive(
    database: Database, fill: Fill, store: FileSystemStorage
) -> None:
    fill(DAY, 4)
    database.sql(
        f"ALTER TABLE ts_one.{OLD} ENABLE ROW LEVEL SECURITY;"
        f"ALTER TABLE ts_one.{OLD} FORCE ROW LEVEL SECURITY"
    )
    outcomes = database.apply(database.plan(), store)
    assert "row-level security" in next(o.error for o in outcomes if o.error)
    assert len(database.rows(name=OLD)) == 4


def test_a_column_that_came_later_gets_its_default(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    database.sql("ALTER TABLE ts_one.visits ADD COLUMN site varchar(20) NOT NULL DEFAULT 'main'")
    back(database, store)
    assert {row[-1] for row in database.rows()} == {"main"}


def test_a_column_that_is_gone_is_named(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    database.sql("ALTER TABLE ts_one.visits DROP COLUMN raw")
    with pytest.raises(RestoreRefused, match="no column raw"):
        back(database, store)
    assert not database.relation(OLD)


def test_a_partition_that_is_there_is_not_restored_over(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    back(database, store)
    with pytest.raises(RestoreRefused, match="there already"):
        back(database, store)
    assert database.rows() == retired


def test_what_was_only_detached_is_attached_without_its_archive(
    database: Database, fill: Fill, store: FileSystemStorage
) -> None:
    fill(DAY, 4)
    detach = next(action for action in database.plan() if isinstance(action, Detach))
    ddl.detach(database.using, detach, AT_ONCE)
    assert back(database, store) is None
    assert len(database.rows()) == 4


def test_a_hold_keeps_retention_away(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    until = NOW.replace(month=12)
    bring_back("ts_one", OLD, until, using=database.using, store=store)
    assert [a for a in database.plan() if a.name == OLD] == []
    assert [a for a in database.plan(until) if a.name == OLD] != []


def test_an_unknown_partition_is_refused(database: Database, store: FileSystemStorage) -> None:
    with pytest.raises(RestoreRefused, match="the archive has no partition"):
        back(database, store, "visits_p20200101")
    with pytest.raises(Refused, match="not the name of a partition"):
        back(database, store, "pg_class")


def test_a_stranger_finds_nothing_of_another_tenant(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    with pytest.raises(RestoreRefused, match="the archive has no partition"):
        back(database, store, schema="ts_two")
    assert database.rows("ts_two") == []


def test_an_archive_moved_under_another_tenants_name_is_refused(
    database: Database, store: FileSystemStorage, retired: list[Any]
) -> None:
    (Path(store.location) / "ts_one").rename(Path(store.location) / "ts_two")
    with pytest.raises(RestoreRefused, match="another tenant's"):
        find(store, "ts_two", "visits", OLD)


def test_archived_before_its_time_by_hand(
    database: Database, fill: Fill, store: FileSystemStorage
) -> None:
    fill("2026-11-19", 2)
    archive_now("ts_one", "visits_p20261119", NOW, using=database.using, store=store)
    assert not database.relation("visits_p20261119")
    assert back(database, store, "visits_p20261119") == 2


@pytest.mark.parametrize(
    ("name", "why"), [("visits_p20261121", "has not ended"), ("visits_p20261120", "no partition")]
)
def test_a_partition_still_in_use_is_not_archived_by_hand(
    database: Database, store: FileSystemStorage, name: str, why: str
) -> None:
    database.apply(database.plan())
    with pytest.raises(Refused, match=why):
        archive_now("ts_one", name, NOW, using=database.using, store=store)


def test_a_manifest_of_another_format_is_refused() -> None:
    known = Manifest("s", "t", "n", "k", "l", "u", [], 0, 0, "", 0, "", "", format=2)
    with pytest.raises(ArchiveInvalid, match="format"):
        parse(known.to_json())
