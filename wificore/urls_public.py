"""URL routes of the platform's host."""

from django.urls import include, path

import tenants.admin
from tenants.sign_up import pages as sign_up_pages
from wificore.access import admin as access_admin
from wificore.access.admin import platform_site
from wificore.access.support import admin as support_admin
from wificore.audit import admin as audit_admin
from wificore.jobs import admin as jobs_admin
from wificore.ops.api import HealthView
from wificore.realtime import admin as realtime_admin
from wificore.urls_api import api_routes

tenants.admin.register(platform_site)
access_admin.register(platform_site)
support_admin.register(platform_site)
audit_admin.register(platform_site)
jobs_admin.register(platform_site)
realtime_admin.register_platform(platform_site)


handler500 = "wificore.kernel.api.views.server_error"
urlpatterns = [
    path("admin/", platform_site.urls),
    path("sign-up/confirm/<key>", sign_up_pages.confirm, name="sign-up-page"),
    path("api/platform/", include("tenants.api.urls")),
    path("api/platform/", include("wificore.audit.api.urls")),
    path("api/platform/", include("wificore.access.support.api.platform_urls")),
    path("api/platform/", include("wificore.events.api.urls")),
    path("api/platform/", include("wificore.jobs.api.urls")),
    path("api/platform/health/", HealthView.as_view(), name="health-numbers"),
    path("api/platform/realtime/", include("wificore.realtime.api.platform_urls")),
    path("api/v1/", include("wificore.access.api.platform_urls")),
    *api_routes(__name__),
    path("", include("wificore.web.urls")),
]
