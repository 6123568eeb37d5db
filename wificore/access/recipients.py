"""Who hears of an alert: departments route, rights decide (ACCESS: routing, never permission).

    the members of the routed departments          none of them may see it:
    the heads of these departments                 none:
    members, then heads, of the departments above  ... up to the top, none:
    users with `access.alert.fallback`             none:
    owners

Whoever may not view what the alert is about, at its site, hears nothing, wherever it was routed.
The number of queries does not depend on how many people, departments or routes there are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Q

from wificore.kernel.db.context import current

from .decide import Record, Subject, decide
from .models import AlertRoute, Assignment, Department, ExtraDepartment, Settings, User
from .subjects import build, rights_of, today_in

FALLBACK = "access.alert.fallback"
OWNER = "owner"
MAX_DIGITS = 19

Ids = set[int]


@dataclass(frozen=True, slots=True)
class _People:
    """Who belongs to which department, by the department's id."""

    members: dict[int, Ids]
    heads: dict[int, Ids]

    def of(self, departments: Ids) -> Iterator[Ids]:
        for people in (self.members, self.heads):
            yield {person for key in departments for person in people.get(key, ())}


def recipients(*, event_type: str, severity: int, site: int | None, view_code: str) -> list[User]:
    """The users of the active tenant to tell of an event, each once, by id.

    Args:
        severity: one of `models.organisation.Severity`.
        site: where it happened; None: nowhere in particular.
        view_code: the permission to see what it is about: "radius.nas.view".
    """
    subjects = _subjects()
    may = {key: s for key, s in subjects.items() if _may(s, view_code, site)}
    for candidates in _candidates(_routed(event_type, severity, site), subjects):
        if chosen := candidates & set(may):
            return list(User.objects.filter(pk__in=chosen).order_by("pk"))
    return []


def is_routed(*, event_type: str, severity: int, site: int | None) -> bool:
    """Does a route name a department for this? Without one it goes to those who take the rest."""
    return bool(_routed(event_type, severity, site))


def circles(*, event_type: str, severity: int, site: int | None, view_code: str) -> list[list[int]]:
    """Ids of whom to tell first, of whom if none of them acts, and so on; nobody twice."""
    subjects = _subjects()
    may = {key for key, s in subjects.items() if _may(s, view_code, site)}
    found: list[list[int]] = []
    for candidates in _candidates(_routed(event_type, severity, site), subjects):
        known = {person for circle in found for person in circle}
        if fresh := (candidates & may) - known:
            found.append(sorted(fresh))
    return found


def who_may(people: Iterable[str], *, site: int | None, view_code: str) -> list[User]:
    """Of these people, by id or address, the active ones who may view it; "": everybody may."""
    named = list(people)
    ids = [int(one) for one in named if one.isascii() and one.isdigit() and len(one) < MAX_DIGITS]
    known = User.objects.filter(Q(pk__in=ids) | Q(email__in=[one.lower() for one in named]))
    users = list(known.filter(is_active=True).order_by("pk"))
    record = Record(schema=current().schema, site=site)
    if not view_code:
        return users
    return [u for u in users if decide(u.subject(), None, view_code, record).allowed]


def _candidates(routed: Ids, subjects: dict[int, Subject]) -> Iterator[Ids]:
    """Each circle of people, the nearest first."""
    rows = list(Department.objects.values_list("pk", "parent_id", "active"))
    parents = {key: parent for key, parent, _ in rows}
    # A closed one has nobody, and hands on what comes its way.
    active = {key for key, _, open_ in rows if open_}
    people, level, seen = _people(), routed, Ids()
    while level:
        yield from people.of(level & active)
        seen |= level
        level = {parent for key in level if (parent := parents[key]) is not None} - seen
    yield {key for key, subject in subjects.items() if decide(subject, None, FALLBACK).allowed}
    yield {key for key, s in subjects.items() if any(role.name == OWNER for role in s.roles)}


def _subjects() -> dict[int, Subject]:
    """Everybody active, with one query for all of their rights."""
    schema = current().schema
    ids = User.objects.filter(is_active=True).values_list("pk", flat=True)
    return {key: build(schema, key, rights) for key, rights in rights_of(ids, schema).items()}


def _may(subject: Subject, code: str, site: int | None) -> bool:
    return decide(subject, None, code, Record(schema=subject.schema, site=site)).allowed


def _routed(event_type: str, severity: int, site: int | None) -> Ids:
    """Departments of all routes that match: one event may have several."""
    routes = AlertRoute.objects.filter(Q(site=None) | Q(site=site), min_severity__lte=severity)
    matching = [r.pk for r in routes if r.matches(event_type, severity, site)]
    rows = Department.objects.filter(alert_routes__in=matching)
    return set(rows.values_list("pk", flat=True))


def _people() -> _People:
    zone = Settings.objects.values_list("zone", flat=True).get(pk=1)
    today = today_in(zone)
    live = Q(ends_on=None) | Q(ends_on__gte=today)
    held = Assignment.objects.filter(live, position__is_head=True, starts_on__lte=today)
    primary = User.objects.exclude(primary_department=None)
    extra = ExtraDepartment.objects.filter(receive_alerts=True)
    return _People(
        members=_by_department(
            [
                *primary.values_list("primary_department_id", "pk"),
                *extra.values_list("department_id", "user_id"),
            ]
        ),
        heads=_by_department(held.values_list("position__department_id", "user_id")),
    )


def _by_department(rows: Iterable[tuple[int | None, int]]) -> dict[int, Ids]:
    found: dict[int, Ids] = {}
    for department, user in rows:
        if department is not None:
            found.setdefault(department, set()).add(user)
    return found
