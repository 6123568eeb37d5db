"""What a provider of text messages must do; each lives in a folder of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import requests

from ..models import DeliveryState


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant's account.

    Attributes:
        base_url: without a slash at its end; empty: the provider's own.
        sender_id: empty: the provider's default.
    """

    username: str
    api_key: str = field(repr=False)
    base_url: str = ""
    sender_id: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a message, by the provider's id of it."""

    provider_id: str
    state: DeliveryState
    error: str = ""


class Provider(Protocol):
    """One provider."""

    title: str

    def send(self, session: requests.Session, account: Account, to: str, text: str) -> str:
        """Hand one text over; returns the provider's id of it.

        Args:
            session: guarded (kernel/outbound.py).
            to: a number in E.164.

        Raises:
            TryAgain, Refused, Uncertain: with the setting at fault, if one is.
            requests.RequestException: no answer.
        """

    def report(self, form: Mapping[str, str]) -> Report | None:
        """A delivery report as the provider posts it; None: it says nothing final."""
