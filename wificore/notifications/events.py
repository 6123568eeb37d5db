"""What notifications tell: what is for one person, and work that is for many."""

from wificore.kernel.event_kinds import (
    COUNT,
    NUMBER,
    TEXT,
    TIME,
    Kind,
    Schema,
    declare,
    maybe,
    shape,
)

INBOX, CHANNELS, TASKS = (
    "notifications.inbox.view",
    "notifications.channel.view",
    "notifications.task.view",
)
SEVERITY: Schema = {"type": "string", "enum": ["info", "warning", "critical"]}
SITE: Schema = maybe({**NUMBER, "description": "The site's id."})
TASK: dict[str, Schema] = {
    "id": NUMBER,
    "kind": {**TEXT, "description": "The event type that opened it."},
    "subject": {**TEXT, "description": "The key of what it is about."},
    "severity": SEVERITY,
    "site": SITE,
    "state": {"type": "string", "enum": ["open", "claimed", "done"]},
    "level": {**COUNT, "description": "How often nobody had claimed it in time."},
    "claimed_by": maybe({**NUMBER, "description": "The user's id."}),
    "note": TEXT,
}
CHANGED: dict[str, Schema] = {
    **TASK,
    "changed": {"type": "array", "items": TEXT, "description": "Names of what is new."},
}
TO: Schema = {"type": "array", "items": NUMBER, "description": "Ids of those who are told now."}

declare(
    Kind("task.created", "Work waits", TASKS, site="site", payload=shape(**TASK)),
    Kind("task.claimed", "Somebody does it", TASKS, site="site", payload=shape(**CHANGED)),
    Kind("task.released", "It waits again", TASKS, site="site", payload=shape(**CHANGED)),
    Kind("task.done", "It is done", TASKS, site="site", payload=shape(**CHANGED)),
    Kind(
        "task.escalated",
        "Nobody has claimed it in time",
        TASKS,
        site="site",
        payload=shape(**CHANGED, to=TO),
    ),
    Kind(
        "notification.created",
        "Somebody was told of something",
        INBOX,
        user="user_id",
        payload=shape(
            id=NUMBER,
            user_id=NUMBER,
            kind=TEXT,
            severity=SEVERITY,
            title=TEXT,
            text=TEXT,
            link={**TEXT, "description": "A path of the tenant's host; empty: none."},
            site=SITE,
            created_at=TIME,
            unread={**COUNT, "description": "How many the person has not read."},
        ),
    ),
    Kind(
        "notification.read",
        "Somebody has read notifications",
        INBOX,
        user="user_id",
        payload=shape(user_id=NUMBER, read=COUNT, unread=COUNT),
    ),
    Kind("preference.updated", "Somebody chose how to be told", INBOX, user="id"),
    Kind("mail_settings.updated", "The mail server was changed", CHANNELS),
    Kind("sms_settings.updated", "The SMS account was changed", CHANNELS),
    Kind(
        "sms.limited",
        "No more texts leave today",
        CHANNELS,
        payload=shape(day={**TEXT, "format": "date"}, limit=COUNT),
    ),
)
