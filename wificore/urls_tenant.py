"""URL routes of every tenant's host."""

from django.urls import include, path

import radius.admin
from wificore.access import admin as access_admin
from wificore.access import admin_pages
from wificore.access.admin import tenant_site
from wificore.access.sso import admin as sso_admin
from wificore.audit import admin as audit_admin
from wificore.jobs import admin as jobs_admin
from wificore.notifications import admin as notifications_admin
from wificore.realtime import admin as realtime_admin
from wificore.realtime import pages as realtime_pages
from wificore.urls_api import api_routes
from wificore.webhooks import admin as webhooks_admin

access_admin.register(tenant_site)
admin_pages.register(tenant_site)
sso_admin.register(tenant_site)
audit_admin.register(tenant_site)
radius.admin.register(tenant_site)
jobs_admin.register(tenant_site)
realtime_admin.register(tenant_site)
notifications_admin.register(tenant_site)
webhooks_admin.register(tenant_site)


handler500 = "wificore.kernel.api.views.server_error"
urlpatterns = [
    path("admin/", tenant_site.urls),
    path("api/v1/radius/", include("radius.api.urls")),
    path("api/v1/", include("radius.api.voucher_urls")),
    path("api/v1/", include("transactions.reports.api.urls")),
    path("api/v1/ledger/", include("transactions.ledger.api.urls")),
    path("api/v1/resellers/", include("transactions.resellers.api.urls")),
    path("api/v1/tills/", include("transactions.tills.api.urls")),
    path("api/v1/wallets/", include("transactions.tills.api.wallet_urls")),
    path("api/v1/wallets/", include("transactions.wallets.api.urls")),
    path("api/v1/webhooks/", include("wificore.webhooks.api.urls")),
    path("api/v1/", include("transactions.payments.api.urls")),
    path("api/v1/", include("transactions.water.api.urls")),
    path("api/v1/", include("wificore.audit.api.urls")),
    path("api/v1/", include("wificore.access.support.api.tenant_urls")),
    path("api/v1/", include("wificore.events.api.urls")),
    path("api/v1/", include("wificore.jobs.api.urls")),
    path("api/v1/", include("wificore.access.api.tenant_urls")),
    path("api/v1/", include("wificore.access.sso.api.urls")),
    path("api/v1/", include("wificore.notifications.api.urls")),
    path("api/v1/realtime/", include("wificore.realtime.api.urls")),
    path("", include("wificore.realtime.api.auth_urls")),
    path("", include("wificore.files.urls")),
    path("realtime/", realtime_pages.live, name="realtime-live"),
    path("_allauth/", include("wificore.access.sso.urls")),
    *api_routes(__name__),
    path("", include("wificore.web.urls")),
]
