"""The tenant's realtime app in its admin; every tenant's in the platform's."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from wificore.kernel.admin import ReadOnlyAdmin, ServiceAdmin

from . import services
from .models import WEBHOOK_EVENTS, App
from .selectors import own_app


class Lines(forms.CharField):
    """A list of texts, one a line."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return str(super().to_python(value)).split()

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(list(initial or []) != self.to_python(data))


KEEP, NEW, DROP = "", "new", "drop"


class AppForm(forms.ModelForm[App]):
    allowed_origins = Lines(
        required=False, help_text="Pages of other hosts that may connect, one a line."
    )
    webhook_events = forms.MultipleChoiceField(
        required=False,
        choices=[(kind, kind.replace("_", " ")) for kind in WEBHOOK_EVENTS],
        widget=forms.CheckboxSelectMultiple,
    )
    secret = forms.ChoiceField(
        required=False,
        choices=[(KEEP, "as they are"), (NEW, "make a new one"), (DROP, "remove the older one")],
        widget=UnfoldAdminSelectWidget,
        label="secrets",
        help_text="Two may be live: make a new one, give it to your programs, remove the older.",
    )

    class Meta:
        model = App
        fields = services.SETTINGS


class AppAdmin(ServiceAdmin):
    """One row: the list leads to it at once. A new secret is shown once, as a message."""

    form = AppForm
    fields = ("app_id", "key", "live_secrets", "blocked", *services.SETTINGS, "secret")
    readonly_fields = ("app_id", "key", "live_secrets", "blocked")

    @display(description="app id")
    def app_id(self, app: App) -> str:
        return str(app.pk)

    @display(description="live secrets")
    def live_secrets(self, app: App) -> str:
        return ", ".join(f"{each['id']} of {each['created_at']}" for each in app.sealed_secrets)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_view_permission(request):
            return super().changelist_view(request, *args, **kwargs)
        return HttpResponseRedirect(reverse("admin:realtime_app_change", args=[own_app().pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: App, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in services.SETTINGS}
        services.app_update(app=obj, **values)
        if form.cleaned_data["secret"] == NEW:
            _, clear = services.secret_add(app=obj)
            messages.warning(request, f"The new secret, shown this once: {clear}")
        elif form.cleaned_data["secret"] == DROP:
            services.secret_remove(app=obj, secret_id=obj.sealed_secrets[-1]["id"])


class PlatformAppAdmin(ReadOnlyAdmin):
    """All apps; a tenant's own settings are the tenant's."""

    list_display = ("tenant", "id", "enabled", "switched_off", "max_connections", "webhook_url")
    search_fields = ("tenant",)
    actions = ("block", "unblock")

    @display(description="by the platform", label={"switched off": "danger", "": "info"})
    def switched_off(self, app: App) -> str:
        return "switched off" if app.blocked else ""

    @action(description="Switch off for the tenant", permissions=["block"])
    def block(self, request: HttpRequest, queryset: QuerySet[App]) -> None:
        _each(queryset, blocked=True)

    @action(description="Let the tenant have it again", permissions=["block"])
    def unblock(self, request: HttpRequest, queryset: QuerySet[App]) -> None:
        _each(queryset, blocked=False)

    def has_block_permission(self, request: HttpRequest) -> bool:
        user: Any = request.user
        return bool(user.may("realtime.app.manage").allowed)


def _each(apps: Iterable[App], *, blocked: bool) -> None:
    for app in apps:
        services.app_block(app=app, blocked=blocked)


def register(site: admin.AdminSite) -> None:
    """Put the page on the tenant's site."""
    site.register(App, AppAdmin)


def register_platform(site: admin.AdminSite) -> None:
    """Put the list on the platform's site."""
    site.register(App, PlatformAppAdmin)
