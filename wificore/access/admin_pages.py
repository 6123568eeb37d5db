"""Pages of roles and the organisation, and what pages of rows at a site share."""

from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelect2Widget

from wificore.kernel.admin import ServiceAdmin
from wificore.kernel.db.context import current

from . import selectors, services
from .checks import visible
from .codes import CODES, PLATFORM_CODES, TENANT_CODES
from .guard import By, writer
from .models import (
    AlertRoute,
    Assignment,
    Department,
    Position,
    Role,
    Settings,
    Site,
    User,
)


class CodesField(forms.MultipleChoiceField):
    """Permission codes, chosen by their titles."""

    def __init__(self, choices: Any, **options: Any) -> None:
        widget = UnfoldAdminSelect2MultipleWidget
        super().__init__(choices=choices, required=False, widget=widget, **options)


def _choices(codes: Any) -> list[tuple[str, str]]:
    return [(code, f"{CODES[code].title} ({code})") for code in CODES if code in codes]


def _codes_here() -> list[tuple[str, str]]:
    return _choices(PLATFORM_CODES if current().is_platform else TENANT_CODES)


def _grants() -> list[tuple[str, str]]:
    return _choices({code for code in TENANT_CODES if not CODES[code].protected})


def _denials() -> list[tuple[str, str]]:
    beginnings = sorted({code.rsplit(".", depth)[0] for code in TENANT_CODES for depth in (1, 2)})
    groups = [(f"{name}.*", f"Everything of {name} ({name}.*)") for name in beginnings]
    return [("*", "Everything (*)"), *groups, *_choices(TENANT_CODES)]


class OrganisationAdmin(ServiceAdmin):
    """Several rows are chosen in one line, not in two boxes side by side."""

    formfield_overrides = {
        models.ManyToManyField: {"widget": UnfoldAdminSelect2MultipleWidget},
    }


class ZoneForm(forms.ModelForm[Any]):
    """A form with a time zone."""

    zone = forms.ChoiceField(
        choices=[(zone, zone) for zone in sorted(available_timezones())],
        widget=UnfoldAdminSelect2Widget,
    )


class RoleForm(forms.ModelForm[Role]):
    permissions = CodesField(_codes_here)

    class Meta:
        model = Role
        fields = ("name", "title", "permissions")


class RoleAdmin(ServiceAdmin):
    """The organisation's own roles; the built-in ones are looked at."""

    form = RoleForm
    list_display = ("title", "name", "kind", "size")
    search_fields = ("title", "name")

    @display(description="kind", label={"built in": "info", "own": "success"})
    def kind(self, role: Role) -> str:
        return "built in" if role.built_in else "own"

    @display(description="allows")
    def size(self, role: Role) -> str:
        return f"{len(role.codes)} of {len(_codes_here())}"

    @display(description="allows")
    def what(self, role: Role) -> str:
        return ", ".join(CODES[code].title for code in CODES if code in role.codes)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        known = ["name", "title"]
        return [*known, "what"] if obj and obj.built_in else [*known, "permissions"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["what"] if obj and obj.built_in else ["name"] if obj else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.built_in) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not (obj and obj.built_in) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:
        chosen, by = form.cleaned_data, writer(request)
        if change:
            services.role_update(role=obj, permissions=chosen["permissions"], by=by)
        else:
            fields = {name: chosen[name] for name in ("name", "title", "permissions")}
            obj.pk = services.role_create(**fields, by=by).pk

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        services.role_delete(role=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Role]) -> None:
        for role in queryset:
            self.delete_model(request, role)


class DepartmentAdmin(OrganisationAdmin):
    list_display = ("name", "parent", "site_names", "members_count", "active")
    search_fields = ("name",)
    list_filter = ("active",)
    fields = ("name", "parent", "sites", "active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        rows: QuerySet[Department] = super().get_queryset(request)
        return rows.select_related("parent").prefetch_related("sites", "members", "extras")

    @display(description="sites")
    def site_names(self, department: Department) -> str:
        return ", ".join(site.name for site in department.sites.all())

    @display(description="people")
    def members_count(self, department: Department) -> int:
        return len(department.members.all()) + len(department.extras.all())

    def save_model(self, request: HttpRequest, obj: Department, form: Any, change: bool) -> None:
        sites = [site.pk for site in form.cleaned_data["sites"]]
        services.department_save(department=obj, sites=sites, by=writer(request))

    def save_related(self, *_args: Any) -> None:
        """The sites went through the service."""

    def delete_model(self, request: HttpRequest, obj: Department) -> None:
        services.department_delete(department=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Department]) -> None:
        for department in queryset:
            self.delete_model(request, department)


class PositionForm(forms.ModelForm[Position]):
    grants = CodesField(_grants, help_text="What its holder may do besides the roles.")
    denials = CodesField(_denials, help_text="What its holder may not do, whatever allows it.")

    class Meta:
        model = Position
        fields = ("department", "title", "is_head", "grants", "denials", "limits", "scope")


class PositionAdmin(ServiceAdmin):
    form = PositionForm
    list_display = ("title", "department", "is_head", "granted", "denied", "sees")
    list_filter = ("department",)
    list_select_related = ("department",)
    search_fields = ("title", "department__name")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        known = any(permission.limit for permission in CODES.values())
        fields = super().get_fields(request, obj)
        return [name for name in fields if known or name != "limits"]

    @display(description="grants")
    def granted(self, position: Position) -> str:
        return _shortened(position.grants)

    @display(description="denies")
    def denied(self, position: Position) -> str:
        return _shortened(position.denials)

    @display(description="sees", label={"every site": "warning", "own sites": "info"})
    def sees(self, position: Position) -> str:
        return "every site" if position.scope == "tenant" else "own sites"

    def save_model(self, request: HttpRequest, obj: Position, form: Any, change: bool) -> None:
        obj.limits = obj.limits or {}
        services.position_save(position=obj, by=writer(request))

    def delete_model(self, request: HttpRequest, obj: Position) -> None:
        services.position_delete(position=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Position]) -> None:
        for position in queryset:
            self.delete_model(request, position)


