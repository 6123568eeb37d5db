"""Sign-in providers in the tenant's admin."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget

from wificore.kernel.api.errors import DomainError

from ..guard import writer
from . import services
from .models import SignInProvider
from .probe import provider_probe

CONFIG_HELP = (
    "OpenID Connect: issuer, client_id (scope, groups_claim, trust_addresses). LDAP: server,"
    " user_base (start_tls, ca_certificates, bind_dn, user_filter, group_base, group_type, ...)."
)
ROLE_MAP_HELP = 'Members of a group have a role: [{"group": "till", "role": "..."}].'


FIELDS = (
    "kind",
    "name",
    "slug",
    "config",
    "secret",
    "role_map",
    "create_users",
    "default_role",
    "active",
)


class Indented(json.JSONEncoder):
    """JSON that people edit."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": 2})


def _json_field(help_text: str, empty: Any) -> forms.JSONField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 5})
    return forms.JSONField(
        required=False, widget=widget, encoder=Indented, help_text=help_text, initial=empty
    )


class ProviderForm(forms.ModelForm[SignInProvider]):
    """The secret is typed, and never shown."""

    secret = forms.CharField(
        required=False,
        strip=False,
        max_length=1000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Client secret, or the search account's password. Leave empty to keep it.",
    )

    config = _json_field(CONFIG_HELP, dict)
    role_map = _json_field(ROLE_MAP_HELP, list)

    class Meta:
        model = SignInProvider
        fields = FIELDS


class ProviderAdmin(ModelAdmin):
    """Saves through services; a refusal of theirs becomes a message on the form."""

    form = ProviderForm
    # Said once more: what is only read would stand last.
    fields = FIELDS
    list_display = ("name", "kind", "slug", "active", "updated_at")
    actions = ("test",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("kind",) if obj is not None else ()

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except DomainError as error:
            field = f"{error.field}: " if error.field else ""
            self.message_user(request, f"{field}{error.message}", messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(
        self, request: HttpRequest, obj: SignInProvider, form: Any, change: bool
    ) -> None:
        services.provider_save(
            provider=obj, secret=form.cleaned_data["secret"] or None, by=writer(request)
        )

    def delete_model(self, request: HttpRequest, obj: SignInProvider) -> None:
        services.provider_delete(provider=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SignInProvider]) -> None:
        for provider in queryset:
            services.provider_delete(provider=provider)

    @admin.action(description="Test the connection", permissions=["change"])
    def test(self, request: HttpRequest, queryset: QuerySet[SignInProvider]) -> None:
        for provider in queryset:
            outcome = provider_probe(provider)
            level = messages.SUCCESS if outcome.ok else messages.ERROR
            self.message_user(request, f"{provider.name}: {outcome.message}", level)


def register(site: admin.AdminSite) -> None:
    """Put this page on a site."""
    site.register(SignInProvider, ProviderAdmin)
