"""URL routes that both hosts have: the API's schema, its documentation, tokens, signing in."""

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from wificore.access.signin import pages


def api_routes(urlconf: str) -> list[URLPattern | URLResolver]:
    """The shared routes; the schema describes the operations of `urlconf`, its own host's."""
    docs = require_safe(SpectacularSwaggerView.as_view(url_name="schema"))
    return [
        path("api/schema/", SpectacularAPIView.as_view(urlconf=urlconf), name="schema"),
        # Its own renderer has no page for 405.
        path("api/docs/", docs, name="docs"),
        path("api/v1/", include("wificore.access.api.urls")),
        path("_allauth/", include("wificore.access.signin.urls")),
        path("sign-in/reset", pages.ask, name="password-ask"),
        path("sign-in/reset/<key>", pages.reset, name="password-reset"),
    ]
