"""How each person wants to be told."""

from django.db import models

from wificore.access.models.organisation import Severity
from wificore.kernel.notices import CRITICAL, WARNING

LANGUAGES = (("en", "English"), ("sw", "Kiswahili"))
NEVER = "Empty: never."


class Preference(models.Model):
    """One row a user who has chosen; without one the defaults here hold.

    Attributes:
        email_from, sms_from: the lowest severity that is also sent this way; None: never.
        kinds: channels by event type, instead of what the severity says:
            {"nas.silent": ["email", "sms"], "job.*": []}; the longest name that fits counts.
        quiet_from, quiet_until: hours of the organisation's zone in which mail and texts wait;
            both or neither. 22:00 to 06:00 goes over midnight.
        urgent: critical ones do not wait.
    """

    user = models.OneToOneField(
        "access.User",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        primary_key=True,
    )
    language = models.CharField(max_length=2, choices=LANGUAGES, default="en")
    email_from = models.PositiveSmallIntegerField(
        "e-mail from", choices=Severity.choices, null=True, blank=True, default=WARNING,
        help_text=NEVER,
    )  # fmt: skip
    sms_from = models.PositiveSmallIntegerField(
        "text message from", choices=Severity.choices, null=True, blank=True, default=CRITICAL,
        help_text=NEVER,
    )  # fmt: skip
    kinds = models.JSONField(
        default=dict,
        blank=True,
        help_text='Channels by kind: {"nas.silent": ["email", "sms"], "job.*": []}.',
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    urgent = models.BooleanField(
        default=True, help_text="Critical notifications come at once, also in quiet hours."
    )

    class Meta:
        verbose_name = "my preferences"
        verbose_name_plural = "my preferences"

    def __str__(self) -> str:
        return "My preferences"
