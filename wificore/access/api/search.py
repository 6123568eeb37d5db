"""/api/v1/search/: one box for all that one may see."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wificore.kernel.search import Hit, Words, kinds

from ..checks import may
from .permissions import SIGNED_IN, check_factor

MIN_TEXT, MAX_TEXT = 2, 100
FEW, MANY = 5, 50


class SearchQuerySerializer(serializers.Serializer[Any]):
    """What is looked for."""

    q = serializers.CharField(
        min_length=MIN_TEXT,
        max_length=MAX_TEXT,
        help_text="Words, parts of them, or a telephone number in any writing.",
    )
    kind = serializers.CharField(
        required=False, max_length=40, help_text="Only this kind: `customer`."
    )
    limit = serializers.IntegerField(
        default=FEW, min_value=1, max_value=MANY, help_text="At most so many of each kind."
    )


class HitSerializer(serializers.Serializer[Any]):
    """One thing; its kind and id say where it is."""

    id = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()


class GroupSerializer(serializers.Serializer[Any]):
    """What was found of one kind, the best first."""

    kind = serializers.CharField()
    more = serializers.BooleanField(help_text="There are more than these.")
    results = HitSerializer(many=True)


class SearchSerializer(serializers.Serializer[Any]):
    """Kinds of which something was found, the one with the best first."""

    results = GroupSerializer(many=True)


class SearchView(APIView):
    """Looks through everything that one may see: each kind asks for its own permission code."""

    code_read = SIGNED_IN

    @extend_schema(parameters=[SearchQuerySerializer], responses=SearchSerializer)
    def get(self, request: Request) -> Response:
        check_factor(request)
        form = SearchQuerySerializer(data=request.query_params.dict())
        form.is_valid(raise_exception=True)
        groups = sorted(_groups(request, form.validated_data), key=_best, reverse=True)
        return Response(SearchSerializer({"results": groups}).data)


def _groups(request: Request, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    words, limit, kind = Words.of(asked["q"]), asked["limit"], asked.get("kind")
    for each in kinds():
        if (kind and each.kind != kind) or not may(request, each.code):
            continue
        if hits := each.find(words, request, limit + 1):
            yield {"kind": each.kind, "more": len(hits) > limit, "results": hits[:limit]}


def _best(group: dict[str, Any]) -> float:
    first: Hit = group["results"][0]
    return first.rank
