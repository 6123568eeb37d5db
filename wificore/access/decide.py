"""The one evaluator of rights: a pure function of user, token and permission code.

Roles are allow-lists of codes; a token's abilities are a ceiling and never a grant. Unknown
codes are denied. (Departments, positions and scopes join this function later: ACCESS.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

ALL = "*"

# Every permission code of the platform, in words for people.
CODES = {
    "access.token.manage": "Make, list and revoke own API tokens",
    "access.user.view": "See staff",
    "access.user.manage": "Change staff",
    "access.provider.view": "See sign-in providers",
    "access.provider.manage": "Change sign-in providers, and whom their groups make what",
    "access.policy.view": "See the rules of signing in",
    "access.policy.manage": "Change the rules of signing in: who needs a second factor",
    "radius.plan.view": "See plans",
    "radius.plan.manage": "Change plans",
    "radius.subscriber.view": "See subscribers",
    "radius.subscriber.manage": "Change subscribers",
    "radius.subscriber.import": "Import subscribers from a file",
    "radius.nas.view": "See routers",
    "radius.nas.manage": "Change routers",
    "radius.session.view": "See sessions",
    "radius.login.view": "See login attempts",
    "jobs.job.view": "See background jobs",
    "audit.entry.view": "See who changed what",
    "tenants.tenant.view": "See tenants",
    "tenants.tenant.manage": "Change tenants",
}
PLATFORM_APPS = ("access.", "audit.", "jobs.", "tenants.")
PLATFORM_CODES = frozenset(code for code in CODES if code.startswith(PLATFORM_APPS))
TENANT_CODES = frozenset(code for code in CODES if not code.startswith("tenants."))

ROLES: dict[str, frozenset[str]] = {
    "operator": PLATFORM_CODES,
    "owner": TENANT_CODES,
    "clerk": frozenset(
        {
            "access.token.manage",
            "radius.plan.view",
            "radius.subscriber.view",
            "radius.subscriber.manage",
            "radius.session.view",
            "radius.login.view",
        }
    ),
}


class Actor(Protocol):
    """A user, as far as the decision needs one."""

    @property
    def is_active(self) -> bool: ...
    @property
    def role(self) -> str: ...


class Ceiling(Protocol):
    """A token, as far as the decision needs one."""

    @property
    def abilities(self) -> Sequence[str] | None: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer and the rule that gave it."""

    allowed: bool
    reason: str


def decide(user: Actor, token: Ceiling | None, code: str) -> Decision:
    """May this user, through this token, do what `code` names?"""
    if not user.is_active:
        return Decision(False, "inactive")
    if code not in CODES:
        return Decision(False, "unknown")
    if token is not None and not within(token.abilities, code):
        return Decision(False, "token")
    if code in ROLES.get(user.role, frozenset()):
        return Decision(True, "role")
    return Decision(False, "default")


def within(abilities: Sequence[str] | None, code: str) -> bool:
    """None is no ceiling; an empty list lets nothing through."""
    return abilities is None or ALL in abilities or code in abilities
