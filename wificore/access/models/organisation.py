"""The organisation: sites, departments (which also route alerts), positions and who holds them."""

from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from wificore.kernel import notices

check_colour = RegexValidator(r"\A#[0-9a-f]{6}\Z", "Use a colour like #1f8f8b, in small letters.")
printable = RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "Use printable characters only.")


def check_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError("Use a time zone's name, for example Africa/Nairobi.")


class Settings(models.Model):
    """One row: what holds for the whole organisation. Writers of access rights lock it.

    Attributes:
        zone: the time zone that days begin and end in, for example of an acting position.
        colour: what people know the organisation by: `#1f8f8b`; empty: the platform's own.
    """

    id = models.SmallAutoField(primary_key=True)
    zone = models.CharField(max_length=50, default="UTC", validators=[check_zone])
    colour = models.CharField(max_length=7, blank=True, default="", validators=[check_colour])

    class Meta:
        verbose_name_plural = "settings"
        constraints = (models.CheckConstraint(condition=Q(id=1), name="access_settings_one_row"),)

    def __str__(self) -> str:
        return "Settings"


class Site(models.Model):
    """A place where the organisation works: a settlement, a tower, a water point."""

    name = models.CharField(max_length=80, unique=True, validators=[printable])
    zone = models.CharField(max_length=50, default="UTC", validators=[check_zone])
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """Routes alerts and lends its sites to its members; it gives no right by itself.

    Attributes:
        sites: the scope of its members. active: an inactive one lends nothing, neither do its
            positions.
    """

    name = models.CharField(max_length=80, unique=True, validators=[printable])
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    sites = models.ManyToManyField(Site, blank=True, related_name="departments")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    """What a position does to the sites of whoever holds it."""

    OWN = "own", "The sites of its holder's departments"
    TENANT = "tenant", "Every site"


class Position(models.Model):
    """A post in a department: it may grant codes, deny codes and limit amounts.

    Attributes:
        grants: exact codes, none of them protected. denials: exact codes or `water.*`.
        limits: highest amounts in micro-units by name, for example {"refund_max": 5000000}.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="positions")
    title = models.CharField(max_length=80, validators=[printable])
    is_head = models.BooleanField(default=False)
    grants = models.JSONField(default=list, blank=True)
    denials = models.JSONField(default=list, blank=True)
    limits = models.JSONField(default=dict, blank=True)
    scope = models.CharField(max_length=6, choices=Scope.choices, default=Scope.OWN)

    class Meta:
        ordering = ("department", "title")
        constraints = (
            models.UniqueConstraint(
                fields=["department", "title"],
                name="access_position_title",
                violation_error_message="The department has a position of this title already.",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Assignment(models.Model):
    """A user holds a position from one day to another, both included, in the settings' zone."""

    user = models.ForeignKey("access.User", on_delete=models.CASCADE, related_name="assignments")
    position = models.ForeignKey(Position, on_delete=models.PROTECT, related_name="assignments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True, help_text="Empty: until further notice.")

    class Meta:
        ordering = ("-starts_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="access_assignment_days",
                violation_error_message="It cannot end before it starts.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position_id} held by {self.user_id}"


class ExtraDepartment(models.Model):
    """A department besides the primary one: it lends its sites, and its alerts if wanted."""

    user = models.ForeignKey(
        "access.User", on_delete=models.CASCADE, related_name="extra_departments"
    )
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="extras")
    receive_alerts = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["user", "department"], name="access_extra_department"),
        )

    def __str__(self) -> str:
        return f"{self.department_id} of {self.user_id}"


class Severity(models.IntegerChoices):
    """How bad an alert is."""

    INFO = notices.INFO, "info"
    WARNING = notices.WARNING, "warning"
    CRITICAL = notices.CRITICAL, "critical"


class AlertRoute(models.Model):
    """Which departments hear of an event: routing, never permission.

    Attributes:
        event_type: exactly, or `session.*` for all that begin so.
        site: only of this site; None: of any, also of none.
    """

    event_type = models.CharField(
        max_length=64,
        validators=[
            RegexValidator(
                r"\A([a-z_]+\.)*([a-z_]+|\*)\Z", "Use an event's name, or a beginning and .*"
            )
        ],
    )
    min_severity = models.PositiveSmallIntegerField(
        choices=Severity.choices, default=Severity.INFO, validators=[MinValueValidator(1)]
    )
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True)
    departments = models.ManyToManyField(Department, related_name="alert_routes")

    class Meta:
        ordering = ("event_type", "id")

    def __str__(self) -> str:
        return self.event_type

    def matches(self, event_type: str, severity: int, site: int | None) -> bool:
        """Is an event of this kind for the route's departments?"""
        kind = self.event_type
        named = kind == event_type or (kind.endswith("*") and event_type.startswith(kind[:-1]))
        here: Any = self.site_id is None or self.site_id == site
        return named and severity >= self.min_severity and bool(here)
