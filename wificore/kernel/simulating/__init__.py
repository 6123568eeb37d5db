"""What every `manage.py simulate` needs: requests that outlive kills, a journal, a gentle end."""

from .journal import Fact, Journal, JournalError, facts
from .signals import differences_left, until_signal
from .wire import NoAnswer, Wire

__all__ = [
    "Fact",
    "Journal",
    "JournalError",
    "NoAnswer",
    "Wire",
    "differences_left",
    "facts",
    "until_signal",
]
