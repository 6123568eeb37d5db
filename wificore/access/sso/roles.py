"""The one place where providers touch a user's roles.

Today a user has one role (`User.role`); `role_names` and `roles_set_from_provider` are all that
changes when there are several.
"""

from collections.abc import Collection

from ..decide import ROLES
from ..models import User
from ..services import user_save

OWNER = "owner"
# Of several roles the first one counts, as long as a user can have but one.
STRONGEST_FIRST = tuple(role for role in ("owner", "clerk") if role in ROLES)


def assignable() -> Collection[str]:
    """Roles that a provider may give: this tenant's."""
    return STRONGEST_FIRST


def role_names(user: User) -> set[str]:
    return {user.role} if user.role else set()


def roles_set_from_provider(user: User, names: Collection[str]) -> None:
    """Give the user exactly these roles; the last active owner stays owner. In a transaction."""
    wanted = {name for name in names if name in assignable()}
    if OWNER in role_names(user) and OWNER not in wanted and _last_owner(user):
        wanted.add(OWNER)
    role = next((name for name in STRONGEST_FIRST if name in wanted), "")
    if role != user.role:
        user.role = role
        user_save(user=user)


def _last_owner(user: User) -> bool:
    # Locked, so that two owners who lose it at once do not each see the other.
    owners = User.objects.select_for_update().filter(role=OWNER, is_active=True).order_by("pk")
    return {owner.pk for owner in owners} <= {user.pk}
