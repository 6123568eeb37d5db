"""`Does it work?`: one real mail or text to whoever asks; outside any transaction."""

from dataclasses import dataclass

from tenants.selectors import identity_of
from wificore.kernel.db.context import current

from .mail.server import Mail, mail_send_through, mail_settings
from .outcome import NotSent
from .sms.sending import sms_send_through, sms_settings
from .words import words


@dataclass(frozen=True, slots=True)
class Outcome:
    """What people are told who set it up.

    Attributes:
        field: the setting at fault; empty: none in particular.
    """

    ok: bool
    message: str
    field: str = ""


def mail_probe(*, to: str, language: str = "en") -> Outcome:
    """Through the tenant's own server as it is stored, also while it is not enabled."""
    own = mail_settings()
    if not own.host or not own.from_address:
        missing = "from_address" if own.host else "host"
        return Outcome(False, "Store the mail server first.", missing)
    name = identity_of(current().schema).name
    said = words("test", language, {"organisation": name}, zone="UTC")
    try:
        mail_send_through(own, Mail(to, said.title, said.text, name))
    except NotSent as error:
        return Outcome(False, error.message, error.field)
    return Outcome(True, f"The mail server has taken a message to {to}.")


def sms_probe(*, to: str, language: str = "en") -> Outcome:
    """Through the tenant's account as it is stored; it counts like every other text."""
    own = sms_settings()
    if not own.username or not own.has_api_key:
        missing = "api_key" if own.username else "username"
        return Outcome(False, "Store the account first.", missing)
    name = identity_of(current().schema).name
    said = words("test", language, {"organisation": name}, zone="UTC")
    try:
        sms_send_through(own, to, said.title)
    except NotSent as error:
        return Outcome(False, error.message, error.field)
    return Outcome(True, f"The provider has taken a text to {to}.")
