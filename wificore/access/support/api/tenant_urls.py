"""URL routes of support sessions on a tenant's host."""

from rest_framework.routers import SimpleRouter

from .views import TenantSessionViewSet

router = SimpleRouter()
router.register("support-sessions", TenantSessionViewSet, basename="support-session")

urlpatterns = router.urls
