"""A router (NAS): the truth across tenants, so that two cannot claim one address (RADIUS 2)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Nas(models.Model):
    """One router. Row-level security shows a tenant its own rows only.

    Attributes:
        tenant: the owner's role, which is its schema's name; the database insists on it.
        address: one source address of its packets, IPv4 or IPv6; never a network.
        secret_encrypted: the shared secret, sealed by `kernel.crypto`.
        site_id: the tenant's site it stands at; no foreign key leads into a tenant's schema.
    """

    tenant = models.CharField(max_length=63, editable=False)
    address = models.GenericIPAddressField(unique=True)
    name = models.CharField(max_length=64, blank=True, db_column="shortname")
    secret_encrypted = models.TextField(editable=False)
    require_message_authenticator = models.BooleanField(default=True)
    coa_port = models.PositiveIntegerField(
        default=3799, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    enabled = models.BooleanField(default=True)
    site_id = models.BigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "nas_registry"
        verbose_name = "router"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.name} ({self.address})" if self.name else str(self.address)
