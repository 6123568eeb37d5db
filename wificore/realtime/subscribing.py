"""pusher:subscribe, pusher:unsubscribe and pusher:signin of one socket.

A refused subscription is told on its channel and costs nothing else:
    AuthError     401   no `auth`, or nobody with the app's secret made it
    LimitReached  4301  an illegal or over-long name, a full presence channel, a member over 2 KB
"""

from typing import TYPE_CHECKING, Any

from wificore.realtime import frames, limits, metrics, names, presence, signatures
from wificore.realtime.link import LinkDown
from wificore.realtime.membership import ChannelFull

if TYPE_CHECKING:
    from wificore.realtime.consumer import SocketConsumer

AUTH_ERROR, LIMIT_REACHED = "AuthError", "LimitReached"
STATUS = {AUTH_ERROR: 401, LIMIT_REACHED: 4301}
BAD_NAME = f"Channel names have 1 to {limits.CHANNEL_NAME} letters, digits and _ - = @ , . ;"


class Refused(Exception):
    """Why a subscription fails."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


async def subscribe(socket: "SocketConsumer", data: Any) -> None:
    """Answer `pusher:subscribe`.

    Raises:
        frames.Malformed: the frame has no channel, or parts of a wrong type.
    """
    name = _text(data, "channel")
    if name is None:
        raise frames.Malformed
    try:
        await _subscribe(socket, name, _text(data, "auth"), _text(data, "channel_data"))
    except Refused as refused:
        metrics.SUBSCRIPTION_ERRORS.inc()
        status = STATUS[refused.kind]
        # The name comes back as far as it could be one.
        shown = name[: limits.CHANNEL_NAME * 2]
        socket.say(frames.subscription_error(shown, refused.kind, str(refused), status))


async def _subscribe(
    socket: "SocketConsumer", name: str, auth: str | None, channel_data: str | None
) -> None:
    if name.startswith(names.USER):
        _subscribe_user(socket, name)
        return
    channel = names.channel(name)
    if channel is None:
        raise Refused(LIMIT_REACHED, BAD_NAME)
    if len(socket.subscriptions) >= limits.SUBSCRIPTIONS:
        raise Refused(LIMIT_REACHED, f"A socket has at most {limits.SUBSCRIPTIONS} channels")
    if channel.private:
        _check_auth(socket, channel, auth, channel_data)
    if channel.presence:
        await _enter_presence(socket, name, channel_data)
    elif name in socket.subscriptions:
        socket.say(frames.subscription_succeeded(name))
    else:
        await _enter(socket, channel)


def _subscribe_user(socket: "SocketConsumer", name: str) -> None:
    if socket.user_id is None or names.user_of(name) != socket.user_id:
        raise Refused(AUTH_ERROR, "Only the user who signed in on this connection may listen")
    socket.say(frames.subscription_succeeded(name))


def _check_auth(
    socket: "SocketConsumer", channel: names.Channel, auth: str | None, data: str | None
) -> None:
    app = socket.app
    if auth is None or not signatures.channel_auth_holds(
        auth, app.key, app.secrets, socket.id, channel.name, data
    ):
        raise Refused(AUTH_ERROR, "The auth string does not fit this connection and channel")


async def _enter(socket: "SocketConsumer", channel: names.Channel) -> None:
    name = channel.name
    entered = await socket.hub.enter(socket.app, name, socket)
    socket.subscriptions[name] = None
    metrics.SUBSCRIPTIONS.inc()
    socket.say(frames.subscription_succeeded(name))
    if channel.cache:
        served = entered.served
        cached = await _cached(socket, name)
        # An event that came while we asked is newer than what we asked for.
        if entered.served == served:
            _say_cached(socket, name, cached)


async def _enter_presence(socket: "SocketConsumer", name: str, channel_data: str | None) -> None:
    member = _member(channel_data)
    known = socket.subscriptions.get(name)
    if known is not None:
        if known != member.user_id:
            raise Refused(AUTH_ERROR, "This connection is in the channel as another user")
        leave(socket, name)
    try:
        everybody = await socket.hub.enter_presence(socket.app, name, socket, member)
    except ChannelFull:
        message = f"The channel has its {limits.MEMBERS} members"
        raise Refused(LIMIT_REACHED, message) from None
    socket.subscriptions[name] = member.user_id
    metrics.SUBSCRIPTIONS.inc()
    socket.say(frames.subscription_succeeded(name, everybody))
    if name.startswith(names.CACHE):
        _say_cached(socket, name, await _cached(socket, name))


def _member(channel_data: str | None) -> presence.Member:
    try:
        return presence.parse_member(channel_data or "")
    except presence.MemberTooBig as error:
        raise Refused(LIMIT_REACHED, str(error)) from None
    except presence.BadMember as error:
        raise Refused(AUTH_ERROR, str(error)) from None


async def _cached(socket: "SocketConsumer", name: str) -> bytes | None:
    app = socket.app
    try:
        found: bytes | None = await socket.hub.link.ask(
            ("GET", names.cache_key(app.schema, app.id, name))
        )
    except LinkDown:
        return None
    return found


def _say_cached(socket: "SocketConsumer", name: str, cached: bytes | None) -> None:
    if cached is None:
        socket.say(frames.cache_miss(name))
        socket.hub.tell_webhook(socket.app, "cache_miss", channel=name)
        return
    event = frames.loads(cached.decode())
    more = {"seq": event["seq"]} if "seq" in event else {}
    socket.say(frames.event(event["event"], event["data"], name, **more))


def unsubscribe(socket: "SocketConsumer", data: Any) -> None:
    """Answer `pusher:unsubscribe`; there is no answer.

    Raises:
        frames.Malformed: the frame has no channel.
    """
    name = _text(data, "channel")
    if name is None:
        raise frames.Malformed
    if name in socket.subscriptions:
        leave(socket, name)


def leave(socket: "SocketConsumer", name: str) -> None:
    """Out of a channel that the socket is in."""
    socket.hub.exit(socket.app, name, socket, socket.subscriptions.pop(name))


def sign_in(socket: "SocketConsumer", data: Any) -> None:
    """Answer `pusher:signin`; a connection that signs in wrongly is closed.

    Raises:
        frames.Malformed: the frame has parts of a wrong type.
    """
    auth, user_data = _text(data, "auth"), _text(data, "user_data")
    user_id = _user_id(user_data)
    app = socket.app
    if (
        auth is None
        or user_data is None
        or user_id is None
        or not signatures.user_auth_holds(auth, app.key, app.secrets, socket.id, user_data)
    ):
        socket.finish(frames.UNAUTHORISED, "Sign-in refused: auth or user_data is wrong")
        return
    socket.user_id = user_id
    socket.hub.apps[socket.app_id].sign_in(user_id, socket)
    socket.say(frames.signed_in(user_data))


def _user_id(user_data: str | None) -> str | None:
    try:
        content = frames.loads(user_data or "")
    except frames.Malformed:
        return None
    return presence.identity(content.get("id")) if isinstance(content, dict) else None


def _text(data: Any, field: str) -> str | None:
    """A field that is text or absent.

    Raises:
        frames.Malformed: it is something else, or no text that JSON in UTF-8 can carry.
    """
    if not isinstance(data, dict):
        raise frames.Malformed
    value = data.get(field)
    if not isinstance(value, str | None):
        raise frames.Malformed
    if value is not None:
        frames.size(value)
    return value
