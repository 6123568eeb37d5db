"""Departments, sites, alert routes and settings."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import display

from wificore.kernel.admin import ServiceAdmin

from .. import services
from ..checks import visible
from ..guard import writer
from ..models import (
    AlertRoute,
    Department,
    Settings,
    Site,
)
from .common import OrganisationAdmin, ZoneForm


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


class SiteAdmin(ServiceAdmin):
    form = ZoneForm
    list_display = ("name", "zone", "active")
    list_filter = ("active",)
    search_fields = ("name",)
    fields = ("name", "zone", "active")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Site]:
        return visible(super().get_queryset(request), writer(request).subject, "pk")

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
