"""The one place where a provider changes a user's roles."""

from collections.abc import Collection

from ..models import User
from ..services import user_save
from .roles import OWNER, STRONGEST_FIRST, assignable, role_names


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
