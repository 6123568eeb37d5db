"""The audit trail in both admins: looked at, never edited."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from unfold.contrib.filters.admin import TextFilter
from unfold.decorators import display

from wificore.kernel.admin import ReadOnlyAdmin, TimeRangeFilter

from . import selectors
from .models import AuditEntry


class EntryFilter(TimeRangeFilter):
    """The trail always has a time range."""

    rows = staticmethod(selectors.entries)

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        longer = [("30d", "last 30 days"), ("365d", "last 365 days")]
        return [*super().lookups(request, model_admin), *longer]


class Matching(TextFilter):
    """Lines that fit one filter of the API's search."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = (self.value() or "").strip()
        return selectors.matching(queryset, {self.parameter_name: value} if value else {})


class ActorFilter(Matching):
    title, parameter_name = "actor", "actor"


class ActionFilter(Matching):
    """A whole action, or its beginning with a dot."""

    title, parameter_name = "action, or its beginning with a dot", "action"


class ObjectTypeFilter(Matching):
    title, parameter_name = "kind of object", "object_type"


class ObjectFilter(Matching):
    title, parameter_name = "object id", "object_id"


class KindFilter(admin.SimpleListFilter):
    """Fixed choices: Django would look for them in seven years of lines."""

    title, parameter_name = "who", "actor_kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in ("user", "anonymous", "system")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(actor_kind=self.value()) if self.value() else queryset


class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("when", "action", "object_id", "who", "before", "after", "reason", "address")
    list_filter = (
        EntryFilter,
        ActorFilter,
        ActionFilter,
        ObjectTypeFilter,
        ObjectFilter,
        KindFilter,
    )
    list_filter_submit = True
    list_before_template = "audit/sealed.html"
    search_fields = ("action", "object_id", "actor_name", "request_id")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        seal = selectors.seal_state()
        answer: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), "seal": seal}
        )
        return answer

    @display(description="when", ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return date_format(timezone.localtime(entry.at), "d M H:i:s")

    @display(description="who", ordering="actor_name")
    def who(self, entry: AuditEntry) -> str:
        return f"{entry.actor_name} (token)" if entry.actor_token else entry.actor_name

    @display(description="before")
    def before(self, entry: AuditEntry) -> str:
        return _text(entry.old)

    @display(description="after")
    def after(self, entry: AuditEntry) -> str:
        return _text(entry.new)


def _text(values: dict[str, Any] | None) -> str:
    return ", ".join(f"{name}: {json.dumps(value)}" for name, value in (values or {}).items())


def register(site: admin.AdminSite) -> None:
    """Put this app's page on a site."""
    site.register(AuditEntry, AuditEntryAdmin)
