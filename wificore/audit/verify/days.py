"""One day's rows against its seals: none changed, none missing, none that came afterwards."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .. import canonical
from ..canonical import LEAF_BYTES
from ..chain import RANGE, Seal, micros
from .chain import Chain
from .report import Report

Row = Sequence[Any]
ID, AT = 0, 1


@dataclass(slots=True)
class Found:
    """The rows of a day, by number.

    Attributes:
        hashes: of the row with each number; of several, the one that its seal means.
        loose: number and time of those that no seal that proves something covers.
    """

    hashes: dict[int, bytes] = field(default_factory=dict)
    times: dict[int, int] = field(default_factory=dict)
    loose: list[tuple[int, int]] = field(default_factory=list)


def check(
    day: date,
    seals: Sequence[Seal],
    rows: Iterable[Row],
    report: Report,
    chain: Chain,
    late_from: datetime | None,
) -> None:
    """Compare.

    Args:
        late_from: rows of this time or later may still be sealed; None: nothing is sealed yet.
    """
    good = [seal for seal in seals if seal.seq not in chain.bad]
    leaves = {
        number: leaf
        for seal in good
        for number, leaf in zip(seal.numbers(), _leaves(seal), strict=False)
    }
    found = _read(rows, leaves)
    for seal in good:
        _seal(day, seal, found, report)
    _loose(day, found.loose, [s for s in seals if s.seq in chain.bad], report, chain, late_from)


def _read(rows: Iterable[Row], leaves: Mapping[int, bytes]) -> Found:
    found = Found()
    for row in rows:
        number, at = row[ID], row[AT]
        if number not in leaves:
            found.loose.append((number, at))
            continue
        digest = canonical.row_hash(row)
        if number in found.hashes:
            if not digest.startswith(leaves[number]):
                found.loose.append((number, at))
                continue
            # Somebody put another row of this number before it.
            found.loose.append((number, found.times[number]))
        found.hashes[number], found.times[number] = digest, at
    return found


def _seal(day: date, seal: Seal, found: Found, report: Report) -> None:
    numbers = seal.numbers()
    if seal.format != canonical.FORMAT:
        report.add("row_unproven", f"seal {seal.seq} has format {seal.format}: update WifiCore")
        return
    missing = [number for number in numbers if number not in found.hashes]
    changed = [
        number
        for number, leaf in zip(numbers, _leaves(seal), strict=True)
        if number in found.hashes and not found.hashes[number].startswith(leaf)
    ]
    report.rows += len(numbers) - len(missing) - len(changed)
    gone = [f"row {number} of {day} is missing" for number in missing]
    report.add_rows("row_missing", gone, f"of {day} are missing")
    other = [f"row {number} of {day} was changed" for number in changed]
    report.add_rows("row_changed", other, f"of {day} were changed")
    if missing or changed:
        return
    if canonical.digest([found.hashes[number] for number in numbers]) != seal.digest:
        message = f"one of {len(numbers)} rows of {day} under seal {seal.seq} was changed"
        report.add("row_changed", message)


def _leaves(seal: Seal) -> list[bytes]:
    leaves = seal.leaves
    return [leaves[at : at + LEAF_BYTES] for at in range(0, len(leaves), LEAF_BYTES)]


def _loose(
    day: date,
    loose: Sequence[tuple[int, int]],
    bad: Sequence[Seal],
    report: Report,
    chain: Chain,
    late_from: datetime | None,
) -> None:
    """Rows under no seal: too young, or there because somebody put them there."""
    limit = None if late_from is None else micros(late_from)
    strange = [number for number, at in loose if limit is not None and at < limit]
    report.unsealed += len(loose) - len(strange)
    strange.sort()
    unproven = _claimed(strange, bad)
    if unproven:
        message = f"{len(unproven):,} rows of {day} are under no seal that proves anything"
        report.add("row_unproven", message)
    why = "is under no seal: inserted afterwards, or its seal was removed"
    how = why if chain.gaps else "was inserted afterwards"
    other = [f"row {number} of {day} {how}" for number in strange if number not in unproven]
    report.add_rows("row_inserted", other, f"of {day}: the same")


def _claimed(numbers: Sequence[int], bad: Sequence[Seal]) -> set[int]:
    """Those of the ascending numbers that seals speak of which prove nothing (any more)."""
    claimed: set[int] = set()
    for seal in bad:
        for low, high in RANGE.findall(seal.ids):
            claimed.update(
                numbers[bisect_left(numbers, int(low)) : bisect_left(numbers, int(high))]
            )
    return claimed
