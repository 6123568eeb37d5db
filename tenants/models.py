"""Tenant and Domain: read before a tenant is known, written by the platform only."""

from typing import Never

from django.core.validators import RegexValidator
from django.db import models
from django_tenants.models import DomainMixin, TenantMixin

from wificore.kernel.db.backend.base import ContextOnly

SLUG = r"[a-z0-9_]{1,40}"
slug_validator = RegexValidator(
    rf"^{SLUG}\Z", "Use 1 to 40 of: small letters a-z, digits, underscore."
)


class TenantState(models.TextChoices):
    """How far provisioning has come (TENANCY 4); `suspended` is set by the platform."""

    REQUESTED = "requested"
    SCHEMA = "schema"
    ROLE = "role"
    MIGRATED = "migrated"
    GRANTED = "granted"
    SEEDED = "seeded"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    FAILED = "failed"


class Tenant(TenantMixin):  # type: ignore[misc]  # django-tenants has no types
    """One operator. `schema_name` is `ts_<slug>`, its role's name too, and never changes."""

    auto_create_schema = False
    auto_drop_schema = False

    slug = models.CharField(max_length=40, unique=True, validators=[slug_validator])
    name = models.CharField(max_length=120)
    state = models.CharField(
        max_length=12, choices=TenantState.choices, default=TenantState.REQUESTED
    )
    error = models.TextField(blank=True, help_text="Why provisioning stopped, if it did.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name

    def __enter__(self) -> Never:
        raise ContextOnly("use kernel.db.context.tenant_context(tenant)")

    def __exit__(self, *_exc: object) -> Never:
        raise ContextOnly("use kernel.db.context.tenant_context(tenant)")

    activate = deactivate = __enter__


class Domain(DomainMixin):  # type: ignore[misc]  # django-tenants has no types
    """A host name that is the tenant's: lower case, no port, no trailing dot."""

    def __str__(self) -> str:
        return str(self.domain)
