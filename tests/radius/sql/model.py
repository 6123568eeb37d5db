"""The rules of RADIUS 3, 4 and 6 said plainly: one record after the other, in Python.

The batch function applies whole batches at once; however a stream of records is cut into batches,
it must come to what this model comes to.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

FIVE_MINUTES = 300


@dataclass(frozen=True)
class Packet:
    """One accounting record; `kind` S(tart), I(nterim), P (stop) or O(n)."""

    kind: str
    at: int
    nas: str
    session: str = ""
    user: str = ""
    mac: str = ""
    seconds: int | None = None
    octets: int | None = None
    cause: str = ""


@dataclass
class Session:
    user: str
    mac: str
    nas: str
    start: int
    update: int
    octets: int = 0
    seconds: int = 0
    stop: int | None = None
    cause: str | None = None
    guessed_at: int | None = None
    """From when on an interim disproves the stop; None: the stop is real, or there is none."""

    @property
    def guessed(self) -> bool:
        return self.stop is not None and self.guessed_at is not None

    @property
    def ended(self) -> bool:
        return self.stop is not None and self.guessed_at is None

    def guess(self, cause: str, at: int) -> None:
        self.stop, self.cause, self.guessed_at = self.update, cause, at

    def starts_anew(self, at: int) -> bool:
        if self.stop is None:
            return at > self.update + FIVE_MINUTES
        if self.guessed_at is not None:
            return at > max(self.guessed_at, self.stop)
        return at > self.stop + FIVE_MINUTES


@dataclass
class Model:
    """All sessions ever, in order of arrival, and the usage by (user, day)."""

    sessions: list[Session] = field(default_factory=list)
    usage: dict[tuple[str, str], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0])
    )
    _now: dict[tuple[str, str, str], list[Session]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def apply(self, packet: Packet) -> None:
        if packet.kind == "O":
            for session in self.sessions:
                if (
                    session.nas == packet.nas
                    and session.stop is None
                    and session.start <= packet.at
                ):
                    session.guess("NAS-Reboot", packet.at)
            return
        generations = self._now[packet.nas, packet.session, packet.user]
        if not generations:
            self._begin(packet, generations)
        elif len(generations) > 1 and packet.at < generations[-1].start:
            return
        elif packet.kind == "S" and generations[-1].starts_anew(packet.at):
            if generations[-1].stop is None:
                generations[-1].guess("NAS-Reboot", generations[-1].update + 1)
            self._begin(packet, generations)
        self._count(packet, generations[-1])
        self._move(packet, generations[-1])

    def _begin(self, packet: Packet, generations: list[Session]) -> None:
        age = 0 if packet.kind == "S" else packet.seconds or 0
        session = Session(packet.user, packet.mac, packet.nas, packet.at - age, packet.at)
        if packet.kind != "P":
            for older in self.sessions:
                if (
                    (older.user, older.mac) == (session.user, session.mac)
                    and older.stop is None
                    and older.start <= session.start + FIVE_MINUTES
                ):
                    older.guess("Superseded", session.start)
        self.sessions.append(session)
        generations.append(session)
        self._used(packet)[2] += 1

    def _used(self, packet: Packet) -> list[int]:
        return self.usage[packet.user, datetime.fromtimestamp(packet.at, UTC).date().isoformat()]

    def _count(self, packet: Packet, session: Session) -> None:
        octets = max(session.octets, packet.octets or 0)
        seconds = max(session.seconds, packet.seconds or 0)
        if packet.kind == "P" and not session.ended and packet.seconds is None:
            seconds = max(seconds, max(packet.at, session.start) - session.start)
        used = self._used(packet)
        used[0] += octets - session.octets
        used[1] += seconds - session.seconds
        session.octets, session.seconds = octets, seconds

    def _move(self, packet: Packet, session: Session) -> None:
        if session.ended:
            return
        if packet.kind == "P":
            session.stop = session.update = max(packet.at, session.start)
            session.cause, session.guessed_at = packet.cause, None
            return
        session.update = max(session.update, packet.at)
        if session.guessed_at is None:
            return
        if packet.kind == "I" and packet.at >= session.guessed_at:
            session.stop = session.cause = session.guessed_at = None
        else:
            session.stop = session.update
