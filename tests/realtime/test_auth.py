"""POST /broadcasting/auth, /pusher/auth, /pusher/user-auth: who may join which channel."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.test import Client

from tests.access.people import id_of, narrowed, person_of
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from tests.realtime.listening import Bus, listening
from wificore.access.support.services import session_open
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.realtime import publishing, services, signatures
from wificore.realtime.models import App as AppRow
from wificore.realtime.registry import App, look_up
from wificore.realtime.selectors import own_app

JSON = "application/json"
SOCKET = "123.456"
PATHS = ("/broadcasting/auth", "/pusher/auth")


@pytest.fixture
def app(world: World) -> App:
    found = look_up("schema", "ts_alpha")
    assert found is not None
    return found


@pytest.fixture
def bus(app: App) -> Iterator[Bus]:
    with listening(app.id) as heard:
        yield heard


def ask(client: Client, channel: Any, path: str = PATHS[0], **more: Any) -> Any:
    body = {"socket_id": SOCKET, "channel_name": channel, **more}
    return client.post(path, body, content_type=JSON)


def holds(app: App, answer: Any, channel: str) -> bool:
    given = answer.json()
    return signatures.channel_auth_holds(
        given["auth"], app.key, app.secrets, SOCKET, channel, given.get("channel_data")
    )


@pytest.mark.parametrize("path", PATHS)
def test_the_owner_may_join_and_the_signature_holds(
    owner: Person, app: App, bus: Bus, path: str
) -> None:
    answer = ask(owner.client(), "private-sessions", path)
    assert answer.status_code == 200
    assert set(answer.json()) == {"auth"}
    assert holds(app, answer, "private-sessions")
    assert not holds(app, answer, "private-jobs")


def test_a_form_is_as_good_as_json(owner: Person, app: App) -> None:
    form = {"socket_id": SOCKET, "channel_name": "private-jobs"}
    answer = owner.client().post(PATHS[1], form, HTTP_ACCEPT="*/*")
    assert answer.status_code == 415, "multipart is nobody's"
    text = "socket_id=123.456&channel_name=private-jobs"
    answer = owner.client().post(
        PATHS[1], text, content_type="application/x-www-form-urlencoded; charset=UTF-8"
    )
    assert answer.status_code == 200
    assert holds(app, answer, "private-jobs")


def test_whoever_holds_the_socket_is_told_whose_it_is(
    world: World, owner: Person, bus: Bus
) -> None:
    user = str(id_of(world, owner))
    ask(owner.client(), "private-sessions")
    assert bus.waiting() == [{"k": "bind", "socket": SOCKET, "user": user}]


def test_colleagues_see_id_and_name_and_nothing_else(
    world: World, owner: Person, clerk: Person, app: App
) -> None:
    answer = ask(clerk.client(), "presence-staff")
    assert answer.status_code == 200
    assert holds(app, answer, "presence-staff")
    data = json.loads(answer.json()["channel_data"])
    assert data == {"user_id": str(id_of(world, clerk)), "user_info": {"name": "clerk"}}


def test_a_users_own_channel_is_nobody_elses(world: World, owner: Person, clerk: Person) -> None:
    own, theirs = id_of(world, clerk), id_of(world, owner)
    assert ask(clerk.client(), f"private-user-{own}").status_code == 200
    assert ask(clerk.client(), f"private-user-{theirs}").status_code == 403
    assert ask(owner.client(), f"private-user-{own}").status_code == 403


def test_decide_answers_for_each_channel(world: World, clerk: Person) -> None:
    nobody = person_of(world, "nobody")
    jobs = narrowed(world, person_of(world, "manager", "manager"), "jobs.job.view")
    assert ask(clerk.client(), "private-sessions").status_code == 200
    assert ask(clerk.client(), "private-jobs").status_code == 403
    assert ask(nobody.client(), "private-sessions").status_code == 403
    assert ask(nobody.client(), "presence-staff").status_code == 403
    assert ask(jobs.client(), "private-jobs").status_code == 200
    assert ask(jobs.client(), "private-sessions").status_code == 403


def test_a_denial_is_audited_with_its_reason(world: World, clerk: Person) -> None:
    assert ask(clerk.client(), "private-jobs").status_code == 403
    with tenant_context(world.alpha):
        entry = AuditEntry.objects.get(action="access.denied")
    assert entry.object_id == "channel private-jobs"
    assert entry.new["reason"] == "default"


@pytest.mark.parametrize(
    "channel",
    [
        "",
        "orders",
        "cache-a",
        "#server-to-user-1",
        "private-sessions\n",
        "private-a b",
        "private-" + "c" * 200,
        7,
        None,
        ["private-sessions"],
    ],
    ids=ascii,
)
def test_what_is_no_private_channel_is_400(owner: Person, channel: Any) -> None:
    answer = ask(owner.client(), channel)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["channel_name"]


@pytest.mark.parametrize("channel", ["private-orders", "private-sys-all", "presence-shop"])
def test_a_channel_that_we_do_not_know_is_signed_for_nobody(owner: Person, channel: str) -> None:
    assert ask(owner.client(), channel).status_code == 403


@pytest.mark.parametrize("socket_id", ["", "1", "1.2\n", "a.b", "1.2:private-jobs", 1.5, None])
def test_what_is_no_socket_is_400(owner: Person, socket_id: Any) -> None:
    answer = ask(owner.client(), "private-jobs", socket_id=socket_id)
    assert answer.status_code == (200 if socket_id == 1.5 else 400)


def test_a_page_needs_its_session_and_its_csrf_token(owner: Person, app: App) -> None:
    client = sign_in(owner.host, owner.email)
    assert ask(client, "private-jobs").status_code == 200
    strict = Client(headers={"host": owner.host}, enforce_csrf_checks=True)
    strict.cookies = client.cookies
    refused = ask(strict, "private-jobs")
    assert refused.status_code == 403
    assert "CSRF" in refused.json()["error"]["message"]
    strict.get("/admin/")
    token = strict.cookies["csrftoken"].value
    strict.defaults["HTTP_X_CSRFTOKEN"] = token
    assert ask(strict, "private-jobs").status_code == 200


def test_strangers_join_nothing(owner: Person, stranger: Person, bus: Bus) -> None:
    for path in (*PATHS, "/pusher/user-auth"):
        assert ask(Client(headers={"host": owner.host}), "private-jobs", path).status_code == 401
        assert ask(stranger.client(host=owner.host), "private-jobs", path).status_code == 401
        assert ask(owner.client(host="platform.localhost"), "private-jobs", path).status_code == 404
    assert bus.waiting() == []


def test_one_tenants_signature_opens_nothing_of_anothers(
    owner: Person, stranger: Person, app: App
) -> None:
    answer = ask(stranger.client(), "private-jobs")
    assert answer.status_code == 200
    assert not holds(app, answer, "private-jobs")


def test_a_socket_is_told_who_its_user_is(world: World, owner: Person, app: App, bus: Bus) -> None:
    with tenant_context(world.alpha):
        user = str(id_of(world, owner))
    answer = owner.client().post("/pusher/user-auth", {"socket_id": SOCKET}, content_type=JSON)
    given = answer.json()
    assert signatures.user_auth_holds(
        given["auth"], app.key, app.secrets, SOCKET, given["user_data"]
    )
    assert json.loads(given["user_data"]) == {"id": user, "user_info": {"name": "owner"}}
    assert bus.waiting() == [{"k": "bind", "socket": SOCKET, "user": user}]


def test_support_joins_what_its_role_may(world: World, operator: Person, app: App) -> None:
    with platform_context():
        from wificore.access.models import User

        who = User.objects.get(email=operator.email)
        session, token = session_open(
            tenant=world.alpha, role="viewer", reason="They asked.", operator=who, minutes=5
        )
    client = Client(headers={"host": "alpha.localhost", "authorization": f"Support {token}"})
    assert ask(client, "private-sessions").status_code == 200
    answer = ask(client, "presence-staff")
    data = json.loads(answer.json()["channel_data"])
    assert data["user_id"] == f"support:{session.public_id}"
    assert data["user_info"] == {"name": "Platform support"}


def test_while_secrets_rotate_the_one_that_every_process_knows_signs(
    world: World, owner: Person, app: App
) -> None:
    with tenant_context(world.alpha):
        services.secret_add(app=own_app())
    answer = ask(owner.client(), "private-jobs")
    assert holds(app, answer, "private-jobs"), "by the older one, which `app` has"
    with tenant_context(world.alpha):
        row = own_app()
        services.secret_remove(app=row, secret_id=row.sealed_secrets[-1]["id"])
    answer = ask(owner.client(), "private-jobs")
    now = look_up("schema", "ts_alpha")
    assert now is not None
    assert holds(now, answer, "private-jobs")
    assert not holds(app, answer, "private-jobs")


@pytest.mark.parametrize("values", [{"enabled": False}, {"blocked": True}], ids=str)
def test_an_app_that_is_switched_off_signs_nothing(
    world: World, owner: Person, values: dict[str, bool]
) -> None:
    with platform_context():
        AppRow.objects.filter(tenant="ts_alpha").update(**values)
    assert ask(owner.client(), "private-jobs").status_code == 403


def test_without_redis_it_says_so(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = redis.Redis(port=1, socket_connect_timeout=1)
    monkeypatch.setattr(publishing, "client", lambda: nobody)
    answer = ask(owner.client(), "private-jobs")
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")
