"""/realtime/ in a real browser: stock pusher-js alone shows what happens, as it happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.access.mfa.chromium import Browser, Page
from tests.access.test_admin_sign_in import sign_in
from tests.conftest import Person, World
from tests.realtime import raw
from tests.realtime.nodes import Node
from tests.web import running_web
from tests.worker import until
from wificore.realtime.registry import App

STATE = 'return document.getElementById("state").dataset.state'
WAITING = 'return document.querySelectorAll("#channels li:not([data-state=on])").length'
JOINED = 'return [...document.querySelectorAll("#channels code")].map((e) => e.textContent).sort()'
SEEN = "return document.getElementById(id).textContent"


@pytest.fixture
def port(node: Node, tmp_path: Path) -> Iterator[int]:
    """A web server whose pages find the sockets of `node`."""
    with running_web(tmp_path / "web.log", REALTIME_PUBLIC_PORT=str(node.port)) as number:
        yield number


@pytest.fixture(autouse=True)
def nobody_stays(app: App, other_app: App, browser: Browser) -> Iterator[None]:
    """The windows are closed after a test, and their sockets gone."""
    yield
    browser.close_pages()
    for each in (app, other_app):
        raw.wait_until_nobody_is_there(each)


def opened(browser: Browser, port: int, person: Person) -> Page:
    """The live page of somebody who is signed in, connected and on all channels."""
    page = browser.page(f"http://{person.host}:{port}/realtime/none")
    cookie = sign_in(person.host, person.email).cookies["wc_session"].value
    url = f"http://{person.host}:{port}/"
    page.call("Network.setCookie", name="wc_session", value=cookie, url=url)
    page.go(f"{url}realtime/")
    until(lambda: page.run(STATE) == "connected" and page.run(WAITING) == 0, lambda: looks(page))
    return page


def looks(page: Page) -> str:
    return str(page.run("return document.body.innerText"))


def shows(page: Page, where: str, text: str) -> None:
    until(lambda: text in page.run(SEEN, id=where), lambda: looks(page))


def test_the_live_page_shows_what_happens_to_whoever_may_know(
    world: World, browser: Browser, port: int, app: App, owner: Person, clerk: Person
) -> None:
    mine, theirs = opened(browser, port, owner), opened(browser, port, clerk)
    assert "private-jobs" in mine.run(JOINED)
    assert "private-jobs" not in theirs.run(JOINED)
    shows(mine, "people", "clerk")
    raw.publish(app, "private-jobs", "job.started", {"id": "20261121.7"})
    raw.publish(app, "private-sessions", "session.started", {"username": "amina"})
    for page in (mine, theirs):
        shows(page, "events", "amina")
    assert "20261121.7" in mine.run(SEEN, id="events")
    assert "20261121.7" not in theirs.run(SEEN, id="events")


def test_another_tenants_page_with_the_same_channels_shows_nothing_of_it(
    browser: Browser, port: int, app: App, other_app: App, owner: Person, stranger: Person
) -> None:
    mine, foreign = opened(browser, port, owner), opened(browser, port, stranger)
    raw.publish(app, "private-sessions", "session.started", {"username": "amina"})
    shows(mine, "events", "amina")
    raw.publish(other_app, "private-sessions", "session.started", {"username": "zuri"})
    shows(foreign, "events", "zuri")
    assert "amina" not in foreign.run(SEEN, id="events")
    assert "zuri" not in mine.run(SEEN, id="events")
