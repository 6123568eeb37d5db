"""Writes: positions, and who holds them."""

from datetime import date
from typing import Any

from tenants.hooks import FirstUser
from tenants.models import Tenant

from ..codes import CODES
from ..decide import ALL
from ..guard import By
from ..models import Assignment, Department, Position, User
from ..rows import Invalid, row_delete, row_save
from .organisation import department_save

TOLD_OF_POSITIONS = ("department", "title", "is_head", "grants", "denials", "limits", "scope")
TOLD_OF_ASSIGNMENTS = ("user", "position", "starts_on", "ends_on")


def position_save(*, position: Position, by: By | None = None, using: str = "default") -> Position:
    """Store a position, new or changed.

    Raises:
        Invalid: a code, limit or title cannot be.
        NotYours: it grants what the writer lacks, or the writer holds it.
        LastOwner: its denials would leave nobody who may change roles.
    """
    _check_rules(position)
    before = Position.objects.using(using).filter(pk=position.pk).first() if position.pk else None
    if by:
        _check_giving(position, before, by)
    return row_save(position, "position", TOLD_OF_POSITIONS, using)


def position_delete(*, position: Position) -> None:
    """Remove a position that nobody ever held. Raises StillUsed."""
    row_delete(position, "position", TOLD_OF_POSITIONS)


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
        NotYours: the position grants what the writer lacks, or the writer is the user.
        LastOwner: its denials would leave nobody who may change roles.
    """
    if by:
        by.check_not_self([user.pk])
        _check_giving(position, None, by)
    assignment = Assignment(user=user, position=position, starts_on=starts_on, ends_on=ends_on)
    return row_save(assignment, "assignment", TOLD_OF_ASSIGNMENTS)


def assignment_end(*, assignment: Assignment, on: date, by: By | None = None) -> Assignment:
    """Its last day; a day before its first removes what has not begun.

    Raises:
        NotYours: the position grants what the writer lacks, or the writer holds it.
        LastOwner: nobody could change roles any more.
    """
    if by:
        by.check_not_self([assignment.user_id])
        _check_giving(assignment.position, None, by)
    if on < assignment.starts_on:
        row_delete(assignment, "assignment", TOLD_OF_ASSIGNMENTS)
        return assignment
    assignment.ends_on = on
    return row_save(assignment, "assignment", TOLD_OF_ASSIGNMENTS)


def _check_giving(position: Position, before: Position | None, by: By) -> None:
    held = before or Position(grants=[], denials=[])
    by.check_codes(set(position.grants) ^ set(held.grants), field="grants")
    if position.scope != held.scope and "tenant" in (position.scope, held.scope):
        by.check_every_site(field="scope")
    if before:
        by.check_not_self(before.assignments.values_list("user_id", flat=True))


def _check_rules(position: Position) -> None:
    """Raises Invalid: a grant, denial or limit is not one."""
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


def _is_denial(denial: Any) -> bool:
    if not isinstance(denial, str):
        return False
    beginning = denial.removesuffix(ALL)
    pattern = denial == ALL or (beginning != denial and beginning.endswith("."))
    return denial in CODES or (pattern and any(code.startswith(beginning) for code in CODES))


def _check_limits(limits: Any) -> None:
    known = {permission.limit for permission in CODES.values() if permission.limit}
    for name, amount in dict(limits).items():
        if name not in known:
            raise Invalid(f"Unknown limit: {name}.", field="limits")
        if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0:
            message = f"{name}: give a whole number of micro-units, 0 or more."
            raise Invalid(message, field="limits")


# What a new tenant begins with: departments, and a position in each.
SEEDS = {"Finance": "Accountant", "Technical": "Field technician", "Sales": "Shop keeper"}


def seed_organisation(_tenant: Tenant, _owner: FirstUser, using: str) -> None:
    """A new tenant's departments with one position each; existing ones stay as they are."""
    for name, title in SEEDS.items():
        if not Department.objects.using(using).filter(name=name).exists():
            department = department_save(department=Department(name=name), using=using)
            position_save(position=Position(department=department, title=title), using=using)
