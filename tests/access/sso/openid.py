"""A real OpenID provider on loopback: Authlib's code grant with PKCE and OpenID Connect.

It signs in whoever `provider.who` names without asking, which is what a provider does with a
browser that has signed in there before. `spoil` changes an ID token before it is signed, `signer`
signs with another key: what a provider must never do, and ours must refuse.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

from wificore.devserver.config import LOOPBACK

CLIENT = "wificore"
SECRET = "hush-client-secret"
HOUR_S = 3600

Claims = dict[str, Any]


def new_key(name: str = "first") -> RSAKey:
    return RSAKey.generate_key(2048, parameters={"kid": name, "use": "sig"})


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # authlib has no types
    """What the authorization endpoint gave out."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    who: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce


class Client(ClientMixin):  # type: ignore[misc]
    """The one client that is registered."""

    def __init__(self, redirects: list[str]) -> None:
        self.redirects = redirects

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirects[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirects

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in ("client_secret_post", "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class OpenIdProvider:
    """A running provider: its people, and how it misbehaves."""

    issuer: str = ""
    people: dict[str, Claims] = field(default_factory=dict)
    who: str = ""
    redirects: list[str] = field(default_factory=list)
    spoil: Callable[[Claims], Claims] = lambda claims: claims
    userinfo: Callable[[Claims], Claims] = lambda claims: claims
    discovery: Claims = field(default_factory=dict)
    key: RSAKey = field(default_factory=new_key)
    signer: RSAKey | None = None
    algorithm: str = "RS256"
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    asked: list[Claims] = field(default_factory=list)

    def reset(self) -> None:
        """As it was, with nobody in it."""
        fresh = OpenIdProvider(issuer=self.issuer, key=self.key)
        self.__dict__.update(fresh.__dict__)

    def config(self, **changes: object) -> dict[str, object]:
        """What a tenant enters."""
        return {"issuer": self.issuer, "client_id": CLIENT, **changes}

    def id_token(self, code: Code) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": code.who,
            "iat": now,
            "exp": now + HOUR_S,
            "nonce": code.nonce,
            **self.people[code.who],
        }
        key = self.signer or self.key
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, self.spoil(claims), key, [self.algorithm])


def authorization(provider: OpenIdProvider, app: Flask) -> AuthorizationServer:
    """The code grant, with PKCE and ID tokens."""

    def save_token(token: Claims, asked: Any) -> None:
        provider.tokens[token["access_token"]] = asked.user

    class Grant(AuthorizationCodeGrant):  # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_post", "client_secret_basic")

        def save_authorization_code(self, code: str, asked: Any) -> None:
            data = asked.payload.data
            names = ("redirect_uri", "scope", "nonce", "code_challenge", "code_challenge_method")
            provider.codes[code] = Code(code, *(data.get(name) for name in names), asked.user)

        def query_authorization_code(self, code: str, client: Client) -> Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: Code) -> None:
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code: Code) -> str:
            return authorization_code.who

    class IdToken(OpenIDCode):  # type: ignore[misc]
        def exists_nonce(self, nonce: str, asked: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def encode_id_token(self, token: Claims, asked: Any) -> str:
            return provider.id_token(asked.authorization_code)

    server = AuthorizationServer(app, lambda _id: Client(provider.redirects), save_token)
    extensions = [CodeChallenge(required=True), IdToken(require_nonce=True)]
    server.register_grant(Grant, extensions)
    return server


def application(provider: OpenIdProvider) -> Flask:
    """The provider's endpoints."""
    app = Flask("openid-provider")
    _documents(provider, app)
    server = authorization(provider, app)

    @app.get("/authorize")
    def authorize() -> Any:
        provider.asked.append(request.args.to_dict())
        grant = server.get_consent_grant(end_user=provider.who)
        return server.create_authorization_response(grant_user=provider.who, grant=grant)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    @app.post("/moved")
    def moved() -> Any:
        return redirect("/token", 307)

    return app


def _documents(provider: OpenIdProvider, app: Flask) -> None:
    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        return jsonify(
            {
                "issuer": provider.issuer,
                "authorization_endpoint": f"{provider.issuer}/authorize",
                "token_endpoint": f"{provider.issuer}/token",
                "userinfo_endpoint": f"{provider.issuer}/userinfo",
                "jwks_uri": f"{provider.issuer}/keys",
                "response_types_supported": ["code"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                **provider.discovery,
            }
        )

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(KeySet([provider.key]).as_dict(private=False))

    @app.get("/userinfo")
    def userinfo() -> Any:
        who = provider.tokens[request.headers["Authorization"].removeprefix("Bearer ")]
        return jsonify(provider.userinfo({"sub": who, **provider.people[who]}))


@contextmanager
def running() -> Iterator[OpenIdProvider]:
    """A provider on a free port; stopped after the block."""
    provider = OpenIdProvider()
    server = make_server(LOOPBACK, 0, application(provider), threaded=True)
    provider.issuer = f"http://{LOOPBACK}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
