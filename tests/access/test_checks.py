"""The question that everything asks, and what is written of its answers."""

from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from tests.audit.test_record import trail
from tests.conftest import World
from wificore.access.checks import ask, visible
from wificore.access.decide import Record
from wificore.access.models import Site, User
from wificore.access.services import site_save
from wificore.kernel.db.context import tenant_context


def request_of(email: str, method: str = "POST") -> Any:
    request: Any = RequestFactory().generic(method, "/api/v1/radius/nas/")
    request.user = User.objects.get(email=email)
    return request


def lines(alpha: Any) -> list[tuple[str, str]]:
    return [(line.action, line.new["reason"]) for line in trail(alpha)]


def test_a_denial_stays_in_the_trail_when_its_transaction_is_taken_back(world: World) -> None:
    with tenant_context(world.alpha):
        request = request_of("clerk@alpha.test")
        with pytest.raises(PermissionError), transaction.atomic():
            if not ask(request, "radius.nas.manage").allowed:
                raise PermissionError
    assert lines(world.alpha) == [("access.denied", "default")]


def test_an_allowed_use_of_a_high_risk_is_told_and_a_look_is_not(world: World) -> None:
    with tenant_context(world.alpha):
        assert ask(request_of("owner@alpha.test", "GET"), "access.user.manage").allowed
        assert ask(request_of("owner@alpha.test"), "radius.nas.manage").allowed
        assert ask(request_of("owner@alpha.test"), "access.user.manage").allowed
    assert lines(world.alpha) == [("access.allowed", "role")]


def test_a_record_of_another_tenant_is_denied(world: World) -> None:
    with tenant_context(world.alpha):
        beta = Record(schema=world.beta.schema_name)
        decision = ask(request_of("owner@alpha.test"), "radius.nas.manage", beta)
    assert decision.reason == "inactive"


def test_a_list_hides_the_sites_out_of_scope(world: World) -> None:
    with tenant_context(world.alpha):
        site_save(site=Site(name="Hill"))
        clerk = User.objects.get(email="clerk@alpha.test").subject()
        owner = User.objects.get(email="owner@alpha.test").subject()
        assert list(visible(Site.objects.all(), clerk, "id")) == []
        assert [site.name for site in visible(Site.objects.all(), owner, "id")] == ["Hill"]
