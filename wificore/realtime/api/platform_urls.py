"""URL routes of all realtime apps, for the platform."""

from rest_framework.routers import SimpleRouter

from .views import PlatformAppViewSet

router = SimpleRouter()
router.register("apps", PlatformAppViewSet, basename="realtime-apps")
urlpatterns = router.urls
