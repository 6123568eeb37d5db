"""The realtime app in the tenant's admin, and all of them in the platform's."""

import re
from typing import Any

import pytest

from tests.access.test_admin_sign_in import sign_in
from tests.conftest import World
from wificore.kernel.db.context import platform_context
from wificore.realtime.models import App
from wificore.realtime.registry import look_up


def own(tenant: Any) -> App:
    with platform_context():
        return App.objects.get(tenant=tenant.schema_name)


def form(**changes: Any) -> dict[str, Any]:
    return {
        "enabled": "on",
        "max_connections": "10000",
        "client_events": "on",
        "allowed_origins": "",
        "webhook_url": "",
        "webhook_events": ["channel_occupied"],
        "secret": "",
        **changes,
    }


def test_the_owner_finds_the_one_app_changes_it_and_makes_a_secret(world: World) -> None:
    client, app = sign_in("alpha.localhost", "owner@alpha.test"), own(world.alpha)
    url = f"/admin/realtime/app/{app.pk}/change/"
    listed = client.get("/admin/realtime/app/")
    assert (listed.status_code, listed["Location"]) == (302, url)
    page = client.get(url).content.decode()
    assert app.key in page
    answer = client.post(
        url,
        form(
            allowed_origins="https://shop.example\nhttps://other.example\n",
            max_connections="9",
            secret="new",
        ),
    )
    assert answer.status_code == 302
    found = look_up("schema", "ts_alpha")
    assert found is not None
    assert found.allowed_origins == {"https://shop.example", "https://other.example"}
    assert found.max_connections == 9
    assert len(found.secrets) == 2
    shown = client.get(url).content.decode()
    assert found.secrets[0] in shown
    assert "https://shop.example\nhttps://other.example" in shown
    assert found.secrets[0] not in client.get(url).content.decode()
    client.post(url, form(secret="drop"))
    kept = look_up("schema", "ts_alpha")
    assert kept is not None
    assert kept.secrets == found.secrets[:1]


@pytest.mark.parametrize(
    "fault", [{"allowed_origins": "shop"}, {"webhook_url": "https://10.0.0.1/"}], ids=str
)
def test_what_cannot_be_is_said_and_not_stored(world: World, fault: dict[str, str]) -> None:
    client, app = sign_in("alpha.localhost", "owner@alpha.test"), own(world.alpha)
    url = f"/admin/realtime/app/{app.pk}/change/"
    assert client.post(url, form(**fault)).status_code == 302
    assert re.search("origin|internet", client.get(url).content.decode())
    assert own(world.alpha).allowed_origins == []
    assert own(world.alpha).webhook_url == ""


def test_a_clerk_and_a_stranger_see_nothing_of_it(world: World) -> None:
    url = f"/admin/realtime/app/{own(world.alpha).pk}/change/"
    assert sign_in("alpha.localhost", "clerk@alpha.test").get(url).status_code == 403
    stranger = sign_in("beta.localhost", "stranger@beta.test")
    assert own(world.alpha).key not in stranger.get(url, follow=True).content.decode()


def test_an_operator_switches_one_off_and_on_again(world: World) -> None:
    client, app = sign_in("platform.localhost", "operator@platform.test"), own(world.alpha)
    url = "/admin/realtime/app/"
    assert "ts_alpha" in client.get(url).content.decode()
    for action, blocked in (("block", True), ("unblock", False)):
        client.post(url, {"action": action, "_selected_action": [str(app.pk)]})
        assert own(world.alpha).blocked is blocked
    assert not own(world.beta).blocked
