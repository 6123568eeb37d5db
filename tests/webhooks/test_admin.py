"""Webhooks in the tenant's admin: seen, changed, tried; made through the API only."""

from typing import Any

import pytest
from django.test import Client

from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person
from tests.soak.sink import Sink
from tests.webhooks.conftest import Hooks
from wificore.kernel.db.context import tenant_context
from wificore.webhooks.models import Delivery

ENDPOINTS, DELIVERIES = "/admin/webhooks/endpoint/", "/admin/webhooks/delivery/"


@pytest.fixture
def browser(owner: Person) -> Client:
    return sign_in(owner.host, owner.email)


def test_an_endpoint_is_shown_and_changed_by_whom_it_then_acts_for(
    hooks: Hooks, alpha: Any, browser: Client, owner: Person
) -> None:
    endpoint = hooks.make(alpha, "https://example.com/hooks", "session.*", email="clerk@alpha.test")
    path = f"{ENDPOINTS}{endpoint.pk}/change/"
    page = browser.get(path).content.decode()
    assert "https://example.com/hooks" in page
    assert hooks.secrets[id(endpoint)] not in page
    form = {"url": endpoint.url, "description": "Books", "event_types": "plan.*\nsession.started"}
    answer = browser.post(path, {**form, "enabled": "on"})
    assert answer.status_code == 302
    fresh = hooks.fresh(alpha, endpoint)
    assert (fresh.description, fresh.event_types) == ("Books", ["plan.*", "session.started"])
    assert "owner@alpha.test" in browser.get(path).content.decode()
    refused = browser.post(path, {**form, "url": "http://10.0.0.1/"}, follow=True)
    assert "public internet" in refused.content.decode()
    assert hooks.fresh(alpha, endpoint).url == "https://example.com/hooks"


def test_none_is_made_here_for_its_secret_could_not_be_shown(browser: Client) -> None:
    assert browser.get(f"{ENDPOINTS}add/").status_code == 403


def test_it_is_tried_and_replayed_from_the_list(
    hooks: Hooks, alpha: Any, browser: Client, sink: Sink
) -> None:
    endpoint = hooks.make(alpha, sink.url, "session.*")
    chosen = {"_selected_action": [endpoint.pk]}
    answer = browser.post(ENDPOINTS, {**chosen, "action": "test"}, follow=True)
    assert "see the deliveries" in answer.content.decode()
    hooks.relay.step(2)
    hooks.send(alpha)
    assert "webhook.tested" in browser.get(DELIVERIES).content.decode()
    with tenant_context(alpha):
        Delivery.objects.update(state="failed")
    answer = browser.post(ENDPOINTS, {**chosen, "action": "replay"}, follow=True)
    assert "1 deliveries are sent again" in answer.content.decode()
    hooks.send(alpha)
    assert len(sink.receipts) == 2


def test_it_is_deleted(hooks: Hooks, alpha: Any, browser: Client) -> None:
    endpoint = hooks.make(alpha, "https://example.com/hooks")
    answer = browser.post(f"{ENDPOINTS}{endpoint.pk}/delete/", {"post": "yes"})
    assert answer.status_code == 302
    assert browser.get(f"{ENDPOINTS}{endpoint.pk}/change/", follow=True).status_code != 500
    with tenant_context(alpha):
        assert not type(endpoint).objects.exists()


def test_a_clerk_sees_neither_page(clerk: Person) -> None:
    browser = sign_in(clerk.host, clerk.email)
    for path in (ENDPOINTS, DELIVERIES):
        assert browser.get(path).status_code == 403
