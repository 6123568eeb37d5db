"""The rendered configuration directory."""

import subprocess
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import pytest

from radius.freeradius import spool
from radius.freeradius.config import FreeradiusConfig
from radius.freeradius.render import conninfo, listeners, render, write_config


@pytest.fixture
def config(tmp_path: Path) -> FreeradiusConfig:
    return FreeradiusConfig(
        config_dir=tmp_path / "raddb",
        clients_dir=tmp_path / "clients",
        spool_dir=tmp_path / "spool",
        database_url="postgresql://wc_radius:se%27cr%22et%20${x}%25@127.0.0.1:5472/wificore",
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "*"])
def test_freeradius_accepts_the_configuration(config: FreeradiusConfig, host: str) -> None:
    write_config(replace(config, host=host))
    checked = subprocess.run(
        ["freeradius", "-XC", "-d", str(config.config_dir)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout[-2000:]
    assert "Configuration appears to be OK" in checked.stdout


def test_no_placeholder_is_left(config: FreeradiusConfig) -> None:
    assert [name for name, content in render(config).items() if "@{" in content] == []


def test_only_the_owner_may_read_the_configuration(config: FreeradiusConfig) -> None:
    files = write_config(config)
    assert S_IMODE(config.config_dir.stat().st_mode) == 0o700
    assert {S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_a_file_of_an_older_release_is_removed(config: FreeradiusConfig) -> None:
    write_config(config)
    stale = config.config_dir / "old.conf"
    stale.write_text("")
    write_config(config)
    assert not stale.exists()


def test_the_database_password_cannot_break_out_of_its_quotes(config: FreeradiusConfig) -> None:
    assert "se%27cr" not in conninfo(config)
    assert render(config)["pgpass"].startswith("*:*:*:*:se'cr\"et ${x}%")


def test_every_wait_for_the_database_is_bounded(config: FreeradiusConfig) -> None:
    uri = conninfo(config)
    for bound in ("connect_timeout=2", "tcp_user_timeout=2000", "statement_timeout%3D1500"):
        assert bound in uri


def test_the_url_may_set_its_own_timeouts_and_a_socket(config: FreeradiusConfig) -> None:
    url = "postgresql://wc_radius@/wificore?host=/run/postgresql&connect_timeout=5"
    uri = conninfo(replace(config, database_url=url))
    assert "connect_timeout=5" in uri
    assert "host=%2Frun%2Fpostgresql" in uri


def test_a_directory_that_freeradius_would_interpret_is_refused(config: FreeradiusConfig) -> None:
    with pytest.raises(ValueError, match="cannot use a directory"):
        write_config(replace(config, spool_dir=Path("/tmp/${x}")))  # noqa: S108


def test_a_star_listens_on_both_families(config: FreeradiusConfig) -> None:
    text = listeners(replace(config, host="*"))
    assert text.count("ipaddr = 0.0.0.0") == 2
    assert text.count("ipv6addr = ::") == 2


def test_the_spool_columns_are_the_documented_ones() -> None:
    assert len(spool.ACCOUNTING) == 29
    assert len(spool.LOGINS) == 11
    assert [name for name, _ in spool.ACCOUNTING][4:7] == [
        "source",
        "Acct-Status-Type",
        "Acct-Session-Id",
    ]
