"""Host, Origin, protocol and path of a handshake, by the rules alone."""

from typing import Any

import pytest

from wificore.realtime import handshake
from wificore.realtime.handshake import Asked
from wificore.realtime.registry import App

PLATFORM = "platform.localhost"
APP = App(
    id="1",
    key="k",
    secrets=("s",),
    schema="ts_alpha",
    slug="alpha",
    hosts=frozenset({"alpha.localhost", "wifi.alpha.example"}),
    allowed_origins=frozenset({"https://shop.example", "https://two.example:8443/"}),
)


def code(app: App | None = APP, **asked: Any) -> int | None:
    values = {"key": "k", "protocol": "7", "hosts": ("localhost",), "origins": (), **asked}
    refusal = handshake.refusal(Asked(**values), app, PLATFORM)
    return refusal.code if refusal else None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:6071",
        "[::1]:6071",
        "[::1]",
        "localhost",
        "LOCALHOST:80",
        "platform.localhost:6071",
        "alpha.localhost:6071",
        "ALPHA.localhost.",
        "wifi.alpha.example",
    ],
)
def test_addresses_the_platform_and_the_apps_own_hosts_serve_it(host: str) -> None:
    assert code(hosts=(host,)) is None


@pytest.mark.parametrize(
    "hosts",
    [
        ("beta.localhost",),
        ("evil.example",),
        ("alpha.localhost.evil.example",),
        ("127.0.0.1.evil.example",),
        ("[evil]",),
        ("999.1.1.1",),
        ("",),
        (),
        ("localhost", "beta.localhost"),
    ],
)
def test_any_other_host_does_not(hosts: tuple[str, ...]) -> None:
    assert code(hosts=hosts) == 4009


@pytest.mark.parametrize(
    "origins",
    [
        (),
        ("http://alpha.localhost:8070",),
        ("https://ALPHA.localhost",),
        ("https://shop.example",),
        ("https://SHOP.example/",),
        ("https://two.example:8443",),
    ],
)
def test_programs_own_pages_and_listed_ones_may_connect(origins: tuple[str, ...]) -> None:
    assert code(origins=origins) is None


@pytest.mark.parametrize(
    "origins",
    [
        ("http://beta.localhost",),
        ("https://shop.example.evil",),
        ("http://shop.example",),
        ("https://two.example",),
        ("null",),
        ("",),
        ("file://alpha.localhost",),
        ("http://[bad",),
        ("https://shop.example", "https://evil.example"),
    ],
)
def test_any_other_page_may_not(origins: tuple[str, ...]) -> None:
    assert code(origins=origins) == 4009


def test_an_unknown_key_a_closed_app_and_a_strange_protocol_have_codes_of_their_own() -> None:
    assert code(app=None) == 4001
    assert code(app=App(**{**fields(), "enabled": False})) == 4003
    assert code(app=App(**{**fields(), "suspended": True})) == 4003
    assert code(protocol="8") == 4007
    assert code(protocol=None) is None


def fields() -> dict[str, Any]:
    return {name: getattr(APP, name) for name in App.__dataclass_fields__}


@pytest.mark.parametrize(
    ("path", "key"),
    [("/app/k", "k"), ("/app/k/", "k"), ("/app/", None), ("/", None), ("/app/k/x", None)],
)
def test_the_key_is_in_the_path(path: str, key: str | None) -> None:
    headers = [(b"host", b"localhost"), (b"origin", b"https://shop.example")]
    scope = {"path": path, "query_string": b"protocol=7&client=js", "headers": headers}
    asked = handshake.read(scope)
    assert (asked.key if asked else None) == key
    if asked:
        assert asked == Asked("k", "7", ("localhost",), ("https://shop.example",))
