"""The seal: every line once, whenever it appears, and nothing skipped."""

from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections, transaction

from tests.audit.conftest import Trail
from tests.conftest import World
from wificore.audit import sealing, store
from wificore.beat import SCHEDULE
from wificore.jobs.recurring import work_through
from wificore.kernel.audit import record
from wificore.kernel.db.context import tenant_context


def seals(trail: Trail) -> list[tuple[int, int, int]]:
    """Number, rows and late rows of each seal."""
    return trail.sql("SELECT seq, rows, late FROM {}.audit_seal ORDER BY seq")


def test_a_clean_trail_verifies(trail: Trail) -> None:
    trail.write(5)
    assert trail.seal() == {"seals": 1, "rows": 5}
    report = trail.verify()
    assert (report.findings, report.seals, report.rows, report.unsealed) == ([], 1, 5, 0)
    assert report.sealed_up_to is not None


def test_the_platforms_own_trail_has_a_chain_too(platform_trail: Trail, trail: Trail) -> None:
    platform_trail.write(2)
    assert platform_trail.seal() == {"seals": 1, "rows": 2}
    assert platform_trail.verify().rows == 2
    assert trail.seal() == {"seals": 0, "rows": 0}
    assert trail.verify().seals == 0


def test_each_line_is_sealed_once_however_often_the_job_runs(trail: Trail) -> None:
    for _ in range(3):
        trail.write(2)
        trail.seal()
        trail.seal()
    assert seals(trail) == [(1, 2, 0), (2, 2, 2), (3, 2, 2)]
    assert trail.verify().rows == 6


def test_a_line_that_is_too_young_waits_for_the_next_seal(trail: Trail) -> None:
    trail.write(1, age_s=0)
    assert trail.seal() == {"seals": 0, "rows": 0}
    report = trail.verify()
    assert (report.findings, report.unsealed) == ([], 1)


def test_a_line_of_a_long_transaction_is_sealed_late(trail: Trail, world: World) -> None:
    """It is dated when it was written, and seen by others only later."""
    first = trail.write(1, age_s=120)
    second = trail.write(1, age_s=90)
    trail.sql("CREATE TABLE {}.aside AS SELECT * FROM {}.audit_entry WHERE id = %s", first[0])
    trail.sql("DELETE FROM {}.audit_entry WHERE id = %s", first[0])
    trail.seal()
    trail.sql("INSERT INTO {}.audit_entry OVERRIDING SYSTEM VALUE SELECT * FROM {}.aside")
    trail.sql("DROP TABLE {}.aside")
    assert trail.verify().unsealed == 1
    trail.seal()
    assert second[0] > first[0]
    assert seals(trail) == [(1, 1, 0), (2, 1, 1)]
    report = trail.verify()
    assert (report.findings, report.rows, report.late) == ([], 2, 1)


def test_what_an_outage_of_the_job_left_is_sealed_afterwards(trail: Trail) -> None:
    trail.write(1, age_s=60)
    trail.seal()
    head(trail, upto=datetime.now(UTC) - timedelta(hours=30))
    for hours in (29, 20, 1):
        trail.write(2, age_s=hours * 3600)
    trail.seal()
    assert sum(rows for _, rows, _ in seals(trail)) == 7
    assert trail.told() == []


def head(trail: Trail, upto: datetime) -> None:
    """As if the job had last run then."""
    trail.sql("DELETE FROM public.audit_head WHERE tenant = %s", trail.schema)
    with trail.inside():
        trail.sql("DELETE FROM {}.audit_seal")
        note = sealing.Head(trail.schema, 0, sealing.NOTHING, upto, None, sealing.keys.current_id())
        store.head_put("default", note.signed())


def test_a_seal_covers_rows_of_one_day_only(trail: Trail) -> None:
    """So that none reaches over two partitions, whatever their interval."""
    for days in (0, 1, 2):
        trail.write(1, age_s=days * 86_400 + 60)
    assert trail.seal() == {"seals": 3, "rows": 3}
    days = trail.sql("SELECT day, first_at, last_at FROM {}.audit_seal")
    assert all(
        day == first.astimezone(UTC).date() == final.astimezone(UTC).date()
        for day, first, final in days
    )
    assert trail.told() == []


def test_many_rows_are_sealed_in_several_transactions(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "LIMIT", 4)
    trail.write(7, age_s=90)
    trail.write(6, age_s=60)
    assert trail.seal() == {"seals": 4, "rows": 13}
    assert trail.verify().rows == 13


