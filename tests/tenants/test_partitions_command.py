"""`manage.py partitions`: plan, print, apply; archive and restore; exit code 2 on misuse."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import connections

from tests.conftest import World
from wificore.kernel.db.context import platform_context
from wificore.kernel.db.partitions import archive

ROOT = Path(__file__).parents[2]
DAY = datetime.now(UTC).date() - timedelta(days=200)
NAME = f"radpostauth_p{DAY:%Y%m%d}"


def sql(statement: str, *values: Any) -> list[Any]:
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileSystemStorage:
    """The archive of the test."""
    there = FileSystemStorage(location=tmp_path)
    monkeypatch.setattr(archive, "storage", lambda: there)
    return there


@pytest.fixture
def old(world: World) -> Iterator[str]:
    """A partition of alpha that is long due, with one row."""
    sql("SELECT ts_alpha.wc_partitions_ahead_v1(%s, 1)", DAY)
    sql(f"DROP TABLE ts_alpha.radacct_p{DAY:%Y%m%d}")
    sql(
        "INSERT INTO ts_alpha.radpostauth (authdate, username, reply)"
        " VALUES (%s, 'asha', 'Access-Accept')",
        f"{DAY} 12:00+00",
    )
    yield NAME
    sql(f'DROP TABLE IF EXISTS ts_alpha."{NAME}"')


def rows() -> list[Any]:
    return sql("SELECT username FROM ts_alpha.radpostauth WHERE authdate < now() - interval '9 d'")


def test_a_plan_is_printed_and_changes_nothing(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in (["plan"], ["apply", "--dry-run"]):
        call_command("partitions", *command, "--tenant", "alpha")
        out = capsys.readouterr().out
        assert f"detach ts_alpha.{old}" in out
        assert f"retire ts_alpha.{old} of {DAY}" in out
        assert "2 actions in 1 schemas" in out
    assert rows() == [("asha",)]


def test_apply_archives_and_restore_brings_it_back(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("partitions", "apply")
    assert rows() == []
    assert "2/2" in capsys.readouterr().err
    call_command("partitions", "restore", "alpha", old)
    assert "is back from the archive with 1 rows" in capsys.readouterr().out
    assert rows() == [("asha",)]
    call_command("partitions", "plan")
    assert "0 actions" in capsys.readouterr().out


def test_another_tenants_plan_does_not_show_it(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("partitions", "plan", "--tenant", "beta", "--tenant", "public")
    assert "0 actions in 2 schemas" in capsys.readouterr().out


def test_another_tenant_cannot_be_given_the_archive(old: str) -> None:
    call_command("partitions", "apply")
    with pytest.raises(CommandError, match="the archive has no partition"):
        call_command("partitions", "restore", "beta", old)


def test_a_tenant_is_not_given_the_archive_of_a_former_one_of_its_name(
    old: str, store: FileSystemStorage
) -> None:
    call_command("partitions", "apply")
    (note,) = Path(store.location, "ts_alpha").rglob("*.json")
    manifest = json.loads(note.read_text())
    note.write_text(json.dumps({**manifest, "archived_at": "2020-01-01T00:00:00+00:00"}))
    with pytest.raises(CommandError, match="the archive has no partition"):
        call_command("partitions", "restore", "alpha", old)


def test_one_partition_is_archived_by_hand(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("partitions", "archive", "alpha", old)
    assert "is archived, verified and dropped" in capsys.readouterr().out
    assert rows() == []


def test_what_failed_is_named_and_the_exit_code_is_1(
    old: str, store: FileSystemStorage, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(store.location, "ts_alpha").write_text("in the way")
    with pytest.raises(CommandError, match="1 of 2 actions failed") as caught:
        call_command("partitions", "apply")
    assert caught.value.returncode == 1
    assert f"retire ts_alpha.{old}" in capsys.readouterr().err
    assert sql(f'SELECT username FROM ts_alpha."{old}"') == [("asha",)]


def test_status_tells_how_far_partitions_reach(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("partitions", "status")
    out = capsys.readouterr().out
    until = datetime.now(UTC).date() + timedelta(days=8)
    (line,) = [line.split() for line in out.splitlines() if line.split()[0] == "radacct"]
    assert (line[1], line[4]) == ("2", str(until))
    assert "relations in the database" in out


def test_status_ends_with_1_on_an_alarm(old: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="1 alarms") as caught:
        call_command("partitions", "status", "--json", "--tenant", "alpha")
    assert caught.value.returncode == 1
    report = json.loads(capsys.readouterr().out)
    assert report["alarms"][0]["code"] == "overdue"
    assert {line["schema"] for line in report["lines"]} == {"ts_alpha"}


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "--tenant", "nobody"],
        ["restore", "nobody", "radacct_p20260101"],
        ["restore", "alpha", "radacct_p20260101", "--hold-days", "-1"],
    ],
)
def test_misuse_ends_with_2(world: World, arguments: list[str]) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("partitions", *arguments)
    assert caught.value.returncode == 2


@pytest.mark.parametrize("arguments", [[], ["destroy"], ["archive", "alpha"], ["plan", "--all"]])
def test_misuse_on_the_command_line_ends_with_2(world: World, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "partitions", *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "usage:" in done.stderr


@pytest.mark.parametrize("name", ["radacct_p19990101", "tenants_tenant"])
def test_an_unknown_partition_ends_with_1(world: World, name: str) -> None:
    for verb in ("archive", "restore"):
        with pytest.raises(CommandError) as caught:
            call_command("partitions", verb, "alpha", name)
        assert caught.value.returncode == 1
