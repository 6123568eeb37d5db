"""AuditEntry: read by people, written through `kernel.audit.record` only."""

from django.db import models


class AuditEntry(models.Model):
    """One line of the trail of the active schema; always query it with a range of `at`.

    Attributes:
        actor_kind: "user", "anonymous", "support" (`actor_id` is the session's) or "system" (a
            command, a job: `actor_name` says which).
        actor_name: the user's address at that time; users may be renamed or deleted later.
        actor_token: the public id of the API token, if one was used.
        old, new: what differs; None where there is no before or no after.
    """

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField("when")
    actor_kind = models.CharField("who", max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField("name", max_length=254)
    actor_token = models.CharField("API token", max_length=64)
    address = models.GenericIPAddressField("from", null=True)
    user_agent = models.CharField(max_length=200)
    request_id = models.CharField("request", max_length=64)
    action = models.CharField(max_length=64)
    object_type = models.CharField("object", max_length=64)
    object_id = models.CharField("object id", max_length=253)
    old = models.JSONField("before", null=True)
    new = models.JSONField("after", null=True)
    reason = models.CharField(max_length=500)

    class Meta:
        managed = False
        db_table = "audit_entry"
        ordering = ("-at", "-id")
        verbose_name_plural = "audit trail"

    def __str__(self) -> str:
        return f"{self.action} {self.object_id}"
