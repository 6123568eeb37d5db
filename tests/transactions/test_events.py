"""What money tells is what its kinds declare: whoever listens may rely on the schema."""

import json

import pytest
from django.db import connections
from jsonschema import Draft202012Validator, FormatChecker

from tests.audit.scenarios import SCENARIOS
from tests.conftest import World
from wificore.kernel.db.context import platform_context
from wificore.kernel.event_kinds import kind_of

OURS = [name for name in SCENARIOS if name.startswith("transactions.")]
# Events of others that a scenario brings about.
OTHERS = ("plan.", "subscriber.")


@pytest.mark.parametrize("name", OURS)
def test_every_event_of_a_service_is_as_declared(world: World, name: str) -> None:
    SCENARIOS[name](world)
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT type, payload FROM public.events_outbox")
        told = [(kind, json.loads(payload)) for kind, payload in cursor.fetchall()]
    mine = [(kind, payload) for kind, payload in told if not kind.startswith(OTHERS)]
    assert mine
    for event_type, payload in mine:
        kind = kind_of(event_type)
        assert kind is not None, f"{event_type} is not declared"
        Draft202012Validator(kind.payload, format_checker=FormatChecker()).validate(payload)
