"""Where django-allauth asks us."""

from collections.abc import Iterable
from typing import Any, Never

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.base.response import APIResponse, RateLimitResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from wificore.kernel import crypto
from wificore.kernel.addresses import client_address
from wificore.kernel.tasks import BrokerAway, named

from .. import services
from ..models import User
from .guard import was_locked
from .lockout import conf
from .services import sign_ins_revoke

RESET_TASK = "wificore.access.tasks.password_reset_mail"
# The second one is what allauth would write to an address that is nobody's.
RESET_MAILS = ("account/email/password_reset_key", "account/email/unknown_account")


class AccountAdapter(DefaultAccountAdapter):
    """Staff are made by administrators; their passwords are changed by our services."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104  # no address, not an interface

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        user: User | None = super().authenticate(request, **credentials)
        if user is None and was_locked(request):
            answer_locked(request)
        return user

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Of allauth's mails we send one, and only a worker knows whether it is sent."""
        if template_prefix in RESET_MAILS:
            ask_for_reset(self.request, email)

    def set_password(self, user: User, password: str) -> None:
        services.user_password_set(user=user, password=password)


def ask_for_reset(request: HttpRequest, email: str) -> None:
    """The same for every address.

    Raises:
        ImmediateHttpResponse: 503, there is nobody to send mail at the moment.
    """
    origin = request.build_absolute_uri("/").rstrip("/")
    try:
        named(RESET_TASK).enqueue(email, origin, site_name(request))
    except BrokerAway:
        raise ImmediateHttpResponse(APIResponse(request, status=503)) from None


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Sign-ins are ended by our service, which tells of it."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        sign_ins_revoke(rows=sessions)


class MfaAdapter(DefaultMFAAdapter):
    """Secrets of authenticator apps are kept like all secrets, and are named for their host."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        return site_name(context.request)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": site_name(context.request)}


def site_name(request: HttpRequest) -> str:
    """The tenant's name, or the platform's: what people know the host by."""
    tenant = getattr(request, "tenant", None)
    return str(tenant.name) if tenant else "WifiCore platform"


def answer_locked(request: HttpRequest) -> Never:
    """429, in allauth's words.

    Raises:
        ImmediateHttpResponse: always; allauth's middleware answers with it.
    """
    answer = RateLimitResponse(request)
    answer["Retry-After"] = str(conf().locked_s)
    raise ImmediateHttpResponse(answer)
