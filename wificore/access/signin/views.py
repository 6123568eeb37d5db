"""allauth's views with inputs that are counted."""

from typing import Any

from allauth.headless.account.views import ChangePasswordView
from allauth.headless.mfa.views import AuthenticateView, ReauthenticateView

from .inputs import (
    CountedAuthenticateInput,
    CountedChangePasswordInput,
    CountedReauthenticateInput,
)


class CountedAuthenticateView(AuthenticateView):
    input_class = CountedAuthenticateInput


class CountedReauthenticateView(ReauthenticateView):
    input_class = CountedReauthenticateInput


class CountedChangePasswordView(ChangePasswordView):
    input_class = CountedChangePasswordInput


COUNTED: dict[str, Any] = {
    "auth/2fa/authenticate": CountedAuthenticateView,
    "auth/2fa/reauthenticate": CountedReauthenticateView,
    "account/password/change": CountedChangePasswordView,
}
