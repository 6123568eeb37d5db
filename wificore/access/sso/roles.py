"""What single sign-on and the sign-in policy know of roles; read only, and imports little."""

from ..models import Role, User


def assignable() -> set[str]:
    """Names of the roles that a provider may give: this schema's."""
    return set(Role.objects.values_list("name", flat=True))


def role_names(user: User) -> set[str]:
    """Names of the user's roles, as the database has them."""
    return set(user.roles.values_list("name", flat=True))
