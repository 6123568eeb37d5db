"""What the lists of tills share."""

from typing import Any

from rest_framework import mixins, viewsets

from wificore.access.api.rows import SiteScope
from wificore.kernel.api.listing import Listing
from wificore.kernel.api.rows import PublicLookup


class Rows(
    SiteScope,
    PublicLookup,
    Listing,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Any],
):
    """Rows at the user's sites, and those at none."""
