"""What one may, what there is to be allowed, and why somebody may do something."""

from typing import Any, cast

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import selectors
from ..checks import token_of
from ..codes import CODES, TENANT_CODES
from ..decide import effective, limit_of
from ..models import User
from ..records import NoSuchRecord
from .permissions import SIGNED_IN

MAX_ID = 2**63 - 1
IDS = {"type": "array", "items": {"type": "integer"}}
SITES = {"oneOf": [{"type": "string", "enum": ["all"]}, IDS]}


@extend_schema_field(SITES)
class ScopeField(serializers.JSONField):
    """The ids of sites, or `all`."""


class MyPermissionsSerializer(serializers.Serializer[Any]):
    codes = serializers.ListField(child=serializers.CharField())
    sites = ScopeField()
    limits = serializers.DictField(child=serializers.IntegerField())


class MyPermissionsView(APIView):
    """The effective set of this user and this token: a hint for screens, the API decides."""

    code_read = SIGNED_IN

    @extend_schema(responses=MyPermissionsSerializer)
    def get(self, request: Request) -> Response:
        subject = cast(User, request.user).subject()
        names = {permission.limit for permission in CODES.values() if permission.limit}
        limits = {name: limit_of(subject, name) for name in sorted(names)}
        answer = {
            "codes": effective(subject, token_of(request)),
            "sites": selectors.scope(subject),
            "limits": {name: limit for name, limit in limits.items() if limit is not None},
        }
        return Response(answer)


class PermissionSerializer(serializers.Serializer[Any]):
    id = serializers.CharField()
    code = serializers.CharField(source="id")
    title = serializers.CharField()
    risk = serializers.ChoiceField(choices=["low", "high"])
    protected = serializers.BooleanField(help_text="Only a role gives it, no position.")
    limit = serializers.CharField(help_text="The positions' limit that bounds it, or empty.")


class PermissionListSerializer(serializers.Serializer[Any]):
    """All on one page."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PermissionSerializer(many=True)


class PermissionsView(APIView):
    """Everything that can be allowed in a tenant."""

    code_read = "access.role.view"

    @extend_schema(responses=PermissionListSerializer)
    def get(self, request: Request) -> Response:
        rows = [
            {
                "id": code,
                "title": known.title,
                "risk": known.risk,
                "protected": known.protected,
                "limit": known.limit,
            }
            for code, known in CODES.items()
            if code in TENANT_CODES
        ]
        page = {"next": None, "previous": None, "results": rows}
        return Response(PermissionListSerializer(page).data)


class QuestionSerializer(serializers.Serializer[Any]):
    user = serializers.IntegerField(min_value=0, max_value=MAX_ID)
    code = serializers.CharField(max_length=80)
    record = serializers.CharField(
        required=False, max_length=100, help_text="Its kind and number: `site:3`, `nas:12`."
    )


class ExplanationSerializer(serializers.Serializer[Any]):
    user = serializers.IntegerField()
    code = serializers.CharField()
    record = serializers.CharField(allow_null=True)
    allowed = serializers.BooleanField()
    reason = serializers.CharField(help_text="The kind of the rule that decided.")
    rule = serializers.CharField(help_text="The rule that decided, in words.")
    roles = serializers.ListField(child=serializers.CharField())
    positions = serializers.ListField(child=serializers.CharField(), help_text="Held today.")
    sites = ScopeField()


class ExplainView(APIView):
    """Why may this user do that (to this record)? The same `decide` answers as everywhere."""

    code_read = "access.role.view"

    @extend_schema(parameters=[QuestionSerializer], responses=ExplanationSerializer)
    def get(self, request: Request) -> Response:
        form = QuestionSerializer(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        try:
            found = selectors.explain(
                asker=cast(User, request.user).subject(),
                user_id=asked["user"],
                code=asked["code"],
                record=asked.get("record", ""),
            )
        except (User.DoesNotExist, NoSuchRecord):
            raise Http404 from None
        answer = {
            "user": asked["user"],
            "code": asked["code"],
            "record": asked.get("record"),
            "allowed": found.decision.allowed,
            "reason": found.decision.reason,
            "rule": found.decision.rule,
            "roles": [role.name for role in found.subject.roles],
            "positions": found.positions,
            "sites": selectors.scope(found.subject),
        }
        return Response(ExplanationSerializer(answer).data)
