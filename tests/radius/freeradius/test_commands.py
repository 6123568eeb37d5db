"""The two management commands."""

from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings


@pytest.fixture
def here(settings: Settings, tmp_path: Path) -> Path:
    settings.RADIUS = replace(
        settings.RADIUS,
        config_dir=tmp_path / "raddb",
        clients_dir=tmp_path / "clients",
        spool_dir=tmp_path / "spool",
        auth_port=18120,
    )
    return tmp_path


def test_freeradius_render_writes_where_the_settings_say(here: Path) -> None:
    output = StringIO()
    call_command("freeradius_render", stdout=output)
    assert "port = 18120" in (here / "raddb" / "server_default.conf").read_text()
    assert output.getvalue() == f"{here}/raddb: 11 files\n"


def test_freeradius_render_may_write_elsewhere(here: Path) -> None:
    call_command("freeradius_render", out=here / "elsewhere", stdout=StringIO())
    assert (here / "elsewhere" / "radiusd.conf").exists()
    assert not (here / "raddb").exists()


def test_freeradius_render_names_the_missing_setting(here: Path, settings: Settings) -> None:
    settings.DATABASE_RADIUS_URL = None
    with pytest.raises(CommandError, match="DATABASE_RADIUS_URL is not set") as refusal:
        call_command("freeradius_render", stdout=StringIO())
    assert refusal.value.returncode == 2
