"""HTTP to the system under test: its staff's requests, and the provider's messages."""

import json
from typing import Any

from wificore.kernel.simulating import Wire as Http

from .stage import Tenant


class Wire(Http):
    """One address; the tenant is said by the Host."""

    def staff(
        self, tenant: Tenant, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        """A request of the tenant's owner, sent until it is answered."""
        headers = {"Authorization": f"Token {tenant.token}"}
        if key:
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body).encode()
        return self.until_answered(tenant.host, method, path, content, lambda: headers)

    def provider(self, tenant: Tenant, door: str, body: Any, secret: str | None = None) -> int:
        """A message to a callback, sent until it is answered; the status."""
        path = f"/api/v1/pay/cb/{tenant.secret if secret is None else secret}/{door}"
        content = json.dumps(body).encode()
        return self.until_answered(tenant.host, "POST", path, content, dict)[0]
