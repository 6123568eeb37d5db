"""Text messages: through the provider's simulator, never more than the limit allows."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.access.people import error, get, patch, post
from tests.conftest import Person, World
from tests.notifications.conftest import API_KEY
from tests.notifications.incidents import (
    ALL_DAY,
    beat,
    deliveries,
    events,
    make_due,
    own_sms_account,
    prefer,
    silent,
)
from wificore.access.models import User
from wificore.access.services import user_phone_set
from wificore.devserver.config import free_port
from wificore.kernel.crypto import decrypt
from wificore.kernel.db.context import tenant_context
from wificore.notifications.models import Delivery, SmsDay, SmsSettings
from wificore.notifications.services import deliveries_claim
from wificore.notifications.sms.africastalking.simulator import Simulator

URL = "/api/v1/notifications/sms/"
PHONE = "+254712345678"


def account(simulator: Simulator, **changes: Any) -> dict[str, Any]:
    return {
        "enabled": True,
        "username": "acme",
        "api_key": API_KEY,
        "base_url": simulator.url,
        **changes,
    }


def phone(world: World, number: str = PHONE) -> None:
    with tenant_context(world.alpha):
        user_phone_set(user=User.objects.get(email="owner@alpha.test"), phone=number)


@pytest.fixture(autouse=True)
def _no_phone_stays(world: World) -> Any:
    yield
    with tenant_context(world.alpha):
        User.objects.update(phone="")


@pytest.fixture
def ready(world: World, owner: Person, provider: Simulator) -> Simulator:
    """Alpha's account works, and its owner has a number and wants no mail."""
    own_sms_account(world, provider.url, API_KEY)
    phone(world)
    prefer(world, owner, email_from=None)
    return provider


def tried(owner: Person, **body: Any) -> tuple[bool, str, str]:
    answer = post(owner, f"{URL}test/", **body)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return found["ok"], found["field"], found["message"]


def test_a_critical_notification_is_also_a_text(world: World, ready: Simulator) -> None:
    silent(world)
    beat(world)
    [text] = ready.messages
    assert (text["to"], text["message"]) == (PHONE, "Router tower-2 is silent")
    assert text["username"] == "acme"
    assert "from" not in text
    [row] = deliveries(world)
    assert (row.channel, row.state, row.address) == ("sms", "sent", PHONE)
    assert row.provider_id == text["messageId"]


def test_without_an_account_or_a_number_nothing_is_queued(
    world: World, owner: Person, provider: Simulator
) -> None:
    prefer(world, owner, email_from=None)
    phone(world)
    silent(world, 1)
    own_sms_account(world, provider.url, API_KEY)
    phone(world, "")
    silent(world, 2)
    assert deliveries(world) == []


def test_what_comes_in_quiet_hours_is_one_text_in_the_morning(
    world: World, owner: Person, ready: Simulator
) -> None:
    prefer(world, owner, **ALL_DAY)
    silent(world, 1, name="a")
    silent(world, 2, name="b")
    make_due(world)
    beat(world)
    [text] = ready.messages
    assert text["message"] == (
        "2 notifications while it was quiet: Router a is silent; Router b is silent"
    )


def test_no_more_leave_in_a_day_than_the_limit_and_that_is_told_once(
    world: World, owner: Person, ready: Simulator
) -> None:
    patch(owner, URL, daily_limit=2)
    for number in range(1, 6):
        silent(world, number)
    beat(world)
    assert len(ready.messages) == 2
    rows = deliveries(world, channel="sms")
    assert [row.state for row in rows] == ["sent", "sent", "failed", "failed", "failed"]
    assert "limit of 2" in rows[2].error
    assert [one["limit"] for one in events("sms.limited")] == [2]
    assert get(owner, URL).json()["sent_today"] == 2


def test_what_cost_nothing_does_not_count(world: World, owner: Person, ready: Simulator) -> None:
    phone(world, "+254700000403")
    silent(world)
    beat(world)
    [row] = deliveries(world)
    assert (row.state, row.attempts) == ("failed", 1)
    assert "phone number" in row.error
    with tenant_context(world.alpha):
        assert SmsDay.objects.get().sent == 0


def test_no_credit_and_outages_are_tried_again(world: World, ready: Simulator) -> None:
    for number, ending in enumerate(("405", "407", "500", "599"), start=1):
        phone(world, f"+254700000{ending}")
        silent(world, number)
        beat(world)
    assert {row.state for row in deliveries(world)} == {"queued"}
    assert ready.messages == []


def test_when_nobody_knows_whether_it_left_it_is_not_sent_again(
    world: World, ready: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Simulator, "take", lambda *_a: (201, {"unheard": "of"}))
    silent(world)
    beat(world)
    beat(world)
    [row] = deliveries(world)
    assert (row.state, row.attempts) == ("unknown", 1)
    with tenant_context(world.alpha):
        assert SmsDay.objects.get().sent == 1


def test_a_worker_that_died_over_a_text_does_not_send_it_twice(
    world: World, ready: Simulator
) -> None:
    silent(world)
    [row] = deliveries(world)
    with tenant_context(world.alpha):
        deliveries_claim(ids=[row.pk])
        Delivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    beat(world)
    [row] = deliveries(world)
    assert row.state == "unknown"
    assert ready.messages == []


