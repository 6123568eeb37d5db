"""What people are told of kiosks; each signal opens a task, which ends when the signal does."""

from datetime import timedelta
from typing import Any

from wificore.kernel.notices import CRITICAL, INFO, WARNING, Work, notice

from .signals.events import BEGINS, OVER, VIEW
from .signals.rules import Signal

SEVERITY = {
    Signal.LEAK: CRITICAL,
    Signal.DRY_RUN: CRITICAL,
    Signal.LOW_FLOW: WARNING,
    Signal.TAMPER: CRITICAL,
    Signal.SILENT: CRITICAL,
    Signal.BACKWARDS: WARNING,
    Signal.TWO_PLACES: WARNING,
    Signal.GAP: WARNING,
    Signal.UNEXPLAINED: WARNING,
}
PAGE = "/kiosks/{id}"
PATIENCE = {CRITICAL: timedelta(minutes=15), WARNING: timedelta(hours=2)}


def _sample(signal: Signal) -> dict[str, Any]:
    return {
        "id": "6f1c02b9d3a74e55",
        "name": "Mlango",
        "site": 3,
        "signal": str(signal),
        "tag": "a-77",
        "day": "2026-11-20",
        "litres": 37,
        "records": 4,
        "since": "2026-11-21T06:12:00+00:00",
    }


for _signal, _severity in SEVERITY.items():
    notice(
        f"{BEGINS}{_signal}",
        _severity,
        view=VIEW,
        link=PAGE,
        work=Work(escalate_after=PATIENCE[_severity]),
        sample=_sample(_signal),
    )
notice(
    OVER,
    INFO,
    view=VIEW,
    link=PAGE,
    ends=f"{BEGINS}*",
    sample={**_sample(Signal.SILENT), "minutes": 48},
)
