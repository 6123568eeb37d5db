"""Writes: plans."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from radius.models import Plan
from wificore.kernel.api.errors import DomainError

from . import compiling


class PlanInvalid(DomainError):
    """A plan cannot be like this."""

    code = "validation_error"


class PlanInUse(DomainError):
    """Subscribers still have this plan."""

    status = 409
    code = "plan_in_use"


def plan_create(*, name: str, **fields: Any) -> Plan:
    """A new plan and its group rows.

    Raises:
        PlanInvalid: a value is out of range, or the name is taken.
    """
    return _saved(Plan(name=name, **fields))


def plan_update(*, plan: Plan, **changes: Any) -> Plan:
    """Change a plan; its subscribers' next login already has the new values.

    Raises:
        PlanInvalid: a value is out of range, or the name is taken.
    """
    for field, value in changes.items():
        setattr(plan, field, value)
    return _saved(plan)


def _saved(plan: Plan) -> Plan:
    try:
        plan.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise PlanInvalid(messages[0], field=field) from None
    with transaction.atomic():
        plan.save()
        compiling.write_plan(plan)
    return plan


def plan_delete(*, plan: Plan) -> None:
    """Remove a plan that nobody has.

    Raises:
        PlanInUse: subscribers have it.
    """
    group = plan.group
    try:
        with transaction.atomic():
            plan.delete()
            compiling.forget_group(group)
    except ProtectedError:
        raise PlanInUse("Subscribers have this plan: move them to another one first.") from None
