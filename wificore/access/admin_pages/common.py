"""What these pages share: codes by their titles, time zones, several rows in one line."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelect2Widget

from wificore.kernel.admin import ServiceAdmin
from wificore.kernel.db.context import current

from ..codes import CODES, PLATFORM_CODES, TENANT_CODES


class CodesField(forms.MultipleChoiceField):
    """Permission codes, chosen by their titles."""

    def __init__(self, choices: Any, **options: Any) -> None:
        widget = UnfoldAdminSelect2MultipleWidget
        super().__init__(choices=choices, required=False, widget=widget, **options)


def _choices(codes: Any) -> list[tuple[str, str]]:
    return [(code, f"{CODES[code].title} ({code})") for code in CODES if code in codes]


def codes_here() -> list[tuple[str, str]]:
    return _choices(PLATFORM_CODES if current().is_platform else TENANT_CODES)


def grants() -> list[tuple[str, str]]:
    return _choices({code for code in TENANT_CODES if not CODES[code].protected})


def denials() -> list[tuple[str, str]]:
    beginnings = sorted({code.rsplit(".", depth)[0] for code in TENANT_CODES for depth in (1, 2)})
    groups = [(f"{name}.*", f"Everything of {name} ({name}.*)") for name in beginnings]
    return [("*", "Everything (*)"), *groups, *_choices(TENANT_CODES)]


class OrganisationAdmin(ServiceAdmin):
    """Several rows are chosen in one line, not in two boxes side by side."""

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """The library's field with another widget: it takes a widget's own classes away."""
        field = super().formfield_for_manytomany(db_field, request, **options)
        field.widget = UnfoldAdminSelect2MultipleWidget(choices=field.choices)
        field.help_text = db_field.help_text
        return field


class ZoneForm(forms.ModelForm[Any]):
    """A form with a time zone."""

    zone = forms.ChoiceField(
        choices=[(zone, zone) for zone in sorted(available_timezones())],
        widget=UnfoldAdminSelect2Widget,
    )
