"""Writes: a tenant's own roles. Built-in ones are the release's and cannot be changed."""

from collections.abc import Iterable, Sequence

from wificore.kernel.changes import announce, snapshot, stored
from wificore.kernel.db.context import current

from ..codes import PLATFORM_CODES, TENANT_CODES
from ..guard import By, rights_change
from ..models import Role
from ..rows import Invalid, StillUsed, clean

TOLD = ("name", "title", "permissions")


def role_create(
    *, name: str, title: str, permissions: Sequence[str] = (), by: By | None = None
) -> Role:
    """A role of the organisation's own.

    Raises:
        Invalid: the name is taken or malformed, or a code is unknown.
        NotYours: it allows more than its maker may.
    """
    codes = _check_codes(permissions)
    role = Role(name=name.strip().lower(), title=title.strip() or name, permissions=codes)
    with rights_change(by=by) as by:
        if by:
            by.check_codes(codes, field="permissions")
        clean(role)
        role.save()
        announce("role.created", role.pk, new=snapshot(role, TOLD))
    return role


def role_update(
    *,
    role: Role,
    title: str | None = None,
    permissions: Sequence[str] | None = None,
    by: By | None = None,
) -> Role:
    """Change its title or what it allows.

    Raises:
        StillUsed: it is built in. Invalid, NotYours, LastOwner: as their names say.
    """
    _check_own(role)
    role.title = role.title if title is None else title
    if permissions is not None:
        role.permissions = _check_codes(permissions)
    with rights_change(by=by) as by:
        old = stored(role, TOLD)
        if by and old:
            changed = set(role.permissions) ^ set(old["permissions"])
            by.check_codes(changed, field="permissions")
        clean(role)
        role.save()
        announce("role.updated", role.pk, old=old, new=snapshot(role, TOLD))
    return role


def role_delete(*, role: Role, by: By | None = None) -> None:
    """Remove a role that nobody has.

    Raises:
        StillUsed: somebody has it, or it is built in. NotYours: it allows more than one may.
    """
    _check_own(role)
    key, old = role.pk, snapshot(role, TOLD)
    with rights_change(by=by) as by:
        if by:
            by.check_codes(role.permissions)
        if role.users.exists():
            raise StillUsed("Somebody has this role: take it away first.")
        role.delete()
        announce("role.deleted", key, old=old)


def _check_own(role: Role) -> None:
    if role.built_in:
        raise StillUsed("A built-in role cannot be changed: make one of your own.")


def _check_codes(codes: Iterable[str]) -> list[str]:
    """The codes, each once and sorted.

    Raises:
        Invalid: one is not a permission of this host.
    """
    here = PLATFORM_CODES if current().is_platform else TENANT_CODES
    unknown = sorted(code for code in codes if code not in here)
    if unknown:
        raise Invalid(f"Unknown permission code: {unknown[0]}.", field="permissions")
    return sorted(set(codes))
