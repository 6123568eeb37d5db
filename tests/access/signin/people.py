"""A browser, as far as signing in needs one."""

from typing import Any

from django.test import Client

from tests.conftest import PASSWORD

PREFIX = "/_allauth/browser/v1"
JSON = "application/json"


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

    def send(self, method: str, path: str, body: Any = None) -> Any:
        if "csrftoken" not in self.cookies:
            self.config()
        token = {"X-CSRFToken": self.cookies["csrftoken"].value}
        return getattr(self, method)(path, body or {}, JSON, headers=token)

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        body = {"email": email, "password": password}
        return self.send("post", f"{PREFIX}/auth/login", body)

    def sign_out(self) -> Any:
        return self.send("delete", f"{PREFIX}/auth/session")
