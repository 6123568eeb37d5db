"""allauth's OpenID provider with a nonce, PKCE and checked tokens, of one tenant's row."""

import secrets
from typing import Any, cast

import structlog
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from requests import RequestException

from ..config import OidcConfig
from ..models import SignInProvider
from ..selectors import oidc_config, provider_secret
from ..services import Person
from .tokens import claims_of

DISCOVERY = "/.well-known/openid-configuration"
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
MAX_GROUPS = 500
# What allauth's table would hold; nobody's real subject is as long.
MAX_SUBJECT = 191

log = structlog.get_logger(__name__)


def app_of(provider: SignInProvider) -> SocialApp:
    """allauth's view of a row; it is never stored."""
    config = oidc_config(provider)
    app = SocialApp(
        provider=OpenIDConnectProvider.id,
        provider_id=provider.slug,
        name=provider.name,
        client_id=config.client_id,
        secret=provider_secret(provider),
        settings={
            "server_url": config.issuer.rstrip("/") + DISCOVERY,
            "scope": config.scope.split(),
            "oauth_pkce_enabled": True,
        },
    )
    app.row = provider
    app.config = config
    return app


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """One request's conversation with a provider."""

    # What the redirect to the provider stored; the callback's view sets it.
    state: dict[str, Any] | None = None

    @property
    def openid_config(self) -> dict[str, Any]:
        """The provider's discovery document, of the issuer we asked for and no other.

        Raises:
            OAuth2Error: it speaks for another issuer (OpenID Connect Discovery 4.3).
        """
        return checked_discovery(super().openid_config, self.config.issuer)

    @property
    def config(self) -> OidcConfig:
        return cast(OidcConfig, self.get_provider().app.config)

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """On the host of the request, which is the tenant's own."""
        return request.build_absolute_uri(callback_path(app.provider_id))

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> Any:
        """allauth's SocialLogin with the person whom the provider vouches for."""
        claims = claims_of(
            str(kwargs["response"].get("id_token") or ""),
            issuer=self.config.issuer,
            client_id=self.config.client_id,
            nonce=str((self.state or {}).get("nonce") or ""),
            keys=self._keys,
        )
        more = self._more_of(token.token, claims)
        if len(str(claims["sub"])) > MAX_SUBJECT:
            raise OAuth2Error("The subject is longer than OpenID Connect allows.")
        subject = {"id_token": {"sub": claims["sub"]}}
        login = self.get_provider().sociallogin_from_response(request, subject)
        login.person = person_of(claims, more, self.config)
        return login

    def _keys(self) -> Any:
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            return answer.json()

    def _more_of(self, access_token: str, claims: dict[str, Any]) -> dict[str, Any]:
        """What only the user-info endpoint tells, of the same person (Core 5.3.2)."""
        if "userinfo_endpoint" not in self.openid_config:
            return {}
        more = self._fetch_user_info(access_token)
        if not isinstance(more, dict) or more.get("sub") != claims["sub"]:
            raise OAuth2Error("The user-info endpoint tells of another person.")
        return more


class OidcProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """A provider of the current tenant."""

    oauth2_adapter_class = OidcAdapter
    # Apps would send us tokens that others could have got for them.
    supports_token_authentication = False

    def get_callback_url(self) -> str:
        return callback_path(self.app.provider_id)

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponseBase:
        """Send the browser to the provider, with a nonce that only this browser's session knows."""
        nonce = secrets.token_urlsafe(24)
        ours = {**kwargs, "auth_params": {"nonce": nonce}, "nonce": nonce}
        try:
            answer: HttpResponseBase = super().redirect(
                request, process, next_url=next_url, data=data, **ours
            )
        except (OAuth2Error, RequestException) as error:
            # allauth asks for the discovery document where it expects no failure.
            log.warning("openid_provider_unavailable", provider=self.sub_id, error=str(error))
            state = {"headless": True, "next": next_url, "process": process}
            answer = render_authentication_error(
                request, self, exception=error, extra_context={"state": state}
            )
        return answer


def callback_path(slug: str) -> str:
    """What is registered at the provider, after the tenant's own host."""
    return reverse("oidc-callback", args=[slug])


def checked_discovery(found: Any, issuer: str) -> dict[str, Any]:
    """The document, if it is this issuer's and names what we need.

    Raises:
        OAuth2Error: it does not (OpenID Connect Discovery 4.3).
    """
    if not isinstance(found, dict) or found.get("issuer") != issuer:
        raise OAuth2Error("The discovery document is another issuer's.")
    for name in NEEDED:
        if not str(found.get(name)).startswith(("https://", "http://")):
            raise OAuth2Error(f"The discovery document has no {name}.")
    return found


def person_of(claims: dict[str, Any], more: dict[str, Any], config: OidcConfig) -> Person:
    """Token and user info in our words."""
    groups = claims.get(config.groups_claim, more.get(config.groups_claim))
    listed = groups if isinstance(groups, list) else []
    return Person(
        subject=str(claims["sub"]),
        email=_verified_address((claims, more), config.trust_addresses),
        name=str(claims.get("name") or more.get("name") or ""),
        groups=[group for group in listed if isinstance(group, str)][:MAX_GROUPS],
    )


def _verified_address(documents: tuple[dict[str, Any], ...], trusted: bool) -> str:
    """An address that the same document calls verified; one that is not is none."""
    for document in documents:
        email = document.get("email")
        if isinstance(email, str) and document.get("email_verified", trusted) in (True, "true"):
            return email
    return ""
