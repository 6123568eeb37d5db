"""What a person was told, and each way in which it went out."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.access.models.organisation import Severity

from .references import site_key, user_key

TITLE_CHARS, TEXT_CHARS, ERROR_CHARS = 200, 2_000, 300


class Notification(models.Model):
    """One person told of one event, in that person's language; kept for 90 days.

    Attributes:
        event_id: of `kernel.events.Event`; the same event tells nobody twice.
        link: a path of this host; empty: it leads nowhere.
    """

    event_id = models.BigIntegerField()
    user = user_key()
    event_type = models.CharField("kind", max_length=64)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    title = models.CharField(max_length=TITLE_CHARS)
    text = models.CharField(max_length=TEXT_CHARS, blank=True)
    link = models.CharField(max_length=300, blank=True)
    site = site_key(db_index=False)
    created_at = models.DateTimeField("when", db_default=Now())
    read_at = models.DateTimeField("read", null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(fields=["event_id", "user"], name="notifications_once"),
        )
        indexes = (
            models.Index(fields=["user", "-id"], name="notifications_inbox"),
            models.Index(fields=["user"], name="notifications_unread", condition=Q(read_at=None)),
            models.Index(fields=["created_at"], name="notifications_age"),
        )

    def __str__(self) -> str:
        return self.title


class Channel(models.TextChoices):
    """Ways besides the inbox, which has everything."""

    EMAIL = "email", "E-mail"
    SMS = "sms", "Text message"


class DeliveryState(models.TextChoices):
    """queued | held -> sending -> sent -> delivered; or failed, or nobody knows."""

    QUEUED = "queued", "Queued"
    HELD = "held", "Held until quiet hours end"
    SENDING = "sending", "Being sent"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Perhaps sent"


class Delivery(models.Model):
    """One notification on its way by one channel.

    Attributes:
        address: where it went: an e-mail address or a telephone number (E.164).
        due_at: not before this moment; afterwards beat sends it, whatever became of its message.
        lease_until: sending: when somebody else may look after it.
        provider_id: the SMS provider's name of the message, for its reports.
    """

    notification = models.ForeignKey(
        Notification,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="deliveries",
    )
    channel = models.CharField(max_length=5, choices=Channel.choices)
    state = models.CharField(
        max_length=9, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    address = models.CharField(max_length=254, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField("due", db_default=Now())
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField("sent", null=True)
    provider_id = models.CharField(max_length=100, blank=True)
    error = models.CharField(max_length=ERROR_CHARS, blank=True)
    created_at = models.DateTimeField("when", db_default=Now())

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(
                fields=["notification", "channel"], name="notifications_delivery_once"
            ),
        )
        indexes = (
            models.Index(
                fields=["due_at"],
                name="notifications_delivery_open",
                condition=Q(state__in=["queued", "held", "sending"]),
            ),
            models.Index(
                fields=["provider_id"],
                name="notifications_delivery_report",
                condition=~Q(provider_id=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} to {self.address}"
