"""Reads: who and what there is in the active schema, and why somebody may do something."""

from dataclasses import dataclass

from django.db.models import QuerySet

from wificore.kernel.db.context import current

from .checks import visible
from .decide import Decision, Record, Subject, decide, in_scope, sees_every_site
from .models import AlertRoute, Assignment, Department, Position, Role, Settings, Site, User
from .records import NoSuchRecord, record_of


def users() -> QuerySet[User]:
    found: QuerySet[User] = User.objects.prefetch_related(
        "roles", "extra_departments", "extra_sites"
    )
    return found


def roles() -> QuerySet[Role]:
    return Role.objects.all()


def departments() -> QuerySet[Department]:
    return Department.objects.prefetch_related("sites")


def positions() -> QuerySet[Position]:
    return Position.objects.all()


def assignments() -> QuerySet[Assignment]:
    return Assignment.objects.all()


def alert_routes() -> QuerySet[AlertRoute]:
    return AlertRoute.objects.prefetch_related("departments")


def sites(subject: Subject) -> QuerySet[Site]:
    """The sites in the subject's scope."""
    return visible(Site.objects.all(), subject, "pk")


def site_record(number: int) -> Record:
    """Raises NoSuchRecord: there is no such site."""
    if not Site.objects.filter(pk=number).exists():
        raise NoSuchRecord(f"site:{number}")
    return Record(schema=current().schema, site=number)


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer of `decide`, and what it was made of."""

    decision: Decision
    subject: Subject

    @property
    def positions(self) -> list[str]:
        return [position.title for position in self.subject.live]


def explain(*, asker: Subject, user_id: int, code: str, record: str = "") -> Explanation:
    """Why the user may, or may not, do this (to this record: `site:3`).

    Raises:
        User.DoesNotExist: no such user.
        NoSuchRecord: no such record, or none in the asker's own scope.
    """
    subject = User.objects.get(pk=user_id).subject()
    found = record_of(record) if record else Record()
    if found.site is not None and not in_scope(asker, found.site):
        raise NoSuchRecord(record)
    return Explanation(decide(subject, None, code, found), subject)


def scope(subject: Subject) -> list[int] | str:
    """The ids of the subject's sites, or `all`."""
    return "all" if sees_every_site(subject) else sorted(subject.sites)


def site_name(number: int) -> str | None:
    """None: there is no such site."""
    return Site.objects.filter(pk=number).values_list("name", flat=True).first()


def zone() -> str:
    """The organisation's time zone."""
    return Settings.objects.values_list("zone", flat=True).get(pk=1)


def site_zone(number: int) -> str | None:
    """A site's time zone; None: there is no such site."""
    return Site.objects.filter(pk=number).values_list("zone", flat=True).first()
