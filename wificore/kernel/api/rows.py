"""Plain rows of one table over HTTP, newest first."""

from typing import Any

from django.http import Http404
from rest_framework import viewsets

from ..public_ids import is_public_id
from .listing import Listing

MAX_ID = 2**63 - 1


class RowLookup:
    """Mix it into a view set of plain rows."""

    lookup_value_regex = "[^/]+"
    kwargs: Any

    def get_object(self) -> Any:
        """404 for whatever cannot be an id, as for one that does not exist."""
        raw = str(self.kwargs["pk"])
        if not (raw.isascii() and raw.isdigit() and int(raw) <= MAX_ID):
            raise Http404
        return super().get_object()  # type: ignore[misc]  # the view set's


class PublicLookup:
    """The same for rows that the API knows by their `public_id`."""

    lookup_field = "public_id"
    lookup_url_kwarg: str | None = "id"
    lookup_value_regex = "[^/]+"
    kwargs: Any

    def get_object(self) -> Any:
        """404 for whatever cannot be an id, as for one that does not exist."""
        if not is_public_id(str(self.kwargs["id"])):
            raise Http404
        return super().get_object()  # type: ignore[misc]  # the view set's


class RowViewSet(RowLookup, Listing, viewsets.ModelViewSet[Any]):
    """Plain rows of the tenant, newest first. PUT is PATCH's strict twin."""


class ReadRowViewSet(RowLookup, Listing, viewsets.ReadOnlyModelViewSet[Any]):
    """Plain rows that are only looked at, newest first."""


def text(example: str, **limits: Any) -> dict[str, Any]:
    """An OpenAPI string with an example that works as it stands."""
    return {"type": "string", "example": example, **limits}
