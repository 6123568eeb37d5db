"""Archived partitions of a deleted tenant: whoever takes its name later finds nothing of them."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, Storage
from django.core.management import CommandError, call_command
from django.db import connections

from tenants import archives
from tenants.hooks import Owner
from tenants.models import Order, Tenant
from tenants.services import tenant_create, tenant_delete
from tests.conftest import PASSWORD, World
from tests.s3 import bucket_in, running_s3
from wificore.audit.models import AuditEntry
from wificore.beat import SCHEDULE
from wificore.jobs.models import Claim
from wificore.jobs.recurring import work_through
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.partitions import archive, engine
from wificore.kernel.db.partitions.manifest import ArchiveInvalid
from wificore.kernel.db.partitions.restore import RestoreRefused, find

DAY = datetime.now(UTC).date() - timedelta(days=200)
NAME = f"radpostauth_p{DAY:%Y%m%d}"
GONE = "deleted/gamma-20261121-17"
WINDOW = datetime(2026, 11, 21, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running_s3() as url:
        yield url


@pytest.fixture
def directory(tmp_path: Path) -> FileSystemStorage:
    return FileSystemStorage(location=tmp_path)


@pytest.fixture
def bucket(endpoint: str) -> Iterator[Storage]:
    with bucket_in(endpoint) as store:
        yield store


@pytest.fixture(params=["directory", "bucket"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Storage:
    """The archive of the test, of both kinds."""
    there: Storage = request.getfixturevalue(request.param)
    monkeypatch.setattr(archive, "storage", lambda: there)
    return there


def sql(statement: str, *values: Any) -> list[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def archive_one(slug: str) -> None:
    """A day of long ago with one login, archived by the night's work."""
    schema = f"ts_{slug}"
    sql(f"SELECT {schema}.wc_partitions_ahead_v1(%s, 1)", DAY)
    sql(f"DROP TABLE {schema}.radacct_p{DAY:%Y%m%d}")
    sql(
        f"INSERT INTO {schema}.radpostauth (authdate, username, reply)"
        " VALUES (%s, %s, 'Access-Accept')",
        f"{DAY} 12:00+00",
        slug,
    )
    call_command("partitions", "apply", "--tenant", slug)


@pytest.fixture
def old(gamma: str, store: Storage) -> Tenant:
    """Gamma, with an archived partition."""
    tenant = tenant_create(slug=gamma, name="Gamma", owner=Owner("o@gamma.test", PASSWORD))
    archive_one(gamma)
    assert len(archives.files(store, "ts_gamma")) == 2
    return tenant


def contents(store: Storage, directory: str) -> dict[str, bytes]:
    found = {}
    for name in archives.files(store, directory):
        with store.open(f"{directory}/{name}") as file:
            found[name] = file.read()
    return found


def place(store: Storage) -> str:
    (name,) = store.listdir("deleted")[0]
    return f"deleted/{name}"


def test_they_are_moved_byte_by_byte_and_the_export_says_where(old: Tenant, store: Storage) -> None:
    before = contents(store, "ts_gamma")
    tenant_delete(tenant=old, confirm="gamma")
    assert archives.files(store, "ts_gamma") == []
    assert place(store).startswith(f"deleted/gamma-{datetime.now(UTC):%Y%m}")
    assert contents(store, place(store)) == before
    (note,) = [n for n in archives.files(store, "exports/ts_gamma") if n.endswith("manifest.json")]
    with store.open(f"exports/ts_gamma/{note}") as file:
        told = json.loads(file.read())["archives"]
    assert told == {"place": place(store), "files": sorted(before)}


def test_a_new_tenant_of_the_name_neither_sees_nor_restores_them(
    old: Tenant, store: Storage
) -> None:
    tenant_delete(tenant=old, confirm="gamma")
    tenant_create(slug="gamma", name="Another", owner=Owner("new@gamma.test", PASSWORD))
    with pytest.raises(CommandError, match="the archive has no partition"):
        call_command("partitions", "restore", "gamma", NAME)
    with pytest.raises(RestoreRefused):  # whenever it was archived
        find(store, "ts_gamma", "radpostauth", NAME)


@pytest.mark.parametrize("store", ["directory"], indirect=True)
def test_the_next_deletion_of_the_name_has_a_place_of_its_own(old: Tenant, store: Storage) -> None:
    tenant_delete(tenant=old, confirm="gamma")
    first = contents(store, place(store))
    again = tenant_create(slug="gamma", name="Another", owner=Owner("new@gamma.test", PASSWORD))
    archive_one("gamma")
    tenant_delete(tenant=again, confirm="gamma")
    found = [contents(store, f"deleted/{name}") for name in sorted(store.listdir("deleted")[0])]
    assert len(found) == 2
    assert first in found


