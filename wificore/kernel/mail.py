"""Mail in plain text, from the tenant's or the platform's name. Only workers send it."""

from email.utils import formataddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

# What another try may mend; for `autoretry_for` of the task that sends.
TRANSIENT = (OSError, SMTPException)


# RFC 3834: whoever answers by machine does not answer this.
HEADERS = {"Auto-Submitted": "auto-generated"}


def send_mail(
    *,
    to: str,
    subject: str,
    body: str,
    sender: str,
    address: str = "",
    connection: BaseEmailBackend | None = None,
) -> None:
    """Hand one message to the mail server.

    Args:
        sender: the name that people see before the address.
        address: whom it comes from; default: the platform's.
        connection: another mail server than the platform's.

    Raises:
        OSError, SMTPException: the server is away or refuses.
    """
    source = formataddr((_line(sender), address or settings.DEFAULT_FROM_EMAIL))
    mail = EmailMessage(_line(subject), body, source, [to], connection=connection, headers=HEADERS)
    mail.send()


def _line(text: str) -> str:
    """A header is one line."""
    return " ".join(text.split())
