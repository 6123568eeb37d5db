"""Lists over partitioned tables: always within a time range (TENANCY 6)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import Http404
from django.utils import timezone
from rest_framework import serializers, viewsets

DEFAULT_RANGE = timedelta(hours=24)
# A router's clock may be ahead; its sessions are listed all the same (RADIUS 3, rule 9).
AHEAD = timedelta(hours=1)


class RangeSerializer(serializers.Serializer[Any]):
    """Query parameters of such lists; the default range is the last 24 hours."""

    since = serializers.DateTimeField(required=False)
    until = serializers.DateTimeField(required=False)


def range_of(values: Mapping[str, Any]) -> tuple[datetime, datetime, dict[str, Any]]:
    """The range in what a `RangeSerializer` accepted, and the rest of it."""
    wanted = dict(values)
    until = wanted.pop("until", timezone.now() + AHEAD)
    since = wanted.pop("since", until - AHEAD - DEFAULT_RANGE)
    if since > until:
        raise serializers.ValidationError({"since": ["It must not be after `until`."]})
    return since, until, wanted


class RangeViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """Rows of one partitioned table, read only; their ids are opaque."""

    lookup_value_regex = "[^/]+"
    lookup_url_kwarg = "id"
    range_serializer: type[RangeSerializer] = RangeSerializer

    def time_range(self) -> tuple[datetime, datetime, dict[str, Any]]:
        """The range asked for, and the other filters; the last 24 hours if none is."""
        form = self.range_serializer(data=self.request.query_params)
        form.is_valid(raise_exception=True)
        return range_of(form.validated_data)

    def get_object(self) -> Any:
        """404 for whatever cannot be an id, as for one that does not exist."""
        try:
            return self.row(public_id=self.kwargs["id"])
        except ObjectDoesNotExist:
            raise Http404 from None

    def row(self, *, public_id: str) -> Model:
        raise NotImplementedError  # each list says how its ids are read
