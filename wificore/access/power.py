"""What somebody may in all, so that two states of it, or two people, can be compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from .codes import CODES
from .decide import Ceiling, Subject, effective, limit_of, sees_every_site

DAY = timedelta(days=1)
UNLIMITED = float("inf")


@dataclass(frozen=True, slots=True)
class Power:
    """What a subject may on one day.

    Attributes:
        codes: what it may on a record that nothing keeps from it.
        sites: its scope; `every_site`: all there are and will be.
        amounts: the highest amount in micro-units by code, of codes that a limit can bound.
    """

    codes: frozenset[str] = frozenset()
    every_site: bool = False
    sites: frozenset[int] = frozenset()
    amounts: Mapping[str, float] = field(default_factory=dict)

    def lacks(self, other: "Power") -> str:
        """What the other has beyond this, in a word or two; empty: nothing."""
        if codes := other.codes - self.codes:
            return sorted(codes)[0]
        if other.every_site and not self.every_site:
            return "every site"
        if not self.every_site and other.sites - self.sites:
            return "a site outside your scope"
        for code, amount in other.amounts.items():
            if amount > self.amounts.get(code, 0):
                return f"{code} above your limit"
        return ""


def power_of(subject: Subject, token: Ceiling | None = None) -> Power:
    """The power of an inactive user is none at all."""
    if not subject.is_active:
        return Power()
    codes = frozenset(effective(subject, token))
    amounts = {code: _amount(subject, code) for code in codes if CODES[code].limit}
    return Power(codes, sees_every_site(subject), subject.sites, amounts)


def _amount(subject: Subject, code: str) -> float:
    limit = limit_of(subject, CODES[code].limit)
    return UNLIMITED if limit is None else limit


def difference(before: Power, after: Power) -> tuple[Power, Power]:
    """What was gained and what was taken; of an amount that changed, the higher one."""
    amounts = {
        code: max(before.amounts.get(code, 0), after.amounts.get(code, 0))
        for code in {*before.amounts, *after.amounts}
        if before.amounts.get(code) != after.amounts.get(code)
    }
    return _minus(after, before, amounts), _minus(before, after, amounts)


def _minus(one: Power, other: Power, amounts: Mapping[str, float]) -> Power:
    return Power(
        one.codes - other.codes,
        one.every_site and not other.every_site,
        one.sites - other.sites,
        {code: amount for code, amount in amounts.items() if code in one.codes},
    )


def days(*subjects: Subject) -> list[date]:
    """Days after today on which a position begins or has just ended."""
    found: set[date] = set()
    for subject in subjects:
        found |= {day for day in _turns(subject) if day > subject.today}
    return sorted(found)


def _turns(subject: Subject) -> Iterator[date]:
    for position in subject.positions:
        yield position.starts_on
        if position.ends_on < date.max:
            yield position.ends_on + DAY


def reach(subject: Subject) -> Power:
    """All that the person can come to without anybody's help: if active, and never denied.

    Whoever writes to the account may not lack any of it: who can change an address or a password
    can sign in as the person.
    """
    positions = tuple(
        replace(p, denials=frozenset()) for p in subject.positions if p.ends_on >= subject.today
    )
    free = replace(subject, is_active=True, positions=positions)
    powers = [power_of(replace(free, today=day)) for day in (subject.today, *days(free))]
    amounts: dict[str, float] = {}
    for power in powers:
        for code, amount in power.amounts.items():
            amounts[code] = max(amount, amounts.get(code, 0))
    codes = frozenset().union(*(power.codes for power in powers))
    return Power(codes, any(power.every_site for power in powers), subject.sites, amounts)
