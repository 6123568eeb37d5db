"""Work that an event asks for, and that somebody must take."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wificore.access.models.organisation import Severity

from .references import site_key, user_key

NOTE_CHARS = 500


class TaskState(models.TextChoices):
    """open -> claimed -> done; released, a claimed one is open again."""

    OPEN = "open", "Open"
    CLAIMED = "claimed", "Claimed"
    DONE = "done", "Done"


class Task(models.Model):
    """One piece of work; one claims it by compare-and-set, and until then it escalates.

    Attributes:
        kind: the event type that opened it; its words are that notice's `.task` template.
        subject: the key of what it is about; one task of a kind and subject is open at a time.
        context: the event's payload, for the words.
        code: the permission code to see what it is about.
        level: how many circles of people have been told (access/recipients.py), from 0.
        escalate_at: when the next circle is told, if nobody claims it; None: there is none.
    """

    kind = models.CharField(max_length=64)
    event_id = models.BigIntegerField(unique=True)
    subject = models.CharField(max_length=253, blank=True)
    context = models.JSONField(default=dict)
    severity = models.PositiveSmallIntegerField(choices=Severity.choices)
    code = models.CharField(max_length=80)
    site = site_key()
    state = models.CharField(max_length=7, choices=TaskState.choices, default=TaskState.OPEN)
    level = models.PositiveSmallIntegerField(default=0)
    escalate_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField("opened", db_default=Now())
    claimed_by = user_key(null=True, blank=True)
    claimed_at = models.DateTimeField("claimed", null=True, blank=True)
    done_at = models.DateTimeField("done", null=True, blank=True)
    note = models.CharField(max_length=NOTE_CHARS, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=["kind", "subject"],
                name="notifications_task_open_once",
                condition=~Q(state="done"),
            ),
        )
        indexes = (
            models.Index(
                fields=["escalate_at"],
                name="notifications_task_waits",
                condition=Q(state="open"),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
