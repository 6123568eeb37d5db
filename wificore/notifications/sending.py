"""Hand claimed deliveries over: one message for one, or one for all that waited for the morning.

No transaction is open while another machine is talked to.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from tenants.selectors import Identity, identity_of
from wificore.access.models import User
from wificore.access.selectors import zone
from wificore.kernel import logging
from wificore.kernel.db.context import current

from .mail.server import Mail, mail_send
from .models import Channel, Delivery
from .outcome import NotSent, Refused
from .selectors import preferences
from .services.deliveries import deliveries_claim, deliveries_failed, deliveries_sent
from .sms.sending import sms_send
from .ways import address_of
from .words import Words, words

# Three parts of a text message; a longer digest is cut, the inbox has all of it.
MAX_TEXT = 450
GONE = "The person is not active any more, or has no address of this kind."

log = logging.get(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What goes to one person by one channel."""

    user: User
    address: str
    language: str
    rows: Sequence[Delivery]
    organisation: Identity
    zone: str

    @property
    def said(self) -> Words:
        """Of one notification its own words, of several a list."""
        if len(self.rows) == 1:
            told = self.rows[0].notification
            return Words(told.title, told.text)
        told_of = [row.notification for row in self.rows]
        context = {"count": len(told_of), "notifications": told_of}
        return words("digest", self.language, context, zone=self.zone)

    @property
    def origin(self) -> str:
        return str(settings.TENANT_URL).format(host=self.organisation.host).rstrip("/")

    def mail(self) -> Mail:
        link = self.rows[0].notification.link if len(self.rows) == 1 else ""
        context = {
            "text": self.said.text,
            "page": f"{self.origin}{link}" if link else "",
            "organisation": self.organisation.name,
            "choices": f"{self.origin}/preferences",
        }
        body = words("mail", self.language, context, zone=self.zone).text
        name = self.organisation.name
        return Mail(self.address, f"[{name}] {self.said.title}", body, name)

    def text(self) -> str:
        titles = [row.notification.title for row in self.rows]
        if len(titles) == 1:
            return titles[0]
        return f"{self.said.title}: {'; '.join(titles)}"[:MAX_TEXT]


def send(ids: Sequence[int]) -> None:
    """Send these deliveries, of one person by one channel, in one message, if nobody else does."""
    rows = deliveries_claim(ids=ids)
    if not rows:
        return
    try:
        made = _outgoing(rows)
        provider_id = _hand_over(rows[0].channel, made)
    except NotSent as error:
        log.warning("not sent", channel=rows[0].channel, again=error.again, reason=error.message)
        deliveries_failed(rows=rows, error=error)
    else:
        deliveries_sent(rows=rows, address=made.address, provider_id=provider_id)


def _outgoing(rows: Sequence[Delivery]) -> Outgoing:
    """Raises Refused: whom it is for has no address any more."""
    user_id = rows[0].notification.user_id
    user = User.objects.filter(pk=user_id, is_active=True).first()
    address = address_of(user, Channel(rows[0].channel)) if user else ""
    if user is None or not address:
        raise Refused(GONE)
    language = preferences([user_id])[user_id].language
    return Outgoing(user, address, language, rows, identity_of(current().schema), zone())


def _hand_over(channel: str, made: Outgoing) -> str:
    """The provider's id of the message, where there is one; raises TryAgain, Refused."""
    if channel == Channel.SMS:
        return sms_send(made.address, made.text())
    mail_send(made.mail())
    return ""
