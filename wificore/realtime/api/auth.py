"""Who may join which channel: what stock clients ask the host that their page came from.

    browser --POST socket_id, channel_name (session + CSRF, or a token)--> here --> `decide`
    here --whose socket it is--> Redis --> the process that holds it, which can close it later
    browser <--{"auth": "<key>:<signature>", "channel_data"?}-- here; goes into pusher:subscribe

Sources: Pusher Channels, "Authorizing users" and "Authenticating users"; Laravel's path for the
first is `/broadcasting/auth`.
"""

import json
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from redis.exceptions import RedisError
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import FormParser, JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.access.api.permissions import SIGNED_IN, check_factor
from wificore.access.checks import asked, token_of
from wificore.kernel.api.errors import DomainError

from .. import names, publishing, signatures
from ..bridge.channels import join
from ..models import App
from ..secrets import opened
from ..selectors import own_app


class Unavailable(DomainError):
    """Redis is away: no socket works at the moment."""

    status = 503
    code = "unavailable"


class SocketSerializer(serializers.Serializer[Any]):
    """A socket, as its client knows it."""

    socket_id = serializers.CharField(max_length=50, trim_whitespace=False)

    def validate_socket_id(self, value: str) -> str:
        if not names.is_socket_id(value):
            raise serializers.ValidationError("Two numbers with a dot: what the socket was told.")
        return value


class ChannelSerializer(SocketSerializer):
    """And the channel it wants to join."""

    channel_name = serializers.CharField(max_length=200, trim_whitespace=False)

    def validate_channel_name(self, value: str) -> str:
        channel = names.channel(value)
        if channel is None or not channel.private:
            raise serializers.ValidationError("The name of a private or presence channel.")
        return value


@extend_schema(exclude=True)  # Pusher's protocol, not this API's
class AuthView(APIView):
    """What both have in common."""

    code_write = SIGNED_IN
    parser_classes = (JSONParser, FormParser)
    serializer_class: ClassVar[type[SocketSerializer]] = SocketSerializer

    def post(self, request: Request) -> Response:
        check_factor(request)
        form = self.serializer_class(data=request.data)
        form.is_valid(raise_exception=True)
        app = own_app()
        if app.blocked or not app.enabled:
            raise PermissionDenied("Realtime is switched off.")
        socket_id = form.validated_data["socket_id"]
        answer = self.signed(request, app, **form.validated_data)
        try:
            publishing.bind(str(app.pk), socket_id, _user(request).subject().id)
        except RedisError:
            raise Unavailable("Realtime is away: try again.") from None
        return Response(answer)

    def signed(self, request: Request, app: App, **asked_for: str) -> dict[str, str]:
        raise NotImplementedError


class ChannelAuthView(AuthView):
    """Signs what the catalogue lets the user, through this token, join."""

    serializer_class = ChannelSerializer

    def signed(self, request: Request, app: App, **asked_for: str) -> dict[str, str]:
        socket_id, channel = asked_for["socket_id"], asked_for["channel_name"]
        decision = join(_user(request).subject(), token_of(request), channel)
        if not asked(request, f"channel {channel}", decision).allowed:
            raise PermissionDenied(f"You may not join this channel: {decision.rule}.")
        data = _dumps(_member(request, "user_id")) if channel.startswith(names.PRESENCE) else None
        auth = signatures.channel_auth(app.key, _secret(app), socket_id, channel, data)
        return {"auth": auth} if data is None else {"auth": auth, "channel_data": data}


class UserAuthView(AuthView):
    """Says who the user of a socket is (`pusher:signin`)."""

    def signed(self, request: Request, app: App, **asked_for: str) -> dict[str, str]:
        data = _dumps(_member(request, "id"))
        auth = signatures.user_auth(app.key, _secret(app), asked_for["socket_id"], data)
        return {"auth": auth, "user_data": data}


def _member(request: Request, id_name: str) -> dict[str, Any]:
    """What others see of a user: id and name, nothing else."""
    user = _user(request)
    name = user.name or user.email.partition("@")[0]
    return {id_name: user.subject().id, "user_info": {"name": name}}


def _user(request: Request) -> Any:
    """A user of the tenant, or somebody of the platform's support."""
    return request.user


def _secret(app: App) -> str:
    """The oldest that is live: every process knows it, a new one perhaps not yet."""
    return opened(app.sealed_secrets)[-1]


def _dumps(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
