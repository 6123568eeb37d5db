"""GET /api/v1/radius/server/: what a router is told to send its packets to."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class ServerSerializer(serializers.Serializer[Any]):
    host = serializers.CharField(help_text="An address or a name.")
    auth_port = serializers.IntegerField(help_text="UDP, Access-Request.")
    acct_port = serializers.IntegerField(help_text="UDP, Accounting-Request.")


class ServerView(APIView):
    """Where routers find the RADIUS server."""

    code_read = "radius.nas.view"

    @extend_schema(responses=ServerSerializer)
    def get(self, request: Request) -> Response:
        conf = settings.RADIUS
        answer = {
            "host": conf.public_host or request.get_host().partition(":")[0],
            "auth_port": conf.auth_port,
            "acct_port": conf.acct_port,
        }
        return Response(ServerSerializer(answer).data)
