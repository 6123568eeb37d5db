"""Every URL route of both hosts, what it asks `decide` for, and which built-in role may.

A route that neither names a permission code nor stands in ANYBODY or SIGNED_IN_ONLY is an error.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib.admin import ModelAdmin
from django.urls import URLPattern, URLResolver, get_resolver

from .codes import PLATFORM_ROLES, TENANT_ROLES, BuiltIn
from .decide import Subject, decide
from .declared import SIGNED_IN, required_code
from .models.users import django_code
from .subjects import role_rule

# Routes that strangers may call, and why.
ANYBODY = {
    "api/v1/access/invitations/accept/": "makes the user whom an invitation's secret is for",
    "files/{token}": "is a file, for whoever has its signed address",
    "": "is the web client, which asks the API for all that it shows",
    "{page}": "is a page of the web client",
    "manifest.webmanifest": "says under which name a device installs the web client",
    "admin/login/": "is where one signs in",
    "admin/jsi18n/": "holds words of the screens",
    "api/platform/sign-up/": "asks for a tenant, where the platform is open to that",
    "api/platform/sign-up/confirm/": "confirms the address of somebody who asked for a tenant",
    "sign-up/confirm/{key}": "the same, as a page",
    "api/v1/notifications/sms/reports/{token}/": "takes a provider's report, with a secret",
    **{
        f"api/v1/pay/cb/{{token}}/{door}": "takes a provider's message, with a secret"
        for door in ("stk", "c2b/confirmation", "c2b/validation", "reversal", "paystack")
    },
    **{
        f"api/v1/kiosk/{what}": "is for kiosks, who sign each request"
        for what in ("time", "authorise", "records")
    },
    "sign-in/reset": "asks for a link to a new password",
    "sign-in/reset/{key}": "sets the new password",
    "api/schema/": "describes the API, and holds nothing of a tenant",
    "api/docs/": "shows that description",
}
# All routes of a library that asks for itself, and why.
LIBRARIES = {"_allauth/": "is how one signs in; allauth asks for a sign-in where it needs one"}
# Routes that everybody who is signed in may call, and why.
SIGNED_IN_ONLY = {
    "admin/": "lists the pages that one may view",
    "admin/{app_label}/": "lists the pages that one may view",
    "admin/{url}": "says that there is no such page",
    "admin/search/": "finds the pages that one may view",
    "admin/autocomplete/": "asks for the right to view what it completes",
    "admin/r/{content_type_id}/{object_id}/": "leads to pages of objects that have any: none has",
    "admin/logout/": "signs oneself out",
    "admin/password_change/": "changes one's own password",
    "admin/password_change/done/": "says that it is changed",
    "broadcasting/auth": "asks for the codes of the channel that is to be joined",
    "pusher/auth": "asks for the codes of the channel that is to be joined",
    "pusher/user-auth": "says to a socket who one is",
    "realtime/": "shows what the channels that one may join tell",
    "api/v1/me/": "says who one is",
    "api/v1/me/permissions/": "says what one may",
    "api/v1/me/avatar/": "changes one's own picture",
    "api/v1/search/": "finds what one may see: each kind of things asks for its own code",
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
HOSTS: dict[str, tuple[str, dict[str, BuiltIn]]] = {
    "wificore.urls_tenant": ("A tenant's host", TENANT_ROLES),
    "wificore.urls_public": ("The platform's host", PLATFORM_ROLES),
}
# What an admin page of a model asks for: by its URL's ending and the method.
PAGES: dict[str, dict[str, str]] = {
    "changelist": {"GET": "view", "POST": "change"},
    "add": {"GET": "add", "POST": "add"},
    "history": {"GET": "view"},
    "delete": {"GET": "delete", "POST": "delete"},
    "change": {"GET": "view", "POST": "change"},
}

GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")


class Undeclared(LookupError):
    """A URL route says nothing about who may call it."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one URL route.

    Attributes:
        code: what is asked; empty: nothing, for the reason that `open_to` gives.
        roles: names of the built-in roles that may.
    """

    path: str
    method: str
    code: str
    roles: frozenset[str]
    open_to: str = ""


def routes(urlconf: str) -> list[Route]:
    """All of a host's, in the order of their paths.

    Raises:
        Undeclared: one names no code, and is not among those that need none.
    """
    found = [
        route
        for path, callback in sorted(_walk(get_resolver(urlconf).url_patterns, ""))
        for route in _routes_of(path, callback, HOSTS[urlconf][1])
    ]
    return list(dict.fromkeys(found))


def _walk(patterns: Iterable[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield readable(route), _Callback(entry.callback, entry.name or "")
        else:
            yield from _walk(entry.url_patterns, route)


def readable(route: str) -> str:
    """`api/v1/jobs/{id}/`: without anchors, parameters in braces."""
    named = CONVERTER.sub(r"{\1}", GROUP.sub(r"{\1}", route))
    return named.replace("^", "").replace("$", "").replace("\\Z", "")


@dataclass(frozen=True)
class _Callback:
    """What answers a route. Sorts after the path, in any order."""

    view: Any
    name: str

    def __lt__(self, other: object) -> bool:
        return False


def _routes_of(path: str, callback: _Callback, roles: dict[str, BuiltIn]) -> Iterator[Route]:
    page, cls = getattr(callback.view, "model_admin", None), getattr(callback.view, "cls", None)
    if path.startswith(tuple(LIBRARIES)):
        return
    if path in ANYBODY:
        yield Route(path, "GET", "", frozenset(roles), "anybody: " + ANYBODY[path])
    elif isinstance(page, ModelAdmin):
        yield from _pages(path, callback.name.rpartition("_")[2], page, roles)
    elif cls is not None and _asks(cls):
        yield from _operations(path, callback.view, roles)
    elif path in SIGNED_IN_ONLY:
        yield Route(path, "GET", "", frozenset(roles), "signed in: " + SIGNED_IN_ONLY[path])
    else:
        raise Undeclared(f"/{path} names no permission code: give its view one")


def _asks(cls: Any) -> bool:
    return any(getattr(asked, "asks_decide", False) for asked in cls.permission_classes)


def _operations(path: str, view: Any, roles: dict[str, BuiltIn]) -> Iterator[Route]:
    """An API view's."""
    actions = getattr(view, "actions", None)
    allowed = {name.upper() for name in view.cls.http_method_names}
    known = actions or {name.lower(): name for name in METHODS if hasattr(view.cls, name.lower())}
    for method in METHODS:
        if method.lower() not in known or method not in allowed:
            continue
        try:
            code = required_code(view.cls, method)
        except LookupError as error:
            raise Undeclared(f"{method} /{path}: {error}") from None
        if code == SIGNED_IN:
            if path not in SIGNED_IN_ONLY:
                raise Undeclared(f"/{path} is open to all who are signed in: say why")
            yield Route(path, method, "", frozenset(roles), "signed in: " + SIGNED_IN_ONLY[path])
        else:
            yield Route(path, method, code, frozenset(_allowed(code, roles)))


