"""An ID token: whose it is, or why it is refused (OpenID Connect Core 3.1.3.7)."""

import hmac
from collections.abc import Callable
from typing import Any

import jwt
from allauth.socialaccount.providers.oauth2.client import OAuth2Error

# Asymmetric ones only: a key set is public, so it can prove nothing with HMAC, let alone `none`.
ALGORITHMS = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
]  # fmt: skip
CLOCK_SKEW_S = 60
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "nonce"]


def claims_of(
    token: str, *, issuer: str, client_id: str, nonce: str, keys: Callable[[], Any]
) -> dict[str, Any]:
    """The claims of a token that was made for us and for this very sign-in.

    Args:
        keys: fetches the provider's key set (RFC 7517).

    Raises:
        OAuth2Error: it is not.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            _key(token, keys()).key,
            algorithms=ALGORITHMS,
            issuer=issuer,
            audience=client_id,
            leeway=CLOCK_SKEW_S,
            options={"require": REQUIRED},
        )
    except (jwt.PyJWTError, ValueError, TypeError, KeyError) as error:
        raise OAuth2Error(f"The ID token is refused: {error}") from None
    if not nonce or not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise OAuth2Error("The ID token was made for another sign-in.")
    if claims.get("azp", client_id) != client_id:
        raise OAuth2Error("The ID token was made for another client.")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        raise OAuth2Error("The ID token has several audiences and does not say for whom it is.")
    return claims


def _key(token: str, key_set: Any) -> jwt.PyJWK:
    if not isinstance(key_set, dict):
        raise ValueError("the provider's key set is none")
    wanted = jwt.get_unverified_header(token).get("kid")
    keys = [key for key in jwt.PyJWKSet.from_dict(key_set).keys if key.public_key_use != "enc"]
    # A provider with one key need not name it.
    found = [key for key in keys if key.key_id == wanted or (wanted is None and len(keys) == 1)]
    if not found:
        raise ValueError("its key is not in the provider's key set")
    return found[0]
