"""The side bar of both admins: each entry is shown to those who may view what it leads to."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from .models import User

Item = dict[str, Any]


def _allows(code: str) -> Callable[[HttpRequest], bool]:
    def permission(request: HttpRequest) -> bool:
        return isinstance(request.user, User) and request.user.may(code).allowed

    return permission


def _item(title: str, icon: str, path: str, code: str) -> Item:
    return {"title": title, "icon": icon, "link": f"/admin/{path}/", "permission": _allows(code)}


ROLES = _item("Roles", "badge", "access/role", "access.role.view")
STAFF = _item("Staff", "group", "access/user", "access.user.view")
TOKENS = _item("API tokens", "key", "access/apitoken", "access.user.manage")
PROVIDERS = _item("Sign-in providers", "passkey", "access/signinprovider", "access.provider.view")
AUDIT = _item("Audit trail", "history", "audit/auditentry", "audit.entry.view")
JOBS = _item("Jobs", "pending_actions", "jobs/job", "jobs.job.view")
REALTIME = _item("Realtime", "bolt", "realtime/app", "realtime.app.view")
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
    work = [
        _item("Tasks", "task_alt", "notifications/task", "notifications.task.view"),
        _item(
            "My notifications", "inbox", "notifications/notification", "notifications.inbox.view"
        ),
        _item("My preferences", "tune", "notifications/preference", "notifications.inbox.view"),
    ]
    channels = [
        _item("Mail server", "mail", "notifications/mailsettings", "notifications.channel.view"),
        _item("Text messages", "sms", "notifications/smssettings", "notifications.channel.view"),
        _item("Sent", "outgoing_mail", "notifications/delivery", "notifications.delivery.view"),
    ]
    webhooks = [
        _item("Endpoints", "webhook", "webhooks/endpoint", "webhooks.endpoint.view"),
        _item("Deliveries", "outbox", "webhooks/delivery", "webhooks.endpoint.view"),
    ]
    organisation = [
        _item("Sites", "location_on", "access/site", "access.site.view"),
        _item("Departments", "groups", "access/department", "access.position.view"),
        _item("Positions", "work", "access/position", "access.position.view"),
        _item("Who holds what", "assignment_ind", "access/assignment", "access.position.view"),
        _item("Alert routes", "notifications", "access/alertroute", "access.alert.view"),
        _item("Settings", "settings", "access/settings", "access.settings.view"),
        REALTIME,
    ]
    return [
        {"title": "Live", "items": live},
        {"title": "Customers", "items": sales},
        {"title": "Network", "items": network},
        {"title": "Work", "items": [*work, JOBS]},
        {"title": "Mail and texts", "items": channels},
        {"title": "Webhooks", "items": webhooks},
        {"title": "Organisation", "items": organisation},
        {"title": "Access", "items": [STAFF, ROLES, TOKENS, PROVIDERS, AUDIT, DOCUMENTATION]},
    ]


def platform(_request: HttpRequest) -> list[Item]:
    """What an operator works with."""
    tenants = _item("Tenants", "apartment", "tenants/tenant", "tenants.tenant.view")
    partitions = _item(
        "Partitions", "calendar_month", "tenants/partitionoverride", "tenants.tenant.view"
    )
    support = _item(
        "Support sessions",
        "support_agent",
        "access_support/supportsession",
        "tenants.support.view",
    )
    asked = _item("Sign-ups", "person_add", "tenants/signup", "tenants.tenant.view")
    return [
        {"title": "Platform", "items": [tenants, asked, support, partitions, REALTIME, JOBS]},
        {"title": "Access", "items": [STAFF, ROLES, TOKENS, AUDIT, DOCUMENTATION]},
    ]
