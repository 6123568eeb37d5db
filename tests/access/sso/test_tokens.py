"""ID tokens that no provider would make: forged by who knows only what is public."""

import json
from typing import Any

import jwt
import pytest
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from wificore.access.sso.oidc.tokens import claims_of

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
PEM = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
CLAIMS = {
    "iss": "https://sign-in.example",
    "aud": "wificore",
    "sub": "amina",
    "iat": 1_000_000_000,
    "exp": 9_999_999_999,
    "nonce": "n-1",
}


def read(token: str, *keys: dict[str, Any]) -> dict[str, Any]:
    return claims_of(
        token,
        issuer="https://sign-in.example",
        client_id="wificore",
        nonce="n-1",
        keys=lambda: {"keys": list(keys) or [{**PUBLIC, "kid": "k"}]},
    )


def signed(key: Any = KEY, algorithm: str = "RS256", kid: str | None = "k") -> str:
    return jwt.encode(CLAIMS, key, algorithm, {"kid": kid} if kid else {})


def encoded(part: Any) -> str:
    return jwt.utils.base64url_encode(json.dumps(part).encode()).decode()


def test_a_good_one_is_read() -> None:
    assert read(signed())["sub"] == "amina"


def test_without_a_key_id_the_only_key_counts() -> None:
    assert read(signed(kid=None))["sub"] == "amina"
    with pytest.raises(OAuth2Error, match="key set"):
        read(signed(kid=None), {**PUBLIC, "kid": "a"}, {**PUBLIC, "kid": "b"})


def hmac_of_the_public_key() -> str:
    """What a verifier takes that lets the token choose the algorithm."""
    head = encoded({"alg": "HS256", "kid": "k"})
    text = f"{head}.{encoded(CLAIMS)}"
    algorithm = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    seal = jwt.utils.base64url_encode(algorithm.sign(text.encode(), PEM)).decode()
    return f"{text}.{seal}"


FORGED = {
    "no signature": f"{encoded({'alg': 'none', 'kid': 'k'})}.{encoded(CLAIMS)}.",
    "a cut off signature": signed().rpartition(".")[0] + ".",
    "HMAC of the public key": hmac_of_the_public_key(),
    "another key's id": signed(kid="other"),
    "nothing": "",
    "no token": "a.b.c",
    "a list": f"{encoded({'alg': 'RS256', 'kid': 'k'})}.{encoded([1])}.x",
}


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED)
def test_a_forged_one_is_refused(token: str) -> None:
    with pytest.raises(OAuth2Error, match="refused"):
        read(token)


@pytest.mark.parametrize("keys", [{}, {"keys": None}, {"keys": [1]}, {"keys": []}, [], None])
def test_a_broken_key_set_is_a_refusal_and_no_crash(keys: Any) -> None:
    with pytest.raises(OAuth2Error):
        claims_of(
            signed(), issuer=CLAIMS["iss"], client_id="wificore", nonce="n-1", keys=lambda: keys
        )


def test_a_sign_in_without_a_nonce_of_its_own_accepts_no_token() -> None:
    with pytest.raises(OAuth2Error, match="another sign-in"):
        claims_of(
            signed(),
            issuer=CLAIMS["iss"],
            client_id="wificore",
            nonce="",
            keys=lambda: {"keys": [{**PUBLIC, "kid": "k"}]},
        )