def test_the_account_is_stored_and_the_key_never_comes_out(
    world: World, owner: Person, provider: Simulator
) -> None:
    answer = patch(owner, URL, **account(provider))
    assert answer.status_code == 200, answer.content
    assert answer.json()["has_api_key"] is True
    assert API_KEY not in answer.content.decode()
    with tenant_context(world.alpha):
        assert decrypt(SmsSettings.objects.get().api_key_encrypted) == API_KEY
    assert API_KEY not in str(events("sms_settings.updated"))
    # A key does not follow to another address.
    answer = patch(owner, URL, base_url="https://sms.elsewhere.test")
    assert error(answer) == (400, "validation_error", ["api_key"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": ""}, "username"),
        ({"api_key": ""}, "api_key"),
        ({"provider": "pigeon"}, "provider"),
        ({"sender_id": "twelve chars"}, "sender_id"),
        ({"sender_id": "a<b"}, "sender_id"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": "https://x/path"}, "base_url"),
        ({"base_url": "https://u:p@x"}, "base_url"),
        ({"daily_limit": -1}, "daily_limit"),
        ({"daily_limit": 10**6}, "daily_limit"),
    ],
)
def test_a_malformed_setting_is_named(
    owner: Person, provider: Simulator, changes: dict[str, Any], field: str
) -> None:
    answer = patch(owner, URL, **account(provider, **changes))
    assert error(answer) == (400, "validation_error", [field])


def test_the_test_button_sends_one_to_whoever_asks_or_to_a_number(
    world: World, owner: Person, provider: Simulator
) -> None:
    patch(owner, URL, **account(provider, enabled=False, sender_id="ACME"))
    assert error(post(owner, f"{URL}test/")) == (400, "validation_error", ["to"])
    assert tried(owner, to="0712 000 111")[0]
    phone(world)
    assert tried(owner)[0]
    assert [(text["to"], text["from"]) for text in provider.messages] == [
        ("+254712000111", "ACME"),
        (PHONE, "ACME"),
    ]


@pytest.mark.parametrize(
    ("changes", "to", "field"),
    [
        ({"api_key": "wrong"}, PHONE, "api_key"),
        ({}, "+254700000402", "sender_id"),
        ({}, "+254700000403", "to"),
        ({"daily_limit": 0}, PHONE, "daily_limit"),
        ({"base_url": "http://sms.invalid"}, PHONE, "base_url"),
    ],
)
def test_what_does_not_work_is_named(
    owner: Person, provider: Simulator, changes: dict[str, Any], to: str, field: str
) -> None:
    patch(owner, URL, **account(provider, **changes))
    ok, named, message = tried(owner, to=to)
    assert (ok, named) == (False, field), message


def test_a_provider_that_is_away_and_a_private_address_are_named(
    owner: Person, provider: Simulator, settings: Any
) -> None:
    patch(owner, URL, **account(provider, base_url=f"http://127.0.0.1:{free_port()}"))
    assert tried(owner, to=PHONE)[:2] == (False, "base_url")
    settings.OUTBOUND_PRIVATE_NETWORKS = ()
    patch(owner, URL, **account(provider))
    ok, field, message = tried(owner, to=PHONE)
    assert (ok, field) == (False, "base_url")
    assert "public internet" in message
    assert provider.messages == []


def report_path(owner: Person) -> str:
    url = post(owner, f"{URL}report-url/").json()["url"]
    path = url.removeprefix("http://alpha.localhost")
    assert path.startswith("/api/v1/notifications/sms/reports/"), url
    return str(path)


def reported(person: Person, path: str, **form: str) -> int:
    client = person.client()
    del client.defaults["HTTP_AUTHORIZATION"]
    answer = client.post(path, "&".join(f"{k}={v}" for k, v in form.items()), FORM)
    return int(answer.status_code)


FORM = "application/x-www-form-urlencoded"


def test_delivery_reports_say_what_became_of_a_text(
    world: World, owner: Person, ready: Simulator
) -> None:
    for number in (1, 2, 3):
        silent(world, number)
    beat(world)
    path = report_path(owner)
    ids = [text["messageId"] for text in ready.messages]
    assert reported(owner, path, id=ids[0], status="Success", phoneNumber="x") == 200
    assert reported(owner, path, id=ids[1], status="Failed", failureReason="UserInBlackList") == 200
    assert reported(owner, path, id=ids[2], status="Buffered") == 200
    assert reported(owner, path, id="unheard-of", status="Success") == 200
    # What is final stays.
    assert reported(owner, path, id=ids[0], status="Failed") == 200
    rows = deliveries(world)
    assert [row.state for row in rows] == ["delivered", "failed", "sent"]
    assert rows[1].error == "UserInBlackList"


def test_a_report_without_the_secret_or_at_another_tenant_is_404(
    world: World, owner: Person, stranger: Person, ready: Simulator
) -> None:
    silent(world)
    beat(world)
    old, path = report_path(owner), report_path(owner)
    sent = {"id": ready.messages[0]["messageId"], "status": "Failed"}
    assert reported(owner, old, **sent) == 404
    assert reported(owner, "/api/v1/notifications/sms/reports/guess/", **sent) == 404
    assert reported(stranger, path, **sent) == 404
    assert [row.state for row in deliveries(world)] == ["sent"]
    secret = path.rstrip("/").rpartition("/")[2]
    with tenant_context(world.alpha):
        stored = SmsSettings.objects.get().report_digest
    assert stored == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in str(events("sms_settings.updated"))


def test_only_who_may_sees_and_changes_it(
    owner: Person, clerk: Person, stranger: Person, provider: Simulator
) -> None:
    patch(owner, URL, **account(provider))
    for answer in (
        clerk.client().get(URL),
        patch(clerk, URL, enabled=False),
        post(clerk, f"{URL}test/"),
        post(clerk, f"{URL}report-url/"),
    ):
        assert answer.status_code == 403
    assert stranger.client().get(URL).json()["username"] == ""
