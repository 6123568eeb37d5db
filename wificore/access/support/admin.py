"""Support sessions in the platform's admin: seen and ended; opened through the API."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.decorators import action, display

from wificore.kernel.admin import ReadOnlyAdmin

from . import services
from .models import SupportSession


class SupportSessionAdmin(ReadOnlyAdmin):
    """The token is shown once, where the session is opened: in the API's answer."""

    list_display = (
        "tenant_slug",
        "operator",
        "role",
        "reason",
        "condition",
        "created_at",
        "expires_at",
        "ended_by",
    )
    search_fields = ("tenant", "operator", "reason")
    actions = ("end",)

    @display(description="tenant", ordering="tenant")
    def tenant_slug(self, session: SupportSession) -> str:
        return session.slug

    @display(description="state", label={"open": "warning", "ended": "info", "expired": "info"})
    def condition(self, session: SupportSession) -> str:
        return session.state(timezone.now())

    @action(description="End at once", permissions=["end"])
    def end(self, request: HttpRequest, queryset: QuerySet[SupportSession]) -> None:
        for session in queryset:
            services.session_end(session=session, by=str(request.user))

    def has_end_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.may(services.OPEN).allowed)


def register(site: admin.AdminSite) -> None:
    """Put this app's page on the platform's site."""
    site.register(SupportSession, SupportSessionAdmin)
