"""Endpoints of a tenant, and what was sent to them."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now

MAX_URL = 500
MAX_ERROR = 300


class DisabledReason(models.TextChoices):
    """Why an endpoint gets nothing."""

    PERSON = "person", "Somebody disabled it"
    GONE = "gone", "Its server answered 410 Gone"
    FAILING = "failing", "It only failed for days"


class Endpoint(models.Model):
    """A server of the tenant's, and which events it gets.

    Attributes:
        event_types: exact types, `session.*` for all that begin so, `*` for all.
        acts_for: whose rights decide what it gets: the user who saved it last (ADR 0023).
        abilities: what the token allowed with which it was saved last; None: no token narrowed it.
        sealed_secret: signs, encrypted by `kernel.crypto`. sealed_old_secret: signs as well until
            `old_secret_until`.
        failures: failed attempts in a row. failing_since: the first of them.
        quiet_until: nothing is sent before.
        run, leased_until: the runner that sends, and until when no other one may.
    """

    url = models.CharField("URL", max_length=MAX_URL)
    description = models.CharField(max_length=200, blank=True)
    event_types = models.JSONField(default=list)
    api_version = models.CharField(max_length=8, default="v1", editable=False)
    enabled = models.BooleanField(default=True)
    disabled_reason = models.CharField(
        max_length=8, choices=DisabledReason.choices, blank=True, editable=False
    )
    disabled_at = models.DateTimeField(null=True, editable=False)
    # The database sets it to NULL with the user (sql/tables.sql): Django's own deletion of a user
    # would look for this table in `public` as well.
    acts_for: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        null=True,
        editable=False,
    )
    abilities = models.JSONField(null=True, editable=False)
    sealed_secret = models.TextField(editable=False)
    sealed_old_secret = models.TextField(blank=True, editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    quiet_until = models.DateTimeField(null=True, editable=False)
    run = models.CharField(max_length=32, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField("created", db_default=Now(), editable=False)
    updated_at = models.DateTimeField("updated", auto_now=True)

    class Meta:
        ordering = ("-id",)
        verbose_name = "webhook"

    def __str__(self) -> str:
        return self.description or self.url


class DeliveryState(models.TextChoices):
    """pending -> delivered | failed; a replay makes it pending again."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class Delivery(models.Model):
    """webhooks_delivery, in weekly partitions by `event_at`: never look one up without it.

    Attributes:
        event_at: when the event occurred; with event and endpoint it makes a delivery unique.
        body: the very text that is sent.
        tries: failed ones since it was made or replayed.
        due_at: not before.
        status: of the last answer; None: there was none. error: why the last attempt failed.
        attempts: the last of them, oldest first (`sending.records.attempt`).
    """

    id = models.BigAutoField(primary_key=True)
    event_at = models.DateTimeField("event")
    endpoint_id = models.BigIntegerField()
    event_id = models.BigIntegerField()
    type = models.CharField(max_length=120)
    body = models.TextField()
    state = models.CharField(
        max_length=9, choices=DeliveryState.choices, default=DeliveryState.PENDING
    )
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField("finished", null=True)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=MAX_ERROR, blank=True)
    attempts = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    class Meta:
        managed = False
        db_table = "webhooks_delivery"
        ordering = ("-event_at", "-id")
        verbose_name = "webhook delivery"
        verbose_name_plural = "webhook deliveries"

    def __str__(self) -> str:
        return f"{self.type} {self.event_id}"
