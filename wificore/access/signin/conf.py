"""What an installation may set about signing in."""

from dataclasses import dataclass
from datetime import timedelta

from wificore.kernel.env import EnvError

# API-CONTRACT 1: whoever guesses gets no more.
MOST_TRIES = 30


@dataclass(frozen=True, slots=True)
class SignInConf:
    """Lock-out of one account of one tenant.

    Attributes:
        tries: failed tries, at all doors together, after which the account is locked.
        locked_s: for how many seconds; failed tries are also forgotten after as long a quiet.

    Raises:
        EnvError: a value that would protect nobody.
    """

    tries: int
    locked_s: int

    def __post_init__(self) -> None:
        if not 1 <= self.tries <= MOST_TRIES:
            raise EnvError(f"SIGN_IN_TRIES must be between 1 and {MOST_TRIES}")
        if self.locked_s < 1:
            raise EnvError("SIGN_IN_LOCKED_S must be 1 second or more, for example 900")

    @property
    def locked(self) -> timedelta:
        return timedelta(seconds=self.locked_s)
