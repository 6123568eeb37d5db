"""What a device needs to install the client: under the host's own name (W3C, Web App Manifest)."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from .boot import PLATFORM_NAME

# As the frame's dark side and the page's sand in frontend/src/style.css.
THEME, BACKGROUND = "#0b2f31", "#f5f2ec"
SHORT = 12
ICONS = (
    ("/icons/icon-192.png", "192x192", "any"),
    ("/icons/icon-512.png", "512x512", "any"),
    ("/icons/maskable-512.png", "512x512", "maskable"),
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Strangers may read it: it says what the sign-in page says too."""
    tenant = getattr(request, "tenant", None)
    name = tenant.name if tenant else PLATFORM_NAME
    icons = [
        {"src": path, "sizes": sizes, "purpose": purpose, "type": "image/png"}
        for path, sizes, purpose in ICONS
    ]
    found = {
        "id": "/",
        "name": name,
        "short_name": name if len(name) <= SHORT else name.split()[0][:SHORT],
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": BACKGROUND,
        "icons": icons,
    }
    return JsonResponse(found, content_type="application/manifest+json")
