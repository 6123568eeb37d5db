"""Beat, every minute: kiosks whose records came are counted anew, and all are looked at.

Records are looked at once each, in their order; one that comes after a later one was looked at, or
a week late, is counted and tells no signal any more: what it would tell is over.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from transactions.tills.selectors import last_day
from transactions.water.acks import missing
from transactions.water.counted import Counted, in_two_places, touched
from transactions.water.models import (
    Kiosk,
    KioskDay,
    KioskEpoch,
    KioskSignal,
    KioskState,
    KioskWatch,
)
from transactions.water.reconciliation import flows
from transactions.water.services.counting import kiosk_count, watches_begin

from .episodes import Episodes
from .rules import WALK, Pour, Signal, of_flow, of_health, of_pour

# Kiosks report every few minutes while they have a network.
SILENT_AFTER = timedelta(minutes=15)
# Records overtake each other; what is missing for longer does not come by itself.
GAP_AFTER = timedelta(minutes=10)
# Without another sight of a tag in two places, that is over.
TAG_AFTER = timedelta(hours=24)
# Days that somebody may still be asked about.
DAYS = timedelta(days=7)
ML = 1000


@dataclass
class Round:
    """What one look at all kiosks knows beforehand, so that it does not ask for each of them."""

    now: datetime
    watches: dict[int, KioskWatch]
    episodes: dict[int, Episodes]
    behind: set[int]
    days: dict[int, list[KioskDay]]
    closed: dict[int, date | None]


def kiosks_watch() -> dict[str, int]:
    """All kiosks of the tenant."""
    now = timezone.now()
    rows = Kiosk.objects.exclude(state=KioskState.RETIRED).select_related("site")
    kiosks = {kiosk.pk: kiosk for kiosk in rows}
    watches_begin(now=now)
    since = KioskWatch.objects.order_by("-counted_to").values_list("counted_to", flat=True).first()
    came = {k: day for k, day in touched(now).items() if k in kiosks}
    new = {k: kiosk_count(kiosk=kiosks[k], day=day, now=now) for k, day in came.items()}
    look = _round(kiosks, now)
    for number, kiosk in kiosks.items():
        _records(kiosk, new.get(number, []), look)
        _state(kiosk, look)
    _tags(since, look)
    KioskWatch.objects.filter(kiosk__in=kiosks).update(counted_to=now)
    changed = sum(one.changed for one in look.episodes.values())
    return {"kiosks": len(kiosks), "counted": len(came), "changed": changed}


def _round(kiosks: dict[int, Kiosk], now: datetime) -> Round:
    days, open_ones = defaultdict(list), defaultdict(list)
    for day in KioskDay.objects.filter(kiosk__in=kiosks, day__gte=(now - DAYS).date()):
        days[day.kiosk_id].append(day)
    for row in KioskSignal.objects.filter(kiosk__in=kiosks, over_at=None):
        open_ones[row.kiosk_id].append(row)
    last = {site: last_day(site) for site in {kiosk.site_id for kiosk in kiosks.values()}}
    behind = KioskEpoch.objects.filter(ack_through__lt=F("max_seq"))
    return Round(
        now=now,
        watches=KioskWatch.objects.in_bulk(list(kiosks)),
        episodes={k: Episodes(kiosks[k], open_ones[k]) for k in kiosks},
        behind=set(behind.values_list("kiosk_id", flat=True)),
        days=days,
        closed={site: close.day if close else None for site, close in last.items()},
    )


def _records(kiosk: Kiosk, rows: list[Counted], look: Round) -> None:
    """What records say that were not looked at before, by this beat or one beside it."""
    if not rows:
        return
    watch = look.watches[kiosk.pk]
    seen = (watch.epoch, watch.seq)
    epoch, seq = max(seen, rows[-1].number)
    with transaction.atomic():
        mine = KioskWatch.objects.filter(pk=kiosk.pk, epoch=watch.epoch, seq=watch.seq)
        if (epoch, seq) > seen and mine.update(epoch=epoch, seq=seq):
            _tell(rows, seen, look.episodes[kiosk.pk], look.now - DAYS)


def _tell(rows: list[Counted], seen: tuple[int, int], episodes: Episodes, oldest: datetime) -> None:
    by_number = {row.number: row for row in rows}
    for flow in flows(row.reading for row in rows):
        row = by_number[flow.reading.epoch, flow.reading.seq]
        if row.number <= seen or row.happened_at < oldest:
            continue
        ml = flow.passed_ml if flow.passed_ml < 0 else flow.besides_ml
        episodes.say(of_flow(flow), row.happened_at, litres=abs(ml) // ML)
        episodes.say(of_pour(Pour(row.ml, row.dur_ms, row.stop)), row.happened_at)


def _state(kiosk: Kiosk, look: Round) -> None:
    """What a kiosk's last report, its silence, its gaps and its days say."""
    episodes = look.episodes[kiosk.pk]
    if kiosk.health_at is not None:
        episodes.say(of_health(kiosk.health), kiosk.health_at)
    if kiosk.last_seen_at is not None:
        silent = look.now - kiosk.last_seen_at > SILENT_AFTER
        on = silent and kiosk.state == KioskState.ACTIVE
        episodes.say({Signal.SILENT: on}, kiosk.last_seen_at)
    _gap(kiosk, look)
    _unexplained(kiosk, look)


def _gap(kiosk: Kiosk, look: Round) -> None:
    episodes, watch = look.episodes[kiosk.pk], look.watches[kiosk.pk]
    since = (watch.gap_since or look.now) if kiosk.pk in look.behind else None
    if since != watch.gap_since:
        KioskWatch.objects.filter(pk=kiosk.pk).update(gap_since=since)
    if since is None:
        episodes.off(Signal.GAP, look.now)
    elif look.now - since >= GAP_AFTER:
        records = sum(last - first + 1 for _, first, last in missing(kiosk))
        episodes.on(Signal.GAP, look.now, records=records)


def _unexplained(kiosk: Kiosk, look: Round) -> None:
    """Days that no close has explained yet; of today's, records that are missing may explain it."""
    episodes, closed = look.episodes[kiosk.pk], look.closed[kiosk.site_id]
    still = set()
    for row in look.days.get(kiosk.pk, []):
        explained = closed is not None and row.day <= closed
        if explained or not row.in_doubt or (row.gaps and row.day >= look.now.date()):
            continue
        about, litres = row.day.isoformat(), abs(row.unexplained_ml) // ML
        still.add(about)
        episodes.on(Signal.UNEXPLAINED, look.now, about=about, day=about, litres=litres)
    episodes.only(Signal.UNEXPLAINED, still, look.now)


def _tags(since: datetime | None, look: Round) -> None:
    news = max(since, look.now - TAG_AFTER) if since else look.now
    for kiosk, tag, at in in_two_places(news, WALK):
        if kiosk in look.episodes:
            look.episodes[kiosk].on(Signal.TWO_PLACES, at, about=tag, tag=tag)
    for episodes in look.episodes.values():
        for (signal, about), row in list(episodes.open.items()):
            if signal == Signal.TWO_PLACES and look.now - row.seen_at > TAG_AFTER:
                episodes.off(Signal.TWO_PLACES, look.now, about=about)
