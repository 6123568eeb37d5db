"""Tampering with seals and the platform's notes of them is found."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.audit.conftest import Trail, day_of


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
