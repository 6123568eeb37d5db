"""The mail of an invitation: sent by a worker, outside any transaction."""

from django.template.loader import render_to_string
from django.utils import timezone

from wificore.kernel.mail import send_mail

from .models import Invitation
from .services import invitation_token

TEMPLATE = "wificore/mail/invitation.txt"
# A page of the web client; what follows `#` reaches no server and no log on the way.
PAGE = "/sign-in/invitation#{token}"


def send_invitation(public_id: str, origin: str, site: str) -> bool:
    """Send a new link; returns whether the invitation is still open.

    Every mail has a token of its own, and the last one counts: a message that a worker takes
    twice makes two mails, of which the second works.

    Args:
        origin: scheme and host of the inviter's request.
        site: the organisation's name.
    """
    rows = Invitation.objects.select_related("inviter")
    invitation = rows.filter(public_id=public_id, expires_at__gt=timezone.now()).first()
    if invitation is None:
        return False
    url = origin + PAGE.format(token=invitation_token(invitation=invitation))
    context = {"invitation": invitation, "site": site, "url": url}
    body = render_to_string(TEMPLATE, context)
    send_mail(to=invitation.email, subject=f"You are invited to {site}", body=body, sender=site)
    return True
