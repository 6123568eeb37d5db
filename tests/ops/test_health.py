"""GET /api/platform/health/: true numbers, for operators only."""

from typing import Any

import pytest
import redis
from django.db import transaction

from tests.conftest import Person
from wificore.kernel.db.context import tenant_context
from wificore.kernel.events import publish

HEALTH = "/api/platform/health/"


def test_an_operator_sees_the_relay_the_spools_the_queues_and_the_tenants(
    operator: Person, alpha: Any
) -> None:
    with tenant_context(alpha), transaction.atomic():
        publish("plan.created", {})
    found = operator.client().get(HEALTH).json()
    assert found["relay"]["backlog"] == 1
    assert found["relay"]["lag_s"] > 0
    assert {"state": "active", "count": 2} in found["tenants"]
    assert {queue["name"] for queue in found["queues"]} == {"default", "outbound", "ddl"}
    assert isinstance(found["spools"], list)


def test_what_cannot_be_read_costs_the_rest_nothing(
    operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_args: Any, **_options: Any) -> Any:
        raise redis.ConnectionError("away")

    monkeypatch.setattr("redis.client.Redis.llen", away)
    found = operator.client().get(HEALTH).json()
    assert found["queues"] is None
    assert found["relay"] is not None


def test_nobody_but_operators_has_it(owner: Person, operator: Person) -> None:
    assert owner.client().get(HEALTH).status_code == 404
    host = operator.client().get(HEALTH, headers={"authorization": ""})
    assert host.status_code == 401
