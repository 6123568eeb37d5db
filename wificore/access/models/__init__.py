"""Staff users, their tokens, and what gives them rights; in `public`, platform operators."""

from ..mfa.models import SignInPolicy
from ..signin.models import Lockout
from ..sso.models import ProviderIdentity, SignInProvider
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
    "ProviderIdentity",
    "Role",
    "Scope",
    "Settings",
    "SignInPolicy",
    "SignInProvider",
    "Site",
    "User",
    "new_public_id",
]
