"""What RADIUS tells: plans, subscribers, imports, and what the ingester writes."""

from wificore.kernel.event_kinds import (
    ADDRESS,
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    YES_NO,
    Kind,
    declare,
    maybe,
    shape,
    written,
)

SESSION_VIEW, LOGIN_VIEW = "radius.session.view", "radius.login.view"
VOUCHER_VIEW = "radius.voucher.view"
HELD, HELD_OVER = "alert.records_held", "alert.records_applied"
SPOOL = {**TEXT, "description": "`acct`: sessions, `auth`: login attempts."}

STARTED = {
    "id": {**TEXT, "description": "The session's id in /api/v1/radius/sessions/."},
    "session_id": {**TEXT, "description": "Acct-Session-Id, as the router gave it."},
    "username": maybe(TEXT),
    "nas_address": ADDRESS,
    "mac": maybe(TEXT),
    "ssid": maybe(TEXT),
    "framed_ip": maybe(ADDRESS),
    "started_at": TIME,
}
STOPPED = {
    **STARTED,
    "stopped_at": TIME,
    "duration_s": COUNT,
    "input_octets": {**COUNT, "description": "From the subscriber (RFC 2866)."},
    "output_octets": {**COUNT, "description": "To the subscriber."},
    "terminate_cause": maybe(TEXT),
    "stop_guessed": {**YES_NO, "description": "No Stop came; its last update is taken for one."},
}
REJECTED = {
    "id": {**TEXT, "description": "The attempt's id in /api/v1/radius/logins/."},
    "username": maybe(TEXT),
    "reason": maybe({**TEXT, "description": "Why, in words for people."}),
    "nas_address": maybe(ADDRESS),
    "mac": maybe(TEXT),
    "ssid": maybe(TEXT),
    "at": TIME,
}

ROUTER = {
    "id": {**NUMBER, "description": "The router's id in /api/v1/radius/nas/."},
    "name": TEXT,
    "address": ADDRESS,
    "site": maybe({**NUMBER, "description": "The site's id."}),
    "last_seen_at": TIME,
}

VOUCHER = {
    "id": {**NUMBER, "description": "The voucher's id in /api/v1/vouchers/."},
    "batch": NUMBER,
    "plan": NUMBER,
    "state": TEXT,
}

declare(
    Kind("voucher_batch.created", "A batch of vouchers was made", VOUCHER_VIEW),
    Kind("voucher_batch.filled", "All codes of a batch are made", VOUCHER_VIEW),
    Kind("voucher_batch.voided", "What was left of a batch was voided", VOUCHER_VIEW),
    Kind("voucher.sold", "A voucher was sold", VOUCHER_VIEW, payload=shape(**VOUCHER)),
    Kind(
        "voucher.voided",
        "A voucher was voided",
        VOUCHER_VIEW,
        payload=shape(**VOUCHER, reason=TEXT),
    ),
    Kind(
        "voucher.activated",
        "A voucher let somebody in for the first time",
        VOUCHER_VIEW,
        payload=shape(**VOUCHER, mac=maybe(TEXT), activated_at=TIME, ends_at=maybe(TIME)),
    ),
    *written("plan", "A plan", view="radius.plan.view"),
    *written("subscriber", "A subscriber", view="radius.subscriber.view"),
    Kind("subscriber.imported", "A file of subscribers was taken in", "radius.subscriber.import"),
    Kind("session.started", "A session began", SESSION_VIEW, payload=shape(**STARTED)),
    Kind("session.stopped", "A session ended", SESSION_VIEW, payload=shape(**STOPPED)),
    Kind(
        "session.resumed",
        "A session goes on whose end had been guessed",
        SESSION_VIEW,
        payload=shape(**STARTED),
    ),
    Kind(
        "session.corrected",
        "A late packet brought a session's real end, or higher counters",
        SESSION_VIEW,
        payload=shape(**STOPPED),
    ),
    Kind(
        "nas.silent",
        "Nothing comes from a router any more",
        "radius.nas.view",
        site="site",
        payload=shape(**ROUTER),
    ),
    Kind(
        "nas.seen",
        "A router that was silent talks again",
        "radius.nas.view",
        site="site",
        payload=shape(**ROUTER, silent_since=TIME, silent_minutes=COUNT),
    ),
    Kind(
        HELD,
        "Sessions or logins are kept but not shown: the database cannot take them",
        "radius.nas.view",
        payload=shape(id=SPOOL, since=TIME, records={**COUNT, "description": "How many wait."}),
    ),
    Kind(
        HELD_OVER,
        "The records that waited are applied",
        "radius.nas.view",
        payload=shape(id=SPOOL, since=TIME, minutes=COUNT),
    ),
    Kind("login.rejected", "A login was refused", LOGIN_VIEW, payload=shape(**REJECTED)),
)