@pytest.fixture
def lying(world: World, store: Storage) -> dict[str, bytes]:
    """Files as archives lie in the storage, of a schema that is gone."""
    files = {f"radacct/day{n}.{kind}": bytes([n]) * 9 for n in range(2) for kind in ("a", "b")}
    for name, content in files.items():
        store.save(f"ts_gamma/{name}", ContentFile(content))
    return files


def put_away(store: Storage) -> int:
    with platform_context():
        return archives.put_away("ts_gamma", GONE, store)


def test_the_other_tenants_archives_stay(store: Storage, lying: dict[str, bytes]) -> None:
    for name in ("ts_gamma2/radacct/x.json", "ts_alpha/radacct/x.json", "public/events/x.json"):
        store.save(name, ContentFile(b"{}"))
    assert put_away(store) == len(lying)
    assert contents(store, GONE) == lying
    for schema in ("ts_gamma2", "ts_alpha", "public"):
        assert len(archives.files(store, schema)) == 1


@pytest.mark.parametrize("store", ["directory"], indirect=True)
@pytest.mark.parametrize("method", ["save", "delete"])
@pytest.mark.parametrize("call", range(1, 9))
def test_a_move_that_stopped_anywhere_goes_on_and_loses_nothing(
    store: Storage,
    lying: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    call: int,
) -> None:
    calls, real = iter(range(1, 100)), getattr(store, method)

    def stop(*args: Any, **options: Any) -> Any:
        if next(calls) == call:
            raise RuntimeError("power cut")
        return real(*args, **options)

    with monkeypatch.context() as broken, suppress(RuntimeError):
        broken.setattr(store, method, stop)
        put_away(store)
    put_away(store)
    assert contents(store, GONE) == lying
    assert archives.files(store, "ts_gamma") == []


def test_a_copy_that_cannot_be_read_back_leaves_the_first_one_where_it_is(
    store: Storage, lying: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = store.save
    with monkeypatch.context() as broken:
        broken.setattr(store, "save", lambda name, _content: real(name, ContentFile(b"else")))
        with pytest.raises(ArchiveInvalid, match="is not what"):
            put_away(store)
    assert contents(store, "ts_gamma") == lying
    put_away(store)
    assert contents(store, GONE) == lying


@pytest.mark.parametrize("store", ["directory"], indirect=True)
def test_while_a_night_is_archiving_there_the_deletion_waits_for_the_next_try(
    old: Tenant, store: Storage, owner_dsn: str
) -> None:
    night = psycopg2.connect(owner_dsn)
    with night.cursor() as cursor:
        cursor.execute(engine.TAKE, ["ts_gamma"])
    with pytest.raises(archives.EngineAtWork, match="ts_gamma"):
        tenant_delete(tenant=old, confirm="gamma")
    with platform_context():
        assert Order.objects.get().attempts == 1
    night.close()
    tenant_delete(tenant=old, confirm="gamma")
    assert archives.files(store, "ts_gamma") == []


def forget() -> dict[str, str]:
    (job,) = [one for one in SCHEDULE if one.name == "tenants.forget_archives"]
    assert (job.queue, job.platform, job.tenants) == ("ddl", True, False)
    return work_through(job, WINDOW, ["public"])


@pytest.fixture
def places(world: World, store: Storage) -> dict[str, str]:
    """Places of tenants deleted eight years ago, and just now; and what is none of ours."""
    today = datetime.now(UTC)
    names = {
        "old": archives.place("gone", today - timedelta(days=8 * 366), 3),
        "new": archives.place("gone", today, 4),
        "strange": "deleted/kept-by-hand",
    }
    for name in names.values():
        store.save(f"{name}/radacct/x.json", ContentFile(b"{}"))
    return names


def test_after_years_they_are_forgotten_and_the_trail_says_so(
    store: Storage, places: dict[str, str]
) -> None:
    assert forget() == {}
    assert archives.files(store, places["old"]) == []
    assert sorted(store.listdir("deleted")[0]) == sorted(
        places[name].removeprefix("deleted/") for name in ("new", "strange")
    )
    with platform_context():
        assert Claim.objects.get(job="tenants.forget_archives").result == {"tenants": 1}
        line = AuditEntry.objects.get(action="archive.forgotten")
        assert line.old == {"place": places["old"], "files": 1}


@pytest.mark.parametrize("store", ["directory"], indirect=True)
def test_with_0_days_they_stay_for_ever(
    store: Storage, places: dict[str, str], settings: Any
) -> None:
    settings.DELETED_ARCHIVE_KEEP_DAYS = 0
    assert forget() == {}
    assert len(archives.files(store, "deleted")) == 3


def test_nothing_was_ever_deleted(world: World, store: Storage) -> None:
    assert forget() == {}
