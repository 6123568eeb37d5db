"""GET /api/v1/radius/server/: what a router is told to send its packets to."""

from dataclasses import replace
from typing import Any

from django.conf import settings as live

from tests.conftest import Person

SERVER = "/api/v1/radius/server/"


def test_it_is_the_pages_host_and_the_servers_ports(owner: Person) -> None:
    found = owner.client().get(SERVER).json()
    assert found == {
        "host": "alpha.localhost",
        "auth_port": live.RADIUS.auth_port,
        "acct_port": live.RADIUS.acct_port,
    }


def test_or_what_the_site_says(owner: Person, settings: Any) -> None:
    settings.RADIUS = replace(live.RADIUS, public_host="192.0.2.1")
    assert owner.client().get(SERVER).json()["host"] == "192.0.2.1"


def test_who_may_not_see_routers_does_not_see_it(clerk: Person) -> None:
    assert clerk.client().get(SERVER).status_code == 403