def _shortened(codes: list[str], most: int = 2) -> str:
    more = f" and {len(codes) - most} more" if len(codes) > most else ""
    return ", ".join(codes[:most]) + more


class AssignmentAdmin(ServiceAdmin):
    """Deleting ends it: its last day is yesterday, and one that has not begun is removed."""

    list_display = ("user", "position", "starts_on", "ends_on")
    list_filter = ("position",)
    list_select_related = ("user", "position")
    search_fields = ("user__email", "user__name", "position__title")
    fields = ("user", "position", "starts_on", "ends_on")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("user", "position", "starts_on") if obj else ()

    def save_model(self, request: HttpRequest, obj: Assignment, form: Any, change: bool) -> None:
        by = writer(request)
        if change:
            services.assignment_update(assignment=obj, ends_on=obj.ends_on, by=by)
        else:
            obj.pk = services.assignment_create(**form.cleaned_data, by=by).pk

    def delete_model(self, request: HttpRequest, obj: Assignment) -> None:
        services.assignment_end(assignment=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Assignment]) -> None:
        for assignment in queryset:
            self.delete_model(request, assignment)


class AlertRouteAdmin(OrganisationAdmin):
    list_display = ("event_type", "min_severity", "site", "leads_to")
    list_filter = ("departments",)
    list_select_related = ("site",)
    fields = ("event_type", "min_severity", "site", "departments")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AlertRoute]:
        rows: QuerySet[AlertRoute] = super().get_queryset(request)
        return rows.prefetch_related("departments")

    @display(description="departments")
    def leads_to(self, route: AlertRoute) -> str:
        return ", ".join(department.name for department in route.departments.all())

    def save_model(self, request: HttpRequest, obj: AlertRoute, form: Any, change: bool) -> None:
        departments = [department.pk for department in form.cleaned_data["departments"]]
        services.alert_route_save(route=obj, departments=departments)

    def save_related(self, *_args: Any) -> None:
        """The departments went through the service."""

    def delete_model(self, request: HttpRequest, obj: AlertRoute) -> None:
        services.alert_route_delete(route=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[AlertRoute]) -> None:
        for route in queryset:
            self.delete_model(request, route)


class SiteScopeAdmin:
    """Mix it into a page of rows at a site: others are neither listed nor opened.

    Attributes:
        scope_field: the column with the site's id; the form's field for it is `site`.
    """

    scope_field = "site_id"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)  # type: ignore[misc]  # the page's
        return visible(rows, _by(request).subject, self.scope_field)

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, **kwargs)  # type: ignore[misc]  # the page's
        return type(form.__name__, (form,), {"sites": selectors.sites(_by(request).subject)})

    @display(description="site")
    def site(self, row: Any) -> str:
        # A page has few rows, and a tenant few sites.
        names = Site.objects.filter(pk=row.site_id).values_list("name", flat=True)
        return names.first() or ""


class SiteScopeForm(forms.ModelForm[Any]):
    """A form with the field `site`, which offers the sites that its user sees."""

    sites: QuerySet[Site] | None = None
    site = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        required=False,
        widget=UnfoldAdminSelect2Widget,
        help_text="Staff see the rows of their own sites, and those without a site.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.sites is not None:
            field = cast(forms.ModelChoiceField[Site], self.fields["site"])
            field.queryset = self.sites
            self.initial.setdefault("site", self.instance.site_id)

    def clean_site(self) -> Site | None:
        site: Site | None = self.cleaned_data["site"]
        self.instance.site_id = site.pk if site else None
        return site


class SiteAdmin(ServiceAdmin):
    form = ZoneForm
    list_display = ("name", "zone", "active")
    list_filter = ("active",)
    search_fields = ("name",)
    fields = ("name", "zone", "active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Site]:
        return visible(super().get_queryset(request), _by(request).subject, "pk")

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> None:
        services.site_save(site=obj, by=writer(request))

    def delete_model(self, request: HttpRequest, obj: Site) -> None:
        services.site_delete(site=obj, by=writer(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Site]) -> None:
        for site in queryset:
            self.delete_model(request, site)


class SettingsAdmin(ServiceAdmin):
    """One row: the list leads to it at once."""

    form = ZoneForm
    fields = ("zone",)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.has_view_permission(request):
            return super().changelist_view(request, *args, **kwargs)
        return HttpResponseRedirect(reverse("admin:access_settings_change", args=[1]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Settings, form: Any, change: bool) -> None:
        services.settings_update(zone=obj.zone, by=writer(request))


def _by(request: HttpRequest) -> By:
    """Who looks; an admin page is only ever opened by a signed-in user."""
    return By(cast(User, request.user).subject())


PAGES: dict[type[Model], type[ServiceAdmin]] = {
    Department: DepartmentAdmin,
    Position: PositionAdmin,
    Assignment: AssignmentAdmin,
    AlertRoute: AlertRouteAdmin,
    Site: SiteAdmin,
    Settings: SettingsAdmin,
}


def register(site: admin.AdminSite) -> None:
    """Put the organisation's pages on the tenant's site."""
    for model, page in PAGES.items():
        site.register(model, page)
