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
    """How far provisioning has come (TENANCY 4); the last ones are set by the platform."""

    REQUESTED = "requested"
    SCHEMA = "schema"
    ROLE = "role"
    MIGRATED = "migrated"
    GRANTED = "granted"
    SEEDED = "seeded"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    FAILED = "failed"
    DELETING = "deleting"


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


class Order(models.Model):
    """What `worker-ddl` still has to do for a tenant; gone once it is done.

    A message may be lost and a worker may die: this row is what brings the work back.

    Attributes:
        owner_password: a hash, never the password itself; gone with the row.
        retry_at: beat sends the work again from then on.
    """

    class Kind(models.TextChoices):
        CREATE = "create"
        DELETE = "delete"

    tenant = models.OneToOneField(Tenant, models.CASCADE, related_name="order")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    owner_email = models.CharField(max_length=254, blank=True)
    owner_password = models.CharField(max_length=255, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.tenant_id}"


class SignUp(models.Model):
    """What a stranger asked for; a tenant only if an operator approves it.

    Attributes:
        owner_password: a hash, gone once it is decided.
        key_hash: of the key that the mail carries, gone once it is used.
    """

    class State(models.TextChoices):
        ASKED = "asked"
        CONFIRMED = "confirmed"
        APPROVED = "approved"
        DECLINED = "declined"

    slug = models.CharField(max_length=40, validators=[slug_validator])
    name = models.CharField(max_length=120)
    owner_email = models.CharField(max_length=254)
    owner_password = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.ASKED)
    key_hash = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")

    def __str__(self) -> str:
        return self.slug


class PartitionOverride(models.Model):
    """What one tenant wants otherwise than a table's partition policy; null: as the policy says."""

    class Interval(models.TextChoices):
        DAY = "day"
        WEEK = "week"
        MONTH = "month"

    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="partition_overrides")
    table = models.CharField(max_length=40)
    interval = models.CharField(max_length=5, choices=Interval.choices, null=True, blank=True)
    ahead = models.PositiveSmallIntegerField("days ahead", null=True, blank=True)
    keep_days = models.PositiveIntegerField("days kept", null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("tenant", "table", name="partition_override_once")]

    def __str__(self) -> str:
        return self.table
