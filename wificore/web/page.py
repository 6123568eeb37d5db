"""The one HTML page of the web client, made the host's own."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.html import escape, json_script
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from .boot import Json, boot

NOT_BUILT = "The web client is not built here (`make run` builds it); the admin is at /admin/.\n"
# The reader's choice, which the page must know before it paints.
THEME_COOKIE = "wc_theme"
THEMES = ("light", "dark")


@ensure_csrf_cookie
@never_cache
@require_safe
def page(request: HttpRequest, page: str = "") -> HttpResponse:
    """`index.html` with the host's name, language, theme and boot data."""
    source = settings.WEB_CLIENT_DIR / "index.html"
    try:
        template = _read(source, source.stat().st_mtime_ns)
    except FileNotFoundError:
        return HttpResponse(NOT_BUILT, status=503, content_type="text/plain; charset=utf-8")
    known = boot(request)
    answer = HttpResponse(_fill(template, known, request.COOKIES.get(THEME_COOKIE, "")))
    answer["Content-Security-Policy"] = _policy(request, known)
    patch_vary_headers(answer, ("Cookie", "Accept-Language"))
    return answer


@lru_cache(maxsize=2)
def _read(path: Path, _changed_at: int) -> str:
    return path.read_text(encoding="utf-8")


def _fill(template: str, known: Json, theme: str) -> str:
    chosen = f' data-theme="{theme}"' if theme in THEMES else ""
    language = get_language() or settings.LANGUAGE_CODE
    return (
        template.replace('<html lang="en"', f'<html lang="{language}"{chosen}', 1)
        .replace("<title>WifiCore</title>", f"<title>{escape(known['name'])}</title>", 1)
        .replace("<!--boot-->", json_script(known, "boot"), 1)
    )


def _policy(request: HttpRequest, known: Json) -> str:
    """Scripts and styles from here only. Forms may go anywhere: single sign-on leads away."""
    live = known["live"]
    sockets = ""
    if live and live["port"]:
        host = request.get_host().partition(":")[0]
        sockets = f" ws://{host}:{live['port']} wss://{host}:{live['port']}"
    return "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' data: blob:",
            f"connect-src 'self'{sockets}",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
