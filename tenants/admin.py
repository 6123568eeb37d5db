"""Tenants and their domains in the platform's admin: seen, and suspended, but not made here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from .models import Domain, Tenant


class DomainInline(TabularInline):
    model = Domain
    extra = 0


class TenantAdmin(ModelAdmin):
    """Provisioning makes tenants (`manage.py tenant_create`); the admin shows how far it came."""

    list_display = ("slug", "name", "state", "schema_name", "created_at")
    list_filter = ("state",)
    search_fields = ("slug", "name")
    readonly_fields = ("slug", "schema_name", "state", "error", "created_at")
    inlines = (DomainInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on the platform's site."""
    site.register(Tenant, TenantAdmin)
