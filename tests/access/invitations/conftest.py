"""The worker's messages."""

from typing import Any

import pytest

from tests.access.invitations.links import Message
from tests.conftest import World
from wificore.kernel.db.context import current


@pytest.fixture(autouse=True)
def sent(world: World, monkeypatch: pytest.MonkeyPatch) -> list[Message]:
    """Messages for the worker, by schema; `deliver` does what the worker would."""
    messages: list[Message] = []

    def note(_task: Any, args: Any, *_rest: Any, **_options: Any) -> None:
        messages.append((current().schema, list(args)))

    monkeypatch.setattr("wificore.kernel.tasks.SchemaTask.apply_async", note)
    return messages
