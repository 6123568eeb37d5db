"""The process `ingester`: says ready, works, stops cleanly, and runs once."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from radius.ingest.spool import exclusive

from ..lines import start
from .conftest import Bench, eventually

MANAGE = Path(__file__).parents[3] / "manage.py"


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_it_says_ready_works_and_ends_well_when_told_to_stop(bench: Bench, name: str) -> None:
    environment = os.environ | {
        "DATABASE_RADIUS_URL": bench.radius.dsn,
        "RADIUS_SPOOL_DIR": str(bench.directory),
    }
    process = subprocess.Popen(
        [sys.executable, str(MANAGE), "ingester"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        bench.write("acct-202601010001", start())
        eventually(bench.usernames)
        process.send_signal(getattr(signal, name))
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    assert "applied" in errors


def test_a_second_one_is_refused(settings: Any, tmp_path: Path) -> None:
    settings.RADIUS = replace(settings.RADIUS, spool_dir=tmp_path)
    with exclusive(tmp_path), pytest.raises(CommandError, match="another ingester"):
        call_command("ingester")


def test_without_its_database_it_says_which_variable_is_missing(settings: Any) -> None:
    settings.DATABASE_RADIUS_URL = None
    with pytest.raises(CommandError, match="DATABASE_RADIUS_URL is not set"):
        call_command("ingester")
