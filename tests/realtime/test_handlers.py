"""What the relay does for sockets when something was written."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import World
from tests.realtime.listening import Bus, listening
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.events import Event, handlers_of
from wificore.realtime.registry import App, look_up


@pytest.fixture
def app(world: World) -> App:
    found = look_up("schema", "ts_alpha")
    assert found is not None
    return found


@pytest.fixture
def bus(app: App) -> Iterator[Bus]:
    with listening(app.id) as heard:
        yield heard


def happen(
    world: World, event_type: str, subject: str, schema: str = "ts_alpha", **more: Any
) -> None:
    """The relay offers the event to realtime's handlers, in its own context."""
    event = Event(1, schema, 1, event_type, subject, {"id": subject, **more}, datetime.now(UTC))
    ours = [
        each
        for each in handlers_of(event_type)
        if each.__module__.startswith("wificore.realtime.handlers")
    ]
    assert ours, event_type
    with platform_context() if schema == "public" else tenant_context(world.alpha):
        for handler in ours:
            handler(event)


@pytest.mark.parametrize(
    "event_type", ["signin.ended", "signin.revoked", "signin.reset", "user.deleted"]
)
def test_whoever_is_out_loses_the_sockets(world: World, bus: Bus, event_type: str) -> None:
    happen(world, event_type, "42")
    assert bus.waiting() == [{"k": "terminate", "user": "42"}]


def test_a_support_session_that_ends_takes_its_sockets_along(world: World, bus: Bus) -> None:
    happen(world, "support.ended", "abc")
    assert bus.waiting() == [{"k": "terminate", "user": "support:abc"}]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"changed": ["is_active"], "is_active": False}, [{"k": "terminate", "user": "42"}]),
        ({"changed": ["password_changed"]}, [{"k": "terminate", "user": "42"}]),
        (
            {"changed": ["roles"], "is_active": True},
            [{"k": "terminate", "user": "42", "code": 4200}],
        ),
        ({"changed": ["name", "phone"], "is_active": True}, []),
        ({"changed": []}, []),
    ],
    ids=["deactivated", "password", "roles", "name", "nothing"],
)
def test_a_changed_user_is_out_or_asked_for_anew(
    world: World, bus: Bus, changes: dict[str, Any], told: list[Any]
) -> None:
    happen(world, "user.updated", "42", **changes)
    assert bus.waiting() == told


@pytest.mark.parametrize("event_type", ["role.updated", "position.deleted", "assignment.created"])
def test_when_rights_change_everybodys_channels_are_asked_for_anew(
    world: World, bus: Bus, event_type: str
) -> None:
    happen(world, event_type, "7")
    assert bus.waiting() == [{"k": "terminate", "code": 4200}]


def test_a_revoked_tokens_program_comes_back_only_with_another(world: World, bus: Bus) -> None:
    happen(world, "token.revoked", "public-id", user=42)
    assert bus.waiting() == [{"k": "terminate", "user": "42", "code": 4200}]


@pytest.mark.parametrize("event_type", ["tenant.suspended", "tenant.resumed", "tenant.deleting"])
def test_every_process_hears_that_the_tenant_changed(
    world: World, bus: Bus, event_type: str
) -> None:
    happen(world, event_type, "alpha", "public", schema_name="ts_alpha")
    happen(world, event_type, "beta", "public", schema_name="ts_beta")
    happen(world, event_type, "none", "public", schema_name="ts_none")
    assert bus.waiting() == [{"k": "app"}]


def test_every_process_hears_that_the_app_changed(world: World, app: App, bus: Bus) -> None:
    happen(world, "realtime_app.updated", app.id)
    assert bus.waiting() == [{"k": "app"}]


@pytest.mark.parametrize("event_type", ["signin.ended", "user.updated", "role.updated"])
def test_operators_have_no_sockets(world: World, bus: Bus, event_type: str) -> None:
    happen(world, event_type, "42", "public", changed=["roles"])
    assert bus.waiting() == []
