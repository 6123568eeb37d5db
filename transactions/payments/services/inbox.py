"""The raw inbox: messages are stored as they came, before anything is done about them."""

from datetime import timedelta

from django.utils import timezone

from ..models import InboxDoor, InboxMessage, InboxOutcome

MAX_NOTE = 200
# What strangers sent; the rest is kept with the books.
KEEP_REJECTED = timedelta(days=90)


def inbox_keep(
    *,
    door: InboxDoor,
    body: bytes,
    refs: tuple[str, str] = ("", ""),
    remote: str | None = None,
    rejected: str = "",
) -> InboxMessage:
    """Store a message.

    Args:
        refs: the checkout id and the receipt that it names.
        rejected: why it is not looked at any further; empty: a worker looks at it.
    """
    now = timezone.now()
    return InboxMessage.objects.create(
        door=door,
        # PostgreSQL's text holds no NUL.
        body=body.decode("utf-8", "backslashreplace").replace("\0", "\\x00"),
        checkout_id=refs[0],
        receipt=refs[1],
        remote=remote,
        received_at=now,
        processed_at=now if rejected else None,
        outcome=InboxOutcome.REJECTED if rejected else None,
        note=rejected[:MAX_NOTE],
    )


def inbox_done(*, message: int, outcome: InboxOutcome, note: str = "") -> None:
    """A worker has looked; the first look counts."""
    rows = InboxMessage.objects.filter(pk=message, outcome=None)
    rows.update(outcome=outcome, note=note[:MAX_NOTE], processed_at=timezone.now())


def inbox_forget() -> None:
    """Delete what was rejected long ago (beat)."""
    old = timezone.now() - KEEP_REJECTED
    InboxMessage.objects.filter(outcome=InboxOutcome.REJECTED, received_at__lt=old).delete()
