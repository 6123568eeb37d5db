"""The two admin sites: the platform's and the tenant's, each for its own users."""

from http import HTTPStatus
from typing import Any

from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.decorators import action
from unfold.forms import AdminPasswordChangeForm
from unfold.forms import UserCreationForm as UnfoldUserCreationForm
from unfold.sites import UnfoldAdminSite

from wificore.kernel.db.context import peek

from . import services
from .models import ApiToken, User
from .signin import sessions
from .signin.forms import OwnPasswordForm, SignInForm
from .signin.services import account_unlock


class Site(UnfoldAdminSite):
    """An admin that greets with the tenant's name."""

    login_form = SignInForm
    login_template = "wificore/login.html"

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
        answer = view(request)
        if answer.status_code == HTTPStatus.FOUND:
            # All sign-ins ended but this one, whose session has another key now.
            sessions.write_down(request)
        return answer


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
    actions = ("unlock",)

    @action(description="Unlock after too many failed tries", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        opened = [user.email for user in queryset if account_unlock(user=user)]
        self.message_user(request, f"Unlocked: {', '.join(opened) or 'none was locked'}.")

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        if obj is None:
            kwargs = {**kwargs, "form": UserCreationForm, "fields": None}
        return super().get_form(request, obj, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ("email", "name", "role", "password1", "password2")})]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        services.user_save(user=obj)

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        services.user_delete(user=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.user_delete(user=user)

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

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        services.token_revoke(token=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            services.token_revoke(token=token)


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on a site."""
    site.register(User, UserAdmin)
    site.register(ApiToken, ApiTokenAdmin)
