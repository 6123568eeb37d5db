"""URL routes of the platform's host."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

import tenants.admin
from wificore.access import admin as access_admin
from wificore.access.admin import platform_site
from wificore.urls_api import api_routes

tenants.admin.register(platform_site)
access_admin.register(platform_site)


def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/admin/")


urlpatterns = [
    path("", home),
    path("admin/", platform_site.urls),
    *api_routes(__name__),
]
