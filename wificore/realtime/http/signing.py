"""Who calls: the signature that every call of the HTTP API carries in its query. Pure.

    auth_signature = hex(HMAC-SHA256(secret, METHOD \\n path \\n sorted query without it))

The query is signed as `name=value` before it is percent-encoded, joined with `&`, sorted by name;
`body_md5` in it is the MD5 of the body's bytes. Source: Pusher Channels, "Authenticating requests".
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote

from ..registry import App
from ..signatures import sign
from .answers import Refused

# How far the caller's clock may be off, in seconds.
TIMESTAMP_S = 600
PARAMETERS = 100
SIGNATURE = "auth_signature"


@dataclass(frozen=True, slots=True)
class Call:
    """A request as far as its signature goes.

    Attributes:
        path: as sent, without the query. query: decoded, each name once.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes

    @property
    def decoded_path(self) -> str:
        return unquote(self.path, errors="replace")


def read_query(raw: bytes) -> dict[str, str]:
    """The parameters by name.

    Raises:
        Refused: they cannot be read, or a name is there twice (whose value would count?).
    """
    try:
        pairs = parse_qsl(
            raw.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=PARAMETERS,
        )
    except ValueError:
        raise Refused(400, "The query cannot be read.") from None
    query = dict(pairs)
    if len(query) != len(pairs):
        raise Refused(400, "A parameter of the query is there twice.")
    return query


def check(call: Call, app: App, now: float | None = None) -> None:
    """Raises:
    Refused: 401, and what is wrong: key, version, time, body or signature.
    """
    query = call.query
    if not _same(query.get("auth_key", ""), app.key):
        raise Refused(401, "auth_key is not this app's key.")
    if query.get("auth_version") != "1.0":
        raise Refused(401, "auth_version must be 1.0.")
    _check_time(query.get("auth_timestamp", ""), time.time() if now is None else now)
    _check_body(call)
    given = query.get(SIGNATURE, "")
    # Every secret and both forms of the path are tried, whichever fits: equally long for all.
    paths = dict.fromkeys((call.path, call.decoded_path))
    wanted = [sign(secret, _text(call, path)) for secret in app.secrets for path in paths]
    if not sum(_same(given, each) for each in wanted):
        raise Refused(401, "auth_signature is wrong: check the secret and the signed text.")


def _check_time(given: str, now: float) -> None:
    if not (given.isascii() and given.isdigit() and len(given) <= len("9999999999999")):
        raise Refused(401, "auth_timestamp must be unix seconds.")
    if abs(int(given) - now) > TIMESTAMP_S:
        raise Refused(401, f"auth_timestamp is more than {TIMESTAMP_S} s off: check the clock.")


def _check_body(call: Call) -> None:
    given = call.query.get("body_md5")
    if given is None and not call.body:
        return
    if not _same(given or "", hashlib.md5(call.body).hexdigest()):
        raise Refused(401, "body_md5 is not the MD5 of the body.")


def _text(call: Call, path: str) -> str:
    signed = sorted((name, value) for name, value in call.query.items() if name != SIGNATURE)
    query = "&".join(f"{name}={value}" for name, value in signed)
    return f"{call.method}\n{path}\n{query}"


def _same(given: str, wanted: str) -> bool:
    """In constant time. Text, not ASCII only: a stranger's bytes are no error."""
    return hmac.compare_digest(given.encode(errors="replace"), wanted.encode(errors="replace"))
