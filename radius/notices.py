"""What people are told of routers."""

from datetime import timedelta

from radius.events import HELD, HELD_OVER
from wificore.kernel.notices import CRITICAL, INFO, Work, notice

ROUTER = {
    "id": 12,
    "name": "tower-2",
    "address": "127.0.1.12",
    "site": 3,
    "last_seen_at": "2026-11-21T06:12:00+00:00",
}
PAGE = "/routers?q={address}"

notice(
    "nas.silent",
    CRITICAL,
    view="radius.nas.view",
    link=PAGE,
    work=Work(escalate_after=timedelta(minutes=15)),
    sample=ROUTER,
)
notice(
    "nas.seen",
    INFO,
    view="radius.nas.view",
    link=PAGE,
    ends="nas.silent",
    sample={**ROUTER, "silent_since": "2026-11-21T06:12:00+00:00", "silent_minutes": 48},
)
notice(
    HELD,
    CRITICAL,
    view="radius.nas.view",
    work=Work(escalate_after=timedelta(minutes=15)),
    sample={"id": "acct", "since": "2026-11-21T06:12:00+00:00", "records": 4128},
)
notice(
    HELD_OVER,
    INFO,
    view="radius.nas.view",
    ends=HELD,
    sample={"id": "acct", "since": "2026-11-21T06:12:00+00:00", "minutes": 48},
)
