"""manage.py simulate: misuse is refused before anything is made or sent."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError


def refused(*arguments: str) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command("simulate", "routers", *arguments)
    return caught.value


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--rate", "5000"], "--rate"),
        (["--duration", "0"], "--duration"),
        (["--tenants", ","], "--tenants"),
        (["--reconcile", "/nonexistent/journal"], "--reconcile"),
    ],
    ids=str,
)
def test_misuse_ends_with_code_2_and_names_the_option(arguments: list[str], named: str) -> None:
    error = refused(*arguments)
    assert error.returncode == 2
    assert named in str(error)


def test_a_server_elsewhere_is_refused(settings: Any) -> None:
    settings.RADIUS = replace(settings.RADIUS, host="192.0.2.1")
    error = refused()
    assert error.returncode == 2
    assert "loopback" in str(error)


def test_a_tenant_that_does_not_exist_is_named(world: object) -> None:
    error = refused("--tenants", "nobody")
    assert error.returncode == 2
    assert "'nobody'" in str(error)


def test_a_journal_whose_sessions_are_not_there_ends_with_code_1(
    world: object, tmp_path: Path
) -> None:
    record = {"fact": "record", "n": 1, "tenant": "alpha", "router": "127.71.0.1"}
    record |= {"stamped": True, "status": "Start", "event": 1_700_000_000, "session": "r-1"}
    record |= {"user": "sim-0001", "mac": "02A1B2000001", "seconds": 0, "in": 0, "out": 0}
    facts = [
        {"fact": "run", "run": "r", "tenants": ["alpha", "beta"], "seed": 1, "at": 1_700_000_000},
        record | {"cause": "", "repeat": False, "at": 1_700_000_000},
        {"fact": "acked", "n": 1, "tries": 1, "sent": 1_700_000_000, "at": 1_700_000_000},
    ]
    path = tmp_path / "journal"
    path.write_text("".join(json.dumps(fact) + "\n" for fact in facts))
    assert refused("--reconcile", str(path), "--settle", "0.1").returncode == 1
