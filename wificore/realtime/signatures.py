"""The `auth` strings by which an app's server lets a socket in. Pure.

    <key>:<hex HMAC-SHA256(secret, socket_id:channel[:channel_data])>     pusher:subscribe
    <key>:<hex HMAC-SHA256(secret, socket_id::user::user_data)>           pusher:signin

Source: Pusher Channels, "Auth signatures" and "User authentication".
"""

import hashlib
import hmac
from collections.abc import Iterable


def sign(secret: str, text: str) -> str:
    """Hex HMAC-SHA256 of the text, as Pusher signs everything."""
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def channel_auth(
    key: str, secret: str, socket_id: str, channel: str, channel_data: str | None = None
) -> str:
    """What the app's server answers for a private (or, with `channel_data`, presence) channel."""
    return f"{key}:{sign(secret, _channel_text(socket_id, channel, channel_data))}"


def user_auth(key: str, secret: str, socket_id: str, user_data: str) -> str:
    """What the app's server answers when a user signs in."""
    return f"{key}:{sign(secret, _user_text(socket_id, user_data))}"


def channel_auth_holds(
    auth: str,
    key: str,
    secrets: Iterable[str],
    socket_id: str,
    channel: str,
    channel_data: str | None = None,
) -> bool:
    """Whether one of the app's secrets (a new one beside the old) made this `auth`."""
    return _holds(auth, key, secrets, _channel_text(socket_id, channel, channel_data))


def user_auth_holds(
    auth: str, key: str, secrets: Iterable[str], socket_id: str, user_data: str
) -> bool:
    """The same for a user's sign-in."""
    return _holds(auth, key, secrets, _user_text(socket_id, user_data))


def _channel_text(socket_id: str, channel: str, channel_data: str | None) -> str:
    parts = (socket_id, channel) if channel_data is None else (socket_id, channel, channel_data)
    return ":".join(parts)


def _user_text(socket_id: str, user_data: str) -> str:
    return f"{socket_id}::user::{user_data}"


def _holds(auth: str, key: str, secrets: Iterable[str], text: str) -> bool:
    """In constant time, the key included; every secret is tried, whichever fits."""
    try:
        given = auth.encode()
        wanted = [f"{key}:{sign(secret, text)}".encode() for secret in secrets]
    except UnicodeEncodeError:  # half of a surrogate pair: nobody signed that
        return False
    return sum(hmac.compare_digest(given, each) for each in wanted) > 0
