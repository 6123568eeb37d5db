"""The client as a device installs it: the manifest, the worker, the page without a network."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from tests.conftest import World
from tests.web import once, running_web

ALPHA = "alpha.localhost"
DIST = settings.WEB_CLIENT_DIR


def manifest(host: str) -> dict[str, Any]:
    answer = Client(headers={"host": host}).get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    found: dict[str, Any] = answer.json()
    return found


def kept_by_the_worker() -> list[str]:
    found = re.search(r"const FILES = (\[.*\])", (DIST / "sw.js").read_text())
    assert found is not None
    files: list[str] = json.loads(found[1])
    return files


def test_each_host_is_installed_under_its_own_name(world: World) -> None:
    assert manifest(ALPHA)["name"] == "Alpha WiFi"
    assert manifest("beta.localhost")["name"] == "Beta Networks"
    assert manifest("platform.localhost")["name"] == "WifiCore platform"
    assert manifest("beta.localhost")["short_name"] == "Beta"
    nobody = Client(headers={"host": "nobody.localhost"}).get("/manifest.webmanifest")
    assert nobody.status_code == 404


@pytest.mark.parametrize("size", ["192x192", "512x512"])
def test_it_has_the_icons_that_browsers_ask_for(world: World, size: str) -> None:
    icons = manifest(ALPHA)["icons"]
    assert [icon for icon in icons if icon["sizes"] == size and icon["purpose"] == "any"]
    assert [icon for icon in icons if icon["purpose"] == "maskable"]
    for icon in icons:
        assert (DIST / icon["src"].lstrip("/")).read_bytes().startswith(b"\x89PNG")


def test_the_worker_keeps_files_that_exist_and_are_the_same_for_everybody() -> None:
    files = kept_by_the_worker()
    assert "/offline.html" in files
    assert [name for name in files if not (DIST / name.lstrip("/")).is_file()] == []
    assert [name for name in files if not name.startswith(("/assets/", "/offline.html"))] == []
    # One that is missing would keep the worker from being installed.
    used = re.findall(r'"(/assets/[^"]+)"', (DIST / "offline.html").read_text())
    assert used
    assert set(used) <= set(files)


def test_the_worker_is_served_for_the_whole_host(world: World, tmp_path: Path) -> None:
    with running_web(tmp_path / "web.log") as port:
        worker = once(port, ALPHA, "/sw.js")
        page = once(port, ALPHA, "/offline.html")
    assert worker.status == page.status == 200
    assert "javascript" in worker.headers["content-type"]
    assert "immutable" not in worker.headers["cache-control"]
    assert b"Alpha" not in page.body
