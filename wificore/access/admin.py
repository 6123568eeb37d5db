"""The two admin sites: the platform's and the tenant's, each for its own users."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from unfold.decorators import action, display
from unfold.forms import AdminPasswordChangeForm
from unfold.forms import UserCreationForm as UnfoldUserCreationForm
from unfold.sites import UnfoldAdminSite
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from wificore.kernel.admin import ServiceAdmin
from wificore.kernel.db.context import current

from . import selectors, services
from .admin_pages import OrganisationAdmin, RoleAdmin
from .checks import SAFE, allowed
from .guard import person, writer
from .models import ApiToken, Department, Role, User
from .models.users import django_code
from .services import Placement
from .signin import sessions
from .signin.forms import OwnPasswordForm, SignInForm
from .signin.services import account_unlock

View = Callable[..., HttpResponseBase]


class Site(UnfoldAdminSite):
    """An admin that greets with the tenant's name, and asks `decide` before every page."""

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        page = getattr(view, "__self__", None)
        if isinstance(page, admin.ModelAdmin):
            view = _asked(view, page)
        asked: View = super().admin_view(view, cacheable)
        return asked

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


_ACTION = dict.fromkeys(SAFE, "view")


def _asked(view: View, page: admin.ModelAdmin[Any]) -> View:
    """Asks for what the request will do, so that a denial, and a high risk, is audited."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = f"{page.opts.app_label}.%s_{page.opts.model_name}"
        if not allowed(request, django_code(kind % _ACTION.get(str(request.method), "change"))):
            raise PermissionDenied
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied:  # a look at a form of something one may not write
            allowed(request, django_code(kind % "change"))
            raise

    return asked


class PlatformSite(Site):
    """The operators' admin, with a side bar of its own."""

    settings_name = "UNFOLD_PLATFORM"


platform_site = PlatformSite(name="admin")
tenant_site = Site(name="admin")


class UserCreationForm(UnfoldUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name", "phone", "roles")


class UserForm(forms.ModelForm[User]):
    departments = forms.ModelMultipleChoiceField(
        queryset=Department.objects.all(),
        required=False,
        widget=UnfoldAdminSelect2MultipleWidget,
        label="Extra departments",
        help_text="They lend their sites, and their alerts.",
    )

    class Meta:
        model = User
        fields = (
            "email",
            "name",
            "phone",
            "roles",
            "primary_department",
            "extra_sites",
            "is_active",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        extra = self.instance.extra_departments.values_list("department_id", flat=True)
        self.initial.setdefault("departments", list(extra))


class UserAdmin(OrganisationAdmin):
    """Staff of this host. Passwords are set when a user is made and changed by the user."""

    form = UserForm
    list_display = ("email", "name", "role_names", "is_active", "last_login")
    list_filter = ("is_active", "roles")
    search_fields = ("email", "name")
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
        known = ["email", "name", "phone", "roles"]
        if obj is None:
            return [(None, {"fields": [*known, "password1", "password2"]})]
        person = (None, {"fields": [*known, "is_active", *self.readonly_fields]})
        place = {"fields": ["primary_department", "departments", "extra_sites"]}
        return [person] if current().is_platform else [person, ("Place", place)]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows: QuerySet[User] = selectors.users()
        return rows.order_by("email")

    @display(description="roles")
    def role_names(self, user: User) -> str:
        return ", ".join(role.title for role in user.roles.all())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        chosen = form.cleaned_data
        roles = [role.name for role in chosen["roles"]]
        placement = Placement(roles=roles)
        if change and not current().is_platform:
            alerts = dict(obj.extra_departments.values_list("department_id", "receive_alerts"))
            placement = Placement(
                roles=roles,
                extra_departments={d.pk: alerts.get(d.pk, True) for d in chosen["departments"]},
                extra_sites=[site.pk for site in chosen["extra_sites"]],
            )
        services.user_save(user=obj, placement=placement, by=writer(request))

    def save_related(self, *_args: Any) -> None:
        """The many-to-many fields went through the service."""

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Who has done something is deactivated."""
        services.user_remove(user=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for user in queryset:
            services.user_remove(user=user, by=writer(request))


class ApiTokenAdmin(ServiceAdmin):
    """Tokens are made through the API, where their text is shown once; here they are revoked."""

    list_display = ("name", "user", "created", "expiry")
    fields = ("name", "user", "abilities", "allowed_ips", "created", "expiry")
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        writer(request).check_person(person(obj.user))
        services.token_revoke(token=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            self.delete_model(request, token)


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on a site."""
    site.register(User, UserAdmin)
    site.register(Role, RoleAdmin)
    site.register(ApiToken, ApiTokenAdmin)
