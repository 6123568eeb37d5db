"""Notifications in the tenant's admin."""

from typing import Any

import pytest
from django.test import Client

from tests.access.people import id_of, person_of
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import PASSWORD, Person, World
from tests.notifications.conftest import API_KEY
from tests.notifications.incidents import inbox, own_mail_server, silent
from tests.notifications.mailserver import SECRET, USER, Office
from wificore.access.models import User
from wificore.access.services import user_password_set, user_phone_set
from wificore.kernel.crypto import decrypt
from wificore.kernel.db.context import tenant_context
from wificore.notifications.models import MailSettings, Preference, SmsSettings, Task
from wificore.notifications.sms.africastalking.simulator import Simulator

BASE = "/admin/notifications"
MAIL, SMS = f"{BASE}/mailsettings/1/change/", f"{BASE}/smssettings/1/change/"


@pytest.fixture
def page(owner: Person) -> Client:
    return sign_in(owner.host, owner.email)


@pytest.fixture(autouse=True)
def _no_phone_stays(world: World) -> Any:
    yield
    with tenant_context(world.alpha):
        User.objects.update(phone="")


def signed_in(world: World, name: str, role: str) -> Client:
    person = person_of(world, name, role)
    with tenant_context(world.alpha):
        user_password_set(user=User.objects.get(email=person.email), password=PASSWORD)
    return sign_in(person.host, person.email)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def test_the_inbox_is_ones_own_and_is_read_by_an_action(
    world: World, owner: Person, page: Client
) -> None:
    silent(world, 1, name="<b>tower</b>")
    shown = text(page.get(f"{BASE}/notification/"))
    assert "Router &lt;b&gt;tower&lt;/b&gt; is silent" in shown
    assert "/routers?q=192.0.2.12" in shown
    [row] = inbox(owner)
    action = {"action": "mark_read", "_selected_action": [row["id"]]}
    page.post(f"{BASE}/notification/", action)
    assert inbox(owner)[0]["read_at"]
    other = signed_in(world, "manager", "manager")
    assert "tower" not in text(other.get(f"{BASE}/notification/"))
    other.post(f"{BASE}/notification/", action)


def test_one_chooses_for_oneself_alone(world: World, owner: Person, page: Client) -> None:
    mine = id_of(world, owner)
    url = f"{BASE}/preference/{mine}/change/"
    assert page.get(f"{BASE}/preference/").headers["Location"] == url
    text(page.get(url))
    form = {
        "language": "sw",
        "phone": "0712 345 678",
        "email_from": "10",
        "sms_from": "",
        "kinds": "{}",
        "quiet_from": "22:00",
        "quiet_until": "06:00",
    }
    assert page.post(url, form).status_code == 302
    with tenant_context(world.alpha):
        row = Preference.objects.get()
        assert (row.user_id, row.language, row.sms_from) == (mine, "sw", None)
        assert User.objects.get(pk=mine).phone == "+254712345678"
    other = signed_in(world, "manager", "manager")
    assert other.get(url).status_code == 302
    other.post(url, {**form, "language": "en"})
    with tenant_context(world.alpha):
        assert Preference.objects.get().language == "sw"


def test_a_wrong_choice_is_told_and_nothing_is_stored(
    world: World, owner: Person, page: Client
) -> None:
    url = f"{BASE}/preference/{id_of(world, owner)}/change/"
    answer = page.post(url, {"language": "en", "kinds": '{"nas.gone": []}'}, follow=True)
    assert "There is no kind" in text(answer)
    with tenant_context(world.alpha):
        assert not Preference.objects.exists()


@pytest.mark.usefixtures("trusted")
def test_a_mail_server_is_stored_and_tried(world: World, page: Client, mail: Office) -> None:
    assert page.get(f"{BASE}/mailsettings/").headers["Location"] == MAIL
    form = {
        "enabled": "on",
        "host": "localhost",
        "port": mail.port,
        "security": "starttls",
        "username": USER,
        "password": SECRET,
        "from_address": "alerts@acme.test",
        "from_name": "",
        "test": "on",
    }
    assert "has taken a message" in text(page.post(MAIL, form, follow=True))
    assert mail.next()["To"] == "owner@alpha.test"
    shown = text(page.get(MAIL))
    assert SECRET not in shown
    assert "localhost" in shown
    wrong = text(page.post(MAIL, {**form, "password": "wrong"}, follow=True))
    assert "password:" in wrong
    assert "535" in wrong
    # Without a new one, the stored one stays.
    page.post(MAIL, {**form, "password": "", "test": ""})
    with tenant_context(world.alpha):
        assert decrypt(MailSettings.objects.get().password_encrypted) == "wrong"


def test_an_sms_account_is_stored_and_tried(
    world: World, owner: Person, page: Client, provider: Simulator
) -> None:
    form = {
        "enabled": "on",
        "provider": "africastalking",
        "username": "acme",
        "api_key": API_KEY,
        "base_url": provider.url,
        "daily_limit": "5",
        "test": "on",
    }
    assert "no number yet" in text(page.post(SMS, form, follow=True))
    with tenant_context(world.alpha):
        user_phone_set(user=User.objects.get(email=owner.email), phone="+254712345678")
    assert "has taken a text" in text(page.post(SMS, {**form, "api_key": ""}, follow=True))
    assert len(provider.messages) == 1
    assert API_KEY not in text(page.get(SMS))
    refused = text(page.post(SMS, {**form, "base_url": "https://x/path"}, follow=True))
    assert "without a path" in refused
    with tenant_context(world.alpha):
        assert SmsSettings.objects.get().base_url == provider.url


def test_tasks_are_claimed_and_done_by_actions(world: World, owner: Person, page: Client) -> None:
    silent(world, 1)
    assert "Visit router tower-2" in text(page.get(f"{BASE}/task/"))
    with tenant_context(world.alpha):
        number = Task.objects.get().pk
    other = signed_in(world, "tech", "technician")

    def act(who: Client, action: str) -> str:
        body = {"action": action, "_selected_action": [number]}
        return text(who.post(f"{BASE}/task/", body, follow=True))

    act(other, "claim")
    assert "It is claimed by tech@" in act(page, "claim")
    assert "It is claimed by tech@" in act(page, "finish")
    act(other, "finish")
    with tenant_context(world.alpha):
        assert Task.objects.get().state == "done"
    viewer = signed_in(world, "viewer", "viewer")
    assert "Visit router" in text(viewer.get(f"{BASE}/task/"))
    assert 'value="claim"' not in text(viewer.get(f"{BASE}/task/"))


def test_the_log_shows_what_went_out_and_not_what_it_said(
    world: World, page: Client, mail: Office
) -> None:
    own_mail_server(world, mail.port)
    silent(world, 1)
    shown = text(page.get(f"{BASE}/delivery/"))
    assert "owner@alpha.test" in shown
    assert "tower-2" not in shown


@pytest.mark.parametrize("model", ["delivery", "mailsettings", "smssettings"])
def test_a_clerk_sees_no_way_out(world: World, model: str) -> None:
    clerk = signed_in(world, "sales", "cashier")
    assert clerk.get(f"{BASE}/{model}/").status_code == 403


def test_every_page_opens_for_the_owner(page: Client) -> None:
    for model in ("notification", "task", "delivery"):
        text(page.get(f"{BASE}/{model}/"))
    for url in (MAIL, SMS):
        text(page.get(url))
