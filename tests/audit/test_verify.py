"""Tampering as a superuser is found, and called what it is."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage, InMemoryStorage
from django.core.management import call_command
from django.core.management.base import CommandError

from tenants.models import PartitionOverride
from tests.audit.conftest import Trail
from wificore.audit import sealing
from wificore.audit.verify import retention_of
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.partitions import ddl
from wificore.kernel.db.partitions.actions import Create
from wificore.kernel.db.partitions.calendar import Span
from wificore.kernel.db.partitions.manual import archive_now, bring_back


@pytest.fixture
def sealed(trail: Trail) -> list[int]:
    """Three seals of two rows each; the rows' numbers."""
    numbers = []
    for _ in range(3):
        numbers += trail.write(2)
        trail.seal()
    assert trail.told() == []
    return numbers


def day_of(trail: Trail, number: int) -> str:
    rows = trail.sql(
        "SELECT (at AT TIME ZONE 'UTC')::date FROM {}.audit_entry WHERE id = %s", number
    )
    return str(rows[0][0])


CHANGES = {
    "at": "at + interval '1 microsecond'",
    "actor_kind": "'anonymous'",
    "actor_id": "'8'",
    "actor_name": "'mallory@alpha.test'",
    "actor_token": "'t'",
    "address": "'192.0.2.77'",
    "user_agent": "'x'",
    "request_id": "'x'",
    "action": "'plan.deleted'",
    "object_type": "'nas'",
    "object_id": "'9'",
    "old": "jsonb 'null'",
    "new": 'jsonb \'{"name": "Zoe"}\'',
    "reason": "' '",
}


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_column_is_found(trail: Trail, sealed: list[int], column: str) -> None:
    trail.sql(f"UPDATE {{}}.audit_entry SET {column} = {CHANGES[column]} WHERE id = %s", sealed[3])
    day = day_of(trail, sealed[3])
    assert trail.told() == [("row_changed", f"row {sealed[3]} of {day} was changed")]


def test_every_column_of_the_trail_is_sealed(trail: Trail) -> None:
    columns = trail.sql(
        "SELECT attname FROM pg_attribute WHERE attrelid = '{}.audit_entry'::regclass"
        " AND attnum > 0 AND NOT attisdropped"
    )
    assert {name for (name,) in columns} == {"id", *CHANGES}


def test_a_null_and_a_json_null_are_not_the_same(trail: Trail) -> None:
    number = trail.write(1)[0]
    trail.sql("UPDATE {}.audit_entry SET old = NULL WHERE id = %s", number)
    trail.seal()
    assert trail.told() == []
    trail.sql("UPDATE {}.audit_entry SET old = jsonb 'null' WHERE id = %s", number)
    assert [code for code, _ in trail.told()] == ["row_changed"]


def test_a_deleted_row_is_missing(trail: Trail, sealed: list[int]) -> None:
    day = day_of(trail, sealed[0])
    trail.sql("DELETE FROM {}.audit_entry WHERE id = %s", sealed[0])
    assert trail.told() == [("row_missing", f"row {sealed[0]} of {day} is missing")]


def test_many_deleted_rows_are_counted_beyond_fifty(trail: Trail) -> None:
    trail.write(70)
    trail.seal()
    day = day_of(trail, trail.numbers()[0])
    trail.sql("DELETE FROM {}.audit_entry")
    told = trail.told()
    assert len(told) == 51
    assert told[-1] == ("row_missing", f"and 20 more rows of {day} are missing")


def insert(trail: Trail, at: datetime, number: int | None = None) -> int:
    columns = "at, actor_kind, action, object_type, object_id"
    values = [at, "system", "plan.created", "plan", "1"]
    if number is not None:
        columns, values = f"id, {columns}", [number, *values]
    marks = ", ".join(["%s"] * len(values))
    rows = trail.sql(
        f"INSERT INTO {{}}.audit_entry ({columns}) OVERRIDING SYSTEM VALUE VALUES ({marks})"
        " RETURNING id",
        *values,
    )
    return int(rows[0][0])


def test_a_row_put_into_the_past_was_inserted_afterwards_and_is_never_sealed(
    trail: Trail, sealed: list[int]
) -> None:
    number = insert(trail, datetime.now(UTC) - timedelta(hours=5))
    trail.seal()
    day = day_of(trail, number)
    assert trail.told() == [("row_inserted", f"row {number} of {day} was inserted afterwards")]