def _pages(path: str, kind: str, page: Any, roles: dict[str, BuiltIn]) -> Iterator[Route]:
    """An admin page's; one that nobody may open is left out."""
    for method, action in PAGES.get(kind, {}).items():
        code = django_code(f"{page.opts.app_label}.{action}_{page.opts.model_name}")
        may = [name for name in roles if _opens(page, action, name)]
        if may:
            yield Route(path, method, code, frozenset(may))


def _opens(page: Any, action: str, role: str) -> bool:
    """Would the page let somebody with this role in, for this?"""
    user = SimpleNamespace(
        has_perm=lambda perm, obj=None: role in _allowed(django_code(perm), [role]),
        is_active=True,
    )
    return bool(getattr(page, f"has_{action}_permission")(SimpleNamespace(user=user)))


def _allowed(code: str, roles: Iterable[str]) -> list[str]:
    return [name for name in roles if decide(somebody(name), None, code).allowed]


def somebody(role: str) -> Subject:
    """An active user with a built-in role, and nothing else."""
    rule = role_rule(role, (), built_in=True)
    return Subject("", "", is_active=True, today=date.min, roles=(rule,))


HEAD = """\
# Who may call which URL route

Written by `manage.py access_routes` from the URL configurations and the built-in roles; a test
fails when it is out of date. Roles of an organisation's own, positions, sites and tokens narrow or
widen this: see [access](access.md). What a route shows of rows out of one's scope is 404.
"""


def document() -> str:
    """docs/access-routes.md."""
    parts = [HEAD]
    for urlconf, (title, roles) in HOSTS.items():
        found = routes(urlconf)
        asked = [route for route in found if route.code]
        parts += [f"\n## {title}\n", *_table(asked, list(roles)), "\nWithout a permission code:\n"]
        parts += [f"- `/{route.path}` {route.open_to}" for route in found if not route.code]
        parts += [f"- `/{prefix}*` anybody: {why}" for prefix, why in LIBRARIES.items()]
    return "\n".join(parts) + "\n"


def _table(found: Iterable[Route], roles: list[str]) -> Iterator[str]:
    yield f"| URL route | method | code | {' | '.join(roles)} |"
    yield "|---|---|---|" + "---|" * len(roles)
    for route in found:
        marks = " | ".join("yes" if role in route.roles else "-" for role in roles)
        yield f"| `/{route.path}` | {route.method} | `{route.code}` | {marks} |"
