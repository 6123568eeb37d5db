"""A real SMTP server on loopback that keeps what it is given."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.worker import until
from wificore.devserver.config import LOOPBACK, free_port

# It logs every line of the protocol.
logging.getLogger("mail.log").setLevel(logging.WARNING)


@dataclass
class Mailbox:
    """Messages in the order of their arrival."""

    port: int
    messages: list[EmailMessage] = field(default_factory=list)
    refusing: bool = False
    refused: int = 0

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        if self.refusing:
            self.refused += 1
            return "451 try again later"
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.messages.append(found)
        return "250 OK"

    def next(self) -> EmailMessage:
        """The oldest message, which is taken out."""
        until(lambda: self.messages)
        return self.messages.pop(0)


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox(free_port())
    server = Controller(mailbox, hostname=LOOPBACK, port=mailbox.port)
    server.start()
    try:
        yield mailbox
    finally:
        server.stop()
