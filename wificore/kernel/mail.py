"""Mail in plain text, from the tenant's or the platform's name. Only workers send it."""

from email.utils import formataddr
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

# What another try may mend; for `autoretry_for` of the task that sends.
TRANSIENT = (OSError, SMTPException)


def send_mail(*, to: str, subject: str, body: str, sender: str) -> None:
    """Hand one message to the mail server.

    Args:
        sender: the name that people see before the address.

    Raises:
        OSError, SMTPException: the server is away or refuses.
    """
    source = formataddr((_line(sender), settings.DEFAULT_FROM_EMAIL))
    EmailMessage(_line(subject), body, source, [to]).send()


def _line(text: str) -> str:
    """A header is one line."""
    return " ".join(text.split())
