"""Tampering with rows as a superuser is found, and called what it is."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.audit.conftest import Trail, day_of
from wificore.audit import sealing

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
