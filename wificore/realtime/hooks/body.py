"""What is posted, and how it is signed. Pure. Source: Pusher Channels, "Webhooks"."""

import json
import time
from collections.abc import Iterable, Mapping

from ..registry import App
from ..signatures import sign


def body(events: Iterable[bytes], now: float | None = None) -> bytes:
    """`{"time_ms", "events": [{"name", "channel", ..}]}`; the time is that of this try.

    Args:
        events: JSON as lua/state.lua keeps it, with a time of its own that nobody else knows.
    """
    found = [json.loads(event) for event in events]
    told = [{name: value for name, value in each.items() if name != "t"} for each in found]
    content = {"time_ms": int((time.time() if now is None else now) * 1000), "events": told}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def headers(app: App, content: bytes) -> Mapping[str, str]:
    """Signed over exactly these bytes, by the oldest secret that is live: its owner replaces it
    in all programs before removing it.
    """
    return {
        "Content-Type": "application/json",
        "User-Agent": "WifiCore-Realtime",
        "X-Pusher-Key": app.key,
        "X-Pusher-Signature": sign(app.secrets[-1], content.decode()),
    }
