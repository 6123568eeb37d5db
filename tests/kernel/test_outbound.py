"""Requests to servers that tenants name, which may be anything."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import certificates
from tests.kernel.test_network import names
from wificore.kernel.outbound import Limits, guarded_session, reason

LOOPBACK = [ip_network("127.0.0.0/8")]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

Talk = Callable[[socket.socket], None]


@contextmanager
def server(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """A port on which every connection is answered by `talk`."""
    over = threading.Event()

    def serve(listening: socket.socket) -> None:
        while not over.is_set():
            with suppress(OSError):
                line, _ = listening.accept()
                with line:
                    if context:
                        line = context.wrap_socket(line, server_side=True)
                    talk(line)
                    line.close()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve, args=(listening,))
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        thread.join()


def says(answer: bytes) -> Talk:
    def talk(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(answer)

    return talk


def trickles(head: bytes, piece: bytes) -> Talk:
    """Octets for ever, faster than any single read's time-out."""

    def talk(line: socket.socket) -> None:
        line.recv(4096)
        line.sendall(head)
        while True:
            line.sendall(piece)
            threading.Event().wait(0.02)

    return talk


def get(port: int, path: str = "/", host: str = "127.0.0.1", **limits: Any) -> requests.Response:
    with guarded_session(LOOPBACK, Limits(**limits)) as session:
        return session.get(f"http://{host}:{port}{path}")


def test_an_answer_is_read_whole() -> None:
    with server(says(OK)) as port:
        answer = get(port)
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_a_private_address_is_refused_before_anything_is_sent() -> None:
    with server(says(OK)) as port, guarded_session([]) as session:
        for host in ("127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]"):
            with pytest.raises(requests.ConnectionError, match="public internet"):
                session.get(f"https://{host}:{port}/")


def test_a_name_is_resolved_once_and_the_checked_address_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DNS rebinding: the second answer would lead elsewhere."""
    with server(says(OK)) as port:
        asked = names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        assert get(port, host="receiver.test").status_code == 200
    assert asked == ["receiver.test"]


def test_a_name_that_turns_private_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with server(says(OK)) as port:
        asked = names(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])
        with guarded_session(LOOPBACK) as session:
            assert session.get(f"http://receiver.test:{port}/").status_code == 200
            with pytest.raises(requests.ConnectionError, match="public internet"):
                session.get(f"http://receiver.test:{port}/")
    assert len(asked) == 2


def test_a_redirection_is_an_answer_like_others_and_not_followed() -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://169.254.169.254/\r\n\r\n"
    with server(says(head)) as port:
        answer = get(port)
    assert answer.status_code == 302


def test_a_proxy_of_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with server(says(OK)) as port:
        assert get(port).status_code == 200


def test_a_large_answer_is_an_error_or_is_cut() -> None:
    with server(says(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 100_000)) as port:
        with pytest.raises(requests.ConnectionError, match="larger than 1000 octets"):
            get(port, octets=1000)
        assert get(port, octets=1000, cut=True).content == b"x" * 1000


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_an_answer_that_trickles_is_cut_off(head: bytes, piece: bytes) -> None:
    with (
        server(trickles(head, piece)) as port,
        pytest.raises(requests.RequestException) as failure,
    ):
        get(port, whole_s=0.4)
    assert "in" in str(failure.value)


def test_a_server_that_says_nothing_is_a_time_out() -> None:
    with (
        server(lambda line: line.recv(4096) and line.recv(1) and None) as port,
        pytest.raises(requests.Timeout),
    ):
        get(port, answer_s=0.2)


def test_silence_in_the_handshake_is_a_time_out() -> None:
    def silent(line: socket.socket) -> None:
        while line.recv(4096):
            pass

    with (
        server(silent) as port,
        guarded_session(LOOPBACK, Limits(connect_s=0.2, answer_s=0.2)) as session,
        pytest.raises(requests.Timeout),
    ):
        session.get(f"https://127.0.0.1:{port}/")


@pytest.mark.parametrize("answer", [b"", b"\x00\xff", b"220 mail.test ESMTP\r\n", b"HTTP/1.1 2"])
def test_what_is_no_http_is_an_error(answer: bytes) -> None:
    with server(says(answer)) as port, pytest.raises(requests.ConnectionError):
        get(port)


def test_nobody_listens() -> None:
    with pytest.raises(requests.ConnectionError) as failure:
        get(9)
    assert reason(failure.value) == "127.0.0.1 takes no connection: Connection refused."


def test_a_certificate_is_checked_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = certificates.make(tmp_path)
    authority = tmp_path / "authority.pem"
    authority.write_text(tls.authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    with server(says(OK), context) as port, guarded_session(LOOPBACK) as session:
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"https://127.0.0.1:{port}/")  # an authority that we do not know
        session.verify = str(authority)
        assert session.get(f"https://localhost:{port}/").status_code == 200
        names(monkeypatch, ["127.0.0.1"])
        with pytest.raises(requests.exceptions.SSLError) as failure:
            session.get(f"https://receiver.test:{port}/")
    assert "receiver.test" in reason(failure.value)
