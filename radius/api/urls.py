"""URL routes under /api/v1/radius/."""

from rest_framework.routers import SimpleRouter

from .views import LoginViewSet, NasViewSet, PlanViewSet, SessionViewSet, SubscriberViewSet

router = SimpleRouter()
router.register("plans", PlanViewSet, basename="plan")
router.register("subscribers", SubscriberViewSet, basename="subscriber")
router.register("nas", NasViewSet, basename="nas")
router.register("sessions", SessionViewSet, basename="session")
router.register("logins", LoginViewSet, basename="login")

urlpatterns = router.urls
