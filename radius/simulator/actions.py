"""What a simulated router does: log a subscriber in, or report an accounting fact."""

from dataclasses import dataclass
from enum import StrEnum

from radius.simulator.participants import Router


class Answer(StrEnum):
    """What came back for a login; `NONE` is no answer within all its tries."""

    ACCEPT = "accept"
    REJECT = "reject"
    NONE = "none"


class Flavour(StrEnum):
    """What is presented at a login."""

    RIGHT = "right"
    WRONG = "wrong password"
    FOREIGN = "other tenant's password"
    UNKNOWN = "unknown user"


class Status(StrEnum):
    """Acct-Status-Type, by its standard names."""

    START = "Start"
    INTERIM = "Interim-Update"
    STOP = "Stop"
    ON = "Accounting-On"


@dataclass(frozen=True, slots=True)
class Login:
    """One login attempt; `doubled`: the network delivers its packet twice."""

    number: int
    router: Router
    username: str
    password: str
    mac: str
    flavour: Flavour
    chap: bool
    doubled: bool = False

    @property
    def expected(self) -> Answer:
        """The one right answer."""
        return Answer.ACCEPT if self.flavour is Flavour.RIGHT else Answer.REJECT


@dataclass(frozen=True, slots=True)
class Record:
    """One accounting fact; `event` in Unix seconds, counters since the session's start.

    `doubled`: the same packet arrives twice. `repeat`: the router reports a fact again that was
    already answered, in a packet of its own.
    """

    number: int
    router: Router
    status: Status
    event: int
    session: str = ""
    username: str = ""
    mac: str = ""
    framed_ip: str = ""
    seconds: int = 0
    octets_in: int = 0
    octets_out: int = 0
    cause: str = ""
    doubled: bool = False
    repeat: bool = False


Action = Login | Record