def test_a_quiet_trails_note_moves_on(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    trail.write(1)
    trail.seal()
    before = trail.verify().sealed_up_to
    trail.seal()
    assert trail.verify().sealed_up_to == before
    monkeypatch.setattr(sealing, "QUIET", timedelta(0))
    trail.seal()
    after = trail.verify().sealed_up_to
    assert before is not None
    assert after is not None
    assert after > before


def test_two_jobs_at_once_make_one_chain(trail: Trail, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second one finds its number taken, and leaves everything to the first."""
    trail.write(3)
    tip = sealing._tip

    def overtaken(*args: Any) -> sealing.Tip:
        found = tip(*args)
        monkeypatch.setattr(sealing, "_tip", tip)
        thread = Thread(target=another_process, args=(trail,))
        thread.start()
        thread.join()
        return found

    monkeypatch.setattr(sealing, "_tip", overtaken)
    assert trail.seal() == {"seals": 0, "rows": 0}
    assert seals(trail) == [(1, 3, 0)]
    assert trail.told() == []


def another_process(trail: Trail) -> None:
    """A thread has its own connection."""
    trail.seal()
    connections.close_all()


def test_a_crash_before_the_platforms_note_is_made_up_for(
    trail: Trail, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        trail.write(1)
        with monkeypatch.context() as patch:
            patch.setattr(store, "head_put", lambda *_a: None)
            trail.seal()
            assert trail.told() == []
        trail.seal()
        trail.write(1)
        trail.seal()
    assert trail.told() == []


def test_a_new_key_seals_and_the_old_one_still_verifies(
    trail: Trail, settings: LazySettings
) -> None:
    trail.write(1)
    trail.seal()
    settings.AUDIT_KEYS = {"k9": b"9" * 32, **settings.AUDIT_KEYS}
    trail.write(1)
    trail.seal()
    assert trail.sql("SELECT key_id FROM {}.audit_seal ORDER BY seq") == [("k1",), ("k9",)]
    assert trail.told() == []
    settings.AUDIT_KEYS = {"k9": b"9" * 32}
    told = trail.told()
    assert ("key_missing", "seal 1 was made with key 'k1', which AUDIT_KEYS lacks") in told


def test_the_same_rows_in_two_tenants_have_different_seals(trail: Trail, world: World) -> None:
    beta = Trail(world.beta, trail.superuser)
    for one in (trail, beta):
        one.sql("SELECT setval('{}.audit_entry_id_seq', 900000, false)")
        one.write(1)
        one.seal()
    macs = {one.sql("SELECT mac FROM {}.audit_seal")[0][0].tobytes() for one in (trail, beta)}
    assert len(macs) == 2


def test_beat_seals_each_schema_by_itself(
    trail: Trail, platform_trail: Trail, world: World
) -> None:
    beta = Trail(world.beta, trail.superuser)
    for number, one in enumerate((trail, platform_trail, beta), start=1):
        one.write(number)
    job = next(one for one in SCHEDULE if one.name == "audit.seal")
    assert work_through(job, datetime.now(UTC), ["public", "ts_alpha", "ts_beta"]) == {}
    assert [seals(one) for one in (trail, platform_trail, beta)] == [
        [(1, 1, 0)],
        [(1, 2, 0)],
        [(1, 3, 0)],
    ]


def test_a_broken_chain_of_one_tenant_stops_no_other(trail: Trail, world: World) -> None:
    beta = Trail(world.beta, trail.superuser)
    for one in (trail, beta):
        one.write(1)
        one.seal()
    trail.sql("DELETE FROM {}.audit_seal")
    for one in (trail, beta):
        one.write(1)
        one.seal()
    assert [seq for seq, _, _ in seals(trail)] == [2]
    assert beta.told() == []


def test_a_seal_is_told_to_the_log(trail: Trail, caplog: pytest.LogCaptureFixture) -> None:
    trail.write(1)
    trail.seal()
    mac = trail.sql("SELECT encode(mac, 'hex') FROM {}.audit_seal")[0][0]
    assert mac in caplog.text


def test_sealing_inside_a_transaction_is_refused(trail: Trail) -> None:
    with tenant_context(trail.tenant), transaction.atomic():
        record("a.b", "a", 1, None, None)
        with pytest.raises(RuntimeError):
            sealing.trail_seal()
        transaction.set_rollback(True)
