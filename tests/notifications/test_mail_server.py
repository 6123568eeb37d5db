"""The tenant's own mail server: every way to reach it, and every failure by its name."""

import socket
import threading
from typing import Any

import pytest

from tests.access.people import error, narrowed, patch, person_of, post
from tests.conftest import Person, World
from tests.notifications.incidents import events
from tests.notifications.mailserver import SECRET, USER, Office
from wificore.devserver.config import free_port
from wificore.kernel.crypto import decrypt
from wificore.kernel.db.context import tenant_context
from wificore.notifications.models import MailSettings

URL = "/api/v1/notifications/mail/"


def settings_of(server: Office, **changes: Any) -> dict[str, Any]:
    return {
        "enabled": True,
        # The certificate's name; ::1 and 127.0.0.1 are not in it.
        "host": "localhost",
        "port": server.port,
        "security": "starttls",
        "username": USER,
        "password": SECRET,
        "from_address": "alerts@acme.test",
        "from_name": "Acme alerts",
        **changes,
    }


def stored(owner: Person, server: Office, **changes: Any) -> None:
    answer = patch(owner, URL, **settings_of(server, **changes))
    assert answer.status_code == 200, answer.content


def tried(owner: Person, **body: Any) -> tuple[bool, str, str]:
    answer = post(owner, f"{URL}test/", **body)
    assert answer.status_code == 200, answer.content
    found = answer.json()
    return found["ok"], found["field"], found["message"]


def test_settings_are_stored_and_the_password_never_comes_out(
    world: World, owner: Person, mail: Office
) -> None:
    answer = patch(owner, URL, **settings_of(mail))
    shown = answer.json()
    assert shown["has_password"] is True
    assert "password" not in shown
    assert shown == owner.client().get(URL).json()
    assert SECRET not in answer.content.decode()
    with tenant_context(world.alpha):
        row = MailSettings.objects.get()
        assert SECRET not in row.password_encrypted
        assert decrypt(row.password_encrypted) == SECRET
    told = events("mail_settings.updated")
    assert told[0]["secret_changed"] is True
    assert SECRET not in str(told)


def test_a_change_of_something_else_keeps_the_password(
    world: World, owner: Person, mail: Office
) -> None:
    stored(owner, mail)
    assert patch(owner, URL, from_name="Others").json()["has_password"] is True
    with tenant_context(world.alpha):
        assert decrypt(MailSettings.objects.get().password_encrypted) == SECRET


@pytest.mark.parametrize("changes", [{"host": "mail.elsewhere.test"}, {"port": 2525}])
def test_a_stored_password_does_not_follow_to_another_server(
    owner: Person, mail: Office, changes: dict[str, Any]
) -> None:
    stored(owner, mail)
    assert error(patch(owner, URL, **changes)) == (400, "validation_error", ["password"])
    assert patch(owner, URL, **changes, password="another").status_code == 200


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"host": ""}, "host"),
        ({"host": "https://mail.test"}, "host"),
        ({"host": "mail.test/25"}, "host"),
        ({"host": "-"}, "host"),
        ({"port": 0}, "port"),
        ({"port": 70_000}, "port"),
        ({"security": "ssl"}, "security"),
        ({"from_address": ""}, "from_address"),
        ({"from_address": "not an address"}, "from_address"),
        ({"username": ""}, "username"),
        ({"password": ""}, "password"),
        ({"from_name": "x\x00"}, "from_name"),
    ],
)
def test_a_malformed_setting_is_named(
    owner: Person, mail: Office, changes: dict[str, Any], field: str
) -> None:
    answer = patch(owner, URL, **settings_of(mail, **changes))
    assert error(answer) == (400, "validation_error", [field])


@pytest.mark.usefixtures("trusted")
def test_the_test_button_sends_one_by_starttls_and_a_password(owner: Person, mail: Office) -> None:
    stored(owner, mail, enabled=False)
    ok, field, message = tried(owner)
    assert (ok, field) == (True, ""), message
    letter = mail.next()
    assert letter["To"] == owner.email
    assert letter["From"] == "Acme alerts <alerts@acme.test>"
    assert letter["Subject"] == "Test message of Alpha WiFi"
    assert letter["Auto-Submitted"] == "auto-generated"


@pytest.mark.usefixtures("trusted")
def test_tls_from_the_start(owner: Person, tls_server: Office) -> None:
    stored(owner, tls_server, security="tls")
    ok, _, message = tried(owner, to="brian@acme.test")
    assert ok, message
    assert tls_server.next()["To"] == "brian@acme.test"


