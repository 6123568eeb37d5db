"""Router files: what is in them, and when they are touched."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path
from stat import S_IMODE

import pytest

from radius.freeradius.clients import Changes, file_name, render_client, sync
from tests.radius.freeradius.server import Row

ACME = Row("127.0.0.21", "ts_acme")
BLUE = Row("2001:DB8:0::1", "ts_blue")


def test_a_client_file_names_address_secret_and_tenant() -> None:
    assert render_client(replace(ACME, require_message_authenticator=True)) == (
        "client 127.0.0.21 {\n"
        "\tipaddr = 127.0.0.21\n"
        "\tsecret = 's3cret'\n"
        "\tshortname = 'router'\n"
        "\trequire_message_authenticator = yes\n"
        "\tTenant-Id = ts_acme\n"
        "}\n"
    )


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:DB8:0:0::0001", "2001:db8::1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
    ],
)
def test_a_file_is_named_as_the_packets_source_is_written(given: str, name: str) -> None:
    assert file_name(given) == name


@pytest.mark.parametrize("address", ["10.0.0.0/24", "router.example", "../clients", ""])
def test_only_a_single_address_has_a_file(address: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        render_client(replace(ACME, address=address))


@pytest.mark.parametrize("secret", ["", "back\\slash", "new\nline", "tab\t", "ümlaut", "x" * 129])
def test_a_secret_that_cannot_be_written_is_refused_and_not_told(secret: str) -> None:
    with pytest.raises(ValueError, match="a secret is 1 to 128") as refusal:
        render_client(replace(ACME, secret=secret))
    assert not secret or secret not in str(refusal.value)


@pytest.mark.parametrize(
    "tenant", ["public", "ts_", "ts_Acme", "ts_a;drop", "ts_a\n", "ts_" + "a" * 41]
)
def test_a_schema_that_is_no_tenant_is_refused(tenant: str) -> None:
    with pytest.raises(ValueError, match="is not a tenant's schema"):
        render_client(replace(ACME, tenant=tenant))


def test_a_routers_name_cannot_add_a_line() -> None:
    text = render_client(replace(ACME, shortname="Kiosk'\n}\nclient 0.0.0.0/0 {"))
    assert "shortname = 'Kiosk_client_0.0.0.0_0_'" in text


def test_sync_writes_what_is_missing_and_deletes_what_vanished(tmp_path: Path) -> None:
    assert sync(tmp_path, [ACME, BLUE]) == Changes(written=("127.0.0.21", "2001:db8::1"))
    assert sync(tmp_path, [BLUE]) == Changes(deleted=("127.0.0.21",))
    assert [path.name for path in tmp_path.iterdir()] == ["2001:db8::1"]


def test_sync_does_not_touch_a_file_that_is_right(tmp_path: Path) -> None:
    sync(tmp_path, [ACME, BLUE])
    before = (tmp_path / "127.0.0.21").stat()
    changes = sync(tmp_path, [ACME, replace(BLUE, secret="other")])
    after = (tmp_path / "127.0.0.21").stat()
    assert changes.written == ("2001:db8::1",)
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_sync_writes_files_that_strangers_cannot_read(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        sync(tmp_path, [ACME])
    finally:
        os.umask(previous)
    assert S_IMODE((tmp_path / "127.0.0.21").stat().st_mode) == 0o640


def test_sync_removes_the_half_written_file_of_a_killed_process(tmp_path: Path) -> None:
    (tmp_path / ".127.0.0.21.new").write_text("client 127.0")
    sync(tmp_path, [ACME])
    assert [path.name for path in tmp_path.iterdir()] == ["127.0.0.21"]


def test_a_router_that_cannot_be_written_loses_its_file_and_no_other_does(tmp_path: Path) -> None:
    sync(tmp_path, [ACME, BLUE])
    changes = sync(tmp_path, [replace(ACME, secret="a\\b"), BLUE])
    assert changes.deleted == ("127.0.0.21",)
    assert changes.refused == (
        "127.0.0.21: a secret is 1 to 128 printable ASCII characters without a backslash",
    )


def test_freeradius_reads_every_allowed_secret_as_it_is(tmp_path: Path) -> None:
    printable = "".join(map(chr, range(0x20, 0x7F))).replace("\\", "")
    secrets = [printable, "${nosuch}", "%{User-Name}", "it's", "'quoted'", '"', "#", " x ", "a, b"]
    rows = [
        replace(ACME, address=f"10.0.0.{n}", secret=secret) for n, secret in enumerate(secrets, 1)
    ]
    listen = "listen {\n type = auth\n ipaddr = 127.0.0.1\n port = 9\n}\n"
    (tmp_path / "radiusd.conf").write_text(
        "name = x\nlibdir = /usr/lib/freeradius\nmodules {\n}\n"
        + "".join(render_client(row) for row in rows)
        + f"server default {{\nauthorize {{\n}}\n{listen}}}\n"
    )
    (tmp_path / "dictionary").write_text("$INCLUDE /usr/share/freeradius/dictionary\n")
    shown = subprocess.run(
        ["freeradius", "-XxxC", "-d", str(tmp_path)], capture_output=True, text=True, check=True
    ).stdout
    for secret in secrets:
        assert f'secret = "{secret}"' in shown
