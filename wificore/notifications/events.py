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

INBOX, CHANNELS = "notifications.inbox.view", "notifications.channel.view"
SEVERITY: Schema = {"type": "string", "enum": ["info", "warning", "critical"]}
SITE: Schema = maybe({**NUMBER, "description": "The site's id."})
declare(
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
