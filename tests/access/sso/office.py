"""People of a directory, and who comes in with its passwords."""

from typing import Any

from django.contrib.auth import authenticate
from django.http import HttpRequest

from tests.access.sso.conftest import role_of
from tests.access.sso.slapd import Entry
from wificore.access.models import User
from wificore.kernel.db.context import tenant_context

OWNER, CLERK = "owner@alpha.test", "clerk@alpha.test"
OURS = "directory-password"


def clerk(**changes: Any) -> Entry:
    return Entry(**{"uid": "amina", "password": OURS, "mail": CLERK, **changes})


def enters(tenant: Any, name: str, password: str = OURS) -> User | None:
    """Who comes in with this name and password."""
    with tenant_context(tenant):
        found = authenticate(HttpRequest(), username=name, password=password)
        assert found is None or isinstance(found, User)
        return found


def role_here(tenant: Any, email: str) -> str:
    with tenant_context(tenant):
        return role_of(User.objects.get(email=email))
