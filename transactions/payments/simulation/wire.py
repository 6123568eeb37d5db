"""HTTP to the system under test: its staff's requests, and the provider's messages."""

import http.client
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from .stage import Tenant

TIMEOUT_S = 10
PAUSE_S = 0.25
PATIENCE_S = 120


class NoAnswer(Exception):
    """The system did not answer for two minutes."""


class Wire:
    """One address; who is meant is said by the Host."""

    def __init__(self, url: str, stopped: Callable[[], bool]) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._stopped = stopped

    def staff(
        self, tenant: Tenant, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        """A request of the tenant's owner, sent until it is answered."""
        headers = {"Authorization": f"Token {tenant.token}"}
        if key:
            headers["Idempotency-Key"] = key
        return self._until_answered(tenant, method, path, body, headers)

    def provider(self, tenant: Tenant, door: str, body: Any, secret: str | None = None) -> int:
        """A message to a callback, sent until it is answered; the status."""
        path = f"/api/v1/pay/cb/{tenant.secret if secret is None else secret}/{door}"
        return self._until_answered(tenant, "POST", path, body, {})[0]

    def _until_answered(
        self, tenant: Tenant, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> tuple[int, Any]:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                status, content = self._once(tenant, method, path, body, headers)
                if status < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    return status, content
            except (OSError, http.client.HTTPException, ValueError):
                pass  # killed, or not back yet
            if self._stopped() or time.monotonic() > deadline:
                raise NoAnswer(f"{method} {path.split('/cb/')[0]} on {tenant.host}")
            time.sleep(PAUSE_S)

    def _once(
        self, tenant: Tenant, method: str, path: str, body: Any, headers: dict[str, str]
    ) -> tuple[int, Any]:
        connection = http.client.HTTPConnection(*self._address, timeout=TIMEOUT_S)
        try:
            content = None if body is None else json.dumps(body)
            about = {"Host": tenant.host, "Content-Type": "application/json", **headers}
            connection.request(method, path, content, about)
            answer = connection.getresponse()
            raw = answer.read()
            return answer.status, json.loads(raw) if raw else None
        finally:
            connection.close()
