"""Webhooks in the tenant's admin."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from wificore.access.guard import writer
from wificore.kernel.admin import ReadOnlyAdmin, ServiceAdmin, TimeRangeFilter

from . import selectors, services
from .models import Delivery, DeliveryState, Endpoint

LABELS = {
    DeliveryState.PENDING: "info",
    DeliveryState.DELIVERED: "success",
    DeliveryState.FAILED: "danger",
}


class EndpointForm(forms.ModelForm[Endpoint]):
    """Event types are written one a line."""

    event_types = forms.CharField(
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text="One a line: plan.created, session.* for all that begin so, * for all.",
    )

    class Meta:
        model = Endpoint
        fields = ("url", "description", "event_types", "enabled")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["event_types"] = "\n".join(self.instance.event_types)

    def clean_event_types(self) -> list[str]:
        return str(self.cleaned_data["event_types"]).split()


class EndpointAdmin(ServiceAdmin):
    """Endpoints are made through the API, where their secret is shown once."""

    form = EndpointForm
    list_display = ("url", "description", "state", "acts_for", "failing_since", "updated_at")
    list_select_related = ("acts_for",)
    search_fields = ("url", "description")
    actions = ("test", "replay")
    fields = (
        "url", "description", "event_types", "enabled", "disabled_reason", "disabled_at",
        "acts_for", "abilities", "failures", "failing_since", "created_at",
    )  # fmt: skip
    readonly_fields = fields[4:]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @display(description="state", label={"enabled": "success", "disabled": "danger"})
    def state(self, endpoint: Endpoint) -> str:
        return "enabled" if endpoint.enabled else "disabled"

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        services.endpoint_save(endpoint=obj, by=writer(request))

    def delete_model(self, request: HttpRequest, obj: Endpoint) -> None:
        services.endpoint_delete(endpoint=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        for endpoint in queryset:
            services.endpoint_delete(endpoint=endpoint)

    @admin.action(description="Send a test event", permissions=["change"])
    def test(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        for endpoint in queryset:
            services.endpoint_test(endpoint=endpoint)
        self.message_user(request, "Sent; see the deliveries.", messages.SUCCESS)

    @admin.action(description="Replay what failed in the last 7 days", permissions=["change"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Endpoint]) -> None:
        now = timezone.now()
        since = now - timedelta(days=7)
        count = sum(
            services.deliveries_replay(endpoint=endpoint, since=since, until=now)
            for endpoint in queryset
        )
        self.message_user(request, f"{count} deliveries are sent again.", messages.SUCCESS)


def _deliveries(*, since: datetime, until: datetime) -> QuerySet[Delivery]:
    """Without what the list does not show, and is large."""
    return selectors.deliveries(since=since, until=until).defer("body", "attempts")


class DeliveryFilter(TimeRangeFilter):
    """Lists of deliveries always have a time range."""

    rows = staticmethod(_deliveries)


class DeliveryAdmin(ReadOnlyAdmin):
    """What was sent; the API has each request and answer."""

    list_display = ("at", "type", "endpoint_id", "condition", "tries", "status", "error")
    list_filter = (DeliveryFilter, "state")
    search_fields = ("type",)

    @display(description="event", ordering="event_at")
    def at(self, delivery: Delivery) -> str:
        return date_format(timezone.localtime(delivery.event_at), "d M H:i:s")

    @display(description="state", ordering="state", label=LABELS)
    def condition(self, delivery: Delivery) -> str:
        return delivery.state


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on a site."""
    site.register(Endpoint, EndpointAdmin)
    site.register(Delivery, DeliveryAdmin)
