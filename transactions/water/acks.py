"""How far a kiosk's records have come: `ack_through`, and exactly what is missing."""

from collections.abc import Iterable

from django.db import connection

from .models import DispenseClaim, Kiosk, KioskEpoch

CHUNK = 200
# Epochs that an answer speaks of besides those that were asked about.
NEWEST = 20

MISSING = """
SELECT epoch, before + 1, seq - 1 FROM (
    SELECT c.epoch, c.seq, lag(c.seq, 1, e.ack_through)
        OVER (PARTITION BY c.epoch ORDER BY c.seq) AS before
    FROM water_kioskepoch e
    JOIN water_dispenseclaim c
        ON c.kiosk_id = e.kiosk_id AND c.epoch = e.epoch AND c.seq > e.ack_through
    WHERE e.kiosk_id = %s AND e.ack_through < e.max_seq
) known WHERE seq > before + 1 ORDER BY 1, 2
"""


def advance(kiosk: Kiosk, claimed: Iterable[tuple[int, int]]) -> None:
    """Records with these numbers were claimed, under the kiosk's lock."""
    highest: dict[int, int] = {}
    for epoch, seq in claimed:
        highest[epoch] = max(seq, highest.get(epoch, 0))
    known = {row.epoch: row for row in KioskEpoch.objects.filter(kiosk=kiosk, epoch__in=highest)}
    for epoch, seq in sorted(highest.items()):
        row = known.get(epoch) or KioskEpoch(kiosk=kiosk, epoch=epoch)
        values = {
            "ack_through": _gap_free(kiosk, epoch, row.ack_through),
            "max_seq": max(seq, row.max_seq),
        }
        if epoch in known:
            KioskEpoch.objects.filter(kiosk=kiosk, epoch=epoch).update(**values)
        else:
            KioskEpoch.objects.create(kiosk=kiosk, epoch=epoch, **values)


def _gap_free(kiosk: Kiosk, epoch: int, reached: int) -> int:
    """The highest number with none missing below it."""
    while True:
        rows = DispenseClaim.objects.filter(kiosk=kiosk, epoch=epoch, seq__gt=reached)
        found = list(rows.order_by("seq").values_list("seq", flat=True)[:CHUNK])
        for seq in found:
            if seq != reached + 1:
                return reached
            reached = seq
        if len(found) < CHUNK:
            return reached


def acks(kiosk: Kiosk, asked: Iterable[int] | None = None) -> dict[str, int]:
    """`{"<epoch>": highest seq with none missing below it}`.

    Args:
        asked: these epochs and the newest ones; None: all.
    """
    rows = KioskEpoch.objects.filter(kiosk=kiosk).order_by("-epoch")
    found = list((rows if asked is None else rows[:NEWEST]).values_list("epoch", "ack_through"))
    more = set(asked or ()) - {epoch for epoch, _ in found}
    if more:
        known = dict(rows.filter(epoch__in=more).values_list("epoch", "ack_through"))
        found += [(epoch, known.get(epoch, 0)) for epoch in more]
    return {str(epoch): reached for epoch, reached in sorted(found)}


def missing(kiosk: Kiosk) -> list[tuple[int, int, int]]:
    """(epoch, from, to): ranges of numbers that never came, below the highest that did."""
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [kiosk.pk])
        return [(int(epoch), int(first), int(last)) for epoch, first, last in cursor.fetchall()]
