"""Pages of roles and the organisation, and what pages of rows at a site share."""

from django.contrib import admin
from django.db.models import Model

from wificore.kernel.admin import ServiceAdmin

from ..models import AlertRoute, Assignment, Department, Position, Settings, Site
from .common import OrganisationAdmin
from .organisation import AlertRouteAdmin, DepartmentAdmin, SettingsAdmin, SiteAdmin
from .roles import AssignmentAdmin, PositionAdmin, RoleAdmin
from .scope import SiteScopeAdmin, SiteScopeForm

__all__ = ["OrganisationAdmin", "RoleAdmin", "SiteScopeAdmin", "SiteScopeForm", "register"]

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
