"""HTTP to the system under test, asked again until it answers: it may just be killed."""

import http.client
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 10
PAUSE_S = 0.25
PATIENCE_S = 120
AGAIN = (http.HTTPStatus.TOO_MANY_REQUESTS, http.HTTPStatus.REQUEST_TIMEOUT)

Headers = Callable[[], Mapping[str, str]]


class NoAnswer(Exception):
    """The system did not answer for two minutes."""


class Wire:
    """One address; who is meant is said by the Host."""

    def __init__(self, url: str, stopped: Callable[[], bool]) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._stopped = stopped

    def until_answered(
        self, host: str, method: str, path: str, body: bytes | None, headers: Headers
    ) -> tuple[int, Any]:
        """The status below 500, and the JSON.

        Args:
            headers: called for each try: a signature is good for one.

        Raises:
            NoAnswer: none for two minutes, or the run was stopped meanwhile.
        """
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                status, content = self.once(host, method, path, body, headers())
                if status < http.HTTPStatus.INTERNAL_SERVER_ERROR and status not in AGAIN:
                    return status, content
            except (OSError, http.client.HTTPException, ValueError):
                pass  # killed, or not back yet
            if self._stopped() or time.monotonic() > deadline:
                raise NoAnswer(f"{method} {path.split('/cb/')[0]} on {host}")
            time.sleep(PAUSE_S)

    def once(
        self, host: str, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        """One try; raises what `http.client` does."""
        connection = http.client.HTTPConnection(*self._address, timeout=TIMEOUT_S)
        try:
            about = {"Host": host, "Content-Type": "application/json", **headers}
            connection.request(method, path, body, about)
            answer = connection.getresponse()
            raw = answer.read()
            return answer.status, json.loads(raw) if raw else None
        finally:
            connection.close()
