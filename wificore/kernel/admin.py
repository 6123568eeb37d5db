"""Admin pages of partitioned tables: read only, and always within a time range (TENANCY 6)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from unfold.admin import ModelAdmin

from .api.errors import DomainError

# A router's clock may be ahead; its rows are shown all the same.
AHEAD = timedelta(hours=1)
RANGES = {
    "1h": timedelta(hours=1),
    "24h": timedelta(hours=24),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "365d": timedelta(days=365),
}


class TimeRangeFilter(admin.SimpleListFilter):
    """The time range of a list; the last 24 hours if none is chosen.

    Attributes:
        rows: the list's selector, which takes the keywords `since` and `until`.
    """

    title = "time"
    parameter_name = "range"
    rows: Callable[..., QuerySet[Any]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1h", "last hour"), ("7d", "last 7 days")]

    def choices(self, changelist: Any) -> Any:
        default, *others = super().choices(changelist)
        return [{**default, "display": "last 24 hours"}, *others]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        now = timezone.now()
        since = now - RANGES.get(self.value() or "24h", RANGES["24h"])
        return self.rows(since=since, until=now + AHEAD)


class ReadOnlyAdmin(ModelAdmin):
    """What processes wrote: looked at, never edited."""

    list_display_links = None
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceAdmin(ModelAdmin):
    """Writes through services: what one refuses is shown on the page, and nothing is stored."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _told(request, super().changeform_view, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _told(request, super().delete_view, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _told(request, super().changelist_view, *args, **kwargs)


def _told(request: HttpRequest, view: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
    try:
        answer: HttpResponseBase = view(request, *args, **kwargs)
    except DomainError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(request.get_full_path())
    return answer
