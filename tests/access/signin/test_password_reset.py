"""A forgotten password: a link by mail, over a real mail server."""

import re
from email.message import EmailMessage
from typing import Any

import pytest
from allauth.account.utils import user_pk_to_url_str

from tests.access.signin.people import NEW_PASSWORD, WRONG, Browser, told
from tests.conftest import PASSWORD, World
from tests.mail import Mailbox
from tests.worker import Worker, drain, until
from wificore.access.models import User
from wificore.access.signin import reset
from wificore.access.signin.reset import ResetKeys
from wificore.kernel.db.context import tenant_context
from wificore.kernel.tasks import SchemaTask

ALPHA, BETA, PLATFORM = "alpha.localhost", "beta.localhost", "platform.localhost"
LINK = re.compile(r"(https?)://([^/\s]+)/sign-in/reset/(\S+)")

pytestmark = pytest.mark.usefixtures("worker")


def asked(host: str, email: str) -> Any:
    return Browser(host).send("post", "auth/password/request", {"email": email})


def link_in(mail: EmailMessage) -> tuple[str, str]:
    """Host and key."""
    found = LINK.search(mail.get_content())
    assert found, mail.get_content()
    return found[2], found[3]


def new_password(host: str, key: str, password: str = NEW_PASSWORD) -> Any:
    body = {"key": key, "password": password}
    return Browser(host).send("post", "auth/password/reset", body)


def test_the_mail_comes_from_the_tenant_with_a_link_on_its_own_host(
    mailbox: Mailbox, amina: User
) -> None:
    assert asked(ALPHA, amina.email.upper()).status_code == 200
    mail = mailbox.next()
    assert mail["To"] == amina.email
    assert mail["From"] == "Alpha WiFi <no-reply@platform.localhost>"
    assert mail["Subject"] == "Your password at Alpha WiFi"
    host, _ = link_in(mail)
    assert host == ALPHA
    assert "Beta" not in str(mail)


def test_the_link_sets_a_password_once(world: World, mailbox: Mailbox, amina: User) -> None:
    browser = Browser(ALPHA)
    browser.sign_in(amina.email)
    asked(ALPHA, amina.email)
    _, key = link_in(mailbox.next())
    seen = Browser(ALPHA).send("get", "auth/password/reset", **{"X-Password-Reset-Key": key})
    assert seen.status_code == 200
    assert new_password(ALPHA, key, "short").status_code == 400
    assert new_password(ALPHA, key).status_code == 401, "done, and not signed in"
    assert not browser.is_signed_in(), "all sign-ins ended"
    assert Browser(ALPHA).sign_in(amina.email, PASSWORD).status_code == 400
    assert Browser(ALPHA).sign_in(amina.email, NEW_PASSWORD).status_code == 200
    assert new_password(ALPHA, key).status_code == 400, "used already"
    lines = told(world.alpha)
    assert ("signin.reset_sent", {"account": amina.email}) in lines
    assert ("signin.reset", {"account": amina.email}) in lines
    assert key not in str(lines)


def test_a_link_of_alpha_is_useless_at_beta_with_the_same_user_id(
    world: World, mailbox: Mailbox, twins: dict[str, User]
) -> None:
    """Even if the two rows are the same to the last octet."""
    with tenant_context(world.beta):
        User.objects.filter(pk=twins["beta"].pk).update(password=twins["alpha"].password)
    asked(ALPHA, twins["alpha"].email)
    _, key = link_in(mailbox.next())
    assert new_password(BETA, key).status_code == 400
    assert new_password(PLATFORM, key).status_code == 400
    assert Browser(BETA).sign_in(twins["beta"].email, PASSWORD).status_code == 200
    assert new_password(ALPHA, key).status_code == 401
    assert Browser(BETA).sign_in(twins["beta"].email, PASSWORD).status_code == 200


def test_an_unknown_address_is_answered_alike_and_gets_no_mail(
    mailbox: Mailbox, amina: User
) -> None:
    unknown, known = asked(ALPHA, "nobody@alpha.test"), asked(ALPHA, amina.email)
    assert (unknown.status_code, unknown.content) == (known.status_code, known.content)
    assert mailbox.next()["To"] == amina.email
    drain()
    assert mailbox.messages == []


def test_what_waits_for_the_worker_holds_no_key(
    world: World, amina: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[Any, ...]] = []
    monkeypatch.setattr(SchemaTask, "enqueue", lambda _t, *args: sent.append(args))
    for email in (amina.email, "nobody@alpha.test"):
        asked(ALPHA, email)
    assert sent == [
        (amina.email, "http://alpha.localhost", "Alpha WiFi"),
        ("nobody@alpha.test", "http://alpha.localhost", "Alpha WiFi"),
    ]


