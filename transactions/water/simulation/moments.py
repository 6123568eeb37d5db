"""Moments at which nothing hangs by a second: who is a little late must not change what is due."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# A clock that says more than this ago, or ahead, is not believed.
TRUST_S = 48 * 3600
PRICE_MARGIN_S, TRUST_MARGIN_S, MIDNIGHT_MARGIN_S = 600, 1800, 60


def clear(when: float, *, now: float, changes: Sequence[float], zone: ZoneInfo) -> float:
    """`when`, or a little earlier; an order of several is kept.

    Args:
        changes: when prices changed.
    """
    for change in changes:
        when = _before(when, change, PRICE_MARGIN_S)
    when = _before(when, now - TRUST_S, TRUST_MARGIN_S)
    return _before(when, _midnight(when, zone), MIDNIGHT_MARGIN_S)


def _before(when: float, border: float, margin: float) -> float:
    return border - margin if abs(when - border) < margin else when


def _midnight(when: float, zone: ZoneInfo) -> float:
    """The nearest one."""
    noon = datetime.fromtimestamp(when, UTC).astimezone(zone) + timedelta(hours=12)
    return noon.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
