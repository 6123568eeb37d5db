"""How a notification goes out by mail: at once, again, in the morning, or never."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.access.people import get, person_of
from tests.conftest import Person, World
from tests.mail import Mailbox
from tests.notifications.incidents import (
    ALL_DAY,
    beat,
    deliveries,
    happened,
    make_due,
    own_mail_server,
    prefer,
    silent,
)
from tests.notifications.mailserver import Office
from tests.worker import Worker, drain
from wificore.access.models import User
from wificore.access.services import settings_update
from wificore.kernel.db.context import tenant_context
from wificore.notifications import tasks
from wificore.notifications.models import Delivery, DeliveryState
from wificore.notifications.services import deliveries_claim

pytestmark = pytest.mark.usefixtures("trusted")


def test_a_notification_goes_out_through_the_tenants_own_server(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    silent(world)
    beat(world)
    letter = mail.next()
    assert letter["To"] == owner.email
    assert letter["From"] == "Alpha WiFi <alerts@acme.test>"
    assert letter["Subject"] == "[Alpha WiFi] Router tower-2 is silent"
    body = letter.get_content()
    assert "Nothing has come from router tower-2" in body
    assert "alpha.localhost" in body
    assert "/routers?q=192.0.2.12" in body
    assert "/preferences" in body
    [row] = deliveries(world)
    assert (row.state, row.attempts, row.address) == ("sent", 1, owner.email)
    assert row.sent_at


def test_a_letter_is_in_the_persons_language_down_to_its_foot(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    prefer(world, owner, language="sw")
    silent(world)
    beat(world)
    letter = mail.next()
    assert letter["Subject"] == "[Alpha WiFi] Ruta tower-2 iko kimya"
    assert "inakutumia ujumbe huu" in letter.get_content()


def test_it_is_sent_once_however_often_it_is_asked_for(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    silent(world)
    [row] = deliveries(world)
    with tenant_context(world.alpha):
        tasks.deliver([row.pk])
        tasks.deliver([row.pk])
        assert deliveries_claim(ids=[row.pk]) == []
    beat(world)
    assert len(mail.messages) == 1


def test_a_server_that_is_busy_is_tried_again_later_and_given_up_at_last(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    silent(world)
    mail.refusing = True
    pauses = []
    for _ in range(5):
        beat(world)
        [row] = deliveries(world)
        pauses.append(round((row.due_at - timezone.now()).total_seconds() / 60))
        beat(world)  # it is not due
        make_due(world)
    [row] = deliveries(world)
    assert (row.state, row.attempts) == ("failed", 5)
    assert "451" in row.error
    assert pauses[:4] == [1, 5, 15, 60]
    mail.refusing = False
    beat(world)
    assert mail.messages == []


def test_it_goes_out_when_the_server_is_back(world: World, owner: Person, mail: Office) -> None:
    own_mail_server(world, mail.port)
    mail.refusing = True
    silent(world)
    beat(world)
    mail.refusing = False
    make_due(world)
    beat(world)
    assert mail.next()["To"] == owner.email
    [row] = deliveries(world)
    assert (row.state, row.error) == ("sent", "")


def test_a_mailbox_that_does_not_exist_is_not_tried_again(world: World, mail: Office) -> None:
    own_mail_server(world, mail.port)
    with tenant_context(world.alpha):
        User.objects.filter(email="owner@alpha.test").update(email="unknown@alpha.test")
    try:
        silent(world)
        beat(world)
    finally:
        with tenant_context(world.alpha):
            User.objects.filter(email="unknown@alpha.test").update(email="owner@alpha.test")
    [row] = deliveries(world)
    assert (row.state, row.attempts) == ("failed", 1)


def test_a_worker_that_died_over_a_letter_costs_no_letter(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    silent(world)
    [row] = deliveries(world)
    with tenant_context(world.alpha):
        assert deliveries_claim(ids=[row.pk])
    beat(world)
    assert mail.messages == []
    with tenant_context(world.alpha):
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    beat(world)
    assert mail.next()["To"] == owner.email


def test_who_is_not_active_any_more_gets_no_letter(world: World, mail: Office) -> None:
    own_mail_server(world, mail.port)
    person = person_of(world, "amina", "cashier")
    happened(world, 1, "signin.reset", id=1, account=person.email)
    with tenant_context(world.alpha):
        User.objects.filter(email=person.email).update(is_active=False)
    beat(world)
    [row] = deliveries(world)
    assert row.state == "failed"
    assert mail.messages == []


def test_what_comes_in_quiet_hours_is_one_letter_in_the_morning(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    prefer(world, owner, **ALL_DAY)
    for number in (1, 2, 3):
        silent(world, number, name=f"tower-{number}")
    beat(world)
    assert mail.messages == []
    assert {row.state for row in deliveries(world)} == {"held"}
    make_due(world)
    beat(world)
    letter = mail.next()
    assert letter["Subject"] == "[Alpha WiFi] 3 notifications while it was quiet"
    body = letter.get_content()
    assert [f"Router tower-{number} is silent" in body for number in (1, 2, 3)] == [True] * 3
    assert mail.messages == []
    assert {row.state for row in deliveries(world)} == {"sent"}


def test_a_mornings_letter_that_does_not_leave_stays_one_letter(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    prefer(world, owner, **ALL_DAY, language="sw")
    silent(world, 1)
    silent(world, 2)
    mail.refusing = True
    make_due(world)
    beat(world)
    mail.refusing = False
    make_due(world)
    beat(world)
    assert mail.next()["Subject"] == "[Alpha WiFi] Taarifa 2 za wakati wa utulivu"
    assert mail.messages == []


def test_critical_ones_come_at_once_to_who_wants_that(
    world: World, owner: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    prefer(world, owner, **{**ALL_DAY, "urgent": True})
    silent(world)
    beat(world)
    assert mail.next()["Subject"] == "[Alpha WiFi] Router tower-2 is silent"


def test_the_hours_are_those_of_the_organisations_zone(
    world: World, owner: Person, mail: Office
) -> None:
    with tenant_context(world.alpha):
        settings_update(zone="Pacific/Kiritimati")
    now = datetime.now(UTC)
    begin = (now + timedelta(hours=13)).time().replace(microsecond=0)
    end = (now + timedelta(hours=15)).time().replace(microsecond=0)
    prefer(world, owner, quiet_from=begin, quiet_until=end, urgent=False)
    silent(world)
    [row] = deliveries(world)
    assert row.state == "held"
    assert timedelta(minutes=50) < row.due_at - timezone.now() < timedelta(minutes=61)


def test_without_a_server_of_its_own_the_platforms_sends(
    world: World, owner: Person, worker: Worker, mailbox: Mailbox
) -> None:
    with tenant_context(world.alpha):
        tasks.notify(1, "nas.silent", "12", {"id": 12, "name": "x", "address": "::1"})
    letter = mailbox.next()
    drain()
    assert letter["Subject"] == "[Alpha WiFi] Router x is silent"
    assert letter["From"].startswith("Alpha WiFi <no-reply@")
    assert [row.state for row in deliveries(world)] == [DeliveryState.SENT]


def test_the_log_tells_what_went_out_and_not_what_it_said(
    world: World, owner: Person, clerk: Person, stranger: Person, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    silent(world)
    beat(world)
    url = "/api/v1/notifications/deliveries/"
    [row] = get(owner, url).json()["results"]
    assert (row["kind"], row["channel"], row["state"]) == ("nas.silent", "email", "sent")
    assert "tower" not in str(row)
    assert get(owner, url, state="failed").json()["results"] == []
    assert get(owner, url, channel="pigeon").status_code == 400
    assert get(owner, f"{url}{row['id']}/").json() == row
    assert get(clerk, url).status_code == 403
    assert get(stranger, url).json()["results"] == []


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"email_from": None}, []),
        ({"email_from": 10, "kinds": {"nas.*": []}}, []),
        ({"email_from": 10}, ["email"]),
    ],
)
def test_who_wants_no_mail_gets_none(
    world: World, owner: Person, choice: dict[str, Any], expected: list[str]
) -> None:
    prefer(world, owner, **choice)
    silent(world)
    assert [row.channel for row in deliveries(world)] == expected
