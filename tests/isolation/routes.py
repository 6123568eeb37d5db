"""The URL routes of a urlconf in one notation, and the resource each belongs to."""

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

from tests.isolation.registry import ROUTE_PREFIXES

GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
PARAMETER = re.compile(r"{(\w+)}")
# What a resource's own routes end with: a list, a detail, and the admin's pages.
STANDARD = re.compile(r"({(pk|id|slug)}/|add/|{object_id}/((history|delete|change)/)?)?")


def routes(urlconf: str) -> list[str]:
    """`api/v1/jobs/{id}/`, `admin/radius/plan/add/` ..: without anchors, parameters in braces.

    A library's routes that have a test of their own (`ROUTE_PREFIXES`) are not among them.
    """
    return [route for route in all_routes(urlconf) if not route.startswith(tuple(ROUTE_PREFIXES))]


def all_routes(urlconf: str) -> list[str]:
    return sorted({_readable(route) for route in _walk(get_resolver(urlconf).url_patterns, "")})


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for entry in patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _walk(entry.url_patterns, route)


def _readable(route: str) -> str:
    named = CONVERTER.sub(r"{\1}", GROUP.sub(r"{\1}", route))
    return named.replace("^", "").replace("$", "").replace("\\Z", "")


def resource_of(route: str, registered: dict[str, str]) -> str | None:
    """The registered resource of this route: itself, or what it is a standard page of."""
    if route in registered:
        return route
    for resource in registered:
        rest = route.removeprefix(resource)
        if resource and registered[resource] and rest != route and STANDARD.fullmatch(rest):
            return resource
    return None


def parameters(route: str) -> list[str]:
    return PARAMETER.findall(route)
