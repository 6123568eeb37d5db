"""What every change of rights goes through, so that nobody rises and nobody is locked out.

one at a time   the organisation's settings row is locked, so two changes cannot each take the
                other's last owner
no rising       whoever gives or takes a right must have it; one's own rights are changed only
                by those who hold the key (`access.role.manage`)
no lock-out     some active user keeps the key, today and on every later day that is known
no stale cache  everybody's `authz_version` counts up
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F

from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import current

from .codes import KEY
from .decide import Ceiling, PositionRule, Subject, decide, effective, sees_every_site
from .models import Settings, User
from .subjects import Rights, build, rights_of

DAY = timedelta(days=1)


class LastOwner(DomainError):
    """Nobody could change roles any more."""

    status = 409
    code = "last_owner"


class NotYours(DomainError):
    """Whoever writes may not give, take or touch this."""

    status = 403
    code = "permission_denied"


@dataclass(frozen=True, slots=True)
class By:
    """Whoever changes rights: the subject, and the token it works through."""

    subject: Subject
    token: Ceiling | None = None

    @property
    def has_key(self) -> bool:
        return decide(self.subject, self.token, KEY).allowed

    def check_codes(self, codes: Iterable[str], *, field: str | None = None) -> None:
        """Raises NotYours: it gives or takes a code that the writer does not have."""
        beyond = sorted(set(codes) - set(effective(self.subject, self.token)))
        if beyond:
            raise NotYours(f"You may not give or take {beyond[0]}: you lack it.", field=field)

    def check_sites(self, sites: Iterable[int], *, field: str | None = None) -> None:
        """Raises NotYours: it lends a site that the writer does not see."""
        if not sees_every_site(self.subject) and set(sites) - self.subject.sites:
            raise NotYours("You may not give or take a site outside your scope.", field=field)

    def check_every_site(self, *, field: str | None = None) -> None:
        """Raises NotYours: it lends all sites, and the writer does not see them all."""
        if not sees_every_site(self.subject):
            raise NotYours("Only who sees every site may give or take that.", field=field)

    def check_person(self, user: User) -> None:
        """Raises NotYours: the person has rights that the writer lacks."""
        if str(user.pk) != self.subject.id:
            self.check_codes(effective(user.subject()))

    def check_not_self(self, user_ids: Iterable[object]) -> None:
        """Raises NotYours: the writer's own rights, without the key."""
        if self.subject.id in {str(user_id) for user_id in user_ids} and not self.has_key:
            raise NotYours("You may not change your own rights.")


@contextmanager
def rights_change(using: str = "default") -> Iterator[None]:
    """A transaction around a change of anybody's rights; see the module's text.

    Raises:
        LastOwner: after the block nobody holds the key who held it before.
    """
    with transaction.atomic(using=using):
        Settings.objects.using(using).select_for_update().get_or_create(pk=1)
        before = _key_is_held(using)
        yield
        User.objects.using(using).update(authz_version=F("authz_version") + 1)
        if before and not _key_is_held(using):
            raise LastOwner("The last active owner cannot lose the right to change roles.")


def _key_is_held(using: str) -> bool:
    """On each day from today on somebody active may change roles."""
    ids = User.objects.using(using).filter(is_active=True).values_list("pk", flat=True)
    everybody = rights_of(list(ids), current().schema, using=using)
    subjects = [build(current().schema, key, rights) for key, rights in everybody.items()]
    days = {subject.today for subject in subjects}
    for subject in subjects:
        days |= {day for position in subject.positions for day in _turns(position, subject.today)}
    return bool(days) and all(_held_on(day, everybody) for day in days)


def _turns(position: PositionRule, today: date) -> Iterator[date]:
    """Days after today on which the position begins, or has just ended."""
    if position.starts_on > today:
        yield position.starts_on
    if today <= position.ends_on < date.max:
        yield position.ends_on + DAY


def _held_on(day: date, everybody: dict[int, Rights]) -> bool:
    schema = current().schema
    return any(
        decide(build(schema, key, rights, today=day), None, KEY).allowed
        for key, rights in everybody.items()
    )
