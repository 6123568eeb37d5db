"""When a provider is asked what became of a payment."""

from datetime import datetime, timedelta

# A prompt lives for about a minute; what is still pending after two is worth a question.
FIRST = timedelta(minutes=2)
UNKNOWN_FIRST = timedelta(seconds=5)
LONGEST = timedelta(hours=1)
# After two days no provider knows more than the pull has told.
GIVE_UP = timedelta(hours=48)


def first_ask(now: datetime, *, unknown: bool = False) -> datetime:
    return now + (UNKNOWN_FIRST if unknown else FIRST)


def next_ask(now: datetime, *, asks: int, created_at: datetime) -> datetime | None:
    """2, 4, 8 .. 60 minutes after each other; None: not any more."""
    if now - created_at > GIVE_UP:
        return None
    wait: timedelta = min(FIRST * 2 ** min(asks, 10), LONGEST)
    return now + wait
