"""Partition overrides in the platform's admin."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from wificore.kernel.admin import ServiceAdmin
from wificore.kernel.db.partitions import PartitionPolicy

from ..models import PartitionOverride
from . import services
from .rules import LEAST_AHEAD, MOST_AHEAD, TAKEN, OverrideInvalid, check, is_taken, tenant_policies

INTERVAL_HELP = (
    "What one partition covers. For a tenant with few rows, weeks or months keep the database's"
    " catalogue small. It holds from the next night on: partitions that exist stay as they are, and"
    " the new interval begins where the last of them ends. Empty: as the policy says."
)
AHEAD_HELP = (
    f"Partitions are made so many days ahead, {LEAST_AHEAD} to {MOST_AHEAD}."
    " Empty: as the policy says."
)
KEEP_HELP = (
    "Days after its end that a partition stays before it goes to the archive. Less than now sends"
    " older ones there in the next night. Empty: as the policy says."
)


class OverrideForm(forms.ModelForm[PartitionOverride]):
    """Refused with the rules of the service, at the field that is wrong."""

    class Meta:
        model = PartitionOverride
        fields = ("tenant", "table", "interval", "ahead", "keep_days")
        help_texts = {"interval": INTERVAL_HELP, "ahead": AHEAD_HELP, "keep_days": KEEP_HELP}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "table" in self.fields:  # not when an existing one is changed
            choices = [("", "Select value"), *((p.table, _told(p)) for p in _sorted())]
            self.fields["table"] = forms.ChoiceField(
                choices=choices,
                widget=UnfoldAdminSelectWidget,
                help_text="Each with its policy: what holds without an override.",
            )

    def clean(self) -> dict[str, Any]:
        """Before the object is checked: the constraint's own message says nothing but its name."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = PartitionOverride(tenant=data.get("tenant"), table=data.get("table", ""))
        if "table" in self.fields and is_taken(wanted):
            self.add_error("table", TAKEN)
        return data

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]  # Django's own hook, after the object is filled
        if self.errors:
            return
        try:
            check(self.instance)
        except OverrideInvalid as error:
            self.add_error(error.field, error.message)


def _sorted() -> list[PartitionPolicy]:
    known = tenant_policies()
    return [known[table] for table in sorted(known)]


def _told(policy: PartitionPolicy) -> str:
    kept = "for ever" if policy.keep_days is None else f"{policy.keep_days:,} days"
    return f"{policy.table}: a {policy.interval}, {policy.ahead} days ahead, kept {kept}"


class PartitionOverrideAdmin(ServiceAdmin):
    form = OverrideForm
    list_display = ("tenant", "table", "partition", "days_ahead", "days_kept")
    list_filter = ("table",)
    list_select_related = ("tenant",)
    search_fields = ("tenant__slug", "tenant__name", "table")

    ordering = ("tenant__slug", "table")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        what = ("tenant", "table") if obj is None else ("tenant", "policy")
        return (*what, "interval", "ahead", "keep_days")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Another tenant or table is another override."""
        return () if obj is None else ("tenant", "policy")

    @display(description="table and its policy")
    def policy(self, override: PartitionOverride) -> str:
        found = tenant_policies().get(override.table)
        return _told(found) if found else override.table

    @display(description="interval", ordering="interval")
    def partition(self, override: PartitionOverride) -> str:
        return self._value(override, "interval")

    @display(description="days ahead", ordering="ahead")
    def days_ahead(self, override: PartitionOverride) -> str:
        return self._value(override, "ahead")

    @display(description="days kept", ordering="keep_days")
    def days_kept(self, override: PartitionOverride) -> str:
        return self._value(override, "keep_days")

    def _value(self, override: PartitionOverride, name: str) -> str:
        """Its own value, or the policy's in brackets."""
        own = getattr(override, name)
        policy = tenant_policies().get(override.table)
        return str(own) if own is not None else f"({getattr(policy, name, '')})"

    def save_model(
        self, request: HttpRequest, obj: PartitionOverride, form: Any, change: bool
    ) -> None:
        services.override_save(override=obj)

    def delete_model(self, request: HttpRequest, obj: PartitionOverride) -> None:
        services.override_delete(override=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[PartitionOverride]) -> None:
        for override in queryset:
            services.override_delete(override=override)
