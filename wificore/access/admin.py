"""The two admin sites: the platform's and the tenant's, each for its own users."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import AdminOwnPasswordChangeForm, AdminPasswordChangeForm
from unfold.forms import UserCreationForm as UnfoldUserCreationForm
from unfold.sites import UnfoldAdminSite

from wificore.kernel.admin import ServiceAdmin
from wificore.kernel.db.context import current

from . import services
from .models import ApiToken, User
from .services import By, Placement


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """A new password of one's own, set by the service."""

    def save(self, commit: bool = True) -> User:
        user: User = self.user
        services.user_password_set(user=user, password=self.cleaned_data["new_password1"])
        return user


class Site(UnfoldAdminSite):
    """An admin that greets with the tenant's name."""

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        tenant = getattr(request, "tenant", None)
        title = tenant.name if tenant else "WifiCore platform"
        return {**super().each_context(request), "site_title": title, "site_header": title}

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """The library's view with our form."""
        view = PasswordChangeView.as_view(
            form_class=OwnPasswordForm,
            success_url=reverse(f"{self.name}:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        request.current_app = self.name
        return view(request)


class PlatformSite(Site):
    """The operators' admin, with a side bar of its own."""

    settings_name = "UNFOLD_PLATFORM"


platform_site = PlatformSite(name="admin")
tenant_site = Site(name="admin")


class UserCreationForm(UnfoldUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name", "roles")


class UserAdmin(ServiceAdmin):
    """Staff of this host. Passwords are set when a user is made and changed by the user."""

    list_display = ("email", "name", "role_names", "is_active", "last_login")
    search_fields = ("email", "name")
    filter_horizontal = ("roles", "extra_sites")
    readonly_fields = ("last_login", "date_joined")
    change_password_form = AdminPasswordChangeForm

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is None:
            kwargs = {**kwargs, "form": UserCreationForm, "fields": None}
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        known = ["email", "name", "roles"]
        if obj is None:
            return [(None, {"fields": [*known, "password1", "password2"]})]
        place = [] if current().is_platform else ["primary_department", "extra_sites"]
        fields = [*known, *place, "is_active", *self.readonly_fields]
        return [(None, {"fields": fields})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = super().get_queryset(request).prefetch_related("roles")
        return rows

    @display(description="roles")
    def role_names(self, user: User) -> str:
        return ", ".join(role.title for role in user.roles.all())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        chosen = form.cleaned_data
        sites = chosen.get("extra_sites")
        placement = Placement(
            roles=[role.name for role in chosen["roles"]],
            extra_sites=None if sites is None else [site.pk for site in sites],
        )
        services.user_save(user=obj, placement=placement, by=_by(request))

    def save_related(self, *_args: Any) -> None:
        """The many-to-many fields went through the service."""

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        services.user_delete(user=obj, by=_by(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.user_delete(user=user, by=_by(request))


def _by(request: HttpRequest) -> By:
    """Who writes; an admin page is only ever opened by a signed-in user."""
    return By(cast(User, request.user).subject())


class ApiTokenAdmin(ModelAdmin):
    """Tokens are made through the API, where their text is shown once; here they are revoked."""

    list_display = ("name", "user", "created", "expiry")
    fields = ("name", "user", "abilities", "allowed_ips", "created", "expiry")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        services.token_revoke(token=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            services.token_revoke(token=token)


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on a site."""
    site.register(User, UserAdmin)
    site.register(ApiToken, ApiTokenAdmin)
