"""HTTP requests to addresses that a tenant gave us.

    with guarded_session(settings.OUTBOUND_PRIVATE_NETWORKS) as session:
        answer = session.post(url, data=body)       raises requests.RequestException

Whatever is at the other end: no private address is reached (`kernel.network`), no redirection is
followed, and a request takes a bounded time and a bounded part of our memory. Every request has a
connection of its own.
"""

import socket
import threading
import time
from contextlib import closing, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Any, Self, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from .network import AddressRefused, Networks, Unreachable, checked_addresses, connect_to

CHUNK = 16 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take and how much of its answer is read.

    Attributes:
        connect_s: for each address that is tried, and for the handshake's single steps.
        answer_s: without any octet of an answer.
        whole_s: from the connection's beginning to the answer's end, however steadily it trickles.
        octets: of a body.
        cut: a longer body is cut off there, unread; otherwise it is an error.
    """

    connect_s: float = 3
    answer_s: float = 5
    whole_s: float = 15
    octets: int = 512 * 1024
    cut: bool = False


LIMITS = Limits()


def guarded_session(networks: Networks, limits: Limits = LIMITS) -> requests.Session:
    """A session whose requests keep to the rules above.

    Args:
        networks: private networks in which tenants may name addresses.
    """
    session = _Session()
    session.trust_env = False  # no proxy that would connect where we must not
    session.mount("https://", GuardedAdapter(networks, limits))
    session.mount("http://", GuardedAdapter(networks, limits))
    session.headers["Connection"] = "close"
    timeout = (limits.connect_s, limits.answer_s)
    session.request = partial(session.request, timeout=timeout)  # type: ignore[method-assign]
    return session


def reason(error: requests.RequestException) -> str:
    """Why a request failed, in few words and without urllib3's frame around them."""
    inner: Any = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    words = getattr(inner, "_message", None) or str(inner)
    return words.strip() or type(error).__name__


def never_arrived(error: requests.RequestException) -> bool:
    """No connection was made, so nothing was sent and nothing can cost."""
    inner = error.args[0] if error.args else None
    return isinstance(getattr(inner, "reason", inner), NewConnectionError | ConnectTimeoutError)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: no secret goes on to a third party."""


class Deadline:
    """Ends the connections made inside the block when its time is over.

    A time-out of a socket starts anew with every octet: without this, who sends one a second
    holds a worker for hours.
    """

    def __init__(self, seconds: float) -> None:
        self.over_at = time.monotonic() + seconds
        self.over = False
        self._twins: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def watch(self, line: socket.socket) -> None:
        # A twin reaches the connection also after TLS has taken the socket over.
        self._twins.append(line.dup())

    def _end(self) -> None:
        self.over = True
        for twin in self._twins:
            with suppress(OSError):
                twin.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._token = _deadline.set(self)
        self._timer.start()
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        _deadline.reset(self._token)
        self._timer.cancel()
        for twin in self._twins:
            twin.close()


_deadline: ContextVar[Deadline] = ContextVar("wificore_request_deadline")


class GuardedAdapter(HTTPAdapter):
    """Connects to checked addresses only, and bounds an answer's time and size."""

    def __init__(self, networks: Networks, limits: Limits) -> None:
        self._networks, self._limits = networks, limits
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = _pool_classes(self._networks)

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        with Deadline(self._limits.whole_s) as deadline:
            try:
                answer = super().send(request, **{**options, "stream": True})
                # What `stream=False` would have read, without bounds.
                answer._content = self._content(answer, deadline)
                answer._content_consumed = True
            except (AddressRefused, Unreachable) as error:
                raise requests.ConnectionError(str(error)) from None
            except (requests.RequestException, HTTPError, OSError) as error:
                if deadline.over:
                    raise self._too_slow() from None
                if isinstance(error, requests.RequestException):
                    raise
                raise requests.ConnectionError(str(error)) from None
            if deadline.over:
                raise self._too_slow()
        return answer

    def _content(self, answer: requests.Response, deadline: Deadline) -> bytes:
        content: bytes = b""
        most = self._limits.octets
        with closing(answer):
            while part := answer.raw.read1(CHUNK, decode_content=True):
                content += part
                if len(content) > most:
                    if self._limits.cut:
                        return content[:most]
                    raise requests.ConnectionError(f"The answer is larger than {most} octets.")
                if time.monotonic() > deadline.over_at:
                    raise self._too_slow()
        return content

    def _too_slow(self) -> requests.Timeout:
        return requests.Timeout(f"No whole answer within {self._limits.whole_s:g} s.")


def _pool_classes(networks: Networks) -> dict[str, Any]:
    """urllib3's own pools, whose connections ask us for their socket."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _dial(self, networks, encrypted=False)

    class Encrypted(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _dial(self, networks, encrypted=True)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class EncryptedPool(HTTPSConnectionPool):
        ConnectionCls = Encrypted

    return {"http": PlainPool, "https": EncryptedPool}


def _dial(connection: HTTPConnection, networks: Networks, *, encrypted: bool) -> socket.socket:
    host, port = connection.host, connection.port
    addresses = checked_addresses(host, port, encrypted=encrypted, networks=networks)
    try:
        line = connect_to(addresses, port, cast(float, connection.timeout))
    except TimeoutError:
        raise ConnectTimeoutError(connection, f"{host} takes no connection in time.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise NewConnectionError(connection, f"{host} takes no connection: {reason}.") from error
    _deadline.get().watch(line)
    return line
