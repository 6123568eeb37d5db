"""The side bar of both admins: each entry is shown to those who may view what it leads to."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from .decide import decide

Item = dict[str, Any]


def _allows(code: str) -> Callable[[HttpRequest], bool]:
    def permission(request: HttpRequest) -> bool:
        return request.user.is_authenticated and decide(request.user, None, code).allowed

    return permission


def _item(title: str, icon: str, path: str, code: str) -> Item:
    return {"title": title, "icon": icon, "link": f"/admin/{path}/", "permission": _allows(code)}


STAFF = _item("Staff", "group", "access/user", "access.user.view")
TOKENS = _item("API tokens", "key", "access/apitoken", "access.user.manage")
PROVIDERS = _item("Sign-in providers", "passkey", "access/signinprovider", "access.provider.view")
AUDIT = _item("Audit trail", "history", "audit/auditentry", "audit.entry.view")
JOBS = _item("Jobs", "pending_actions", "jobs/job", "jobs.job.view")
DOCUMENTATION: Item = {"title": "API documentation", "icon": "api", "link": "/api/docs/"}


def tenant(_request: HttpRequest) -> list[Item]:
    """What a tenant's staff work with."""
    live = [
        _item("Sessions", "sensors", "radius/session", "radius.session.view"),
        _item("Logins", "login", "radius/login", "radius.login.view"),
    ]
    sales = [
        _item("Subscribers", "person", "radius/subscriber", "radius.subscriber.view"),
        _item("Plans", "sell", "radius/plan", "radius.plan.view"),
    ]
    network = [_item("Routers", "router", "radius_registry/nas", "radius.nas.view")]
    return [
        {"title": "Live", "items": live},
        {"title": "Customers", "items": sales},
        {"title": "Network", "items": network},
        {"title": "Work", "items": [JOBS]},
        {"title": "Access", "items": [STAFF, TOKENS, PROVIDERS, AUDIT, DOCUMENTATION]},
    ]


def platform(_request: HttpRequest) -> list[Item]:
    """What an operator works with."""
    tenants = _item("Tenants", "apartment", "tenants/tenant", "tenants.tenant.view")
    asked = _item("Sign-ups", "person_add", "tenants/signup", "tenants.tenant.view")
    return [
        {"title": "Platform", "items": [tenants, asked, JOBS]},
        {"title": "Access", "items": [STAFF, TOKENS, AUDIT, DOCUMENTATION]},
    ]
