"""/api/v1/access/policy/."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..selectors import policy
from ..services import policy_set


class PolicySerializer(serializers.Serializer[Any]):
    mfa_roles = serializers.ListField(
        child=serializers.CharField(max_length=60),
        max_length=100,
        help_text="Roles whose users must have a second factor; `*`: everybody.",
    )


class PolicyView(APIView):
    """The rules of signing in: who must have a second factor."""

    code_read, code_write = "access.policy.view", "access.policy.manage"

    @extend_schema(responses=PolicySerializer)
    def get(self, request: Request) -> Response:
        return Response(PolicySerializer(policy()).data)

    @extend_schema(request=PolicySerializer, responses=PolicySerializer)
    def put(self, request: Request) -> Response:
        form = PolicySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return Response(PolicySerializer(policy_set(**form.validated_data)).data)
