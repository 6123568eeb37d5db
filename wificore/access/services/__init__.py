"""Writes: users, tokens, roles and the organisation; nobody gives more than they have."""

from ..guard import By, LastOwner, NotYours
from ..placing import Placement
from ..rows import Invalid, StillUsed
from .alerts import alert_route_delete, alert_route_save
from .invitations import (
    InvitationOver,
    Page,
    invitation_accept,
    invitation_create,
    invitation_resend,
    invitation_revoke,
    invitation_token,
)
from .organisation import (
    department_delete,
    department_save,
    settings_update,
    site_delete,
    site_save,
)
from .positions import (
    assignment_create,
    assignment_end,
    assignment_update,
    position_delete,
    position_save,
    seed_organisation,
)
from .roles import role_create, role_delete, role_update
from .tokens import TokenInvalid, token_create, token_revoke
from .users import (
    seed_owner,
    user_create,
    user_delete,
    user_password_set,
    user_phone_set,
    user_remove,
    user_roles_set,
    user_save,
    user_update,
)

__all__ = [
    "By",
    "Invalid",
    "InvitationOver",
    "LastOwner",
    "NotYours",
    "Page",
    "Placement",
    "StillUsed",
    "TokenInvalid",
    "alert_route_delete",
    "alert_route_save",
    "assignment_create",
    "assignment_end",
    "assignment_update",
    "department_delete",
    "department_save",
    "invitation_accept",
    "invitation_create",
    "invitation_resend",
    "invitation_revoke",
    "invitation_token",
    "position_delete",
    "position_save",
    "role_create",
    "role_delete",
    "role_update",
    "seed_organisation",
    "seed_owner",
    "settings_update",
    "site_delete",
    "site_save",
    "token_create",
    "token_revoke",
    "user_create",
    "user_delete",
    "user_password_set",
    "user_phone_set",
    "user_remove",
    "user_roles_set",
    "user_save",
    "user_update",
]