def test_so_is_one_in_the_past_of_a_quiet_trail(
    trail: Trail, sealed: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row is sealed for hours, but the platform notes that there was none."""
    monkeypatch.setattr(sealing, "QUIET", timedelta(0))
    monkeypatch.setattr(sealing, "LATE", timedelta(seconds=1))
    monkeypatch.setattr("wificore.audit.verify.walk.LATE", timedelta(seconds=1))
    trail.seal()
    insert(trail, datetime.now(UTC) - timedelta(seconds=30))
    trail.seal()
    assert [code for code, _ in trail.told()] == ["row_inserted"]


def test_a_row_with_the_number_of_another_one_was_inserted_afterwards(
    trail: Trail, sealed: list[int]
) -> None:
    insert(trail, datetime.now(UTC) - timedelta(hours=5), sealed[0])
    told = trail.told()
    assert [code for code, _ in told] == ["row_inserted"]


def test_two_swapped_rows_are_both_changed(trail: Trail, sealed: list[int]) -> None:
    one, other = sealed[0], sealed[5]
    trail.sql(
        "UPDATE {}.audit_entry a SET (object_id, new) = (SELECT object_id, new FROM"
        " {}.audit_entry b WHERE b.id = CASE a.id WHEN %s THEN %s ELSE %s END)"
        " WHERE id IN (%s, %s)",
        *(one, other, one, one, other),
    )
    assert [code for code, _ in trail.told()] == ["row_changed"] * 2


def test_a_row_moved_to_another_day_is_missing_here_and_inserted_there(
    trail: Trail, sealed: list[int]
) -> None:
    trail.sql("UPDATE {}.audit_entry SET at = at - interval '1 day' WHERE id = %s", sealed[1])
    assert sorted(code for code, _ in trail.told()) == ["row_inserted", "row_missing"]


def test_a_change_through_a_partition_is_found_like_any_other(
    trail: Trail, sealed: list[int]
) -> None:
    name = trail.sql("SELECT tableoid::regclass FROM {}.audit_entry LIMIT 1")[0][0]
    trail.sql(f"UPDATE {name} SET reason = 'x' WHERE id = %s", sealed[2])
    assert [code for code, _ in trail.told()] == ["row_changed"]


@pytest.mark.parametrize(
    "change",
    [
        "rows = 1",
        "upto = upto + interval '1 hour'",
        "ids = '{[1,2)}'",
        "leaves = '\\x00'",
        "digest = sha256('')",
        "previous = sha256('')",
        "mac = sha256('')",
        "late = 5",
        "made_at = now()",
    ],
)
def test_a_changed_seal_is_found(trail: Trail, sealed: list[int], change: str) -> None:
    trail.sql(f"UPDATE {{}}.audit_seal SET {change} WHERE seq = 2")
    codes = {code for code, _ in trail.told()}
    assert ("seal_forged", "seal 2 was changed or forged: its signature is wrong") in trail.told()
    assert codes <= {"seal_forged", "row_unproven", "row_inserted", "seal_order"}


def test_a_seal_with_an_unknown_key_is_found(trail: Trail, sealed: list[int]) -> None:
    trail.sql("UPDATE {}.audit_seal SET key_id = 'nobodys' WHERE seq = 2")
    assert "key_missing" in {code for code, _ in trail.told()}


def test_a_missing_seal_in_the_middle_is_found(trail: Trail, sealed: list[int]) -> None:
    trail.sql("DELETE FROM {}.audit_seal WHERE seq = 2")
    told = trail.told()
    assert told[0] == ("seal_missing", "seal 2 is missing")


def test_a_chain_whose_newest_seals_were_cut_off_is_found_also_after_it_went_on(
    trail: Trail, sealed: list[int]
) -> None:
    trail.sql("DELETE FROM {}.audit_seal WHERE seq > 1")
    cut = ("seal_missing", "seals 2 to 3 are missing at the chain's end")
    assert trail.told()[0] == cut
    trail.write(1)
    trail.seal()
    assert trail.sql("SELECT max(seq) FROM {}.audit_seal") == [(4,)]
    assert ("seal_missing", "seals 2 to 3 are missing") in trail.told()


def test_a_whole_chain_taken_away_is_found(trail: Trail, sealed: list[int]) -> None:
    trail.sql("DELETE FROM {}.audit_seal")
    assert trail.told()[0][1] == "seals 1 to 3 are missing at the chain's end"


def test_cutting_the_chain_with_the_platforms_note_is_found_also_after_it_went_on(
    trail: Trail, sealed: list[int]
) -> None:
    trail.sql("DELETE FROM {}.audit_seal WHERE seq = 3")
    trail.sql("DELETE FROM public.audit_head WHERE tenant = %s", trail.schema)
    assert "head_missing" in {code for code, _ in trail.told()}
    trail.write(1)
    trail.seal()
    assert "head_remade" in {code for code, _ in trail.told()}
    trail.write(1)
    trail.seal()
    assert "head_remade" in {code for code, _ in trail.told()}


def test_the_platforms_note_cannot_be_set_back(trail: Trail, sealed: list[int]) -> None:
    trail.sql("DELETE FROM {}.audit_seal WHERE seq = 3")
    trail.sql(
        "UPDATE public.audit_head SET seq = 2,"
        " seal = (SELECT mac FROM {}.audit_seal WHERE seq = 2) WHERE tenant = %s",
        trail.schema,
    )
    assert "head_forged" in {code for code, _ in trail.told()}


def test_a_seal_that_somebody_else_made_is_found_and_sealing_goes_on(
    trail: Trail, sealed: list[int], as_role: Callable[[str], Any]
) -> None:
    """A tenant's role may append; without the key it makes nothing that counts."""
    with as_role(trail.schema).cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {trail.schema}.audit_seal SELECT 4, format, made_at, since, upto, day,"
            " rows, late, first_at, last_at, ids, leaves, digest, mac, key_id, mac"
            f" FROM {trail.schema}.audit_seal WHERE seq = 3"
        )
    forged = ("seal_forged", "seal 4 was changed or forged: its signature is wrong")
    assert forged in trail.told()
    trail.write(1)
    trail.seal()
    assert trail.told() == [forged]


