"""Events that clients send to each other: only where they are, not too many, never to themselves.

A refusal is `pusher:error` 4301; the socket stays.
"""

import time
from typing import TYPE_CHECKING, Any

from wificore.realtime import frames, limits, metrics, names

if TYPE_CHECKING:
    from wificore.realtime.consumer import SocketConsumer


def relay(socket: "SocketConsumer", frame: frames.Frame, now: float) -> None:
    """Pass a client's event on to the others in its channel.

    Args:
        now: seconds of the loop's clock.

    Raises:
        frames.Malformed: it names no channel, or holds what JSON cannot carry.
    """
    if frame.channel is None:
        raise frames.Malformed
    why = _refusal(socket, frame, frame.channel, now)
    if why:
        metrics.CLIENT_EVENTS_REFUSED.inc()
        socket.say(frames.error(frames.CLIENT_EVENT_REFUSED, why))
        return
    metrics.CLIENT_EVENTS.inc()
    user_id = socket.subscriptions[frame.channel]
    by = {} if user_id is None else {"user_id": user_id}
    message = {
        "k": "event",
        "client": 1,
        "channels": [frame.channel],
        "event": frame.event,
        "data": frame.data,
        "except": socket.id,
        "t": int(time.time() * 1000),
        **by,
    }
    socket.hub.publish(socket.app, message)
    _tell_webhook(socket, frame, by)


def _refusal(socket: "SocketConsumer", frame: frames.Frame, name: str, now: float) -> str:
    """Why not; empty if it is fine."""
    channel = names.channel(name)
    if name not in socket.subscriptions or channel is None:
        return "Client events need a channel that this connection is subscribed to"
    if not channel.private or channel.encrypted or channel.system:
        return "Client events go on private and presence channels only"
    if not socket.app.client_events:
        return "Client events are off for this app"
    if not names.is_event(frame.event):
        return f"Event names have 1 to {limits.EVENT_NAME} characters"
    if frames.size(frame.data) > limits.EVENT_DATA:
        return f"Event data is over {limits.EVENT_DATA} bytes"
    if not socket.rate.allows(now):
        return f"More than {limits.CLIENT_EVENTS_PER_SECOND} client events a second"
    return ""


def _tell_webhook(socket: "SocketConsumer", frame: frames.Frame, by: dict[str, Any]) -> None:
    data = frame.data if isinstance(frame.data, str) else frames.dumps(frame.data)
    socket.hub.tell_webhook(
        socket.app,
        "client_event",
        channel=frame.channel,
        event=frame.event,
        data=data,
        socket_id=socket.id,
        **by,
    )
