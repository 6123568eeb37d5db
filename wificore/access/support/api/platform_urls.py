"""URL routes of support sessions on the platform's host."""

from rest_framework.routers import SimpleRouter

from .views import PlatformSessionViewSet

router = SimpleRouter()
router.register("support-sessions", PlatformSessionViewSet, basename="support-session")

urlpatterns = router.urls
