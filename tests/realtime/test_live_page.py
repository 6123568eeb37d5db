"""/realtime/: live events of the tenant's channels, for whoever is signed in."""

import json
import re
from typing import Any

from django.test import Client

from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from wificore.realtime.registry import look_up


def known(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="known" type="application/json">(.*?)</script>', page)
    assert found
    content: dict[str, Any] = json.loads(found[1])
    return content


def test_a_stranger_is_sent_to_sign_in(owner: Person) -> None:
    answer = Client(headers={"host": owner.host}).get("/realtime/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/login/?next=/realtime/")


def test_the_owner_sees_every_channel_and_no_secret(world: World, owner: Person) -> None:
    answer = sign_in(owner.host, owner.email).get("/realtime/")
    assert answer.status_code == 200
    page = answer.content.decode()
    app = look_up("schema", "ts_alpha")
    assert app is not None
    assert known(page)["key"] == app.key
    assert known(page)["open"] is True
    names = {channel["name"] for channel in known(page)["channels"]}
    assert {"private-sessions", "private-jobs", "presence-staff"} <= names
    assert not [secret for secret in app.secrets if secret in page]


def test_the_clerk_sees_what_the_clerk_may_join(clerk: Person, world: World) -> None:
    page = sign_in(clerk.host, clerk.email).get("/realtime/").content.decode()
    names = {channel["name"] for channel in known(page)["channels"]}
    assert "private-sessions" in names
    assert "private-jobs" not in names


def test_the_page_runs_under_a_policy_without_inline_scripts(owner: Person) -> None:
    answer = sign_in(owner.host, owner.email).get("/realtime/")
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "ws://alpha.localhost:" in policy
    page = answer.content.decode()
    for script in re.findall(r"<script[^>]*>", page):
        assert "src=" in script or 'type="application/json"' in script
    assert not re.search(r"\son[a-z]+=|style=|<style", page)


def test_another_tenants_sign_in_shows_nothing(owner: Person, stranger: Person) -> None:
    client = sign_in(stranger.host, stranger.email)
    other = Client(headers={"host": owner.host})
    other.cookies = client.cookies
    assert other.get("/realtime/").status_code == 302
    platform = Client(headers={"host": "platform.localhost"})
    platform.cookies = client.cookies
    assert b'id="known"' not in platform.get("/realtime/").content


def test_the_page_is_found_without_its_last_slash(owner: Person) -> None:
    answer = Client(headers={"host": owner.host}).get("/realtime")
    assert (answer.status_code, answer["Location"]) == (301, "/realtime/")
