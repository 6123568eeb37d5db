"""Months that are archived or dropped, and what explains that their rows are gone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from tenants.models import PartitionOverride
from tests.audit.conftest import Trail
from wificore.audit.verify import retention_of
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.partitions import ddl
from wificore.kernel.db.partitions.actions import Create
from wificore.kernel.db.partitions.calendar import Span
from wificore.kernel.db.partitions.manual import archive_now, bring_back


@pytest.fixture
def last_years_month(trail: Trail) -> Iterator[str]:
    """A partition of a year ago with two sealed lines; the partition's name."""
    lower = (datetime.now(UTC) - timedelta(days=365)).replace(
        day=1, hour=0, minute=0, second=0, microsecond=0
    )
    span = Span(lower, (lower + timedelta(days=32)).replace(day=1))
    month = Create(trail.schema, "audit_entry", "at", span)
    with platform_context():
        ddl.create("owner", [month])
    age = datetime.now(UTC) - lower - timedelta(days=3)
    trail.write(2, age_s=age.total_seconds())
    trail.write(1)
    trail.seal()
    yield month.name
    trail.sql(f"DROP TABLE IF EXISTS {{}}.{month.name}")


def test_an_archived_month_is_told_from_a_dropped_one_and_verified_when_it_is_back(
    trail: Trail, last_years_month: str, tmp_path: Path
) -> None:
    name, files = last_years_month, FileSystemStorage(location=tmp_path)
    with platform_context():
        archive_now(trail.schema, name, datetime.now(UTC), using="owner", store=files)
    report = trail.verify(store=files)
    assert (report.findings, report.rows, report.archived) == ([], 1, 2)
    (finding,) = trail.verify(store=InMemoryStorage()).findings
    assert finding.code == "rows_missing"
    assert finding.message.startswith("2 rows of ")
    with platform_context():
        bring_back(trail.schema, name, None, using="owner", store=files)
    report = trail.verify(store=files)
    assert (report.findings, report.rows, report.archived) == ([], 3, 0)
    trail.sql(f"UPDATE {{}}.{name} SET reason = 'x'")
    assert [found.code for found in trail.verify(store=files).findings] == ["row_changed"] * 2


def test_a_damaged_archive_explains_nothing(
    trail: Trail, last_years_month: str, tmp_path: Path
) -> None:
    name, files = last_years_month, FileSystemStorage(location=tmp_path)
    with platform_context():
        archive_now(trail.schema, name, datetime.now(UTC), using="owner", store=files)
    for note in tmp_path.rglob("*.json"):
        note.write_text("{}")
    assert [found.code for found in trail.verify(store=files).findings] == ["rows_missing"]


@pytest.mark.parametrize(("days", "years"), [(90, 7), (3650, 10)])
def test_a_tenants_own_retention_makes_it_longer_and_never_explains_a_gap(
    trail: Trail, last_years_month: str, days: int, years: int
) -> None:
    """Whoever may drop a partition may write the row that says it was old enough."""
    with platform_context():
        PartitionOverride.objects.create(tenant=trail.tenant, table="audit_entry", keep_days=days)
        now = datetime.now(UTC)
        kept = retention_of(trail.schema, using="default", store=InMemoryStorage(), now=now)
    assert kept.keep is not None
    assert kept.keep.days // 365 == years
    trail.sql(f"DROP TABLE {{}}.{last_years_month}")
    assert [found.code for found in trail.verify(store=InMemoryStorage()).findings] == [
        "rows_missing"
    ]
