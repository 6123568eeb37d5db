"""A forgotten password: a link by mail, of the host it was asked on.

The request only notes who asked, for any address alike, and a worker does the rest: neither the
answer nor its time tells whether there is an account, and no key lies in a queue.
"""

from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction
from django.template.loader import render_to_string

from wificore.kernel.changes import announce
from wificore.kernel.db.context import current
from wificore.kernel.mail import send_mail

from ..models import User
from .lockout import normalised

TEMPLATE = "wificore/mail/password_reset.txt"


class ResetKeys(PasswordResetTokenGenerator):
    """Django's, bound to the schema besides: user ids repeat from tenant to tenant."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{current().schema}:{super()._make_hash_value(user, timestamp)}"


def reset_mail(address: str, origin: str, site: str) -> bool:
    """Send the link, if the active schema has such a user; returns whether it has.

    Args:
        origin: scheme and host of the request, "https://acme.example.com".
        site: the tenant's name.
    """
    user = User.objects.filter(email=normalised(address), is_active=True).first()
    if user is None:
        return False
    key = f"{user_pk_to_url_str(user)}-{ResetKeys().make_token(user)}"
    page = settings.HEADLESS_FRONTEND_URLS["account_reset_password_from_key"]
    context = {
        "site": site,
        "url": origin + page.format(key=key),
        "minutes": settings.PASSWORD_RESET_TIMEOUT // 60,
    }
    body = render_to_string(TEMPLATE, context)
    send_mail(to=user.email, subject=f"Your password at {site}", body=body, sender=site)
    with transaction.atomic():
        announce("signin.reset_sent", user.pk, new={"account": user.email})
    return True
