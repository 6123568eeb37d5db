"""The archive in S3, against a server that speaks its protocol."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from storages.backends.s3 import S3Storage

from tests.kernel.db.partitions.conftest import Database, Fill
from tests.s3 import LOGIN, bucket_in, running_s3
from wificore.kernel.db.partitions import archive
from wificore.kernel.db.partitions.manifest import ArchiveInvalid
from wificore.kernel.db.partitions.manual import bring_back

OLD = "visits_p20260801"


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with running_s3() as url:
        yield url


@pytest.fixture
def bucket(endpoint: str) -> Iterator[Storage]:
    with bucket_in(endpoint) as store:
        yield store


def name_of(bucket: Any, ending: str) -> str:
    (found,) = [name for name in bucket.listdir("ts_one/visits")[1] if name.endswith(ending)]
    return f"ts_one/visits/{found}"


def test_the_rows_come_back_from_the_bucket(
    database: Database, fill: Fill, bucket: Storage
) -> None:
    fill("2026-08-01", 7)
    rows = database.rows()
    assert all(not outcome.error for outcome in database.apply(database.plan(), bucket))
    assert not database.relation(OLD)
    assert bring_back("ts_one", OLD, None, using=database.using, store=bucket) == 7
    assert database.rows() == rows


def test_an_object_that_was_changed_is_refused(
    database: Database, fill: Fill, bucket: Storage
) -> None:
    fill("2026-08-01", 7)
    database.apply(database.plan(), bucket)
    bucket.save(name_of(bucket, ".zst"), ContentFile(b"something else"))
    with pytest.raises(ArchiveInvalid):
        bring_back("ts_one", OLD, None, using=database.using, store=bucket)
    assert not database.relation(OLD)


def test_an_object_that_is_gone_is_refused(database: Database, fill: Fill, bucket: Storage) -> None:
    fill("2026-08-01", 7)
    database.apply(database.plan(), bucket)
    bucket.delete(name_of(bucket, ".zst"))
    with pytest.raises(ArchiveInvalid):
        bring_back("ts_one", OLD, None, using=database.using, store=bucket)


def test_a_bucket_that_does_not_exist_keeps_the_partition(
    database: Database, fill: Fill, endpoint: str
) -> None:
    fill("2026-08-01", 7)
    nowhere = S3Storage(bucket_name="nowhere", endpoint_url=endpoint, **LOGIN)
    outcomes = database.apply(database.plan(), nowhere)
    assert [o.action.name for o in outcomes if o.error] == [OLD]
    assert len(database.rows(name=OLD)) == 7


def test_a_table_that_was_never_archived_has_no_archives(bucket: Storage) -> None:
    assert archive.notes(bucket, "ts_one", "visits") == []
