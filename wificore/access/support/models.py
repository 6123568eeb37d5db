"""SupportSession: somebody of the platform may work in one tenant, for a while."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import F, Q

LONGEST = timedelta(hours=8)


class SupportSession(models.Model):
    """One session. Row-level security shows a tenant its own rows only.

    Attributes:
        tenant: the schema's name, which is its role's name.
        digest: SHA-512 of the token; the clear text is shown once.
        role: a built-in role of tenants. operator: the address of the person who opened it.
        told_at: when the tenant's own trail got to know; before that the token is nobody's.
        ended_at, ended_by: when it was ended before its time, and by whose address.
        end_told_at: when the tenant's own trail got to know of the end.
    """

    public_id = models.CharField(max_length=16, unique=True)
    tenant = models.CharField(max_length=63)
    digest = models.CharField(max_length=128, unique=True)
    role = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    operator_id = models.BigIntegerField()
    operator = models.CharField(max_length=254)
    created_at = models.DateTimeField("opened")
    expires_at = models.DateTimeField("expires")
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField("ended", null=True)
    ended_by = models.CharField(max_length=254, blank=True)
    end_told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "support_session"
        verbose_name = "support session"
        ordering = ("-created_at", "-public_id")
        indexes = (models.Index(fields=["tenant", "created_at"], name="support_session_tenant"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(tenant__regex=r"^ts_[a-z0-9_]{1,40}$"), name="support_session_tenant_ok"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__lte=F("created_at") + LONGEST),
                name="support_session_longest",
            ),
        )

    def __str__(self) -> str:
        return f"{self.operator} in {self.slug}"

    @property
    def slug(self) -> str:
        return self.tenant.removeprefix("ts_")

    def state(self, now: datetime) -> str:
        """`open`, `ended` or `expired`."""
        if self.ended_at is not None:
            return "ended"
        return "open" if now < self.expires_at else "expired"
