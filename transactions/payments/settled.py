"""Whether money in suspense still waits."""

from .errors import AlreadyMatched
from .models import Suspense


def refuse_settled(found: Suspense) -> None:
    """Raises AlreadyMatched: it was matched, or is being given back."""
    if found.matched_at is not None:
        raise AlreadyMatched("This money has been matched.")
    if found.return_asked_at is not None:
        raise AlreadyMatched("This money is being given back.")
