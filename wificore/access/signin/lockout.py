"""Lock-out: of one account of one schema so many tries fail, at all doors together, and no more.

    guard      begin() before anything is compared: the try counts, or is refused
    success    release() when one step is done, clear() when the user is signed in
    failure    nothing: the try stays counted

A try is counted before it is decided, so that a hundred at the same time are not all decided
first. It is committed by itself: what becomes of the request does not matter.
"""

import hmac
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from wificore.kernel.db.context import current

from .conf import SignInConf
from .models import Lockout

# One statement, so that concurrent tries are counted exactly. No row comes back if it is locked.
BEGIN = """
INSERT INTO access_lockout AS known (account, tries, tried_at)
VALUES (%(account)s, 1, clock_timestamp())
ON CONFLICT (account) DO UPDATE SET tried_at = clock_timestamp(),
    tries = CASE WHEN known.tried_at < clock_timestamp() - %(locked)s THEN 1
                 ELSE known.tries + 1 END
WHERE known.tries < %(most)s OR known.tried_at < clock_timestamp() - %(locked)s
RETURNING tries
"""


def conf() -> SignInConf:
    found: SignInConf = settings.SIGN_IN
    return found


def normalised(address: str) -> str:
    """How users' addresses are stored."""
    return address.strip().lower()


def account_of(address: str) -> str:
    """The key of an account in the counter's table; another one in each schema."""
    text = f"{current().schema}:{normalised(address)}"
    return hmac.digest(settings.SECRET_KEY.encode(), text.encode(), "sha256").hex()


def begin(address: str) -> bool:
    """Count a try of this account; False: it is locked, and nothing may be compared.

    Raises:
        RuntimeError: a transaction is open, whose end could take the count back.
    """
    values: dict[str, Any] = {
        "account": account_of(address),
        "most": conf().tries,
        "locked": conf().locked,
    }
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(BEGIN, values)
        return cursor.fetchone() is not None


def release(address: str) -> None:
    """The try that was counted last was right, though the user is not signed in yet."""
    rows = Lockout.objects.filter(account=account_of(address), tries__gt=0)
    rows.update(tries=F("tries") - 1)


def clear(address: str) -> bool:
    """Forget the account's tries; returns whether there were any."""
    return Lockout.objects.filter(account=account_of(address)).delete()[0] > 0


def is_locked(address: str) -> bool:
    since = timezone.now() - conf().locked
    rows = Lockout.objects.filter(account=account_of(address), tried_at__gte=since)
    return rows.filter(tries__gte=conf().tries).exists()


def stale_forget() -> int:
    """Delete counters that nothing reads any more; returns how many."""
    return Lockout.objects.filter(tried_at__lt=timezone.now() - conf().locked).delete()[0]
