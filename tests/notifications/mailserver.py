"""A real mail server as tenants have them: with TLS, from the start or later, and a password."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.certificates import Certificates
from tests.mail import Mailbox
from wificore.devserver.config import LOOPBACK, free_port

USER, SECRET = "acme-mailer", "hush-smtp-password"


class Office(Mailbox):
    """Also refuses a sender or a recipient, as real ones do."""

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such sender here"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("unknown@"):
            return "550 no such mailbox"
        if address.startswith("busy@"):
            return "451 greylisted, come back"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"


def _check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        SECRET.encode(),
    )
    return AuthResult(success=right, handled=False)


@contextmanager
def office(tls: Certificates | None, *, implicit: bool = False) -> Iterator[Office]:
    """A server on loopback.

    Args:
        tls: None: no TLS at all.
        implicit: TLS from the start instead of STARTTLS.
    """
    keeper = Office(free_port())
    context = None
    if tls is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls.certificate, tls.key)
    options: dict[str, Any] = {"authenticator": _check, "auth_require_tls": context is not None}
    if implicit:
        # aiosmtpd does not see that the line is encrypted from the start.
        options |= {"ssl_context": context, "auth_require_tls": False}
    elif context is not None:
        options |= {"tls_context": context, "require_starttls": True}
    server = Controller(keeper, hostname=LOOPBACK, port=keeper.port, **options)
    server.start()
    try:
        yield keeper
    finally:
        server.stop()
