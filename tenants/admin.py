"""Tenants and their domains in the platform's admin: seen, and suspended, but not made here."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from . import services
from .models import Domain, PartitionOverride, SignUp, Tenant, TenantState
from .overrides.admin import PartitionOverrideAdmin
from .sign_up.services import SignUpDecided, sign_up_approve, sign_up_decline


class DomainInline(TabularInline):
    model = Domain
    extra = 0
    fields = ("domain", "is_primary")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TenantAdmin(ModelAdmin):
    """Made and deleted through the API and by command; here one sees how far it came."""

    list_display = ("slug", "name", "condition", "schema_name", "created_at")
    actions = ("suspend", "resume", "retry")
    list_filter = ("state",)
    search_fields = ("slug", "name")
    fields = ("slug", "name", "schema_name", "state", "error", "created_at")
    readonly_fields = fields
    inlines = (DomainInline,)

    @display(
        description="state",
        ordering="state",
        label={
            TenantState.ACTIVE: "success",
            TenantState.SUSPENDED: "warning",
            TenantState.FAILED: "danger",
            TenantState.DELETING: "danger",
        },
    )
    def condition(self, tenant: Tenant) -> str:
        return tenant.state

    @action(description="Suspend: close the tenant's hosts", permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        self._each(request, queryset, services.tenant_suspend)

    @action(description="Resume", permissions=["change"])
    def resume(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        self._each(request, queryset, services.tenant_resume)

    @action(description="Resume provisioning that failed", permissions=["change"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        self._each(request, queryset, services.tenant_retry)

    def _each(
        self,
        request: HttpRequest,
        queryset: QuerySet[Tenant],
        change: Callable[..., None],
    ) -> None:
        for tenant in queryset:
            try:
                change(tenant=tenant)
            except services.TenantInvalid as error:
                self.message_user(request, error.message, messages.ERROR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SignUpAdmin(ModelAdmin):
    """What strangers asked for: what is confirmed is approved or declined here."""

    list_display = ("slug", "name", "owner_email", "state", "created_at", "decided_at")
    list_filter = ("state",)
    search_fields = ("slug", "name", "owner_email")
    fields = list_display
    readonly_fields = fields
    actions = ("approve", "decline")

    @action(description="Approve: make the tenant", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet[SignUp]) -> None:
        self._each(request, queryset, sign_up_approve)

    @action(description="Decline", permissions=["change"])
    def decline(self, request: HttpRequest, queryset: QuerySet[SignUp]) -> None:
        self._each(request, queryset, sign_up_decline)

    def _each(
        self, request: HttpRequest, queryset: QuerySet[SignUp], decide: Callable[..., object]
    ) -> None:
        for asked in queryset:
            try:
                decide(asked=asked)
            except (SignUpDecided, services.TenantInvalid) as error:
                self.message_user(request, f"{asked.slug}: {error.message}", messages.ERROR)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def register(site: admin.AdminSite) -> None:
    """Put this app's pages on the platform's site."""
    site.register(Tenant, TenantAdmin)
    site.register(PartitionOverride, PartitionOverrideAdmin)
    site.register(SignUp, SignUpAdmin)
