"""The one place where a provider changes a user's roles."""

from collections.abc import Collection

from django.db import transaction

from ..codes import KEY
from ..models import User
from ..services import LastOwner, user_roles_set
from .roles import assignable


def roles_set_from_provider(user: User, names: Collection[str]) -> None:
    """Give the user exactly these roles; the last one who may change roles keeps that.

    Call it in a transaction.
    """
    wanted = set(names) & assignable()
    try:
        with transaction.atomic():
            user_roles_set(user=user, roles=wanted)
    except LastOwner:
        keys = {role.name for role in user.roles.all() if KEY in role.codes}
        user_roles_set(user=user, roles=wanted | keys)
