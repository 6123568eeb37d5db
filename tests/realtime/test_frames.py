"""Frames in and out: what is malformed, and what clients get."""

import json

import pytest

from wificore.realtime import frames, limits


def test_a_frame_is_read() -> None:
    text = '{"event":"client-x","channel":"private-a","data":{"n":[1,2]}}'
    assert frames.parse(text) == frames.Frame("client-x", {"n": [1, 2]}, "private-a")
    assert frames.parse('{"event":"pusher:ping"}') == frames.Frame("pusher:ping", None, None)


def with_data(data: str) -> str:
    return f'{{"event":"x","data":{data}}}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "null",
        "[]",
        '"text"',
        "{}",
        '{"event":7}',
        '{"event":null}',
        '{"event":"x","channel":7}',
        '{"event":"x","data":NaN}',
        '{"event":"x","data":-Infinity}',
        with_data("9" * 5000),
        '{"event":"x"',
        with_data("[" * limits.DEPTH + "]" * limits.DEPTH),
        with_data("[" * 30_000),
        with_data("[" * 30_000 + "]" * 30_000),
        with_data('{"a":' * 9_000 + "1" + "}" * 9_000),
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(frames.Malformed):
        frames.parse(text)


def test_many_brackets_are_not_depth() -> None:
    assert len(frames.parse(with_data(f"[{','.join(['[]'] * 900)}]")).data) == 900


def test_the_deepest_frame_that_is_allowed_passes() -> None:
    inner = limits.DEPTH - 1
    assert frames.parse(with_data("[" * inner + "]" * inner))


@pytest.mark.parametrize("data", [float("inf"), float("nan"), "\ud800", {"\udc00": 1}])
def test_nothing_relayed_is_invalid_json(data: object) -> None:
    with pytest.raises(frames.Malformed):
        frames.event("client-x", data, "private-a")


def test_size_counts_bytes_as_sent() -> None:
    assert frames.size("é") == 2
    assert frames.size({"a": "é"}) == len('{"a":"é"}'.encode())


def test_the_first_frames_data_is_a_json_string() -> None:
    frame = json.loads(frames.established("1.2"))
    assert frame["event"] == "pusher:connection_established"
    assert json.loads(frame["data"]) == {"socket_id": "1.2", "activity_timeout": 30}


def test_errors_carry_code_and_message() -> None:
    assert json.loads(frames.error(4001, "no such app")) == {
        "event": "pusher:error",
        "data": {"code": 4001, "message": "no such app"},
    }
    assert json.loads(frames.subscription_error("x", "AuthError", "no", 401)) == {
        "event": "pusher:subscription_error",
        "channel": "x",
        "data": {"type": "AuthError", "error": "no", "status": 401},
    }
