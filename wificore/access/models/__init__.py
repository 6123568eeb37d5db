"""Staff users, their tokens, and what gives them rights; in `public`, platform operators."""

from ..signin.models import Lockout
from .invitations import Invitation
from .organisation import (
    AlertRoute,
    Assignment,
    Department,
    ExtraDepartment,
    Position,
    Scope,
    Settings,
    Site,
)
from .roles import Role
from .tokens import ApiToken, new_public_id
from .users import User

__all__ = [
    "AlertRoute",
    "ApiToken",
    "Assignment",
    "Department",
    "ExtraDepartment",
    "Invitation",
    "Lockout",
    "Position",
    "Role",
    "Scope",
    "Settings",
    "Site",
    "User",
    "new_public_id",
]
