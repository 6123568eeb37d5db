"""URL routes that both hosts have: the API's schema, its documentation, tokens and /me/."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView


def api_routes(urlconf: str) -> list[URLPattern | URLResolver]:
    """The shared routes; the schema describes the operations of `urlconf`, its own host's."""
    docs = require_safe(SpectacularSwaggerView.as_view(url_name="schema"))
    return [
        path("api/schema/", SpectacularAPIView.as_view(urlconf=urlconf), name="schema"),
        # Its own renderer has no page for 405.
        path("api/docs/", docs, name="docs"),
        path("api/v1/", include("wificore.access.api.urls")),
    ]
