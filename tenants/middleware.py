"""The Host header chooses the tenant; nothing else in a request can (TENANCY 2).

Unknown and suspended hosts are answered here, before any query in a tenant's schema.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.http.request import split_domain_port

from wificore.kernel.api import errors
from wificore.kernel.api.middleware import JSON_PREFIXES, GetResponse
from wificore.kernel.db.context import platform_context, tenant_context

from .models import TenantState
from .selectors import TenantRef, tenant_by_host

PUBLIC_URLS = "wificore.urls_public"
TENANT_URLS = "wificore.urls_tenant"


def tenant_middleware(get_response: GetResponse) -> GetResponse:
    """Activate the platform's or the tenant's context for the rest of the request."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        host = normalised_host(request)
        if host == settings.PLATFORM_HOST:
            request.urlconf = PUBLIC_URLS
            with platform_context():
                return get_response(request)
        tenant = tenant_by_host(host)
        if tenant is None or tenant.state == TenantState.DELETING:
            return _refuse(request, None)  # as if it were gone already
        if tenant.state != TenantState.ACTIVE:
            return _refuse(request, tenant)
        request.urlconf = TENANT_URLS
        request.tenant = tenant  # type: ignore[attr-defined]  # django-tenants' convention
        with tenant_context(tenant):
            return get_response(request)

    return middleware


def normalised_host(request: HttpRequest) -> str:
    """Lower case, without port and without one trailing dot.

    Raises:
        DisallowedHost: not a host name at all (answered 400).
    """
    host, _port = split_domain_port(request.get_host())
    return host


def _refuse(request: HttpRequest, tenant: TenantRef | None) -> HttpResponse:
    if tenant is None:
        return _answer(request, 404, "unknown_host", "No tenant has this host name.")
    if tenant.state == TenantState.SUSPENDED:
        return _answer(request, 403, "tenant_suspended", "This tenant is suspended.")
    answer = _answer(request, 503, "tenant_not_ready", "This tenant is still being set up.")
    answer["Retry-After"] = "10"
    return answer


def _answer(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    if request.path.startswith(JSON_PREFIXES):
        return errors.response(request, status, code, message)
    return HttpResponse(message, status=status, content_type="text/plain; charset=utf-8")
