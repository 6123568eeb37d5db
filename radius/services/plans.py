"""Writes: plans."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError

from radius.models import Plan
from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot, stored

from . import compiling

# What events and audit tell of a plan.
TOLD = (
    "name",
    "price_micro",
    "currency",
    "download_kbps",
    "upload_kbps",
    "session_timeout_s",
    "devices",
    "validity_s",
)


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
        old = stored(plan, TOLD)
        plan.save()
        compiling.write_plan(plan)
        event = "plan.created" if old is None else "plan.updated"
        announce(event, plan.pk, old=old, new=snapshot(plan, TOLD))
    return plan


def plan_delete(*, plan: Plan) -> None:
    """Remove a plan that nobody has.

    Raises:
        PlanInUse: subscribers have it.
    """
    key, group = plan.pk, plan.group
    try:
        with transaction.atomic():
            old = stored(plan, TOLD)
            plan.delete()
            compiling.forget_group(group)
            announce("plan.deleted", key, old=old)
    except ProtectedError:
        raise PlanInUse("Subscribers or vouchers have this plan: it stays.") from None