def test_operators_are_written_to_from_the_platform(mailbox: Mailbox, world: World) -> None:
    asked(PLATFORM, "operator@platform.test")
    mail = mailbox.next()
    assert mail["From"].startswith("WifiCore platform <")
    assert link_in(mail)[0] == PLATFORM


def test_a_user_who_may_not_sign_in_gets_no_link(
    world: World, mailbox: Mailbox, amina: User
) -> None:
    with tenant_context(world.alpha):
        User.objects.filter(pk=amina.pk).update(is_active=False)
        assert not reset.reset_mail(amina.email, "http://x", "x")
        key = f"{user_pk_to_url_str(amina)}-{ResetKeys().make_token(amina)}"
    new_password(ALPHA, key)
    with tenant_context(world.alpha):
        User.objects.filter(pk=amina.pk).update(is_active=True)
    assert mailbox.messages == []


def test_a_reset_opens_a_locked_account(mailbox: Mailbox, amina: User) -> None:
    from tests.access.signin.test_lockout import exhaust

    exhaust(ALPHA, amina.email)
    asked(ALPHA, amina.email)
    new_password(ALPHA, link_in(mailbox.next())[1])
    assert Browser(ALPHA).sign_in(amina.email, NEW_PASSWORD).status_code == 200


def test_a_mailbox_is_not_flooded(mailbox: Mailbox, amina: User) -> None:
    answers = [asked(ALPHA, amina.email).status_code for _ in range(7)]
    assert answers == [200] * 5 + [429] * 2
    assert asked(BETA, amina.email).status_code == 200, "beta's own limit"
    drain()


def test_a_mail_server_that_refuses_is_tried_again(
    mailbox: Mailbox, amina: User, worker: Worker
) -> None:
    mailbox.refusing, before = True, mailbox.refused
    asked(ALPHA, amina.email)
    until(lambda: mailbox.refused > before, worker.text)
    mailbox.refusing = False
    assert mailbox.next()["To"] == amina.email


def test_without_a_broker_the_answer_says_so(amina: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from wificore.kernel.tasks import BrokerAway

    def away(*_args: Any) -> None:
        raise BrokerAway

    monkeypatch.setattr(SchemaTask, "enqueue", away)
    for email in (amina.email, "nobody@alpha.test"):
        assert asked(ALPHA, email).status_code == 503


@pytest.mark.parametrize("key", ["", "x", "1-x", "zzzzzzzzzzzzzzzzzzzz-1", "é-é", WRONG])
def test_what_is_no_key_is_refused(world: World, key: str) -> None:
    assert new_password(ALPHA, key).status_code == 400


def test_without_a_web_client_two_plain_pages_do_the_same(mailbox: Mailbox, amina: User) -> None:
    browser = Browser(ALPHA)
    assert b"/sign-in/reset" in browser.get("/admin/login/").content
    assert b"Alpha WiFi" in browser.get("/sign-in/reset").content
    assert b"is on its way" in posted(browser, "/sign-in/reset", email=amina.email).content
    _, key = link_in(mailbox.next())
    page = f"/sign-in/reset/{key}"
    weak = posted(browser, page, new_password1="short", new_password2="short")
    assert b"too short" in weak.content
    assert Browser(BETA).get(page).status_code == 400
    done = posted(browser, page, new_password1=NEW_PASSWORD, new_password2=NEW_PASSWORD)
    assert b"is set" in done.content
    assert browser.get(page).status_code == 400, "used already"
    assert browser.admin_sign_in(amina.email, NEW_PASSWORD).status_code == 302


def posted(browser: Browser, path: str, **form: str) -> Any:
    browser.get(path)
    headers = {"X-CSRFToken": browser.cookies["csrftoken"].value}
    return browser.post(path, form, headers=headers)


def test_the_pages_form_needs_the_csrf_token(amina: User) -> None:
    assert Browser(ALPHA).post("/sign-in/reset", {"email": amina.email}).status_code == 403


def test_the_page_answers_alike_for_an_address_that_is_nobodys(amina: User) -> None:
    pages = [
        posted(Browser(ALPHA), "/sign-in/reset", email=email).content
        for email in (amina.email, "nobody@alpha.test")
    ]
    assert pages[0] == pages[1]
    drain()


def test_the_pages_have_the_admins_colours_and_ways_to_go_on(world: World) -> None:
    """Without colours the button was white on white."""
    browser = Browser(ALPHA)
    for path, link in (
        ("/sign-in/reset", b'href="/admin/login/"'),
        ("/sign-in/reset/1-wrong", b'href="/sign-in/reset"'),
    ):
        content = browser.get(path).content
        assert b"--color-primary-600:" in content
        assert link in content
