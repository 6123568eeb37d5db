"""What channels say of the state of things: not each change, but how it stands, at most so often.

Interim usage of a busy tenant would be thousands of messages a minute; a state is read once, for
a channel that somebody listens on, and sent if it is not what was sent last.
"""

from dataclasses import dataclass
from typing import Final

from wificore.kernel.event_kinds import COUNT, NUMBER, TEXT, TIME, Schema, maybe, shape

# Rows a message may list, so that it stays under the protocol's 10 KB.
ROWS: Final = 30
REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class State:
    """One kind of state.

    Attributes:
        type: the name of the event on the channel.
        every_s: the shortest pause between two of them, in seconds.
    """

    type: str
    title: str
    every_s: float
    payload: Schema


def _rows(**fields: Schema) -> Schema:
    return {"type": "array", "maxItems": ROWS, "items": shape(**fields)}


SESSIONS: Final = State(
    "sessions.snapshot",
    "Usage of open sessions",
    2.0,
    shape(
        active={**COUNT, "description": "Open sessions."},
        input_octets={**COUNT, "description": "Of all open sessions, from subscribers."},
        output_octets={**COUNT, "description": "Of all open sessions, to subscribers."},
        sessions={
            **_rows(
                id=TEXT,
                username=maybe(TEXT),
                duration_s=COUNT,
                input_octets=COUNT,
                output_octets=COUNT,
                updated_at=TIME,
            ),
            "description": "The open sessions that the newest packets were about.",
        },
    ),
)
JOBS: Final = State(
    "jobs.progress",
    "How far open jobs are",
    1.0,
    shape(
        jobs=_rows(id=TEXT, kind=TEXT, state=TEXT, done=NUMBER, total=maybe(NUMBER), note=TEXT),
    ),
)
DASHBOARD: Final = State(
    "dashboard.state",
    "Numbers for a front page",
    2.0,
    shape(
        active_sessions=COUNT,
        logins_15_min={**COUNT, "description": "Accepted logins of the last 15 minutes."},
        rejects_15_min={**COUNT, "description": "Refused logins of the last 15 minutes."},
        reject_reasons={
            "type": "array",
            "maxItems": REASONS,
            "items": shape(reason=TEXT, count=COUNT),
            "description": "Of the last 15 minutes, the most frequent first.",
        },
    ),
)
