"""The distribution's Chromium, driven by the DevTools protocol over its pipe.

    with running(place) as browser:
        page = browser.page("http://alpha.localhost:8070/api/health")
        page.run("return document.title")

Messages are JSON that ends in NUL, ours on the browser's descriptor 3 and its on 4. Nothing is
installed for it, no port is opened, and the browser ends with the pipe.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from wificore.devserver.binaries import find_program

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--host-resolver-rules=MAP *.localhost 127.0.0.1",
    "--remote-debugging-pipe",
)
# A platform authenticator (a phone's fingerprint reader) whose owner always says yes.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Browser:
    """One browser process."""

    def __init__(self, process: subprocess.Popen[bytes], to: BinaryIO, answers: BinaryIO) -> None:
        self._process, self._to, self._answers = process, to, answers
        self._number = 0

    def call(self, method: str, session: str = "", **params: Any) -> dict[str, Any]:
        """A command's result; events are passed over."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while True:
            answer = json.loads(self._next())
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return dict(answer["result"])

    def _next(self) -> bytes:
        found = bytearray()
        while (octet := self._answers.read(1)) != b"\0":
            assert octet, f"Chromium ended with {self._process.wait()}"
            found += octet
        return bytes(found)

    def page(self, url: str) -> "Page":
        """A new window without anybody's cookies, on this address."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)
        session = self.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        page = Page(self, session["sessionId"])
        page.go(url)
        return page

    def close_pages(self) -> None:
        """All windows, with what they hold open."""
        for context in self.call("Target.getBrowserContexts")["browserContextIds"]:
            self.call("Target.disposeBrowserContext", browserContextId=context)


@dataclass
class Page:
    """One window."""

    browser: Browser
    session: str

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self.browser.call(method, self.session, **params)

    def go(self, url: str) -> None:
        """Open an address and wait until it is there."""
        failed = self.call("Page.navigate", url=url).get("errorText")
        assert not failed, (url, failed)
        while self.run("return [location.href, document.readyState]") != [url, "complete"]:
            pass

    def run(self, body: str, **values: Any) -> Any:
        """The value of an async function's body, which sees `values` by name."""
        names, given = ", ".join(values), ", ".join(json.dumps(v) for v in values.values())
        answer = self.call(
            "Runtime.evaluate",
            expression=f"(async ({names}) => {{ {body} }})({given})",
            awaitPromise=True,
            returnByValue=True,
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def add_authenticator(self, **options: Any) -> str:
        """A virtual authenticator; its id."""
        self.call("WebAuthn.enable")
        options = {**AUTHENTICATOR, **options}
        made = self.call("WebAuthn.addVirtualAuthenticator", options=options)
        return str(made["authenticatorId"])


@contextmanager
def running(place: Path) -> Iterator[Browser]:
    """A browser with an empty profile in this directory."""
    program = find_program(*PROGRAMS)
    assert program, "Chromium is missing: `make test` installs it"
    its_input, to = os.pipe()
    answers, its_output = os.pipe()

    def descriptors() -> None:
        # First out of the way: 3 and 4 may be among them.
        source, target = os.dup(its_input), os.dup(its_output)
        os.dup2(source, 3)
        os.dup2(target, 4)

    with (place / "chromium.log").open("wb") as log:
        process = subprocess.Popen(
            [program, f"--user-data-dir={place / 'profile'}", *ARGUMENTS],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(3, 4, its_input, its_output),
            preexec_fn=descriptors,
        )
    os.close(its_input)
    os.close(its_output)
    with os.fdopen(to, "wb") as writer, os.fdopen(answers, "rb") as reader:
        browser = Browser(process, writer, reader)
        try:
            yield browser
            browser.call("Browser.close")
        finally:
            process.terminate()
            process.wait()
