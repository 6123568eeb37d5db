"""One HTTP request to an endpoint. Runs in a thread, and touches no database."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import requests
from django.conf import settings

from wificore.kernel.outbound import Limits, guarded_session, reason

from ..signing import sign

# A receiver has 15 s to answer; only the beginning of what it says is read and kept.
KEPT_OCTETS = 4096
LIMITS = Limits(connect_s=5, answer_s=15, whole_s=20, octets=KEPT_OCTETS, cut=True)
USER_AGENT = "WifiCore-Webhooks/1"
MAX_HEADERS, MAX_VALUE = 40, 200


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent where, and with which secrets it is signed."""

    url: str
    message_id: str
    body: bytes
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it; no status: there was no answer, and `error` says why."""

    status: int | None
    duration_ms: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    error: str = ""

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(outgoing: Outgoing) -> Outcome:
    """Send it; whatever goes wrong is an outcome."""
    began = time.monotonic()
    try:
        with guarded_session(settings.OUTBOUND_PRIVATE_NETWORKS, LIMITS) as session:
            answer = session.post(outgoing.url, data=outgoing.body, headers=_headers(outgoing))
    except requests.RequestException as error:
        return Outcome(None, _since(began), error=_text(reason(error)))
    except Exception as error:  # noqa: BLE001  # one bad receiver must not stop the runner
        return Outcome(None, _since(began), error=_text(f"{type(error).__name__}: {error}"))
    return Outcome(
        answer.status_code,
        _since(began),
        headers=_kept(answer),
        body=_text(answer.content.decode(errors="replace")),
        error="" if answer.ok and answer.status_code < 300 else f"It answered {_words(answer)}.",
    )


def _headers(outgoing: Outgoing) -> dict[str, str]:
    now = int(time.time())
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "identity",
        "webhook-id": outgoing.message_id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign(outgoing.secrets, outgoing.message_id, now, outgoing.body),
    }


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _kept(answer: requests.Response) -> dict[str, str]:
    """The answer's first headers, without cookies."""
    named = [
        (name, value) for name, value in answer.headers.items() if name.lower() != "set-cookie"
    ]
    return {
        _text(name)[:MAX_VALUE]: _text(value)[:MAX_VALUE] for name, value in named[:MAX_HEADERS]
    }


def _words(answer: requests.Response) -> str:
    return _text(f"{answer.status_code} {answer.reason or ''}").strip()[:100]


def _text(text: str) -> str:
    """JSON in PostgreSQL holds no NUL."""
    return text.replace("\0", "\ufffd")