def test_a_whole_database_put_back_is_found_by_a_seal_from_the_log(
    trail: Trail, sealed: list[int]
) -> None:
    mac = bytes(trail.sql("SELECT mac FROM {}.audit_seal WHERE seq = 3")[0][0])
    assert trail.told(expected=(3, mac)) == []
    trail.sql("DELETE FROM {}.audit_seal WHERE seq = 3")
    assert ("expected_differs", "seal 3 of the log is not in the chain") in trail.told(
        expected=(3, mac)
    )
    assert ("expected_differs", "seal 2 is not the one of the log") in trail.told(expected=(2, mac))


def test_a_part_of_a_trail_is_verified_with_the_seal_before_it(trail: Trail) -> None:
    old = trail.write(2, age_s=3 * 86_400)
    new = trail.write(2)
    trail.seal()
    trail.sql("UPDATE {}.audit_entry SET reason = 'x' WHERE id IN (%s, %s)", old[0], new[0])
    since = (datetime.now(UTC) - timedelta(days=1)).date()
    assert [text for _, text in trail.told(since=since)] == [
        f"row {new[0]} of {day_of(trail, new[0])} was changed"
    ]
    assert len(trail.told()) == 2


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


def verify(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("audit_verify", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue() + str(error)
    return 0, out.getvalue()


def test_the_command_says_clean_and_how_far(trail: Trail, sealed: list[int]) -> None:
    trail.write(1, age_s=0)
    code, text = verify("--tenant", "alpha")
    assert code == 0
    assert "ts_alpha: 3 seals, 6 rows, sealed up to 20" in text
    assert ": clean" in text
    assert "not yet sealed: 1 rows" in text


def test_the_command_ends_with_1_and_names_what_it_found(trail: Trail, sealed: list[int]) -> None:
    trail.sql("UPDATE {}.audit_entry SET reason = 'x' WHERE id = %s", sealed[0])
    code, text = verify("--all")
    assert code == 1
    assert f"row {sealed[0]} of {day_of(trail, sealed[0])} was changed" in text
    assert "public: " in text
    assert "ts_beta: 0 seals, 0 rows, no seal yet: clean" in text
    assert verify("--tenant", "beta")[0] == 0
    assert verify("--platform")[0] == 0


def test_the_command_speaks_json_and_shows_progress_beside_it(
    trail: Trail, sealed: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    trail.sql("DELETE FROM {}.audit_entry WHERE id = %s", sealed[0])
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("audit_verify", "--tenant", "alpha", "--json", stdout=out)
    (report,) = json.loads(out.getvalue())
    assert (report["schema"], report["rows"]) == ("ts_alpha", 5)
    assert [found["code"] for found in report["findings"]] == ["row_missing"]
    assert "ts_alpha, days [" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--tenant", "nobody"),
        ("--platform", "--since", "yesterday"),
        ("--platform", "--expect", "41"),
        ("--platform", "--expect", "0:" + "00" * 32),
        ("--all", "--expect", "1:" + "00" * 32),
    ],
)
@pytest.mark.usefixtures("world")
def test_wrong_arguments_end_with_2(arguments: tuple[str, ...]) -> None:
    assert verify(*arguments)[0] == 2
