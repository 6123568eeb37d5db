"""Invitations: a link by mail that works once, by the inviter's rights on the day of acceptance."""

import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from tests.access.test_admin_sign_in import sign_in, signed_in
from tests.conftest import Person, World
from wificore.access import services
from wificore.access.api import invitations
from wificore.access.housekeeping import expired_forget
from wificore.access.models import Department, Invitation, Site, User
from wificore.access.services import Placement
from wificore.access.tasks import invitation_mail
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import current, platform_context, tenant_context

URL = "/api/v1/access/invitations/"
ACCEPT = f"{URL}accept/"
JSON = "application/json"
ADDRESS = "amina@new.test"
GOOD = "seventeen zebras at dawn"
Message = tuple[str, list[Any]]


@pytest.fixture(autouse=True)
def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Messages for the worker, by schema; `deliver` does what the worker would."""
    messages: list[Message] = []

    def note(_task: Any, args: Any, *_rest: Any, **_options: Any) -> None:
        messages.append((current().schema, list(args)))

    monkeypatch.setattr("wificore.kernel.tasks.SchemaTask.apply_async", note)
    return messages


def deliver(world: World, sent: list[Message]) -> str:
    """Carry out the oldest message; returns the token in the mail's link, if there is a mail."""
    schema, args = sent.pop(0)
    context = {"public": platform_context()}
    context |= {t.schema_name: tenant_context(t) for t in (world.alpha, world.beta)}
    before = len(mail.outbox)
    with context[schema]:
        invitation_mail(*args)
    if len(mail.outbox) == before:
        return ""
    found = re.search(r"/sign-in/invitation#(\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def invite(by: Person, **fields: Any) -> Any:
    body = {"email": ADDRESS, "name": "Amina", "roles": ["cashier"], **fields}
    return by.client().post(URL, body, JSON)


def invited(world: World, sent: list[Message], by: Person, **fields: Any) -> str:
    answer = invite(by, **fields)
    assert answer.status_code == 201, answer.content
    return deliver(world, sent)


def accept(token: str, host: str = "alpha.localhost", **fields: Any) -> Any:
    body = {"token": token, "password": GOOD, **fields}
    client = Client(headers={"host": host}, raise_request_exception=False)
    return client.post(ACCEPT, body, JSON)


def error(answer: Any) -> tuple[int, str, list[str]]:
    told = answer.json()["error"]
    return answer.status_code, told["code"], list(told["fields"])


OVER = (400, "invitation_over", ["token"])


def person(email: str = ADDRESS) -> User | None:
    return User.objects.filter(email=email).first()


def manager(world: World) -> Person:
    """A manager of alpha with a token."""
    with tenant_context(world.alpha):
        user = services.user_create(email="boss@alpha.test", password=None, roles=["manager"])
        _, clear = services.token_create(user=user, name="t")
    return Person("boss@alpha.test", "manager", clear, "alpha.localhost")


def test_who_is_invited_chooses_a_password_and_signs_in(
    world: World, owner: Person, sent: list[Message]
) -> None:
    token = invited(world, sent, owner)
    answer = accept(token)
    assert answer.status_code == 201, answer.content
    assert (answer.json()["email"], answer.json()["name"]) == (ADDRESS, "Amina")
    with tenant_context(world.alpha):
        user = person()
        assert user is not None
        assert [role.name for role in user.roles.all()] == ["cashier"]
    assert signed_in(sign_in("alpha.localhost", ADDRESS, GOOD))
    assert owner.client().get(URL).json()["results"] == []


def test_the_mail_names_the_tenants_own_host_and_goes_to_nobody_else(
    world: World, owner: Person, sent: list[Message]
) -> None:
    invited(world, sent, owner)
    (message,) = mail.outbox
    assert message.to == [ADDRESS]
    assert message.subject == "You are invited to Alpha WiFi"
    assert message.from_email.startswith("Alpha WiFi <")
    assert "http://alpha.localhost/sign-in/invitation#" in str(message.body)
    assert "owner@alpha.test invites you" in str(message.body)


def test_nothing_leaves_when_the_inviters_transaction_does_not_commit(
    world: World, owner: Person, sent: list[Message]
) -> None:
    from django.db import transaction

    with tenant_context(world.alpha):
        user = person(owner.email)
        assert user is not None
        with transaction.atomic():
            services.invitation_create(
                email=ADDRESS, inviter=user, page=services.Page("http://x", "X")
            )
            assert sent == []
            transaction.set_rollback(True)
        assert not Invitation.objects.exists()
    assert sent == []


def test_neither_queue_nor_database_nor_answer_holds_the_token(
    world: World, owner: Person, sent: list[Message]
) -> None:
    answer = invite(owner)
    message = str(sent)
    token = deliver(world, sent)
    assert token not in message + answer.content.decode()
    assert token not in owner.client().get(URL).content.decode()
    with tenant_context(world.alpha):
        row = Invitation.objects.values_list("digest", "placement", "email", "name").get()
        trail = [str(values) for values in AuditEntry.objects.values_list("new", "old")]
    assert token not in str(row) + str(trail)


def test_it_works_once(world: World, owner: Person, sent: list[Message]) -> None:
    token = invited(world, sent, owner)
    assert accept(token).status_code == 201
    assert error(accept(token)) == OVER


def test_it_expires_after_a_week_and_is_cleared(
    world: World, owner: Person, sent: list[Message]
) -> None:
    token = invited(world, sent, owner)
    with tenant_context(world.alpha):
        row = Invitation.objects.get()
        assert row.expires_at - row.created_at == timedelta(days=7)
        assert expired_forget()["invitations"] == 0
        Invitation.objects.update(expires_at=timezone.now())
    assert error(accept(token)) == OVER
    with tenant_context(world.alpha):
        assert expired_forget()["invitations"] == 1
        assert not Invitation.objects.exists()


def test_resending_makes_another_link_and_the_first_is_dead_at_once(
    world: World, owner: Person, sent: list[Message]
) -> None:
    first = invited(world, sent, owner)
    (row,) = owner.client().get(URL).json()["results"]
    assert row["sent_at"] is not None
    assert owner.client().post(f"{URL}{row['id']}/resend/").status_code == 200
    assert error(accept(first)) == OVER
    second = deliver(world, sent)
    assert second != first
    assert error(accept(first)) == OVER
    assert accept(second).status_code == 201


def test_a_revoked_invitation_is_dead_and_its_mail_does_not_leave(
    world: World, owner: Person, sent: list[Message]
) -> None:
    token = invited(world, sent, owner)
    (row,) = owner.client().get(URL).json()["results"]
    owner.client().post(f"{URL}{row['id']}/resend/")
    assert owner.client().delete(f"{URL}{row['id']}/").status_code == 204
    assert error(accept(token)) == OVER
    assert deliver(world, sent) == ""


def test_a_message_that_is_taken_twice_makes_two_mails_of_which_the_second_works(
    world: World, owner: Person, sent: list[Message]
) -> None:
    invite(owner)
    sent.append(sent[0])
    first, second = deliver(world, sent), deliver(world, sent)
    assert error(accept(first)) == OVER
    assert accept(second).status_code == 201


# What the inviter may give: at the invitation, and again at its acceptance.


def test_nobody_invites_to_more_than_they_may(world: World, sent: list[Message]) -> None:
    boss = manager(world)
    assert invite(boss, roles=["cashier"]).status_code == 201
    answer = invite(boss, email="two@new.test", roles=["owner"])
    assert error(answer)[:2] == (403, "permission_denied")
    assert len(sent) == 1
    with tenant_context(world.alpha):
        assert not User.objects.filter(email__endswith="@new.test").exists(), "only rehearsed"


def test_nobody_invites_to_a_site_outside_their_scope(world: World) -> None:
    boss = manager(world)
    with tenant_context(world.alpha):
        site = services.site_save(site=Site(name="Tower"))
        far = services.department_save(department=Department(name="Far"), sites=[site.pk])
    assert invite(boss, primary_department=far.pk).status_code == 403
    assert invite(boss, extra_sites=[site.pk]).status_code == 403
    extra = [{"department": far.pk}]
    assert invite(boss, extra_departments=extra).status_code == 403


def test_the_new_user_stands_where_the_inviter_wanted(
    world: World, owner: Person, sent: list[Message]
) -> None:
    with tenant_context(world.alpha):
        site = services.site_save(site=Site(name="Tower")).pk
        shop, night = (
            services.department_save(department=Department(name=name)).pk
            for name in ("Shop", "Night")
        )
    token = invited(
        world,
        sent,
        owner,
        roles=["cashier", "technician"],
        primary_department=shop,
        extra_departments=[{"department": night, "receive_alerts": False}],
        extra_sites=[site],
    )
    assert accept(token, name="Amina W.").status_code == 201
    with tenant_context(world.alpha):
        user = person()
        assert user is not None
        assert (user.name, user.primary_department_id) == ("Amina W.", shop)
        assert {role.name for role in user.roles.all()} == {"cashier", "technician"}
        assert list(user.extra_sites.values_list("pk", flat=True)) == [site]
        extra = list(user.extra_departments.values_list("department_id", "receive_alerts"))
        assert extra == [(night, False)]


@pytest.mark.parametrize("lost", ["role", "activity", "row", "given"])
def test_acceptance_asks_what_the_inviter_may_today(
    world: World, sent: list[Message], lost: str
) -> None:
    boss = manager(world)
    token = invited(world, sent, boss, roles=["technician"])
    with tenant_context(world.alpha):
        user = person(boss.email)
        assert user is not None
        if lost == "role":
            services.user_roles_set(user=user, roles=["cashier"])
        elif lost == "activity":
            services.user_update(user=user, is_active=False)
        elif lost == "row":
            services.user_delete(user=user)
        else:
            services.role_create(name="hr", title="HR", permissions=["access.user.manage"])
            services.user_roles_set(user=user, roles=["hr"])
    assert error(accept(token)) == OVER
    with tenant_context(world.alpha):
        assert person() is None


def test_the_ceiling_of_the_inviters_token_holds_at_both_times(
    world: World, owner: Person, sent: list[Message]
) -> None:
    with tenant_context(world.alpha):
        user = person(owner.email)
        assert user is not None
        _, clear = services.token_create(user=user, name="hr", abilities=["access.user.manage"])
    program = Person(owner.email, "owner", clear, owner.host)
    assert invite(program, roles=["cashier"]).status_code == 403
    token = invited(world, sent, program, roles=[])
    with tenant_context(world.alpha):
        Invitation.objects.update(
            placement={**Invitation.objects.get().placement, "roles": ["viewer"]}
        )
    assert error(accept(token)) == OVER


def test_a_place_that_is_gone_makes_it_invalid(
    world: World, owner: Person, sent: list[Message]
) -> None:
    with tenant_context(world.alpha):
        role = services.role_create(name="night", title="Night")
    token = invited(world, sent, owner, roles=["night"])
    with tenant_context(world.alpha):
        services.role_delete(role=role)
    assert error(accept(token)) == OVER


# Addresses and passwords.


@pytest.mark.parametrize("address", ["clerk@alpha.test", "CLERK@Alpha.test"])
def test_the_inviter_is_told_that_a_user_has_the_address(owner: Person, address: str) -> None:
    answer = invite(owner, email=address)
    assert error(answer) == (400, "validation_error", ["email"])
    assert "exists already" in answer.json()["error"]["message"]


def test_the_inviter_is_told_that_the_address_is_invited_already(owner: Person) -> None:
    assert invite(owner).status_code == 201
    answer = invite(owner, email=ADDRESS.upper())
    assert error(answer) == (400, "validation_error", ["email"])
    assert "invited already" in answer.json()["error"]["message"]


def test_an_expired_invitation_is_no_obstacle_to_another(world: World, owner: Person) -> None:
    assert invite(owner).status_code == 201
    with tenant_context(world.alpha):
        Invitation.objects.update(expires_at=timezone.now())
    assert invite(owner).status_code == 201


def test_strangers_learn_nothing_about_addresses(
    world: World, owner: Person, sent: list[Message]
) -> None:
    """A user of the address was made meanwhile: the answer is that of any wrong token."""
    token = invited(world, sent, owner)
    with tenant_context(world.alpha):
        services.user_create(email=ADDRESS, password=None)
    wrong, taken = accept("x" * 43), accept(token)
    assert error(wrong) == error(taken) == OVER
    same = ({**answer.json()["error"], "request_id": ""} for answer in (wrong, taken))
    assert next(same) == next(same)


@pytest.mark.parametrize("password", ["short", "12345678901", "password", ""])
def test_a_weak_password_is_refused_and_the_invitation_stays(
    world: World, owner: Person, sent: list[Message], password: str
) -> None:
    token = invited(world, sent, owner)
    assert error(accept(token, password=password)) == (400, "validation_error", ["password"])
    assert accept(token).status_code == 201


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
def test_the_password_is_kept_as_argon2(world: World, owner: Person, sent: list[Message]) -> None:
    assert accept(invited(world, sent, owner)).status_code == 201
    with tenant_context(world.alpha):
        user = person()
        assert user is not None
        assert user.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize("token", ["", "x", "x" * 201, "\x00", "ü", None, ["a"]])
def test_what_is_no_token_is_400_and_never_500(world: World, token: Any) -> None:
    assert accept(token).status_code == 400


# Hosts and rights.


def test_a_token_of_one_tenant_is_worthless_elsewhere(
    world: World, owner: Person, sent: list[Message]
) -> None:
    token = invited(world, sent, owner)
    for host in ("beta.localhost", "platform.localhost"):
        assert error(accept(token, host)) == OVER
    for tenant in (world.beta,):
        with tenant_context(tenant):
            assert person() is None
    assert accept(token).status_code == 201


def test_another_tenants_owner_neither_sees_nor_touches_it(
    world: World, owner: Person, stranger: Person, sent: list[Message]
) -> None:
    key = invite(owner).json()["id"]
    assert stranger.client().get(URL).json()["results"] == []
    for method, path in (("get", ""), ("delete", ""), ("post", "resend/")):
        answer = getattr(stranger.client(), method)(f"{URL}{key}/{path}")
        assert answer.status_code == 404
    assert len(sent) == 1
    assert owner.client().get(f"{URL}{key}/").status_code == 200


def test_both_tenants_may_invite_the_same_address(
    world: World, owner: Person, stranger: Person, sent: list[Message]
) -> None:
    ours = invited(world, sent, owner)
    theirs = invited(world, sent, stranger)
    assert accept(theirs).status_code == 400
    assert accept(theirs, "beta.localhost").status_code == 201
    assert accept(ours).status_code == 201


def test_the_clerk_neither_sees_nor_makes_any(owner: Person, clerk: Person) -> None:
    key = invite(owner).json()["id"]
    assert clerk.client().get(URL).status_code == 403
    assert invite(clerk, email="x@new.test").status_code == 403
    assert clerk.client().delete(f"{URL}{key}/").status_code == 403


def test_operators_invite_operators(world: World, operator: Person, sent: list[Message]) -> None:
    token = invited(world, sent, operator, roles=["operator"])
    assert "http://platform.localhost/" in str(mail.outbox[-1].body)
    assert accept(token).status_code == 400
    assert accept(token, "platform.localhost").status_code == 201
    assert signed_in(sign_in("platform.localhost", ADDRESS, GOOD))
    assert invite(operator, email="x@new.test", roles=["owner"]).status_code == 400


def test_tries_are_limited_by_address_and_host(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "TRIES_A_MINUTE", 3)
    # Within one minute of the clock, whenever the test runs.
    monkeypatch.setattr("wificore.kernel.throttle.time", SimpleNamespace(time=lambda: 0.0))
    answers = [accept("x" * 43).status_code for _ in range(5)]
    assert answers == [400, 400, 400, 429, 429]
    forwarded = {"host": "alpha.localhost", "x-forwarded-for": "192.0.2.9"}
    told = Client(headers=forwarded).post(ACCEPT, {"token": "x"}, JSON)
    assert (told.status_code, told.json()["error"]["code"]) == (429, "throttled")
    assert accept("x" * 43, "beta.localhost").status_code == 400, "beta's staff are not locked out"


def test_the_schema_says_that_strangers_may_accept(owner: Person, operator: Person) -> None:
    for who in (owner, operator):
        paths = who.client().get("/api/schema/", {"format": "json"}).json()["paths"]
        assert paths[ACCEPT]["post"]["security"] == [{}]
        assert "x-permission" not in paths[ACCEPT]["post"]
        assert paths[URL]["post"]["x-permission"] == "access.user.manage"
        assert paths[URL]["get"]["x-permission"] == "access.user.view"


def test_the_trail_tells_who_invited_whom_and_who_came(
    world: World, owner: Person, sent: list[Message]
) -> None:
    token = invited(world, sent, owner)
    accept(token)
    with tenant_context(world.alpha):
        lines = {entry.action: entry for entry in AuditEntry.objects.order_by("id")}
        assert lines["invitation.created"].actor_name == owner.email
        accepted = lines["invitation.accepted"]
        assert (accepted.actor_kind, accepted.address) == ("anonymous", "127.0.0.1")
        user = person()
        assert user is not None
        assert accepted.old is not None
        assert (accepted.old["email"], accepted.old["user"]) == (ADDRESS, user.pk)
        assert lines["user.created"].object_id == str(user.pk)


def test_the_placement_is_kept_as_it_was_given() -> None:
    from wificore.access.services.invitations import _placement, _stored

    whole = Placement(
        roles=["b", "a"], primary_department=1, extra_departments={3: True}, extra_sites=[5, 4]
    )
    kept = _placement(_stored(whole))
    assert kept == Placement(["a", "b"], 1, False, {3: True}, [4, 5])
    assert _placement(_stored(Placement())) == Placement(roles=[])
