"""App: what a tenant's programs and browsers connect to (REALTIME, Tenancy)."""

from django.db import models
from django.db.models import Q

MOST_SECRETS = 2
WEBHOOK_EVENTS = (
    "channel_occupied",
    "channel_vacated",
    "member_added",
    "member_removed",
    "client_event",
    "cache_miss",
)
# What a new app's endpoint gets: the two kinds of which there are very many are asked for.
FIRST_WEBHOOK_EVENTS = WEBHOOK_EVENTS[:4]


class App(models.Model):
    """One tenant's app; its id, in digits, is the primary key. Row-level security shows a tenant
    its own only.

    Attributes:
        tenant: the schema's name, which is its role's name.
        key: public, in the address of every socket.
        sealed_secrets: newest first, two at most while they are rotated:
            `{"id", "sealed", "created_at"}`; the secret itself is shown once.
        blocked: the platform switched it off; the tenant cannot switch it on.
        allowed_origins: pages of other hosts that may connect (`https://shop.example`).
    """

    tenant = models.CharField(max_length=63, unique=True, editable=False)
    key = models.CharField(max_length=32, unique=True, editable=False)
    sealed_secrets = models.JSONField(default=list, editable=False)
    enabled = models.BooleanField(default=True)
    blocked = models.BooleanField("switched off by the platform", default=False)
    max_connections = models.PositiveIntegerField("connections at most", default=10_000)
    client_events = models.BooleanField(default=True)
    allowed_origins = models.JSONField(default=list, blank=True)
    webhook_url = models.CharField("webhook address", max_length=500, blank=True)
    webhook_events = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "realtime_app"
        verbose_name = "realtime app"
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(tenant__regex=r"^ts_[a-z0-9_]{1,40}$"), name="realtime_app_tenant_ok"
            ),
        )

    def __str__(self) -> str:
        return f"Realtime app {self.pk}"
