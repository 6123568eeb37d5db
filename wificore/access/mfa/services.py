"""Writes: the sign-in policy, and what is cached of it."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from wificore.kernel.api.errors import DomainError
from wificore.kernel.changes import announce, snapshot, stored

from ..models import User
from ..sso.roles import assignable
from .models import EVERYBODY, ONLY, SignInPolicy

TOLD = ("mfa_roles",)


class PolicyInvalid(DomainError):
    """The policy cannot be this."""

    code = "validation_error"


def policy_set(*, mfa_roles: Sequence[str]) -> SignInPolicy:
    """Ask a second factor of these roles from now on, also of those who are signed in.

    Raises:
        PolicyInvalid: there is no such role.
    """
    for role in mfa_roles:
        if role != EVERYBODY and role not in assignable():
            raise PolicyInvalid(f"There is no role {role!r}.", field="mfa_roles")
    with transaction.atomic():
        row = SignInPolicy(pk=ONLY, mfa_roles=sorted(set(mfa_roles)))
        old = stored(row, TOLD) or snapshot(SignInPolicy(), TOLD)
        row.save()
        answers_forget()
        announce("policy.updated", row.pk, old=old, new=snapshot(row, TOLD))
    return row


def answers_forget(user_id: int | None = None) -> None:
    """No cached answer about this user, or about anybody, is read again."""
    users = User.objects.all() if user_id is None else User.objects.filter(pk=user_id)
    users.update(authz_version=F("authz_version") + 1)
