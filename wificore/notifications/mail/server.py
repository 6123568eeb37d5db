"""Send one mail of the active tenant; every failure names the setting at fault."""

import smtplib
import ssl
from dataclasses import dataclass

from wificore.kernel.crypto import decrypt
from wificore.kernel.mail import TRANSIENT, send_mail
from wificore.kernel.network import AddressRefused, Unreachable
from wificore.kernel.outbound import Deadline

from ..models import MailSecurity, MailSettings
from ..outcome import NotSent, Refused, TryAgain
from .line import WHOLE_S, GuardedBackend

PERMANENT = range(500, 600)
SERVER_TEXT_CHARS = 150


@dataclass(frozen=True, slots=True)
class Mail:
    """One message in plain text.

    Attributes:
        sender: the name that people see before the address.
    """

    to: str
    subject: str
    body: str
    sender: str


def mail_settings() -> MailSettings:
    """The tenant's, or what it would begin with."""
    return MailSettings.objects.filter(pk=1).first() or MailSettings(pk=1)


def mail_send(mail: Mail) -> None:
    """Through the tenant's own server if that is enabled, else the platform's.

    Raises:
        TryAgain, Refused: it did not leave.
    """
    own = mail_settings()
    if own.enabled:
        mail_send_through(own, mail)
        return
    try:
        send_mail(to=mail.to, subject=mail.subject, body=mail.body, sender=mail.sender)
    except TRANSIENT as error:
        raise _platform_failure(error) from None


def mail_send_through(own: MailSettings, mail: Mail) -> None:
    """Through this server, enabled or not.

    Raises:
        TryAgain, Refused: it did not leave; `field` names the setting at fault.
    """
    password = decrypt(own.password_encrypted) if own.has_password else ""
    with Deadline(WHOLE_S) as until:
        backend = GuardedBackend(
            until=until,
            encrypted=own.security != MailSecurity.NONE,
            host=own.host,
            port=own.port,
            username=own.username,
            password=password,
            use_tls=own.security == MailSecurity.STARTTLS,
            use_ssl=own.security == MailSecurity.TLS,
        )
        try:
            send_mail(
                to=mail.to,
                subject=mail.subject,
                body=mail.body,
                sender=own.from_name or mail.sender,
                address=own.from_address,
                connection=backend,
            )
        except (AddressRefused, Unreachable, *TRANSIENT) as error:
            if until.over:
                raise TryAgain(f"{own.host} took too long.", field="host") from None
            raise failure(error, own) from None
        finally:
            backend.abandon()


@dataclass(frozen=True, slots=True)
class _Fault:
    """What a kind of exception means."""

    setting: str
    words: str
    again: bool
    types: tuple[type[Exception], ...]


# The first that fits counts: an SSLError is an OSError, too.
FAULTS = (
    _Fault("password", "{host} refuses the user name or the password: {said}", False,
           (smtplib.SMTPAuthenticationError,)),
    _Fault("from_address", "{host} refuses this sender: {said}", False,
           (smtplib.SMTPSenderRefused,)),
    _Fault("to", "{host} refuses this recipient: {said}", False,
           (smtplib.SMTPRecipientsRefused,)),
    _Fault("security", "The certificate of {host} is not one we trust: {said}", False,
           (ssl.SSLCertVerificationError,)),
    _Fault("security", "No TLS with {host} on port {port}: use STARTTLS there, or another port.",
           True, (ssl.SSLError,)),
    _Fault("security", "{host} hung up on port {port}: try another security, or another port.",
           True, (smtplib.SMTPServerDisconnected,)),
    _Fault("port", "Nothing answers on port {port} of {host}.", True, (ConnectionRefusedError,)),
    _Fault("host", "{host} took too long.", True, (TimeoutError,)),
    _Fault("host", "{said}", True, (Unreachable,)),
    _Fault("", "{host}: {said}", True, (smtplib.SMTPException,)),
    _Fault("host", "{host} is not reached: {said}", True, (OSError,)),
)  # fmt: skip


def failure(error: Exception, own: MailSettings) -> NotSent:
    """The exception in words for whoever set the server up."""
    if isinstance(error, AddressRefused):
        unsafe = own.security == MailSecurity.NONE and "encrypted" in str(error)
        return Refused(str(error), field="security" if unsafe else "host")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return _not_supported(own, error)
    fault = next(one for one in FAULTS if isinstance(error, one.types))
    words = fault.words.format(host=own.host, port=own.port, said=_said(error))
    kind = TryAgain if fault.again or _is_passing(error) else Refused
    return kind(words, field=fault.setting)


def _not_supported(own: MailSettings, error: Exception) -> NotSent:
    if "AUTH" in str(error):
        return Refused(f"{own.host} takes no sign-in: leave the user name empty.", field="username")
    return Refused(f"{own.host} has no STARTTLS on port {own.port}.", field="security")


def _platform_failure(error: Exception) -> NotSent:
    kind = Refused if isinstance(error, smtplib.SMTPRecipientsRefused) else TryAgain
    if _is_passing(error):
        kind = TryAgain
    return kind(f"The platform's mail server: {_said(error)}")


def _is_passing(error: Exception) -> bool:
    """A reply of 4xx: not now (RFC 5321, 4.2.1)."""
    codes = [code for code, _ in _replies(error)]
    return bool(codes) and not any(code in PERMANENT for code in codes)


def _replies(error: Exception) -> list[tuple[int, bytes]]:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return list(error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return [(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())]
    return []


def _said(error: Exception) -> str:
    """What the server said, on one line and cut: it is somebody else's text."""
    replies = _replies(error)
    text = "; ".join(f"{code} {words.decode(errors='replace')}" for code, words in replies)
    if isinstance(error, ssl.SSLCertVerificationError):
        text = error.verify_message
    return " ".join((text or str(error)).split())[:SERVER_TEXT_CHARS]
