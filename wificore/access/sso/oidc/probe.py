"""Does an OpenID provider's set-up work, as far as that shows without a person?"""

import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from wificore.kernel.network import Unreachable

from ..models import SignInProvider
from ..network import guarded_session
from ..selectors import oidc_config
from .provider import DISCOVERY, checked_discovery


def openid_probe(provider: SignInProvider) -> str:
    """Fetch the discovery document and the keys; says what was found.

    Raises:
        Unreachable: it does not work, and why.
    """
    issuer = oidc_config(provider).issuer
    try:
        with guarded_session() as session:
            found = session.get(issuer.rstrip("/") + DISCOVERY)
            found.raise_for_status()
            document = checked_discovery(found.json(), issuer)
            keys = session.get(document["jwks_uri"]).json()
            count = len(keys["keys"])
    except (OAuth2Error, requests.RequestException, ValueError, KeyError, TypeError) as error:
        raise Unreachable(f"{issuer}: {_text(error)}") from None
    return f"The provider answers, with {count} keys."


def _text(error: Exception) -> str:
    if isinstance(error, OAuth2Error | requests.RequestException):
        return str(error)[:300]
    return "this is not an OpenID provider's answer"
