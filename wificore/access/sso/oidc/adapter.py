"""Where allauth asks us about providers and about people who come from them."""

from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ..network import guarded_session
from ..selectors import active_openid_providers
from ..services import SignInRefused, provider_sign_in
from .provider import OidcProvider, app_of


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Providers are the current tenant's; our service says who a person is."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        apps = [app_of(row) for row in active_openid_providers()]
        if provider and provider != OidcProvider.id:
            apps = [app for app in apps if app.provider_id == provider]
        return [app for app in apps if client_id in (None, app.client_id)]

    def list_providers(self, request: HttpRequest) -> list[OidcProvider]:
        return [OidcProvider(request, app=app) for app in self.list_apps(request)]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> OidcProvider:
        app = self.get_app(request, provider=provider, client_id=client_id)
        return OidcProvider(request, app=app)

    def get_requests_session(self) -> requests.Session:
        return guarded_session()

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False  # `provider_sign_in` makes users, where the tenant wants it

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the user of a person that the provider has proved.

        Raises:
            ValidationError: nobody may sign in with it; its code goes to the web client.
        """
        if sociallogin.state.get("process") != AuthProcess.LOGIN:
            raise ValidationError("Sign in with it instead.", code="connect_not_supported")
        person: Any = getattr(sociallogin, "person", None)
        if person is None:
            raise ValidationError("This way is closed.", code="sign_in_refused")
        try:
            row = sociallogin.provider.app.row
            sociallogin.user = provider_sign_in(provider=row, person=person)
        except SignInRefused as refused:
            raise ValidationError(refused.message, code=refused.code) from None
