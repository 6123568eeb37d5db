"""What a decision costs: `decide` with 50 roles and 10 positions, warm, and with a cold subject.

The peer is Django's ModelBackend with as many groups and permissions, in the same process and the
same database, one round of each in turn. Its warm answers come from a set on the user object, so
that every request is cold: it asks the database again. Ours are cached beside the request.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from wificore.devserver.services import running_stack

ROLES, POSITIONS = 50, 10
ROUNDS, WARM, COLD = 15, 2_000, 40
# A code that the last role allows, and no position denies.
CODE = "radius.login.view"


def main() -> str:
    """The table."""
    with tempfile.TemporaryDirectory() as var, running_stack(Path(var), "--no-simulator") as stack:
        os.environ.update(_environment(Path(var)))
        return _measured(stack.contract["tenants"][0]["slug"])


def _environment(var: Path) -> dict[str, str]:
    """What the stack's own processes run with."""
    lines = (var / "stack.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _measured(slug: str) -> str:
    import django

    django.setup()
    from tenants.selectors import tenant_get
    from wificore.kernel.db.context import tenant_context

    with tenant_context(tenant_get(slug=slug)):
        ours, peers = _ours(), _peers()
        figures: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for name, (times, action) in {**ours, **peers}.items():
                figures.setdefault(name, []).append(_us(times, action))
    return _table(figures)


def _us(times: int, action: Callable[[], object]) -> float:
    began = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - began) / times * 1_000_000


def _table(figures: dict[str, list[float]]) -> str:
    lines = [f"{ROLES} roles, {POSITIONS} positions; microseconds, median of {ROUNDS} rounds", ""]
    lines.append(f"{'':44}{'median':>10}{'best':>10}")
    for name, found in figures.items():
        lines.append(f"{name:44}{statistics.median(found):10.1f}{min(found):10.1f}")
    return "\n".join(lines) + "\n"


Actions = dict[str, tuple[int, Callable[[], object]]]


def _ours() -> Actions:
    from django.core.cache import cache

    from wificore.access.decide import Record, decide
    from wificore.access.models import User

    user = User.objects.get(pk=_user())
    subject, record = user.subject(), Record(site=1)
    assert len(subject.roles) == ROLES
    assert len(subject.positions) == POSITIONS
    key = f"rights:{user.pk}:{user.authz_version}"

    def cold() -> None:
        cache.delete(key)
        assert user.may(CODE).allowed

    return {
        "decide, subject at hand": (WARM, lambda: decide(subject, None, CODE)),
        "decide, at a site": (WARM, lambda: decide(subject, None, CODE, record)),
        "first of a request, subject in Redis": (COLD * 5, lambda: user.may(CODE)),
        "first of a request, subject in PostgreSQL": (COLD, cold),
    }


def _user() -> int:
    """A user with 50 roles, the last of which allows the code, and 10 positions."""
    from datetime import date

    from wificore.access import services
    from wificore.access.codes import TENANT_CODES
    from wificore.access.models import Department, Position

    codes = sorted(code for code in TENANT_CODES if code != CODE)
    for number in range(ROLES):
        allowed = [CODE] if number == ROLES - 1 else codes[number % 20 : number % 20 + 5]
        services.role_create(name=f"zz-{number:02}", title="", permissions=allowed)
    names = [f"zz-{number:02}" for number in range(ROLES)]
    user = services.user_create(email="bench@acme.test", password=None, roles=names)
    department = services.department_save(department=Department(name="Bench"))
    for number in range(POSITIONS):
        rules = {"grants": ["radius.nas.view"], "denials": ["radius.nas.manage"]}
        position = Position(department=department, title=f"P{number}", **rules)
        services.position_save(position=position)
        services.assignment_create(user=user, position=position, starts_on=date(2026, 1, 1))
    return user.pk


def _peers() -> Actions:
    """Django's: the backend's own two steps, which a request takes once each at its first ask."""
    from django.contrib.auth.backends import ModelBackend
    from django.contrib.auth.models import Group, Permission

    groups = [Group.objects.create(name=f"g{number}") for number in range(ROLES)]
    permissions = list(Permission.objects.select_related("content_type")[: ROLES * 5])
    for number, group in enumerate(groups):
        group.permissions.set(permissions[number % 20 : number % 20 + 5])
    backend, wanted = ModelBackend(), permissions[0]
    name = f"{wanted.content_type.app_label}.{wanted.codename}"
    ids = [group.pk for group in groups]

    def ask(user: Any) -> bool:
        return backend.has_perm(user, name)

    def fresh() -> Any:
        return _peers_user(ids)

    warm = fresh()
    assert ask(warm)
    return {
        "Django has_perm, same object again": (WARM, lambda: ask(warm)),
        "Django has_perm, first of a request": (COLD, lambda: ask(fresh())),
    }


def _peers_user(groups: list[int]) -> Any:
    """What PermissionsMixin gives: its two queries, over the same number of groups."""
    from django.contrib.auth.models import Permission

    class Groups:
        is_active, is_anonymous, is_superuser = True, False, False

        @property
        def user_permissions(self) -> Any:
            return Permission.objects.filter(group__pk=-1)

    user: Any = Groups()
    found = Permission.objects.filter(group__pk__in=groups).distinct()
    user._group_perm_cache = {
        f"{app}.{name}" for app, name in found.values_list("content_type__app_label", "codename")
    }
    return user


if __name__ == "__main__":
    print(main())
