"""The chain: every seal signed, each following the one before, the newest one still there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from ..chain import NOTHING, Head, Seal
from .report import Report, shown

Expected = tuple[int, bytes]


@dataclass(slots=True)
class Chain:
    """What the pass over the chain learned.

    Attributes:
        bad: numbers of the seals that prove nothing.
        gaps: whether a seal is missing.
        upto: every row before then was looked at.
    """

    upto: datetime | None = None
    gaps: bool = False
    bad: set[int] = field(default_factory=set)


def check(
    seals: Iterable[Seal],
    report: Report,
    *,
    head: Head | None,
    anchor: Seal | None,
    expected: Expected | None,
) -> Chain:
    """Walk the chain.

    Args:
        anchor: the seal before the first one; None: the first one must be number 1.
        expected: number and mac of a seal, as the log has them.
    """
    chain, last = Chain(), anchor
    for seal in seals:
        report.seals += 1
        report.late += seal.late
        _one(chain, report, seal, last)
        if expected and seal.seq == expected[0]:
            _compare(report, seal.mac, expected)
            expected = None
        last = seal
        if seal.seq not in chain.bad:
            chain.upto = seal.upto
    if expected:
        report.add("expected_differs", f"seal {expected[0]} of the log is not in the chain")
    _head(chain, report, head, last)
    report.sealed_up_to = chain.upto
    return chain


def _one(chain: Chain, report: Report, seal: Seal, last: Seal | None) -> None:
    number = last.seq if last else 0
    if seal.seq > number + 1:
        chain.gaps = True
        report.add("seal_missing", _missing(number + 1, seal.seq - 1))
    if not _genuine(chain, report, seal):
        return
    follows = seal.previous == (last.mac if last else NOTHING)
    if seal.seq == number + 1 and number not in chain.bad and not follows:
        report.add("seal_order", f"seal {seal.seq} does not follow seal {number} as it is now")


def _genuine(chain: Chain, report: Report, seal: Seal) -> bool:
    if seal.genuine:
        return True
    chain.bad.add(seal.seq)
    if seal.key_id not in settings.AUDIT_KEYS:
        message = f"seal {seal.seq} was made with key {seal.key_id!r}, which AUDIT_KEYS lacks"
        report.add("key_missing", message)
    else:
        message = f"seal {seal.seq} was changed or forged: its signature is wrong"
        report.add("seal_forged", message)
    return False


def _compare(report: Report, mac: bytes, expected: Expected) -> None:
    if mac != expected[1]:
        report.add("expected_differs", f"seal {expected[0]} is not the one of the log")


def _missing(first: int, final: int) -> str:
    if first == final:
        return f"seal {first} is missing"
    return f"seals {first} to {final} are missing"


def _head(chain: Chain, report: Report, head: Head | None, last: Seal | None) -> None:
    """The platform's note of the newest seal: without it a cut tail would not be seen."""
    newest = last.seq if last else 0
    if head is None:
        # The first seal may have been made a moment ago.
        if newest > 1:
            message = "public.audit_head has no row of this schema: seals may have been cut off"
            report.add("head_missing", message)
        return
    if not head.genuine:
        message = "public.audit_head was changed or forged: its signature is wrong"
        report.add("head_forged", message)
        return
    if head.remade_at:
        message = (
            f"public.audit_head had lost its row by {shown(head.remade_at)}:"
            " the newest seals of then may have been cut off"
        )
        report.add("head_remade", message)
    if head.seq > newest:
        chain.gaps = True
        report.add("seal_missing", _missing(newest + 1, head.seq) + " at the chain's end")
    elif last and last.seq == head.seq and last.mac != head.seal:
        message = f"seal {head.seq} is not the one that public.audit_head knows"
        report.add("head_differs", message)
    chain.upto = max(chain.upto, head.upto) if chain.upto else head.upto
