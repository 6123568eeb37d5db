"""The web client's page: sent for every address of its own, made the host's, and guarded."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.conftest import World
from tests.web import once, running_web

ALPHA, PLATFORM = "alpha.localhost", "platform.localhost"


def boot_of(body: str) -> dict[str, Any]:
    found = re.search(r'<script id="boot" type="application/json">(.*?)</script>', body)
    assert found is not None, body
    data: dict[str, Any] = json.loads(found[1])
    return data


def get(path: str, host: str = ALPHA, **headers: str) -> Any:
    return Client(headers={"host": host, **headers}).get(path)


@pytest.mark.parametrize("path", ["/", "/customers", "/customers/12?tab=devices", "/no/such/page"])
def test_every_address_of_the_client_gets_the_same_page(world: World, path: str) -> None:
    answer = get(path)
    assert answer.status_code == 200
    assert "text/html" in answer["Content-Type"]
    assert boot_of(answer.content.decode())["slug"] == "alpha"


@pytest.mark.parametrize("path", ["/api/v1/nothing/", "/api/nothing", "/assets/gone-12345678.js"])
def test_what_programs_ask_for_is_not_answered_with_a_page(world: World, path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [("/admin/", 302), ("/api/schema/", 200), ("/_allauth/browser/v1/config", 200)],
)
def test_addresses_of_others_stay_theirs(world: World, path: str, status: int) -> None:
    answer = get(path)
    assert answer.status_code == status
    assert b'id="boot"' not in answer.content


def test_a_host_tells_its_own_name_and_its_own_sockets(world: World) -> None:
    alpha, beta = (
        boot_of(get("/", f"{slug}.localhost").content.decode()) for slug in ("alpha", "beta")
    )
    assert (alpha["kind"], alpha["name"]) == ("tenant", world.alpha.name)
    assert beta["name"] == world.beta.name
    assert alpha["live"]["key"] != beta["live"]["key"]
    platform = boot_of(get("/", PLATFORM).content.decode())
    assert (platform["kind"], platform["live"]) == ("platform", None)


def test_an_unknown_host_gets_no_page(world: World) -> None:
    assert get("/", "nobody.localhost").status_code == 404


def test_the_page_may_be_read_only_and_is_never_kept(world: World) -> None:
    answer = get("/")
    assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]
    assert "csrftoken" in answer.cookies
    client = Client(headers={"host": ALPHA})
    assert client.post("/customers").status_code == 405


def test_scripts_come_from_here_only_and_sockets_from_this_host(world: World) -> None:
    policy = get("/", f"{ALPHA}:8070")["Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert "script-src" not in rules
    port = settings.REALTIME_PUBLIC_PORT
    assert rules["connect-src"] == f"'self' ws://{ALPHA}:{port} wss://{ALPHA}:{port}"
    assert rules["frame-ancestors"] == "'none'"


def test_the_page_comes_in_the_readers_language_and_theme(world: World) -> None:
    client = Client(headers={"host": ALPHA, "accept-language": "sw"})
    client.cookies["wc_theme"] = "dark"
    assert '<html lang="sw" data-theme="dark">' in client.get("/").content.decode()
    client.cookies["wc_theme"] = '"><script>'
    assert '<html lang="sw">' in client.get("/").content.decode()


def test_a_checkout_that_was_not_built_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "WEB_CLIENT_DIR", tmp_path)
    answer = get("/")
    assert answer.status_code == 503
    assert b"make run" in answer.content


def test_files_with_a_hash_are_kept_for_ever_and_sent_compressed(
    world: World, tmp_path: Path
) -> None:
    with running_web(tmp_path / "web.log") as port:
        page = once(port, ALPHA, "/").body.decode()
        script = re.search(r'src="(/assets/[^"]+\.js)"', page)
        assert script is not None
        plain = once(port, ALPHA, script[1])
        small = once(port, ALPHA, script[1], **{"Accept-Encoding": "br"})
    assert plain.status == 200
    assert "immutable" in plain.headers["cache-control"]
    assert small.headers["content-encoding"] == "br"
    assert len(small.body) < len(plain.body) / 2


MANIFEST = settings.WEB_CLIENT_DIR / "manifest.json"
# What comes at once, whichever page is opened: the client, one language, the live connection.
ALWAYS = ("index.html", "src/i18n/words.en.ts", "src/live/echo.ts")


def script_of(manifest: dict[str, Any], *entries: str) -> int:
    """Octets of these entries and all that they import at once, gzipped."""
    wanted, needed = list(entries), set()
    while wanted:
        chunk = manifest[wanted.pop()]
        if chunk["file"] not in needed:
            needed.add(chunk["file"])
            wanted += chunk.get("imports", [])
    contents = [(settings.WEB_CLIENT_DIR / name).read_bytes() for name in needed]
    return sum(len(gzip.compress(content)) for content in contents)


def test_the_first_load_is_at_most_200_kilobytes_of_script_whichever_page_it_is() -> None:
    manifest = json.loads(MANIFEST.read_text())
    pages = [name for name in manifest if name.endswith("Page.vue")]
    assert pages
    assert script_of(manifest, "index.html") <= 200_000
    octets = {name: script_of(manifest, *ALWAYS, name) for name in pages}
    assert max(octets.values()) <= 200_000, octets
