"""Writes: positions, and who holds them."""

from datetime import date
from functools import partial
from typing import Any

from tenants.hooks import FirstUser
from tenants.models import Tenant
from wificore.kernel.changes import snapshot, stored

from ..codes import CODES
from ..decide import ALL
from ..guard import By, person
from ..models import AlertRoute, Assignment, Department, Position, Scope, Settings, User
from ..power import DAY
from ..rows import Invalid, row_delete, row_save
from ..subjects import today_in
from .alerts import alert_route_save
from .organisation import department_save

TOLD_OF_POSITIONS = ("department", "title", "is_head", "grants", "denials", "limits", "scope")
# What a position does to its holders' rights.
RULES = ("department", "grants", "denials", "limits", "scope")
TOLD_OF_ASSIGNMENTS = ("user", "position", "starts_on", "ends_on")


def position_save(*, position: Position, by: By | None = None, using: str = "default") -> Position:
    """Store a position, new or changed.

    Raises:
        Invalid: a code, limit or title cannot be.
        NotYours: it grants what the writer lacks, or the writer holds it.
        LastOwner: its denials would leave nobody who may change roles.
    """
    _check_rules(position)
    return row_save(
        position,
        "position",
        TOLD_OF_POSITIONS,
        by=by,
        check=lambda writer: _check_change(position, writer, using),
        using=using,
    )


def position_delete(*, position: Position, by: By | None = None) -> None:
    """Remove a position that nobody ever held.

    Raises:
        StillUsed: somebody held it. NotYours: it grants what the writer lacks.
    """
    check = partial(_check_giving, position)
    row_delete(position, "position", TOLD_OF_POSITIONS, by=by, check=check)


def assignment_create(
    *,
    user: User,
    position: Position,
    starts_on: date,
    ends_on: date | None = None,
    by: By | None = None,
) -> Assignment:
    """Let a user hold a position from one day to another, both included.

    Raises:
        Invalid: it ends before it starts.
        NotYours: the position grants what the writer lacks, the user has rights that the writer
            lacks, or the user is the writer.
        LastOwner: its denials would leave nobody who may change roles.
    """
    assignment = Assignment(user=user, position=position, starts_on=starts_on, ends_on=ends_on)
    return _assignment_save(assignment, by)


def assignment_update(
    *, assignment: Assignment, ends_on: date | None, by: By | None = None
) -> Assignment:
    """Another last day; None: until further notice. Raises like `assignment_create`."""
    assignment.ends_on = ends_on
    return _assignment_save(assignment, by)


def assignment_end(*, assignment: Assignment, on: date | None = None, by: By | None = None) -> None:
    """Its last day, at the latest; by default yesterday, so that it is over at once.

    One that has not begun by then is removed, one that has ended stays as it is.

    Raises:
        NotYours: the position grants what the writer lacks, or the writer holds it.
        LastOwner: nobody could change roles any more.
    """
    last = on or today_in(Settings.objects.get(pk=1).zone) - DAY
    if last < assignment.starts_on:
        check = partial(_check_holding, assignment)
        row_delete(assignment, "assignment", TOLD_OF_ASSIGNMENTS, by=by, check=check)
    elif assignment.ends_on is None or last < assignment.ends_on:
        assignment_update(assignment=assignment, ends_on=last, by=by)


def _assignment_save(assignment: Assignment, by: By | None) -> Assignment:
    check = partial(_check_holding, assignment)
    return row_save(assignment, "assignment", TOLD_OF_ASSIGNMENTS, by=by, check=check)


def _check_change(position: Position, by: By, using: str) -> None:
    """Raises NotYours: what a position gives more or less is not the writer's, or is for it."""
    before = stored(position, RULES, using=using) or dict.fromkeys(RULES, ())
    by.check_codes(set(position.grants) ^ set(before["grants"]), field="grants")
    if Scope.TENANT in {position.scope, before["scope"]} and position.scope != before["scope"]:
        by.check_every_site(field="scope")
    if position.pk and snapshot(position, RULES) != before:
        by.check_not_self(position.assignments.values_list("user_id", flat=True))


def _check_holding(assignment: Assignment, by: By) -> None:
    """Raises NotYours: who holds it, or what it gives, is beyond the writer."""
    by.check_not_self([assignment.user_id])
    by.check_person(person(assignment.user))
    _check_giving(assignment.position, by)


def _check_giving(position: Position, by: By) -> None:
    by.check_codes(position.grants)
    if position.scope == Scope.TENANT:
        by.check_every_site()


def _check_rules(position: Position) -> None:
    """Raises Invalid: a grant, denial or limit is not one."""
    _check_shapes(position)
    for code in position.grants:
        if code not in CODES:
            raise Invalid(f"Unknown permission code: {code}.", field="grants")
        if CODES[code].protected:
            raise Invalid(f"Only a role can give {code}.", field="grants")
    for denial in position.denials:
        if not _is_denial(denial):
            message = f"Unknown permission code: {denial}. Use a code, or a beginning and .*"
            raise Invalid(message, field="denials")
    _check_limits(position.limits)


def _check_shapes(position: Position) -> None:
    """What a form or a program may have put into JSON fields. Raises Invalid."""
    for name in ("grants", "denials"):
        value = getattr(position, name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise Invalid("Give a list of permission codes.", field=name)
    if not isinstance(position.limits, dict):
        raise Invalid("Give amounts by the limit's name.", field="limits")


def _is_denial(denial: str) -> bool:
    beginning = denial.removesuffix(ALL)
    pattern = denial == ALL or (beginning != denial and beginning.endswith("."))
    return denial in CODES or (pattern and any(code.startswith(beginning) for code in CODES))


def _check_limits(limits: dict[str, Any]) -> None:
    known = {permission.limit for permission in CODES.values() if permission.limit}
    for name, amount in limits.items():
        if name not in known:
            raise Invalid(f"Unknown limit: {name}.", field="limits")
        if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
            message = f"{name}: give a whole number of micro-units, 0 or more."
            raise Invalid(message, field="limits")


# What a new tenant begins with: departments, and a position in each.
SEEDS = {"Finance": "Accountant", "Technical": "Field technician", "Sales": "Shop keeper"}
# And who hears of the network; while nobody is in the department, it goes further up.
SEED_ROUTES = {"nas.*": "Technical", "alert.*": "Technical"}


def seed_organisation(_tenant: Tenant, _owner: FirstUser, using: str) -> None:
    """A new tenant's departments with a position each, and alert routes; what is there stays."""
    for name, title in SEEDS.items():
        if not Department.objects.using(using).filter(name=name).exists():
            department = department_save(department=Department(name=name), using=using)
            position_save(position=Position(department=department, title=title), using=using)
    for event_type, name in SEED_ROUTES.items():
        if not AlertRoute.objects.using(using).filter(event_type=event_type).exists():
            home = Department.objects.using(using).get(name=name)
            route = AlertRoute(event_type=event_type)
            alert_route_save(route=route, departments=[home.pk], using=using)
