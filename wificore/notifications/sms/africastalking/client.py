"""POST <base>/version1/messaging with the header apiKey and a form; the answer is JSON."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests

from ...outcome import Refused, TryAgain, Uncertain
from ..provider import Account, Report
from . import callbacks
from .mapping import check_recipient

LIVE = "https://api.africastalking.com"
SANDBOX = "https://api.sandbox.africastalking.com"
# The documentation's name of the account that costs nothing.
SANDBOX_USER = "sandbox"
PATH = "/version1/messaging"
TEXT_CHARS = 150


class AfricasTalking:
    """One text at a time; their batches are for many who get the same."""

    title = "Africa's Talking"

    def send(self, session: requests.Session, account: Account, to: str, text: str) -> str:
        form = {"username": account.username, "to": to, "message": text}
        if account.sender_id:
            form["from"] = account.sender_id
        headers = {"apiKey": account.api_key, "Accept": "application/json"}
        answer = session.post(_base(account) + PATH, data=form, headers=headers)
        return check_recipient(_content(answer))

    def report(self, form: Mapping[str, str]) -> Report | None:
        return callbacks.report(form)


def _base(account: Account) -> str:
    own = SANDBOX if account.username == SANDBOX_USER else LIVE
    return account.base_url.rstrip("/") or own


def _content(answer: requests.Response) -> dict[str, Any]:
    """The answer's `SMSMessageData`; raises what its status means."""
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        raise Refused("Africa's Talking refuses the user name or the API key.", field="api_key")
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise TryAgain(f"Africa's Talking is out of order: status {answer.status_code}.")
    if answer.status_code >= HTTPStatus.MULTIPLE_CHOICES:
        said = " ".join(answer.text.split())[:TEXT_CHARS]
        raise Refused(f"Africa's Talking answers {answer.status_code}: {said}")
    try:
        data = answer.json()["SMSMessageData"]
    except (ValueError, KeyError, TypeError):
        data = None
    if not isinstance(data, dict):
        # It was taken, perhaps; another try could cost twice.
        raise Uncertain("This is not Africa's Talking's answer.", field="base_url")
    return data
