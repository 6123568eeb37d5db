"""The connection to a mail server that a tenant named (SSRF: kernel/network.py).

Its addresses are checked, the connection goes to a checked one, and all of it takes a bounded
time, however slowly the other side talks.
"""

import smtplib
import socket
from typing import Any

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from wificore.kernel.network import checked_addresses, connect_to
from wificore.kernel.outbound import Deadline

STEP_S = 10
WHOLE_S = 30


class GuardedBackend(EmailBackend):
    """Django's, to addresses that tenants may use.

    Args:
        until: ends the connection when its time is over.

    Raises when it opens:
        AddressRefused, Unreachable: as `kernel.network`.
        OSError, smtplib.SMTPException: as Django's.
    """

    def __init__(self, *, until: Deadline, encrypted: bool, **options: Any) -> None:
        super().__init__(timeout=STEP_S, **options)
        self._until = until
        self._opened: list[smtplib.SMTP] = []
        self._encrypted = encrypted

    @property
    def connection_class(self) -> Any:
        """smtplib's, with our own way to open the socket."""
        connect, opened = self._connect, self._opened

        class Plain(smtplib.SMTP):
            def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
                opened.append(self)
                return connect(host, port, timeout)

        class Tls(smtplib.SMTP_SSL, Plain):
            """SMTP_SSL wraps what the next class opens."""

        return Tls if self.use_ssl else Plain

    def abandon(self) -> None:
        """Let go of connections that failed half-way, which Django's own leaves open."""
        for connection in self._opened:
            connection.close()

    def _connect(self, host: str, port: int, timeout: float) -> socket.socket:
        networks = settings.OUTBOUND_PRIVATE_NETWORKS
        addresses = checked_addresses(host, port, encrypted=self._encrypted, networks=networks)
        line = connect_to(addresses, port, timeout)
        self._until.watch(line)
        return line
