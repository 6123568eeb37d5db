"""Each test runs with clients in Node and with clients in Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.access.mfa import chromium
from tests.realtime.nodes import Node
from tests.realtime.stock.clients import InChromium, Stock, in_node
from wificore.devserver.config import LOOPBACK
from wificore.realtime.registry import App


@pytest.fixture(scope="session")
def browser(tmp_path_factory: Any) -> Iterator[chromium.Browser]:
    with chromium.running(tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture(params=["node", "chromium"])
def stock(request: pytest.FixtureRequest, node: Node, app: App) -> Iterator[Stock]:
    """Clients of alpha's app; pages are alpha's own."""
    if request.param == "node":
        with in_node() as runtime:
            yield Stock(runtime, node, app, LOOPBACK)
        return
    host = next(iter(app.hosts))
    browser = request.getfixturevalue("browser")
    page = InChromium(browser, f"http://{host}:{node.port}/up")
    yield Stock(page, node, app, host)
    page.run({"do": "end"})
