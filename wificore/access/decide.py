"""The one evaluator of rights: pure functions of subject, token, code and record.

    deny(inactive)   the user is inactive, or the record is another tenant's
    deny(unknown)    nobody may do what no code names
    deny(token)      the token's abilities do not name it: a ceiling, never a grant
    deny(position)   a live position denies it, whatever else allows it, even to an owner
    deny(default)    neither a role nor a live position grants it
    deny(scope)      the record's site is not among the subject's sites
    deny(limit)      the amount is above the highest limit of the live positions
    deny(self)       whoever made the record may not do this to it
    allow(role|position)

Roles only allow, only positions deny, deny wins. An empty scope is no site, not every site.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from .codes import CODES

ALL = "*"


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A role of the subject: its name and what it allows, as exact codes."""

    name: str
    codes: frozenset[str]
    whole_tenant: bool = False


@dataclass(frozen=True, slots=True)
class PositionRule:
    """A position that the subject holds from one day to another, both included.

    Attributes:
        grants: exact codes. denials: exact codes, or `water.*` for all that begin so.
        limits: the highest amount in micro-units by the limit's name.
        whole_tenant: its holder's scope is every site.
    """

    id: int
    title: str
    grants: frozenset[str] = frozenset()
    denials: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    whole_tenant: bool = False
    starts_on: date = date.min
    ends_on: date = date.max

    def live(self, today: date) -> bool:
        return self.starts_on <= today <= self.ends_on


@dataclass(frozen=True, slots=True)
class Subject:
    """Whoever asks, as far as the decision needs to know.

    Attributes:
        today: the day in the tenant's time zone, which decides what positions are live.
    """

    schema: str
    id: str
    is_active: bool
    today: date
    roles: tuple[RoleRule, ...] = ()
    positions: tuple[PositionRule, ...] = ()
    sites: frozenset[int] = frozenset()

    @property
    def live(self) -> list[PositionRule]:
        return [position for position in self.positions if position.live(self.today)]


@dataclass(frozen=True, slots=True)
class Record:
    """What it is done to, as far as the decision needs to know; None: it has no such thing.

    Attributes:
        schema: where the record lies. site: its site's id. maker: id of the user who made it.
        amount_micro: what is at stake.
    """

    schema: str | None = None
    site: int | None = None
    maker: str | None = None
    amount_micro: int | None = None


class Ceiling(Protocol):
    """A token, as far as the decision needs one."""

    @property
    def abilities(self) -> Sequence[str] | None: ...


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, the kind of the rule that gave it, and the rule itself in words."""

    allowed: bool
    reason: str
    rule: str = ""


NO_RECORD = Record()


def decide(
    subject: Subject, token: Ceiling | None, code: str, record: Record = NO_RECORD
) -> Decision:
    """May this subject, through this token, do what `code` names to this record?"""
    closed = next(_closed(subject, token, code, record), None)
    granted = closed or _granted(subject, code)
    if not granted.allowed:
        return granted
    return next(_beyond(subject, code, record), granted)


def _closed(
    subject: Subject, token: Ceiling | None, code: str, record: Record
) -> Iterator[Decision]:
    """What denies whatever roles and positions allow."""
    if not subject.is_active:
        yield _deny("inactive", "the user is not active")
    if record.schema not in (None, subject.schema):
        yield _deny("inactive", "the record is another tenant's")
    if code not in CODES:
        yield _deny("unknown", f"no permission is called {code}")
    if token is not None and not within(token.abilities, code):
        yield _deny("token", "the token's abilities do not include it")
    for position in subject.live:
        if denies(position.denials, code):
            yield _deny("position", f"the position {position.title} denies it")


def _beyond(subject: Subject, code: str, record: Record) -> Iterator[Decision]:
    """What denies this record, or this amount."""
    if record.site is not None and not in_scope(subject, record.site):
        yield _deny("scope", "its site is not among the user's sites")
    permission = CODES[code]
    limit = limit_of(subject, permission.limit)
    if limit is not None and record.amount_micro is not None and record.amount_micro > limit:
        yield _deny("limit", f"{permission.limit} is {limit} micro-units")
    if permission.other_hands and record.maker == subject.id:
        yield _deny("self", "whoever made it may not do this")


def _granted(subject: Subject, code: str) -> Decision:
    for role in subject.roles:
        if code in role.codes:
            return Decision(True, "role", f"the role {role.name} allows it")
    for position in subject.live:
        if code in position.grants and not CODES[code].protected:
            return Decision(True, "position", f"the position {position.title} grants it")
    return _deny("default", "no role and no position grants it")


def _deny(reason: str, rule: str) -> Decision:
    return Decision(False, reason, rule)


def within(abilities: Sequence[str] | None, code: str) -> bool:
    """None is no ceiling; an empty list lets nothing through."""
    return abilities is None or ALL in abilities or code in abilities


def denies(denials: frozenset[str], code: str) -> bool:
    """Exactly, or by a pattern: `*`, `water.*`, `water.refund.*`."""
    return any(
        code == denial or (denial.endswith(ALL) and code.startswith(denial[:-1]))
        for denial in denials
    )


def sees_every_site(subject: Subject) -> bool:
    roles = any(role.whole_tenant for role in subject.roles)
    return roles or any(position.whole_tenant for position in subject.live)


def in_scope(subject: Subject, site: int) -> bool:
    return site in subject.sites or sees_every_site(subject)


def limit_of(subject: Subject, name: str) -> int | None:
    """The highest amount that a live position names; None: no position limits it.

    The highest, because an acting manager keeps the position of every day as well.
    """
    named = [position.limits[name] for position in subject.live if name in position.limits]
    return max(named, default=None)


def effective(subject: Subject, token: Ceiling | None = None) -> list[str]:
    """All codes that the subject may use on a record that nothing keeps from it."""
    return [code for code in CODES if decide(subject, token, code).allowed]
