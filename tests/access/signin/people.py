"""A browser, as far as signing in needs one, and people beside the three of the fixtures."""

from typing import Any

from django.test import Client

from tests.conftest import PASSWORD
from wificore.audit.models import AuditEntry
from wificore.kernel.db.context import tenant_context

PREFIX = "/_allauth/browser/v1"
JSON = "application/json"
WRONG = "not the password"
NEW_PASSWORD = "another horse, another staple"


class Browser(Client):
    """A client of one host that keeps cookies and sends the CSRF token, which is enforced."""

    def __init__(self, host: str, **headers: str) -> None:
        super().__init__(
            enforce_csrf_checks=True,
            raise_request_exception=False,
            headers={"host": host, **headers},
        )

    def config(self) -> Any:
        return self.get(f"{PREFIX}/config")

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """A request to allauth's browser client."""
        if "csrftoken" not in self.cookies:
            self.config()
        token = {"X-CSRFToken": self.cookies["csrftoken"].value}
        path = path if path.startswith("/") else f"{PREFIX}/{path}"
        return getattr(self, method)(path, body or {}, JSON, headers={**token, **headers})

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        return self.send("post", "auth/login", {"email": email, "password": password})

    def sign_out(self) -> Any:
        return self.send("delete", "auth/session")

    def is_signed_in(self) -> bool:
        """Asked twice: of the API and of the admin, which must agree."""
        by_api = self.get("/api/v1/me/").status_code == 200
        assert by_api == (self.get("/admin/").status_code == 200)
        return by_api

    def admin_sign_in(self, email: str, password: str = PASSWORD, **more: str) -> Any:
        """The admin's own page, with its form."""
        self.get("/admin/login/")
        form = {"username": email, "password": password, **more}
        headers = {"X-CSRFToken": self.cookies["csrftoken"].value}
        return self.post("/admin/login/", form, headers=headers)


def told(tenant: Any, prefix: str = "signin.") -> list[tuple[str, Any]]:
    """Actions of the tenant's trail with the object's id, oldest first."""
    with tenant_context(tenant):
        rows = AuditEntry.objects.filter(action__startswith=prefix).order_by("at", "id")
        return [(row.action, row.new or row.old) for row in rows]
