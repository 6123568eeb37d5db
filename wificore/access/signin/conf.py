"""What an installation may set about signing in."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from wificore.kernel.env import EnvError

# API-CONTRACT 1: whoever guesses gets no more.
MOST_TRIES = 30
SHORTEST_KEY = 32


@dataclass(frozen=True, slots=True)
class SignInConf:
    """Lock-out of one account of one tenant, and what one address may try.

    Attributes:
        tries: failed tries, at all doors together, after which the account is locked.
        per_minute: tries of one address, for all accounts of the tenant.
        locked_s: for how many seconds; failed tries are also forgotten after as long a quiet.

    Raises:
        EnvError: a value that would protect nobody.
    """

    tries: int
    per_minute: int
    locked_s: int

    def __post_init__(self) -> None:
        if not 1 <= self.tries <= MOST_TRIES:
            raise EnvError(f"SIGN_IN_TRIES must be between 1 and {MOST_TRIES}")
        if self.per_minute < self.tries:
            raise EnvError("SIGN_INS_PER_MINUTE must not be below SIGN_IN_TRIES")
        if self.locked_s < 1:
            raise EnvError("SIGN_IN_LOCKED_S must be 1 second or more, for example 900")

    @property
    def locked(self) -> timedelta:
        return timedelta(seconds=self.locked_s)


def jwt_key(given: str | None, secret_key: str) -> str:
    """The key that signs apps' tokens: one of its own, or one made from SECRET_KEY.

    Raises:
        EnvError: it is too short (RFC 7518, 3.2: as long as the hash at least).
    """
    if given is None:
        return hmac.digest(secret_key.encode(), b"wificore jwt", "sha256").hex()
    if len(given) < SHORTEST_KEY:
        raise EnvError(f"JWT_SIGNING_KEY must be {SHORTEST_KEY} random characters or more")
    return given
