"""What every change of rights goes through, so that nobody rises and nobody is locked out.

    with rights_change(by=by) as by:     by: who writes, None: the system (a seed, a command)
        ...                              the service's own checks and writes

one at a time   the organisation's settings row is locked, so two changes cannot each take the
                other's last owner, and the writer's own rights are those of this moment
no rising       everybody's rights before and after are compared, today and on every later day on
                which a position begins or ends: what anybody gained the writer must have on that
                day, what anybody lost the writer must have today; the writer's own rights change
                only if it holds the key (`access.role.manage`)
no lock-out     some active user keeps the key, today and on every later day that is known
no stale cache  everybody's `authz_version` counts up

The comparison asks what came of a write and not how it was made, so that no road is forgotten: a
role, a position, a department that opens, a site, a limit, a date, the time zone.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import F

from wificore.kernel.api.errors import DomainError
from wificore.kernel.db.context import current

from .checks import token_of
from .codes import KEY
from .decide import Ceiling, Subject, decide, sees_every_site
from .models import Settings, User
from .power import Power, days, difference, power_of, reach
from .subjects import build, rights_of

Subjects = Mapping[int, Subject]


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
        beyond = sorted(set(codes) - power_of(self.subject, self.token).codes)
        if beyond:
            raise NotYours(f"You may not give or take {beyond[0]}: you lack it.", field=field)

    def check_sites(self, sites: Iterable[int], *, field: str | None = None) -> None:
        """Raises NotYours: it lends a site that the writer does not see."""
        if not sees_every_site(self.subject) and set(sites) - self.subject.sites:
            raise NotYours("You may not give or take a site outside your scope.", field=field)

    def check_every_site(self, *, field: str | None = None) -> None:
        """Raises NotYours: it is about all sites, and the writer does not see them all."""
        if not sees_every_site(self.subject):
            raise NotYours("Only who sees every site may do that.", field=field)

    def check_person(self, person: Subject) -> None:
        """Raises NotYours: the person has, or can come to, rights that the writer lacks.

        A token that narrows its user lacks what it narrows: whoever has stolen it may not set
        the user's own password and sign in without it.
        """
        own = person.id == self.subject.id
        whole = power_of(self.subject) if own else reach(person)
        if lacking := power_of(self.subject, self.token).lacks(whole):
            raise NotYours(f"This person has rights that you lack: {lacking}.")

    def check_not_self(self, user_ids: Iterable[object]) -> None:
        """Raises NotYours: the writer's own rights, without the key."""
        if self.subject.id in {str(user_id) for user_id in user_ids} and not self.has_key:
            raise NotYours("You may not change your own rights.")

    def check_change(self, before: Subjects, after: Subjects) -> None:
        """Raises NotYours: somebody gained or lost what the writer does not have."""
        for key in {*before, *after}:
            old, new = before.get(key), after.get(key)
            if old != new:
                self._check_one(old or _nobody(new), new or _nobody(old))

    def _check_one(self, old: Subject, new: Subject) -> None:
        # An account that sleeps is compared as if it were awake: somebody may wake it later.
        self._check_days(old, new)
        self._check_days(replace(old, is_active=True), replace(new, is_active=True))

    def _check_days(self, old: Subject, new: Subject) -> None:
        self._check_day(old, new, self.subject)
        for day in days(old, new, self.subject):
            self._check_day(*(replace(subject, today=day) for subject in (old, new, self.subject)))

    def _check_day(self, old: Subject, new: Subject, writer: Subject) -> None:
        gained, taken = difference(power_of(old), power_of(new))
        if gained == taken == Power():
            return
        self.check_not_self([new.id])
        now, then = power_of(self.subject, self.token), power_of(writer, self.token)
        if lacking := then.lacks(gained) or now.lacks(taken):
            raise NotYours(f"You may not give or take {lacking}: you lack it.")


def writer(request: Any) -> By:
    """Who changes rights by this request, as services ask for it."""
    return By(request.user.subject(), token_of(request))


@contextmanager
def rights_change(using: str = "default", *, by: By | None = None) -> Iterator[By | None]:
    """A transaction around a change of anybody's rights; see the module's text.

    Yields the writer with the rights of this moment.

    Raises:
        NotYours: after the block somebody has gained or lost what the writer does not have.
        LastOwner: after the block nobody holds the key who held it before.
    """
    with transaction.atomic(using=using):
        Settings.objects.using(using).select_for_update().get_or_create(pk=1)
        before = _everybody(using)
        by = _fresh(by, before)
        yield by
        User.objects.using(using).update(authz_version=F("authz_version") + 1)
        after = _everybody(using)
        if _key_is_held(before) and not _key_is_held(after):
            raise LastOwner("The last active owner cannot lose the right to change roles.")
        if by:
            by.check_change(before, after)


def person(user: User, using: str = "default") -> Subject:
    """A user as the database has it now, uncached; nobody if it is gone."""
    rights = rights_of([user.pk], current().schema, using=using).get(user.pk)
    return build(current().schema, user.pk, rights) if rights else _nobody(user.subject())


def _everybody(using: str) -> dict[int, Subject]:
    ids = User.objects.using(using).values_list("pk", flat=True)
    rights = rights_of(list(ids), current().schema, using=using)
    return {key: build(current().schema, key, found) for key, found in rights.items()}


def _fresh(by: By | None, everybody: Subjects) -> By | None:
    """The writer as of now: what another writer has just taken is taken."""
    if by is None or not by.subject.id.isdecimal():
        return by
    return replace(by, subject=everybody.get(int(by.subject.id), _nobody(by.subject)))


def _nobody(like: Subject | None) -> Subject:
    """Somebody who is not there, and has nothing."""
    assert like is not None
    return replace(like, is_active=False, roles=(), positions=(), sites=frozenset())


def _key_is_held(everybody: Subjects) -> bool:
    """On each day from today on somebody active may change roles."""
    awake = [subject for subject in everybody.values() if subject.is_active]
    later = days(*awake)
    return _held(awake) and all(_held([replace(s, today=day) for s in awake]) for day in later)


def _held(subjects: Iterable[Subject]) -> bool:
    return any(decide(subject, None, KEY).allowed for subject in subjects)
