"""/realtime/: a page that shows the tenant's channels live, by the stock client alone.

It is what a developer would write: pusher-js, the tenant's key, and two addresses of this host.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from wificore.access.decide import Subject

from .bridge.channels import CATALOGUE, join
from .selectors import own_app

SIGN_IN = "/admin/login/?next=/realtime/"


@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in sees the channels that `decide` opens."""
    user: Any = request.user
    if not user.is_authenticated:
        return HttpResponseRedirect(SIGN_IN)
    app = own_app()
    known = {
        "key": app.key,
        "open": app.enabled and not app.blocked,
        "port": settings.REALTIME_PUBLIC_PORT,
        "csrf": get_token(request),
        "channels": _channels(user.subject()),
    }
    tenant = request.tenant  # type: ignore[attr-defined]  # django-tenants' convention
    answer = render(request, "realtime/live.html", {"tenant": tenant, "known": known})
    answer["Content-Security-Policy"] = _policy(request)
    return answer


def _channels(subject: Subject) -> list[dict[str, str]]:
    named = [(channel.name.replace("{id}", subject.id), channel.title) for channel in CATALOGUE]
    return [
        {"name": name, "title": title} for name, title in named if join(subject, None, name).allowed
    ]


def _policy(request: HttpRequest) -> str:
    """Everything from this host; sockets at their own port of it."""
    host, port = request.get_host().partition(":")[0], settings.REALTIME_PUBLIC_PORT
    sockets = f" ws://{host}:{port} wss://{host}:{port}" if port else ""
    return (
        f"default-src 'self'; connect-src 'self'{sockets}; img-src 'self' data:;"
        " object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
