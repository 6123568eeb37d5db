"""The audit trail in both admins: looked at, never edited."""

import json
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display

from wificore.kernel.admin import ReadOnlyAdmin, TimeRangeFilter

from . import selectors
from .models import AuditEntry


class EntryFilter(TimeRangeFilter):
    """The trail always has a time range."""

    def rows(self, model: Any, since: datetime, until: datetime) -> QuerySet[Any]:
        return selectors.entries(since=since, until=until)


class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("when", "action", "object_id", "who", "before", "after", "reason", "address")
    list_filter = (EntryFilter, "actor_kind")
    search_fields = ("action", "object_id", "actor_name", "request_id")

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
