"""URL routes of every tenant's host."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

import radius.admin
from wificore.access import admin as access_admin
from wificore.access.admin import tenant_site
from wificore.urls_api import api_routes

access_admin.register(tenant_site)
radius.admin.register(tenant_site)


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/admin/")


urlpatterns = [
    path("", home),
    path("admin/", tenant_site.urls),
    path("api/v1/radius/", include("radius.api.urls")),
    *api_routes(__name__),
]
