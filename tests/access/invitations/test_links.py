"""Invitations: a link by mail that works once, for a week."""

from datetime import timedelta

from django.core import mail
from django.utils import timezone

from tests.access.invitations.links import (
    ADDRESS,
    GOOD,
    OVER,
    URL,
    Message,
    accept,
    deliver,
    error,
    invite,
    invited,
    person,
)
from tests.access.test_admin_sign_in import sign_in, signed_in
from tests.conftest import Person, World
from wificore.access import services
from wificore.access.housekeeping import expired_forget
from wificore.access.models import Invitation
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import tenant_context


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
