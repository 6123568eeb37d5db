"""URL routes of sign-in providers, on tenants' hosts."""

from rest_framework.routers import SimpleRouter

from .views import ProviderViewSet

router = SimpleRouter()
router.register("access/providers", ProviderViewSet, basename="provider")

urlpatterns = router.urls
