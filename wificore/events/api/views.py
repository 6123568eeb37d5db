"""/api/v1/events/ for a tenant, /api/platform/events/ for the platform: each its own stream."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from wificore.kernel.api.errors import body, request_id

from ..selectors import Gone, Page, events_after
from ..visibility import Viewer
from .serializers import EventPageSerializer, EventSerializer, QuestionSerializer


class EventsView(APIView):
    """What happened, in order: of each kind only what one may view."""

    code_read = "events.event.view"

    @extend_schema(
        parameters=[QuestionSerializer],
        responses={
            200: EventPageSerializer,
            410: OpenApiResponse(
                description="Events after `after` are not kept any more (four days are), or it"
                " lies ahead of the stream. `fields.oldest_seq` names the oldest one there is:"
                " load your lists anew, then follow from there."
            ),
        },
    )
    def get(self, request: Request) -> Response:
        """Events after a number, oldest first."""
        form = QuestionSerializer(data=request.query_params)
        form.is_valid(raise_exception=True)
        asked = form.validated_data
        viewer = Viewer(request)
        types = viewer.types(asked.get("type"))
        try:
            page = events_after(after=asked.get("after"), types=types, limit=asked["limit"])
        except Gone as gone:
            return _gone(request, gone)
        return Response(_answer(request, page, viewer))


def _answer(request: Request, page: Page, viewer: Viewer) -> dict[str, Any]:
    url = replace_query_param(request.build_absolute_uri(), "after", str(page.upto))
    seen = [event for event in page.events if viewer.sees(event)]
    return {
        "next": url if page.upto < page.last else None,
        "previous": None,
        "results": [EventSerializer(event).data for event in seen],
        "upto": page.upto,
        "last_seq": page.last,
        "oldest_seq": page.oldest,
    }


def _gone(request: Request, gone: Gone) -> Response:
    message = (
        f"Events are kept from {gone.oldest} to {gone.last}: load what you show anew, then ask for"
        f" what follows {gone.last}."
    )
    fields = {"after": [message], "oldest_seq": [str(gone.oldest)], "last_seq": [str(gone.last)]}
    content = body("events_gone", message, request_id(request), fields)
    return Response(content, status=status.HTTP_410_GONE)
