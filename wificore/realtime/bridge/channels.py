"""The catalogue: every channel of a tenant, who may join it, and what it carries.

A channel carries the declared kinds of events (`kernel.event_kinds`) whose names begin as it says:
an app that declares `payment.paid` is heard on `private-payments` without a line here. What is on
a channel is seen by everybody on it, so it asks for the code of every kind it carries, or shows
but harmless fields of it (a test compares), and a kind that has a site goes only where everybody
sees every site.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from wificore.access.decide import Ceiling, Decision, Record, Subject, decide, sees_every_site
from wificore.kernel.event_kinds import Kind, Schema, kinds, shape

from .states import DASHBOARD, JOBS, SESSIONS, State

USER: Final = "private-user-"
# Nothing that tells what an alert is about: only some who hear of it may open that.
ALERT_FIELDS: Final = frozenset(
    (
        *("id", "kind", "severity", "state", "level", "claimed_by"),
        *("last_seen_at", "silent_since", "signal", "since"),
    )
)


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel, or one for each user.

    Attributes:
        name: as clients subscribe to it; `{id}` stands for the user's id.
        codes: the permissions to join; all of them are needed.
        carries: an event's type, or with a dot at the end how its type begins.
        fields: of an event's payload, what goes out on it; None: all that its schema names. The
            rest is for those who may open what it is about.
        state: what is sent of the state of things while somebody listens.
        every_site: only for those who see every site.
        own: one for each user, who alone may join it; it carries what is for this user.
    """

    name: str
    title: str
    codes: tuple[str, ...]
    carries: tuple[str, ...] = ()
    fields: frozenset[str] | None = None
    state: State | None = None
    every_site: bool = False
    own: bool = False

    @property
    def presence(self) -> bool:
        """Who is on it is known to all who are."""
        return self.name.startswith("presence-")

    @property
    def cache(self) -> bool:
        """Whoever joins gets its last message at once."""
        return self.name.startswith("private-cache-")

    def takes(self, kind: Kind) -> bool:
        """Whether events of this kind go out on it."""
        return bool(kind.user) == self.own and _begins(kind.type, self.carries)


CATALOGUE: Final = (
    Channel(
        "private-sessions",
        "Sessions begin and end, logins are refused; usage in snapshots",
        ("radius.session.view", "radius.login.view"),
        ("session.", "login."),
        state=SESSIONS,
    ),
    Channel(
        "private-payments",
        "Payments, money without an owner, top-ups, what resellers sell",
        ("payments.payment.view",),
        ("payment.", "suspense.", "wallet.topped_up", "reseller.topped_up", "reseller.sold"),
    ),
    Channel(
        "private-tills",
        "Sales, shifts and closed days of every site",
        ("payments.payment.view",),
        ("sale.", "shift.", "day."),
        every_site=True,
    ),
    Channel(
        "private-water",
        "Water sales of every site",
        ("water.transaction.view",),
        ("water.",),
        every_site=True,
    ),
    Channel(
        "private-alerts",
        "Alerts of the whole organisation: that there is one, and what became of it",
        ("realtime.alert.view",),
        ("alert.", "task.", "nas.silent", "nas.seen", "kiosk.signal.", "kiosk.signal_over"),
        fields=ALERT_FIELDS,
        every_site=True,
    ),
    Channel(
        "private-jobs",
        "Background jobs: asked for, done, and how far they are",
        ("jobs.job.view",),
        ("job.",),
        state=JOBS,
    ),
    Channel("presence-staff", "Which colleagues are online", ("realtime.staff.view",)),
    Channel(
        f"{USER}{{id}}",
        "What is for one user alone",
        ("notifications.inbox.view",),
        ("notification.",),
        own=True,
    ),
    Channel(
        "private-cache-dashboard",
        "How things stand: the last state for whoever joins, and each change",
        ("radius.session.view", "radius.login.view"),
        state=DASHBOARD,
    ),
)
_BY_NAME: Final = {channel.name: channel for channel in CATALOGUE}
_OWN: Final = _BY_NAME[f"{USER}{{id}}"]


def channel_of(name: str) -> tuple[Channel, str] | None:
    """The channel of this name, and of whom ("" : of nobody in particular); None: there is none."""
    if name.startswith(USER):
        user = name.removeprefix(USER)
        return (_OWN, user) if user.isascii() and user.isdigit() else None
    channel = _BY_NAME.get(name)
    return None if channel is None else (channel, "")


def join(subject: Subject, token: Ceiling | None, name: str) -> Decision:
    """May this subject, through this token, listen on the channel? One answer for all."""
    found = channel_of(name)
    if found is None:
        return Decision(False, "unknown", f"there is no channel {name}")
    channel, user = found
    if channel.own and user != subject.id:
        return Decision(False, "scope", "it is another user's channel")
    if channel.every_site and not sees_every_site(subject):
        return Decision(False, "scope", "it tells of every site, the user sees some")
    record = Record(schema=subject.schema)
    answers = [decide(subject, token, code, record) for code in channel.codes]
    return next((answer for answer in answers if not answer.allowed), answers[0])


def channels_of(kind: Kind) -> list[Channel]:
    """Where events of this kind go out."""
    return [channel for channel in CATALOGUE if channel.takes(kind)]


def payload_of(channel: Channel, kind: Kind) -> Schema:
    """The schema of what goes out of a payload on a channel."""
    properties = {
        name: schema
        for name, schema in kind.payload.get("properties", {}).items()
        if channel.fields is None or name in channel.fields
    }
    return shape(**properties)


def carried(channel: Channel) -> Iterator[Kind]:
    """The declared kinds that go out on a channel."""
    return (kind for kind in kinds() if channel.takes(kind))


def _begins(event_type: str, listed: tuple[str, ...]) -> bool:
    return any(
        event_type.startswith(name) if name.endswith(".") else event_type == name for name in listed
    )
