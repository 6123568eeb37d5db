"""What single sign-on and the sign-in policy know of roles; read only, and imports little.

Today a user has one role (`User.role`). Here and in `giving` is all that changes when there are
several.
"""

from collections.abc import Collection

from ..decide import ROLES
from ..models import User

OWNER = "owner"
# Of several roles the first one counts, as long as a user can have but one.
STRONGEST_FIRST = tuple(role for role in ("owner", "clerk") if role in ROLES)


def assignable() -> Collection[str]:
    """Roles that a provider may give: this tenant's."""
    return STRONGEST_FIRST


def role_names(user: User) -> set[str]:
    return {user.role} if user.role else set()
