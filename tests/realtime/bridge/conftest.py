"""A relay and an ingester whose every step the test takes, and the schemas of the catalogue."""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connections, transaction
from jsonschema import Draft202012Validator, FormatChecker

from radius.ingest.runner import Ingester
from tests.conftest import World
from tests.events.conftest import Steps
from tests.radius import lines
from tests.realtime.listening import Bus, listening
from wificore.kernel.db.context import platform_context, tenant_context
from wificore.kernel.events import publish
from wificore.realtime.bridge.asyncapi import messages
from wificore.realtime.bridge.channels import channel_of
from wificore.realtime.registry import App, registry


@pytest.fixture
def line(world: World) -> Iterator["redis.Redis"]:
    registry.forget_all()
    with redis.Redis.from_url(settings.EVENTS_REDIS_URL) as connection:
        yield connection
    registry.forget_all()


@pytest.fixture
def relay(line: "redis.Redis") -> Iterator[Steps]:
    steps = Steps(line)
    yield steps
    steps.resign()


@pytest.fixture
def hearing(app: App) -> Iterator[Bus]:
    """What goes out for alpha's app."""
    with listening(app.id) as bus:
        yield bus


@pytest.fixture
def say() -> Callable[..., None]:
    """Publish one event as this tenant, in a transaction of its own."""

    def publish_one(tenant: Any, event_type: str, **payload: Any) -> None:
        with tenant_context(tenant) if tenant else platform_context(), transaction.atomic():
            publish(event_type, payload, subject=str(payload.get("id", "")))

    return publish_one


@pytest.fixture
def spooled(world: World, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """What routers sent, through the ingester: `spooled(start(tenant="ts_alpha"))`."""
    for name in ("acct", "postauth"):
        (tmp_path / name).mkdir()
    ingester = Ingester(os.environ["DATABASE_RADIUS_URL"], tmp_path)
    files = {
        "acct": tmp_path / "acct" / "acct-202601010001.tsv",
        "postauth": tmp_path / "postauth" / "postauth-202601010001.tsv",
    }

    def ingest(*found: bytes, kind: str = "acct") -> None:
        with files[kind].open("ab") as stream:
            stream.write(b"".join(found))
        ingester.connect()
        while ingester.step():
            pass

    yield ingest
    ingester.database.close()
    with platform_context(), connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM public.spool_checkpoint; DELETE FROM public.spool_state")


def told(bus: Bus) -> list[tuple[str, str, Any]]:
    """(channel, event, data) of all that came, each as the catalogue says."""
    found: list[tuple[str, str, Any]] = []
    for message in bus.waiting():
        [channel], data = message["channels"], json.loads(message["data"])
        assert message["seq"] == data["seq"]
        valid(channel, message["event"], data)
        found.append((channel, message["event"], data))
    return found


def now() -> int:
    return int(time.time())


def start(user: str, **fields: object) -> bytes:
    at = now() - 60
    return lines.start(at, tenant="ts_alpha", user=user, session=user, mac=user, **fields)


def valid(channel: str, event: str, data: Any) -> None:
    """The data is what the catalogue says of this event on this channel."""
    found = channel_of(channel)
    assert found, f"{channel} is not in the catalogue"
    schemas = {name: schema for name, _, schema in messages(found[0])}
    assert event in schemas, f"{event} is not on {channel}"
    Draft202012Validator(schemas[event], format_checker=FormatChecker()).validate(data)
