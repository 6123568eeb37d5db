"""Malformed, oversized and slow clients: each pays for itself alone."""

import contextlib
import json
import socket
import struct
import time

import pytest
from websockets.exceptions import ConnectionClosed

from tests.realtime.nodes import Node
from tests.realtime.raw import Raw, bus, connected, publish
from wificore.realtime import limits, names
from wificore.realtime.registry import App

MALFORMED = [
    "",
    "nonsense",
    "{",
    "null",
    "7",
    "[]",
    "{}",
    '{"event":7}',
    '{"event":["pusher:ping"]}',
    '{"event":"pusher:subscribe"}',
    '{"event":"pusher:subscribe","data":"orders"}',
    '{"event":"pusher:subscribe","data":{}}',
    '{"event":"pusher:subscribe","data":{"channel":7}}',
    '{"event":"pusher:subscribe","data":{"channel":null}}',
    '{"event":"pusher:subscribe","data":{"channel":"private-x","auth":7}}',
    '{"event":"pusher:subscribe","data":{"channel":"presence-x","auth":"a","channel_data":{}}}',
    '{"event":"pusher:subscribe","data":{"channel":"\\ud800"}}',
    '{"event":"pusher:unsubscribe","data":[]}',
    '{"event":"pusher:signin"}',
    '{"event":"pusher:signin","data":{"auth":1,"user_data":2}}',
    '{"event":"client-x"}',
    '{"event":"client-x","channel":["private-a"]}',
    '{"event":"client-x","channel":"private-a","data":NaN}',
    '{"event":"client-x","channel":"private-a","data":1e999}',
    '{"event":"client-x","channel":"private-a","data":"\\ud800"}',
    '{"event":"x","data":' + "[" * 30_000 + "]" * 30_000 + "}",
    '{"event":"x","data":' + '{"a":' * 9_000 + "1" + "}" * 9_000 + "}",
    '{"event":"x","data":' + "9" * 60_000 + "}",
]


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: text[:60])
def test_a_malformed_frame_costs_only_itself(client: Raw, text: str) -> None:
    client.subscribe("private-a")
    client.connection.send(text)
    error = client.expect("pusher:error")["data"]
    assert error == {"code": 4200, "message": "Invalid message format"}
    assert client.quiet()


def test_a_binary_frame_is_malformed(client: Raw) -> None:
    client.connection.send(b'{"event":"pusher:ping"}')
    assert client.expect("pusher:error")["data"]["code"] == 4200
    assert client.quiet()


def test_the_largest_frame_is_taken(client: Raw) -> None:
    frame = '{"event":"x","data":"%s"}'
    client.connection.send(frame % ("x" * (limits.FRAME - len(frame) + 2)))
    assert client.quiet()


@pytest.mark.parametrize("octets", [limits.FRAME + 1, 1 << 20, 5 << 20])
def test_a_larger_one_is_1009(client: Raw, octets: int) -> None:
    client.connection.send("x" * octets)
    assert client.closed() == 1009


def test_a_large_message_in_many_fragments_is_1009(client: Raw) -> None:
    # It may be closed while the rest is still being sent.
    with contextlib.suppress(ConnectionClosed):
        client.connection.send("x" * 1_000 for _ in range(100))
    assert client.closed() == 1009


def test_text_that_is_no_utf_8_is_1007(client: Raw) -> None:
    client.connection.send(b"\xff\xfe", text=True)
    assert client.closed() == 1007


@pytest.mark.parametrize(
    "octets",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x00" * 4096,
        b"GET /app/x HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\r\n",
        b"GET /" + b"x" * 200_000,
    ],
)
def test_what_is_no_handshake_hurts_nobody(node: Node, client: Raw, octets: bytes) -> None:
    with socket.create_connection(("127.0.0.1", node.port)) as line:
        line.sendall(octets)
        line.settimeout(1)
        try:
            while line.recv(4096):
                pass
        except (TimeoutError, ConnectionError):
            pass
    assert client.quiet()


def test_a_client_that_goes_without_a_word_hurts_nobody(node: Node, client: Raw, app: App) -> None:
    hello = (
        f"GET /app/{app.key}?protocol=7 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", node.port)) as line:
            line.sendall(hello.encode())
            assert b" 101 " in line.recv(4096)
            # Ends with a reset instead of a word.
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert client.quiet()


def test_a_client_that_does_not_read_is_closed_and_delays_no_other(
    node: Node, client: Raw, app: App
) -> None:
    client.subscribe("flood")
    with connected(node, app, max_queue=1) as slow:
        slow.connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.subscribe("flood")
        message = {"k": "event", "channels": ["flood"], "event": "e"}
        with bus() as redis:
            for number in range(1_000):
                text = json.dumps({**message, "data": f"{number:05}" + "x" * 4_000})
                redis.publish(names.bus(app.id), text)
                frame = client.expect("e")
                assert frame["data"].startswith(f"{number:05}")
        assert slow.closed() == 4100
    publish(app, "flood", "after", {})
    client.expect("after")


def test_many_frames_at_once_are_all_answered_in_order(client: Raw) -> None:
    for number in range(500):
        client.send("pusher:subscribe", {"channel": f"c{number}"})
    answers = [client.frame()["channel"] for _ in range(500)]
    assert answers == [f"c{number}" for number in range(500)]


def test_control_frames_are_answered(client: Raw) -> None:
    started = time.monotonic()
    assert client.connection.ping().wait(20)
    assert time.monotonic() - started < 20
