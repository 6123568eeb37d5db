"""The two admin sites: the platform's and the tenant's, each for its own users."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm
from unfold.forms import UserCreationForm as UnfoldUserCreationForm
from unfold.sites import UnfoldAdminSite

from wificore.kernel.db.context import peek

from .models import ApiToken, User


class Site(UnfoldAdminSite):
    """An admin that greets with the tenant's name."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        tenant = getattr(request, "tenant", None)
        title = tenant.name if tenant else "WifiCore platform"
        return {**super().each_context(request), "site_title": title, "site_header": title}


class PlatformSite(Site):
    """The operators' admin, with a side bar of its own."""

    settings_name = "UNFOLD_PLATFORM"


platform_site = PlatformSite(name="admin")
tenant_site = Site(name="admin")


class UserCreationForm(UnfoldUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name", "role")


class UserAdmin(ModelAdmin):
    """Staff of this host. Passwords are set when a user is made and changed by the user."""

    list_display = ("email", "name", "role", "is_active", "last_login")
    search_fields = ("email", "name")
    fields = ("email", "name", "role", "is_active", "last_login", "date_joined")
    readonly_fields = ("last_login", "date_joined")
    change_password_form = AdminPasswordChangeForm

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is None:
            kwargs = {**kwargs, "form": UserCreationForm, "fields": None}
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ("email", "name", "role", "password1", "password2")})]

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer a tenant no platform role, and the platform no tenant role."""
        if db_field.name == "role":
            scope = peek()
            roles = ("operator",) if scope and scope.is_platform else ("owner", "clerk")
            kwargs["choices"] = [(role, role) for role in roles]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class ApiTokenAdmin(ModelAdmin):
    """Tokens are made through the API, where their text is shown once; here they are revoked."""

    list_display = ("name", "user", "created", "expiry")
    fields = ("name", "user", "abilities", "allowed_ips", "created", "expiry")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on a site."""
    site.register(User, UserAdmin)
    site.register(ApiToken, ApiTokenAdmin)