def test_no_encryption_where_the_operator_allows_the_network(
    owner: Person, plain_server: Office
) -> None:
    stored(owner, plain_server, security="none", username="", password="")
    ok, _, message = tried(owner)
    assert ok, message
    plain_server.next()


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_named_and_told_in_the_servers_words(
    owner: Person, mail: Office
) -> None:
    stored(owner, mail, password="wrong")
    ok, field, message = tried(owner)
    assert (ok, field) == (False, "password")
    assert "535" in message
    assert mail.messages == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("changes", "to", "field"),
    [
        ({"from_address": "nobody@acme.test"}, "x@acme.test", "from_address"),
        ({}, "unknown@acme.test", "to"),
        ({}, "busy@acme.test", "to"),
        ({"security": "tls"}, "x@acme.test", "security"),
    ],
)
def test_what_the_server_refuses_is_named(
    owner: Person, mail: Office, changes: dict[str, Any], to: str, field: str
) -> None:
    stored(owner, mail, **changes)
    ok, named, message = tried(owner, to=to)
    assert (ok, named) == (False, field), message


def test_a_certificate_of_nobody_we_trust_is_named(owner: Person, mail: Office) -> None:
    stored(owner, mail)
    ok, field, message = tried(owner)
    assert (ok, field) == (False, "security")
    assert "certificate" in message


@pytest.mark.usefixtures("trusted")
def test_starttls_where_there_is_none_is_named(owner: Person, plain_server: Office) -> None:
    stored(owner, plain_server)
    assert tried(owner)[:2] == (False, "security")


@pytest.mark.usefixtures("trusted")
def test_starttls_where_tls_is_from_the_start_is_named(
    owner: Person, tls_server: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Both sides wait for the other to speak.
    monkeypatch.setattr("wificore.notifications.mail.line.STEP_S", 0.5)
    stored(owner, tls_server)
    ok, field, _ = tried(owner)
    assert not ok
    assert field in ("security", "host")


def test_a_port_where_nobody_listens_is_named(owner: Person, mail: Office) -> None:
    stored(owner, mail, port=free_port())
    assert tried(owner)[:2] == (False, "port")


def test_a_name_without_an_address_is_named(owner: Person, mail: Office) -> None:
    stored(owner, mail, host="mail.invalid")
    assert tried(owner)[:2] == (False, "host")


def test_a_private_address_is_refused_before_anything_connects(
    owner: Person, mail: Office, settings: Any
) -> None:
    settings.OUTBOUND_PRIVATE_NETWORKS = ()
    stored(owner, mail)
    ok, field, message = tried(owner)
    assert (ok, field) == (False, "host")
    assert "public internet" in message


def test_no_password_goes_over_an_open_line_to_the_internet(
    owner: Person, mail: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [(2, 1, 6, "", ("93.184.216.34", 25))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: asked)
    stored(owner, mail, host="mail.example.com", security="none")
    ok, field, message = tried(owner)
    assert (ok, field) == (False, "security")
    assert "encrypted" in message


@pytest.mark.usefixtures("trusted")
def test_a_server_that_drips_holds_nobody_longer_than_the_deadline(
    owner: Person, mail: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        line, _ = listener.accept()
        with line:
            while not stop.wait(0.05):
                try:
                    line.sendall(b"220-welcome\r\n")
                except OSError:
                    return

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    monkeypatch.setattr("wificore.notifications.mail.server.WHOLE_S", 0.5)
    stored(owner, mail, port=listener.getsockname()[1])
    try:
        assert tried(owner)[:2] == (False, "host")
    finally:
        stop.set()
        thread.join()
        listener.close()


def test_only_who_may_sees_and_changes_it(
    world: World, owner: Person, clerk: Person, stranger: Person, mail: Office
) -> None:
    stored(owner, mail)
    assert clerk.client().get(URL).status_code == 403
    assert patch(clerk, URL, host="x").status_code == 403
    assert post(clerk, f"{URL}test/").status_code == 403
    narrow = narrowed(world, owner, "notifications.channel.view")
    assert narrow.client().get(URL).status_code == 200
    assert patch(narrow, URL, host="x").status_code == 403
    viewer = person_of(world, "viewer", "viewer")
    assert viewer.client().get(URL).status_code == 200
    assert stranger.client().get(URL).json()["host"] == ""
